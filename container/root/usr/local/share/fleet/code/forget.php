<?php
/** Lets PHP forget what it compiled of items that were exchanged. fleet-code asks for it past nginx. */

require __DIR__ . '/items.php';

$items    = explode( "\n", file_get_contents( 'php://input' ) );
$prefixes = array_map( fn( $item ) => \Fleet\Code\CONTENT . "/$item", $items );
foreach ( array_keys( opcache_get_status( true )['scripts'] ?? [] ) as $script ) {
	foreach ( $prefixes as $prefix ) {
		if ( $script === $prefix || str_starts_with( $script, "$prefix/" ) ) {
			opcache_invalidate( $script, true );
		}
	}
}
// One may be a link into a plugin, which is compiled under the plugin's name.
foreach ( in_array( \Fleet\Code\DROP_INS, $items, true ) ? \Fleet\Code\DROP_IN_FILES : [] as $name ) {
	opcache_invalidate( \Fleet\Code\CONTENT . "/$name", true );
}
echo 'ok';
