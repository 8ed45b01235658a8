<?php
/**
 * A request to php-fpm past nginx, so that no visitor can make one like it.
 */

namespace Fleet\Cron;

const BEGIN_REQUEST = 1;
const END_REQUEST   = 3;
const PARAMS        = 4;
const STDIN_STREAM  = 5;
const STDOUT_STREAM = 6;

/**
 * The answer's headers and body.
 *
 * @param array<string, string> $params
 * @throws \RuntimeException Without an answer, or when the worker was ended in the middle of it.
 */
function ask( string $socket, array $params, int $patience ): string {
	$link = @stream_socket_client( "unix://$socket", $code, $reason, 5 );
	if ( ! $link ) {
		throw new \RuntimeException( "no PHP worker: $reason" );
	}
	stream_set_timeout( $link, $patience );
	$pairs = '';
	foreach ( $params as $name => $value ) {
		$pairs .= pack( 'NN', strlen( $name ) | 0x80000000, strlen( $value ) | 0x80000000 ) . $name . $value;
	}
	fwrite( $link, record( BEGIN_REQUEST, "\0\1\0\0\0\0\0\0" ) . record( PARAMS, $pairs ) . record( PARAMS, '' ) . record( STDIN_STREAM, '' ) );
	$answer = '';
	while ( strlen( $header = (string) stream_get_contents( $link, 8 ) ) === 8 ) {
		[ 'type' => $type, 'length' => $length, 'padding' => $padding ] = unpack( 'Cversion/Ctype/nid/nlength/Cpadding', $header );
		$content = $length + $padding ? (string) stream_get_contents( $link, $length + $padding ) : '';
		if ( $type === STDOUT_STREAM ) {
			$answer .= substr( $content, 0, $length );
		} elseif ( $type === END_REQUEST ) {
			return $answer;
		}
	}
	throw new \RuntimeException( 'the run was ended' );
}

function record( int $type, string $content ): string {
	return pack( 'CCnnCC', 1, $type, 1, strlen( $content ), 0, 0 ) . $content;
}
