<?php
/** A mail for a trial, by `wp_mail` with the site's plugins; what became of it, in a line. */

$_SERVER += [ 'HTTP_HOST' => parse_url( (string) getenv( 'WP_HOME' ), PHP_URL_HOST ), 'REQUEST_URI' => '/', 'SERVER_PROTOCOL' => 'HTTP/1.1', 'REQUEST_METHOD' => 'GET' ];
require '/usr/src/wordpress/wp-load.php';

$address = (string) ( $argv[1] ?? '' );
if ( ! is_email( $address ) ) {
	fwrite( STDERR, "usage: fleet-mail ADDRESS\n" );
	exit( 64 );
}
add_action( 'wp_mail_failed', fn( $error ) => fwrite( STDERR, $error->get_error_message() . "\n" ) );
$site = get_option( 'blogname' );
$sent = wp_mail( $address, "A mail from $site", "This is a mail for a trial from $site, " . home_url() . ".\n" );
echo $sent ? "taken; the line above says whether it was sent, queued or only shown\n" : "not sent\n";
exit( $sent ? 0 : 1 );
