<?php
/** A connection of a program that makes a site ready, and its turn: several tasks may be at it at once. */

namespace Fleet\Init;

use mysqli;

require_once __DIR__ . '/lock-name.php';

/** A new cluster's first start, or other tasks whose turn comes before ours. */
const PATIENCE = 300; // seconds

/** A holder whose host is gone never closes its connection, and the server would keep its turn for eight hours. */
const HELD_WITHOUT_A_WORD = 1800; // seconds: longer than a copy of the image's code to the mount takes

function say( string $line ): void {
	fwrite( STDERR, PROGRAM . ": $line\n" );
}

function fail( string $line ): never {
	say( $line );
	$GLOBALS['told'] = true;
	exit( 1 );
}

/** The connection, from which on a failure of the database ends the program with one line. */
function connected( string $host, string $user, #[\SensitiveParameter] string $password, string $schema = '' ): mysqli {
	say( "connecting to $host as $user" ); // a name may take half a minute to resolve
	$connection = new \Fleet\Connection( $host, $user, $password, $schema );
	$waiting    = fn( string $error ) => say( "waiting for the database: $error" );
	// Waiting for our turn is one query, which the server ends when PATIENCE does.
	$open = $connection->open( PATIENCE, 2 * PATIENCE, $waiting ) ?? fail( "no connection as $user: $connection->error" );
	mysqli_report( MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT );
	set_exception_handler( fn( \Throwable $problem ) => fail( get_class( $problem ) . ': ' . $problem->getMessage() ) );
	return $open;
}

/** Of this program, among the tasks of the site. */
function take_turn( mysqli $database, string $schema ): void {
	$database->query( 'SET SESSION wait_timeout = ' . HELD_WITHOUT_A_WORD );
	$statement = $database->prepare( 'SELECT GET_LOCK(?, ?)' );
	$statement->execute( [ \Fleet\lock_name( PROGRAM ), PATIENCE ] );
	if ( $statement->get_result()->fetch_row()[0] !== 1 ) {
		fail( 'another ' . PROGRAM . " works on $schema for longer than " . PATIENCE . ' s' );
	}
}
