<?php
/**
 * Before a database, in its container: port 3307 hands on to 3306 and, while the file /tmp/half is there, stops in the
 * middle of each answer; port 53 takes questions for names and answers none.
 */

const HALF = 10; // bytes
$names  = stream_socket_server( 'udp://0.0.0.0:53', $errno, $error, STREAM_SERVER_BIND ) ?: exit( "$error\n" );
$server = stream_socket_server( 'tcp://0.0.0.0:3307', $errno, $error ) ?: exit( "$error\n" );
$other  = $stream = $answers = $stopped = [];
echo "ready\n";
while ( true ) {
	clearstatcache();
	$half = is_file( '/tmp/half' );
	$half || $stopped = [];
	$ready = [ $server, $names, ...array_values( array_diff_key( $stream, $stopped ) ) ];
	$none  = null;
	stream_select( $ready, $none, $none, 0, 100_000 );
	foreach ( $ready as $from ) {
		$id = (int) $from;
		if ( $from === $names ) {
			stream_socket_recvfrom( $names, 512 );
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
