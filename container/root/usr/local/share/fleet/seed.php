<?php
/** The first content of the mount: the themes, plugins and translations that come with the image, each once. */

namespace Fleet\Init;

/** What was copied before, one path a line: a theme that its owner deleted doesn't come back. */
const SEEDED = '.fleet-seeded';

/** @return list<string> What this call copied. */
function seed( string $image, string $mount ): array {
	foreach ( [ 'plugins', 'themes', 'mu-plugins', 'languages', 'uploads', 'upgrade' ] as $folder ) {
		is_dir( "$mount/$folder" ) || mkdir( "$mount/$folder" );
	}
	$before = is_file( "$mount/" . SEEDED ) ? file( "$mount/" . SEEDED, FILE_IGNORE_NEW_LINES ) : [];
	$copied = [];
	foreach ( [ 'plugins', 'themes', 'mu-plugins', 'languages' ] as $folder ) {
		foreach ( array_diff( is_dir( "$image/$folder" ) ? scandir( "$image/$folder" ) : [], [ '.', '..' ] ) as $name ) {
			$path = "$folder/$name";
			if ( in_array( $path, $before, true ) ) {
				continue;
			}
			if ( ! file_exists( "$mount/$path" ) ) {
				copy_whole( "$image/$path", "$mount/$path" );
				$copied[] = $path;
			}
			file_put_contents( "$mount/" . SEEDED, "$path\n", FILE_APPEND );
		}
	}
	return $copied;
}

/** Copies a file or folder so that it appears under its name only when all of it is there. */
function copy_whole( string $from, string $to ): void {
	$unfinished = dirname( $to ) . '/.fleet-unfinished';
	remove( $unfinished );
	copy_tree( $from, $unfinished );
	rename( $unfinished, $to );
}

function copy_tree( string $from, string $to ): void {
	if ( ! is_dir( $from ) ) {
		copy( $from, $to );
		return;
	}
	mkdir( $to );
	foreach ( array_diff( scandir( $from ), [ '.', '..' ] ) as $name ) {
		copy_tree( "$from/$name", "$to/$name" );
	}
}

function remove( string $path ): void {
	if ( is_dir( $path ) && ! is_link( $path ) ) {
		foreach ( array_diff( scandir( $path ), [ '.', '..' ] ) as $name ) {
			remove( "$path/$name" );
		}
		rmdir( $path );
	} elseif ( file_exists( $path ) ) {
		unlink( $path );
	}
}
