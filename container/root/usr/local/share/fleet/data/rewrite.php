<?php
/**
 * SQL of mysqldump's from stdin to stdout: rewrite.php SETTINGS, a JSON. With `home` as this site takes it, without as
 * any server does. File 3 is told what was found, in JSON, once all of it was read.
 *
 * As a filter between the archive and the client it costs the load no pass of its own over the tables.
 */

namespace Fleet\Data;

require __DIR__ . '/replacement.php';
require __DIR__ . '/statements.php';

/** Longer than MySQL takes a statement for: max_allowed_packet is 1 GiB at most, and 64 MiB unless someone set it. */
const LONGEST = 256 * 1024 * 1024;

ini_set( 'memory_limit', '1536M' );
ini_set( 'pcre.backtrack_limit', (string) LONGEST );
[ , $settings ] = $argv;
$settings       = json_decode( $settings, true, 8, JSON_THROW_ON_ERROR );
$replacement    = new Replacement( $settings['home'] ?? 'https://x', $settings['hosts'] ?? [], $settings['pairs'] ?? [] );
$statements     = new Statements();
$most           = $settings['most'] ?? PHP_INT_MAX;
$facts          = [ 'bytes' => 0, 'complete' => false, 'product' => '', 'problem' => null ];
$in             = fopen( 'php://stdin', 'rb' );
$out            = fopen( 'php://stdout', 'wb' );
stream_set_chunk_size( $in, 1 << 20 );
$data = false;
$last = '';

try {
	while ( ( $line = fgets( $in, LONGEST ) ) !== false ) {
		$facts['bytes'] += strlen( $line );
		if ( $facts['bytes'] > $most ) {
			throw new Failure( EX_DATAERR, "the dump is larger than it says: more than $most bytes of SQL", 'make the dump again' );
		}
		if ( strlen( $line ) >= LONGEST - 1 ) {
			throw new Failure( EX_DATAERR, 'a statement of the dump is longer than 256 MiB', 'dump with a smaller net_buffer_length' );
		}
		if ( trim( $line, " \r\n" ) !== '' ) {
			$last = substr( $line, 0, 40 ) . substr( $line, -40 );
		}
		if ( $data || preg_match( '~^(?:INSERT|REPLACE)\s~i', $line ) ) {
			$data = ! str_ends_with( rtrim( $line, "\r\n" ), ';' );
			$line = $replacement->line( $line );
		} else {
			if ( $facts['product'] === '' && preg_match( '~^-- (MySQL dump|MariaDB dump|Host:|Adminer|phpMyAdmin|WordPress Backup)~', $line, $found ) ) {
				$facts['product'] = $found[1];
			}
			$line = $statements->line( $line, isset( $settings['home'] ) );
		}
		// As PHP itself says it of a pipe that broke; the reader then has the reason (pipeline.php).
		fwrite( $out, $line ) === strlen( $line ) || throw new \RuntimeException( 'fwrite() wrote less than the line' );
	}
	// mysqldump says when it is through; of others the last statement has to be whole.
	$facts['complete'] = preg_match( '~^(?:MySQL|MariaDB) dump$~', $facts['product'] )
		? str_starts_with( $last, '-- Dump completed' ) : (bool) preg_match( '~;\s*$|^--~', $last );
} catch ( Failure $failure ) {
	$facts['problem'] = [ $failure->status, $failure->getMessage(), $failure->do ];
} catch ( \Throwable $failure ) {
	$facts['problem'] = [ 1, $failure->getMessage(), 'run it again' ];
}
$facts += [ 'tables' => $statements->tables, 'changes' => $statements->changes, 'strings' => $replacement->strings ];
file_put_contents( 'php://fd/3', json_encode( $facts, JSON_INVALID_UTF8_SUBSTITUTE ) );
exit( $facts['problem'] ? 1 : 0 );
