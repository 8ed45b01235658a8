<?php
/** Asking php-fpm, whose workers share one memory of compiled code, to forget some of it. */

namespace Fleet\Code;

/** A pool that no visitor's request can fill. */
const HEALTH_SOCKET = 'unix:///tmp/fleet/health.sock';

/** Throws if php-fpm runs and does not answer; before it runs there is nothing to forget. */
function forget_compiled( array $items ): void {
	$fpm = @stream_socket_client( HEALTH_SOCKET, $errno, $error, 5 );
	if ( ! $fpm ) {
		return;
	}
	$body   = implode( "\n", $items );
	$script = __DIR__ . '/forget.php';
	$values = [ 'SCRIPT_FILENAME' => $script, 'REQUEST_METHOD' => 'POST', 'CONTENT_LENGTH' => (string) strlen( $body ), 'CONTENT_TYPE' => 'text/plain' ];
	$pairs  = '';
	foreach ( $values as $name => $value ) {
		$pairs .= chr( strlen( $name ) ) . chr( strlen( $value ) ) . $name . $value;
	}
	stream_set_timeout( $fpm, 10 );
	// FastCGI: begin as a responder, the values, the body; each of the two ends with an empty record.
	fwrite( $fpm, record( 1, "\0\1\0\0\0\0\0\0" ) . record( 4, $pairs ) . record( 4, '' ) );
	foreach ( str_split( $body, 32768 ) as $part ) {
		fwrite( $fpm, record( 5, $part ) );
	}
	fwrite( $fpm, record( 5, '' ) );
	$answer = stream_get_contents( $fpm );
	fclose( $fpm );
	str_contains( $answer, "\r\n\r\nok" ) || throw new \RuntimeException( 'php-fpm did not forget compiled code' );
}

function record( int $type, string $content ): string {
	return pack( 'CCnnCC', 1, $type, 1, strlen( $content ), 0, 0 ) . $content;
}
