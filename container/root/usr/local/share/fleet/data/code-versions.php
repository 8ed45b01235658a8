<?php
/** Which versions plugins and themes say that they are, by their headers: code that comes may be older than what is here. */

namespace Fleet\Data;

require_once __DIR__ . '/../code/items.php';

final class CodeVersions {

	private const READ = 8192; // bytes, as WordPress reads of a file for its header

	/** @return array<string, string> item, such as plugins/akismet => its version; '' for one that says none */
	public static function below( string $root ): array {
		$found = [];
		foreach ( \Fleet\Code\FOLDERS_OF_ITEMS as $folder ) {
			foreach ( \Fleet\Code\entries( "$root/$folder" ) as $name ) {
				$found[ "$folder/$name" ] = self::version( $folder, "$root/$folder/$name" );
			}
		}
		return $found;
	}

	private static function version( string $folder, string $path ): string {
		$files = match ( true ) {
			! is_dir( $path )    => [ $path ],
			$folder === 'themes' => [ "$path/style.css" ],
			default              => glob( "$path/*.php" ),
		};
		foreach ( $files as $file ) {
			$head = (string) @file_get_contents( $file, false, null, 0, self::READ );
			if ( preg_match( '~^[ \t/*#@]*(?:Plugin|Theme) Name:~mi', $head ) && preg_match( '~^[ \t/*#@]*Version:[ \t]*(\S+)~mi', $head, $said ) ) {
				return $said[1];
			}
		}
		return '';
	}

	/**
	 * What is newer in one folder than in the other, and what only the one has.
	 *
	 * @return array{list<string>, list<string>} In words each.
	 */
	public static function lost( string $here, string $there ): array {
		[ $ours, $theirs ] = [ self::below( $here ), self::below( $there ) ];
		$newer             = [];
		foreach ( array_intersect_key( $ours, $theirs ) as $item => $version ) {
			version_compare( $version, $theirs[ $item ], '>' ) && $newer[] = "$item is $version, and there " . ( $theirs[ $item ] ?: 'without one' );
		}
		return [ $newer, array_keys( array_diff_key( $ours, $theirs ) ) ];
	}
}
