<?php
/**
 * What a site's code is made of. An item changes as a whole: one plugin, one theme, all must-use plugins, all
 * translations, the drop-ins.
 */

namespace Fleet\Code;

/** Where PHP sees the site's content, in every request. The folders of code in it are on local disk, the rest is EFS. */
const CONTENT = '/srv/site/wp-content';
/** The same access point without what lies over its folders of code: what other hands put there, and our store. */
const SHARED = '/var/www/html/wp-content';
/** Folders whose entries are items each. */
const FOLDERS_OF_ITEMS = [ 'plugins', 'themes' ];
/** Folders that are one item. */
const WHOLE_FOLDERS = [ 'mu-plugins', 'languages' ];
const FOLDERS       = [ 'plugins', 'themes', 'mu-plugins', 'languages' ];
const DROP_INS      = 'drop-ins';
/** Files beside the folders of code that core loads when they are there. */
const DROP_IN_FILES = [
	'advanced-cache.php', 'blog-deleted.php', 'blog-inactive.php', 'blog-suspended.php', 'db-error.php', 'db.php',
	'fatal-error-handler.php', 'install.php', 'maintenance.php', 'object-cache.php', 'php-error.php', 'sunrise.php',
];
/** Ours in a folder of code: what is being unpacked or goes. WordPress takes no entry with a dot for code. */
const ASIDE = '.fleet';

/** @return list<string> The items whose code is below `$root`, for example plugins/akismet. */
function items_below( string $root ): array {
	$items = [];
	foreach ( FOLDERS_OF_ITEMS as $folder ) {
		foreach ( entries( "$root/$folder" ) as $name ) {
			$items[] = "$folder/$name";
		}
	}
	foreach ( WHOLE_FOLDERS as $folder ) {
		if ( entries( "$root/$folder" ) ) {
			$items[] = $folder;
		}
	}
	return drop_ins( $root ) ? [ ...$items, DROP_INS ] : $items;
}

/** @return list<string> Found by listing the folder: a question for each name would be a call on EFS each. */
function drop_ins( string $root ): array {
	return array_values( array_intersect( DROP_IN_FILES, entries( $root ) ) );
}

/** The item that a path below wp-content belongs to, or null for what is no code. */
function item_of( string $path ): ?string {
	[ $folder, $name ] = explode( '/', $path, 3 ) + [ 1 => '' ];
	if ( in_array( $folder, DROP_IN_FILES, true ) ) {
		return DROP_INS;
	}
	if ( $name === '' || $name[0] === '.' ) {
		return null;
	}
	if ( in_array( $folder, WHOLE_FOLDERS, true ) ) {
		return $folder;
	}
	return in_array( $folder, FOLDERS_OF_ITEMS, true ) ? "$folder/$name" : null;
}

/** @return list<string> Items over which the folder lies that somebody works on: neither kept nor replaced. */
function mounted(): array {
	return explode( ' ', (string) getenv( 'FLEET_MOUNTED' ) );
}

/** @return list<string> The names in a folder but those that begin with a dot; none if it isn't there. */
function entries( string $folder ): array {
	$names = is_dir( $folder ) ? scandir( $folder ) : [];
	return array_values( array_filter( $names, fn( $name ) => $name[0] !== '.' ) );
}

/** Where an item's files are below `$root`: folder => the names of its own in there. */
function place( string $item, string $root ): array {
	if ( $item === DROP_INS ) {
		return [ $root, drop_ins( $root ) ];
	}
	if ( in_array( $item, WHOLE_FOLDERS, true ) ) {
		return [ "$root/$item", entries( "$root/$item" ) ];
	}
	$name   = basename( $item );
	$folder = "$root/" . dirname( $item );
	return [ $folder, file_exists( "$folder/$name" ) || is_link( "$folder/$name" ) ? [ $name ] : [] ];
}

/** One state of an item's files in 32 characters; '' if there are none. */
function digest( string $item, string $root ): string {
	[ $folder, $names ] = place( $item, $root );
	$state              = hash_init( 'xxh128' );
	foreach ( $names as $name ) {
		add( $state, $folder, $name );
	}
	return $names ? hash_final( $state ) : '';
}

function add( \HashContext $state, string $folder, string $path ): void {
	$full = "$folder/$path";
	if ( is_link( $full ) ) {
		hash_update( $state, "link $path " . readlink( $full ) . "\0" );
	} elseif ( is_dir( $full ) ) {
		hash_update( $state, "folder $path\0" );
		foreach ( array_diff( scandir( $full ), [ '.', '..' ] ) as $name ) {
			add( $state, $folder, "$path/$name" );
		}
	} elseif ( is_file( $full ) ) {
		hash_update( $state, "file $path " . filesize( $full ) . "\0" );
		hash_update_file( $state, $full );
	}
}

function remove( string $path ): void {
	if ( is_dir( $path ) && ! is_link( $path ) ) {
		foreach ( array_diff( scandir( $path ), [ '.', '..' ] ) as $name ) {
			remove( "$path/$name" );
		}
		rmdir( $path );
	} elseif ( file_exists( $path ) || is_link( $path ) ) {
		unlink( $path );
	}
}

function folder( string $path ): string {
	is_dir( $path ) || mkdir( $path, 0755, true ) || is_dir( $path ) || throw new \RuntimeException( "$path can't be made" );
	return $path;
}
