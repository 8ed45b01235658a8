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

/** As PHP, tar, zstd and MariaDB's clients say that something is full, and what they say where a pipe ended by it. */
const FULL = '~No space left|quota exceeded|out of free disk space|errno=(?:28|122)\b~i';

/** Whether the server's error passes: clients have the 2000s for one that is away. */
function passes( int $error ): bool {
	// Too many connections; a rotation's new password; a shutdown; locks; a writer that was demoted; what was ended.
	return intdiv( $error, 1000 ) === 2 || in_array( $error, [ 1040, 1045, 1053, 1203, 1205, 1213, 1290, 1317, 1792, 1836, 1927, 4031 ], true );
}

/** What is full, of all that a task writes to. @return ?string null: nothing is. */
function full_disk(): ?string {
	$places = [ '/tmp' => 'the task\'s own disk', '/var/cache/fleet' => 'the task\'s own disk', '/var/www/html/wp-content' => 'the site\'s files', '/var/www/html/wp-content/uploads' => 'the site\'s files' ];
	foreach ( $places as $folder => $name ) {
		$free = @disk_free_space( $folder );
		if ( $free !== false && $free < 65536 ) {
			return "$name, at $folder";
		}
	}
	return null;
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
		[ $status, $do ] = match ( true ) {
			in_array( $failure->getCode(), [ 1021, 1114, 3 ], true ) => [ EX_CANTCREAT, 'make space in the database and run it again' ],
			passes( $failure->getCode() ) => [ EX_UNAVAILABLE, 'run it again; it goes on where it was' ],
			// A statement that this server or this site's tables don't take, as often as it is tried.
			default => [ 1, 'run it again; if it stays, report it' ],
		};
	} catch ( \Throwable $failure ) {
		$full            = preg_match( FULL, $failure->getMessage() );
		[ $status, $do ] = $full ? [ EX_CANTCREAT, 'make space and run it again' ] : [ 1, 'run it again; if it stays, report it' ];
	}
	$problem = $failure->getMessage();
	if ( in_array( $status, [ 1, EX_CANTCREAT ], true ) && $full_disk = full_disk() ) {
		[ $status, $problem, $do ] = [ EX_CANTCREAT, "no space is left on $full_disk", 'make space and run it again' ];
	}
	progress( 'end', 'failed', [ 'status' => $status, 'problem' => $problem, 'do' => $do ] );
	exit( $status );
}
