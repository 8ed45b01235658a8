<?php
/**
 * SQL of mysqldump's from stdin to stdout: rewrite.php SETTINGS, a JSON. With `home` as this site takes it, without as
 * any server does. With `rest` it waits that many times as long as it took to hand over a part, so that the server has
 * time for others. File 3 is told what was found, in JSON, once all of it was read.
 *
 * As a filter between the archive and the client it costs the load no pass of its own over the tables.
 */

namespace Fleet\Data;

require __DIR__ . '/replacement.php';
require __DIR__ . '/statements.php';
require __DIR__ . '/ends.php';

/** Longer than MySQL takes a statement for: max_allowed_packet is 1 GiB at most, and 64 MiB unless someone set it. */
const LONGEST = 256 * 1024 * 1024;
const AT_ONCE = 1024 * 1024;
/** Seconds: S3 ends what nobody reads from. */
const LONGEST_REST = 5.0;
/** Where one line has another statement behind an INSERT, perhaps: texts have such words, too. */
const SEVERAL = '~\)[ \t]*;[ \t]*(?:INSERT|REPLACE|UPDATE|DELETE|CREATE|DROP|ALTER|TRUNCATE|RENAME|LOCK|USE|SET)\s~i';
/** Rows are committed by so much, not by each statement of a megabyte; what is open can grow no further. */
const COMMIT_AFTER = 16 * 1024 * 1024;

ini_set( 'memory_limit', '1536M' );
ini_set( 'pcre.backtrack_limit', (string) LONGEST );
[ , $settings ] = $argv;
$settings       = json_decode( $settings, true, 8, JSON_THROW_ON_ERROR );
$replacement    = new Replacement( $settings['home'] ?? 'https://x', $settings['hosts'] ?? [], $settings['pairs'] ?? [] );
$statements     = new Statements();
$most           = $settings['most'] ?? PHP_INT_MAX;
$facts          = [ 'bytes' => 0, 'complete' => false, 'product' => '', 'problem' => null, 'rested' => 0.0 ];
$in             = fopen( 'php://stdin', 'rb' );
$out            = fopen( 'php://stdout', 'wb' );
stream_set_chunk_size( $in, AT_ONCE );
$first = (string) fread( $in, AT_ONCE );
$ends  = Ends::of( $first );

/**
 * Whole lines, many at a time: a call for each would take longer than all that is done with it.
 *
 * @param resource $in
 * @param string $part What of it was read before.
 * @param int $all  What was read so far, in bytes.
 * @param int $most What it may grow to.
 * @return \Generator<string>
 */
function blocks( $in, string $part, Ends $ends, int &$all, int $most ): \Generator {
	[ $begun, $looked ] = [ '', 0 ];
	for ( ; $part !== ''; $part = (string) fread( $in, AT_ONCE ) ) {
		$all += strlen( $part );
		$all <= $most || throw new Failure( EX_DATAERR, "the dump is larger than it says: more than $most bytes of SQL", 'make the dump again' );
		$begun .= $part;
		if ( $ends->raw && strlen( $begun ) < 2 * $looked ) {
			continue; // or a long value would be looked through again with each part of it
		}
		$end = $ends->lines( $begun, $looked );
		if ( $end ) {
			yield substr( $begun, 0, $end );
			$begun = substr( $begun, $end );
		}
		$looked = $end ? 0 : strlen( $begun );
		$looked < LONGEST || throw new Failure( EX_DATAERR, 'a statement of the dump is longer than 256 MiB', 'dump with a smaller net_buffer_length' );
	}
	if ( $begun !== '' ) {
		yield "$begun\n"; // or a last INSERT would have no end, and nobody commit it
	}
}

/**
 * @param bool     $data  Whether the text begins within an INSERT, and then whether it ends in one.
 * @param callable $insert What becomes of an INSERT or a part of one, and whether it is its beginning.
 * @param callable $other What becomes of a line of anything else.
 * @param callable $ended What follows an INSERT.
 */
function rewritten( string $text, Ends $ends, bool &$data, callable $insert, callable $other, callable $ended ): string {
	$done = '';
	for ( $at = 0; $at < strlen( $text ); $at = $end ) {
		$begins = ! $data;
		if ( $data || preg_match( '~\G(?:INSERT|REPLACE)\s~i', $text, $found, 0, $at ) ) {
			$end  = $ends->insert( $text, $at );
			$data = $end === null;
			$end ??= strlen( $text );
			if ( $data && $at === 0 ) {
				return $insert( $text, $begins );
			}
			$done .= $insert( substr( $text, $at, $end - $at ), $begins ) . ( $data ? '' : $ended() );
		} else {
			$end   = $ends->line( $text, $at );
			$done .= $other( substr( $text, $at, $end - $at ) );
		}
	}
	return $done;
}

