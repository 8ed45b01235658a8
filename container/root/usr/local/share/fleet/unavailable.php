<?php
/** The answer while the database can't be reached, or another one takes its place. */

namespace Fleet;

const RETRY_AFTER = 30; // seconds: a resume of Aurora takes no longer

function unavailable( string $why = 'This site is waking up.' ): never {
	if ( PHP_SAPI === 'cli' ) {
		fwrite( STDERR, "fleet: the database can't be reached\n" );
		exit( 1 );
	}
	// What there is of a page goes.
	while ( ob_get_level() ) {
		ob_end_clean();
	}
	// http_response_code() changes nothing once WordPress has sent a status line of its own.
	header( 'HTTP/1.1 503 Service Unavailable', true, 503 );
	header( 'Retry-After: ' . RETRY_AFTER );
	header( 'Cache-Control: no-store' );
	header( 'Content-Type: text/html; charset=utf-8' );
	echo '<!doctype html><html lang="en"><title>Back in a moment</title>'
		. '<body style="font:1.1em system-ui;margin:20vh auto;max-width:30em;text-align:center">'
		. '<h1>Back in a moment</h1><p>' . $why . ' Please try again in half a minute.</p>';
	exit;
}
