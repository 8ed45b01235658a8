<?php
/** The site's front page as a visitor gets it, with its plugins and its theme: whether it comes, and whole. */

$said = [ 'status' => 200, 'moved' => '', 'problem' => '' ];
register_shutdown_function( function () use ( &$said ) {
	$page = '';
	while ( ob_get_level() ) {
		$page = ob_get_clean() . $page;
	}
	$error          = error_get_last();
	$said['status'] = http_response_code() ?: 200;
	$members        = in_array( $said['status'], [ 401, 403 ], true ); // a site that not everybody may see, in whatever words
	if ( $error && $error['type'] & ( E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR ) ) {
		$said['problem'] = strtok( $error['message'], "\n" );
	} elseif ( $said['status'] >= 400 && ! $members ) {
		$said['problem'] = "the front page answers $said[status]";
	} elseif ( $said['moved'] === '' && ! $members && stripos( $page, '</html>' ) === false ) {
		$said['problem'] = 'the front page is not whole';
	}
	file_put_contents( 'php://stdout', json_encode( $said + [ 'bytes' => strlen( $page ) ], JSON_INVALID_UTF8_SUBSTITUTE ) );
	exit; // WordPress would show a page of its own behind it
} );
ob_start();
$home     = parse_url( getenv( 'WP_HOME' ) );
$_SERVER  = [
	'HTTP_HOST' => $home['host'], 'SERVER_NAME' => $home['host'], 'REQUEST_URI' => '/', 'REQUEST_METHOD' => 'GET', 'REMOTE_ADDR' => '127.0.0.1',
	'SERVER_PROTOCOL' => 'HTTP/1.1', 'SERVER_PORT' => '443', 'PHP_SELF' => '/index.php', 'SCRIPT_NAME' => '/index.php', 'HTTP_USER_AGENT' => 'fleet',
] + $_SERVER;
define( 'WP_USE_THEMES', true );
require_once '/usr/src/wordpress/wp-includes/plugin.php';
add_filter( 'wp_redirect', function ( $location ) use ( &$said ) {
	$said['moved'] = $location;
	return $location;
} );
require '/usr/src/wordpress/wp-blog-header.php';
