<?php
/** Looking at the kept versions of a site's code, and going back to one. WordPress need not load for it. */

namespace Fleet\Code;

require_once __DIR__ . '/local.php';

/** As many characters of a version as people are shown and need to type. */
const SHOWN = 8;

function listing( Store $store ): string {
	$current = $store->generation( $store->current() );
	$lines   = [ "generation $current[number], made " . when( $current['time'] ) ];
	foreach ( $current['versions'] as $item => $versions ) {
		$lines[] = $item . ( isset( $current['items'][ $item ] ) ? '' : ' (deleted)' );
		foreach ( $versions as [ $version, $time ] ) {
			$mark    = $version === ( $current['items'][ $item ] ?? '' ) ? '*' : ' ';
			$lines[] = "  $mark " . substr( $version, 0, SHOWN ) . '  ' . when( $time );
		}
	}
	return implode( "\n", $lines ) . "\n";
}

/** Without an item, all of the code goes back to the generation before; without a version, the item to the one before. */
function revert( Store $store, Local $local, string $item, string $version ): string {
	$current = $store->generation( $store->current() );
	$changes = $item === '' ? to_generation_before( $store, $current ) : [ $item => version( $current, $item, $version ) ];
	if ( isset( $changes[ DROP_INS ] ) ) {
		put_drop_ins( $store, $changes[ DROP_INS ] );
	}
	$number = $store->change( $changes );
	$local->pull();
	return "generation $number: " . implode( ', ', array_map( fn( $name, $to ) => $name . ' is ' . ( substr( $to, 0, SHOWN ) ?: 'gone' ), array_keys( $changes ), $changes ) ) . "\n";
}

/** The newest that was made at or before a time, in seconds since 1970; null where none of then is kept. */
function generation_at( Store $store, int $time ): ?int {
	foreach ( $store->numbers() as $number ) {
		if ( $store->generation( $number )['time'] <= $time ) {
			return $number;
		}
	}
	return null;
}

/** All of the code becomes what it was in that generation. @return int The newest generation, which is so now. */
function to_generation( Store $store, Local $local, int $number ): int {
	$changes = differences( $store->generation( $store->current() ), $store->generation( $number ) );
	isset( $changes[ DROP_INS ] ) && put_drop_ins( $store, $changes[ DROP_INS ] );
	$newest = $store->change( $changes );
	$local->pull();
	return $newest;
}

/** @return array<string, string> */
function to_generation_before( Store $store, array $current ): array {
	$earlier = array_values( array_filter( $store->numbers(), fn( $number ) => $number < $current['number'] ) );
	$earlier || throw new \RuntimeException( 'there is no generation before this one' );
	return differences( $current, $store->generation( $earlier[0] ) );
}

/** @return array<string, string> What makes one generation the other. */
function differences( array $from, array $to ): array {
	$gone = array_fill_keys( array_keys( array_diff_key( $from['items'], $to['items'] ) ), '' );
	return array_diff_assoc( $to['items'], $from['items'] ) + $gone;
}

function version( array $current, string $item, string $wanted ): string {
	$known = array_column( $current['versions'][ $item ] ?? [], 0 );
	$known || throw new \RuntimeException( "there is no $item; `wp fleet code list` names what there is" );
	$now   = $current['items'][ $item ] ?? '';
	$fits  = fn( $version ) => $wanted === '' ? $version !== $now : str_starts_with( $version, $wanted );
	$found = array_values( array_filter( $known, $fits ) );
	return $found[0] ?? throw new \RuntimeException( $wanted === '' ? "$item has no other version" : "$item has no version $wanted; `wp fleet code list` shows those it has" );
}

/** The drop-ins are on EFS itself. */
function put_drop_ins( Store $store, string $version ): void {
	$aside = folder( SHARED . '/' . ASIDE . '/drop-ins' );
	$version && $store->unpack( DROP_INS, $version, $aside );
	foreach ( array_diff( drop_ins( SHARED ), entries( $aside ) ) as $name ) {
		unlink( SHARED . "/$name" );
	}
	foreach ( entries( $aside ) as $name ) {
		rename( "$aside/$name", SHARED . "/$name" );
	}
	remove( $aside );
}

function when( int $time ): string {
	return gmdate( 'Y-m-d H:i', $time ) . ' UTC';
}
