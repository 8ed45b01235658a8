<?php
// For people: does the database answer too? It says no more than that, since anyone may ask.
require '/usr/local/share/fleet/connection.php';

const PATIENCE = 5; // seconds

$connection = new Fleet\Connection( getenv( 'WORDPRESS_DB_HOST' ), getenv( 'WORDPRESS_DB_USER' ), getenv( 'WORDPRESS_DB_PASSWORD' ), getenv( 'WORDPRESS_DB_NAME' ) );
$database   = $connection->open( PATIENCE );
$installed  = $database && @$database->query( 'SELECT 1 FROM ' . ( getenv( 'WORDPRESS_TABLE_PREFIX' ) ?: 'wp_' ) . 'options LIMIT 1' );

http_response_code( $installed ? 200 : 503 );
header( 'Content-Type: text/plain' );
header( 'Cache-Control: no-store' );
echo $installed ? "ok\n" : ( $database ? "WordPress is not installed\n" : "the database does not answer\n" );
