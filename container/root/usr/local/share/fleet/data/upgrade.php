<?php
/** WordPress's own upgrade of the tables, on the schema that the environment names, with no code of the site's. */

define( 'WP_INSTALLING', true );
define( 'WP_CONTENT_DIR', '/usr/src/wordpress/wp-content' );
$_SERVER += [ 'HTTP_HOST' => parse_url( getenv( 'WP_HOME' ), PHP_URL_HOST ), 'REQUEST_URI' => '/', 'SERVER_PROTOCOL' => 'HTTP/1.1' ];
require '/usr/src/wordpress/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';

is_blog_installed() || exit( 3 );
$from = (int) get_option( 'db_version' );
if ( $from < (int) $wp_db_version ) {
	wp_upgrade();
}
update_option( 'rewrite_rules', '' );
echo json_encode( [ 'from' => $from, 'to' => max( $from, (int) $wp_db_version ) ] );
