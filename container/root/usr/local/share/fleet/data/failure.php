<?php
/** What ends a dump or a load, in one sentence, and the lines that say how far one is. */

namespace Fleet\Data;

/** sysexits.h */
const EX_USAGE       = 64;
const EX_DATAERR     = 65; // the dump is bad
const EX_UNAVAILABLE = 69; // S3 or the database is away; the same command goes on
const EX_SOFTWARE    = 70; // the loaded site doesn't come up
const EX_CANTCREAT   = 73; // no space

final class Failure extends \RuntimeException {

	/** @param string $do What to do about it, or the next command. */
	public function __construct( public readonly int $status, string $problem, public readonly string $do ) {
		parent::__construct( $problem );
	}
}

/** One line of JSON on stdout. @param string $state begun, at, done, skipped, note or failed. */
function progress( string $step, string $state, array $facts = [] ): void {
	fwrite( STDOUT, json_encode( [ 'step' => $step, 'state' => $state ] + $facts, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE ) . "\n" );
}

/** Runs a step, and says that it began and that it ended. */
function step( string $name, callable $do ): void {
	progress( $name, 'begun' );
	$begun = microtime( true );
	$facts = $do();
	progress( $name, 'done', ( is_array( $facts ) ? $facts : [] ) + [ 'seconds' => round( microtime( true ) - $begun, 1 ) ] );
}

/** Runs a program of this folder; what ends it is said in one line. */
function program( callable $do ): never {
	ini_set( 'memory_limit', '512M' );
	set_error_handler( fn( $level, $message, $file, $line ) => error_reporting() & $level ? throw new \RuntimeException( "$message (" . basename( $file ) . ":$line)" ) : true );
	try {
		$do();
		exit( 0 );
	} catch ( Failure $failure ) {
		[ $status, $do ] = [ $failure->status, $failure->do ];
	} catch ( \Fleet\AwsError $failure ) {
		[ $status, $do ] = $failure->status === 404 ? [ EX_DATAERR, 'see that the dump is there' ] : [ EX_UNAVAILABLE, 'run it again; it goes on where it was' ];
	} catch ( \mysqli_sql_exception $failure ) {
		$full            = in_array( $failure->getCode(), [ 1021, 1114, 3 ], true );
		[ $status, $do ] = $full ? [ EX_CANTCREAT, 'make space in the database and run it again' ] : [ EX_UNAVAILABLE, 'run it again; it goes on where it was' ];
	} catch ( \Throwable $failure ) {
		$full            = str_contains( $failure->getMessage(), 'No space left' ) || str_contains( $failure->getMessage(), 'quota exceeded' );
		[ $status, $do ] = $full ? [ EX_CANTCREAT, 'make space and run it again' ] : [ 1, 'run it again; if it stays, report it' ];
	}
	progress( 'end', 'failed', [ 'status' => $status, 'problem' => $failure->getMessage(), 'do' => $do ] );
	exit( $status );
}