$data      = false;
$last      = '';
$committed = 0;
// A trigger's body has lines that look like data.
$in_body = false;
$ended   = function () use ( &$facts, &$committed, &$in_body, $settings ): string {
	if ( ! isset( $settings['home'] ) || $in_body || $facts['bytes'] - $committed < COMMIT_AFTER ) {
		return '';
	}
	$committed = $facts['bytes'];
	return "COMMIT;\n";
};
$other   = function ( string $line ) use ( &$facts, &$in_body, &$one, $statements, $settings ): string {
	if ( stripos( $line, 'DELIMITER' ) === 0 ) {
		$in_body = ! preg_match( '~^DELIMITER\s+;\s*$~i', $line );
	}
	if ( $facts['product'] === '' && preg_match( '~^-- (MySQL dump|MariaDB dump|Host:|Adminer|phpMyAdmin|WordPress Backup)~', $line, $found ) ) {
		$facts['product'] = $found[1];
	}
	if ( ! $in_body && preg_match( '~^(?!--|#|DELIMITER).*;[ \t]*[^\s;]~i', $line ) && count( $each = Statements::each( $line ) ) > 1 ) {
		return implode( '', array_map( $one, $each ) );
	}
	return $statements->line( $line, isset( $settings['home'] ) );
};
$replace = $ends->raw ? $replacement->statement( ... ) : $replacement->lines( ... );
$insert  = function ( string $text, bool $begins ) use ( &$one, $replace, $statements ): string {
	$begins && $statements->refuse_another_schema( substr( $text, 0, 300 ) );
	if ( ! preg_match( SEVERAL, $text ) ) {
		return $replace( $text );
	}
	$each = Statements::each( $text );
	return $replace( array_shift( $each ) ) . implode( '', array_map( $one, $each ) );
};
$one     = fn( string $statement ): string => preg_match( '~^(?:INSERT|REPLACE)\s~i', $statement ) ? $insert( $statement, true ) : $other( $statement );

try {
	foreach ( blocks( $in, $first, $ends, $facts['bytes'], $most ) as $block ) {
		$end = rtrim( substr( $block, -1000 ), " \r\n" );
		if ( $end !== '' ) {
			$last = substr( $end, (int) strrpos( "\n$end", "\n" ) );
		}
		$block = rewritten( $block, $ends, $data, $insert, $other, $ended );
		$begun = microtime( true );
		// As PHP itself says it of a pipe that broke; the reader then has the reason (pipeline.php).
		fwrite( $out, $block ) === strlen( $block ) || throw new \RuntimeException( 'fwrite() wrote less than the line' );
		if ( $settings['rest'] ?? 0 ) {
			$rest             = min( LONGEST_REST, ( microtime( true ) - $begun ) * $settings['rest'] );
			$facts['rested'] += $rest;
			usleep( (int) ( $rest * 1e6 ) );
		}
	}
	isset( $settings['home'] ) && ! $data && fwrite( $out, "\nCOMMIT;\n" );
	// mysqldump says when it is through; of others the last statement has to be whole.
	$facts['complete'] = preg_match( '~^(?:MySQL|MariaDB) dump$~', $facts['product'] )
		? str_starts_with( $last, '-- Dump completed' ) : (bool) preg_match( '~;\s*$|^--~', $last );
} catch ( Failure $failure ) {
	$facts['problem'] = [ $failure->status, $failure->getMessage(), $failure->do ];
} catch ( \Throwable $failure ) {
	$facts['problem'] = [ 1, $failure->getMessage(), 'run it again' ];
}
$facts += [ 'tables' => $statements->tables, 'latin1' => array_keys( $statements->latin1 ), 'changes' => $statements->changes, 'strings' => $replacement->strings ];
// Whoever reads the SQL to its end reads this only then, and a pipe holds 64 KiB.
fclose( $out );
fclose( STDOUT );
file_put_contents( 'php://fd/3', json_encode( $facts, JSON_INVALID_UTF8_SUBSTITUTE ) );
exit( $facts['problem'] ? 1 : 0 );
