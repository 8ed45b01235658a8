<?php
/**
 * Before a database, in its container: port 3307 hands on to 3306 and, while the file /tmp/half is there, stops in the
 * middle of each answer; port 53 takes questions for names and answers late that of the database, and no other.
 */

const HALF     = 10; // bytes
const LATE     = 1.5; // seconds
const DATABASE = "\x08database\x07example\x03com\0";

/** The answer to a question for the database's name: its address, none of the sixth version. */
function answer( string $question, string $address ): string {
	$asked   = substr( $question, 12, strlen( DATABASE ) + 4 );
	$is_v4   = substr( $asked, -4 ) === "\0\1\0\1";
	$counts  = pack( 'n4', 1, (int) $is_v4, 0, 0 );
	$address = "\xc0\x0c\0\1\0\1\0\0\0\0\0\4" . inet_pton( $address );
	return substr( $question, 0, 2 ) . "\x81\x80" . $counts . $asked . ( $is_v4 ? $address : '' );
}

$names  = stream_socket_server( 'udp://0.0.0.0:53', $errno, $error, STREAM_SERVER_BIND ) ?: exit( "$error\n" );
$server = stream_socket_server( 'tcp://0.0.0.0:3307', $errno, $error ) ?: exit( "$error\n" );
$other  = $stream = $answers = $stopped = $late = [];
echo "ready\n";
while ( true ) {
	clearstatcache();
	$half = is_file( '/tmp/half' );
	$half || $stopped = [];
	$ready = [ $server, $names, ...array_values( array_diff_key( $stream, $stopped ) ) ];
	$none  = null;
	stream_select( $ready, $none, $none, 0, 100_000 );
	while ( $late && $late[0][0] < microtime( true ) ) {
		[ , $bytes, $asker ] = array_shift( $late );
		stream_socket_sendto( $names, $bytes, 0, $asker );
	}
	foreach ( $ready as $from ) {
		$id = (int) $from;
		if ( $from === $names ) {
			$question = stream_socket_recvfrom( $names, 512, 0, $asker );
			if ( str_starts_with( substr( $question, 12 ), DATABASE ) ) {
				$late[] = [ microtime( true ) + LATE, answer( $question, $argv[1] ), $asker ];
			}
			continue;
		}
		if ( $from === $server ) {
			$client = stream_socket_accept( $server );
			$to     = stream_socket_client( 'tcp://127.0.0.1:3306' );
			foreach ( [ [ $client, $to ], [ $to, $client ] ] as [ $one, $peer ] ) {
				$stream[ (int) $one ] = $one;
				$other[ (int) $one ]  = $peer;
			}
			$answers[ (int) $to ] = true;
			continue;
		}
		if ( ! isset( $other[ $id ] ) ) {
			continue;
		}
		$bytes = fread( $from, 65536 );
		if ( $bytes === '' || $bytes === false ) {
			foreach ( [ $from, $other[ $id ] ] as $end ) {
				unset( $stream[ (int) $end ], $other[ (int) $end ], $answers[ (int) $end ] );
				fclose( $end );
			}
			continue;
		}
		if ( $half && isset( $answers[ $id ] ) ) {
			$bytes          = substr( $bytes, 0, HALF );
			$stopped[ $id ] = true;
		}
		fwrite( $other[ $id ], $bytes );
	}
}
