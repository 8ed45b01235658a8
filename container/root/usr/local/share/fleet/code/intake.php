<?php
/** Code that comes to the store past WordPress: with the image, or put into the site's folders by another hand. */

namespace Fleet\Code;

require_once __DIR__ . '/store.php';

final class Intake {

	/** What came with an image before, one path a line: a theme that its owner deleted doesn't come back. */
	private const SEEDED = SHARED . '/.fleet-seeded';
	/** What the shared folders looked like when their code was last taken in. */
	private const SEEN    = SHARED . '/' . ASIDE . '/seen.json';
	private const WORKING = '/tmp/fleet/intake';

	public function __construct( private Store $store ) {}

	/**
	 * Takes in what was put to plugins, themes, mu-plugins and languages of the access point, as a move from another
	 * host or a restored backup does; what lies there already is taken in once.
	 *
	 * @return list<string> What came, as paths below wp-content.
	 */
	public function from_shared(): array {
		$seen = json_decode( (string) @file_get_contents( self::SEEN ), true ) ?: [];
		$now  = [];
		foreach ( FOLDERS as $folder ) {
			foreach ( entries( SHARED . "/$folder" ) as $name ) {
				$stat                     = lstat( SHARED . "/$folder/$name" );
				$now[ "$folder/$name" ] = "$stat[mtime] $stat[ino] $stat[size]";
			}
		}
		$new = array_keys( array_diff_assoc( $now, $seen ) );
		if ( $new ) {
			$this->store->change( $this->versions( $new, SHARED, true ) );
			file_put_contents( folder( dirname( self::SEEN ) ) . '/seen.json', json_encode( $now ) );
		}
		return $new;
	}

	/** @return list<string> What of the image's own code came for the first time. */
	public function from_image( string $content ): array {
		$before = is_file( self::SEEDED ) ? file( self::SEEDED, FILE_IGNORE_NEW_LINES ) : [];
		$paths  = [];
		foreach ( FOLDERS as $folder ) {
			foreach ( entries( "$content/$folder" ) as $name ) {
				$paths[] = "$folder/$name";
			}
		}
		$first = array_values( array_diff( $paths, $before ) );
		$has   = $this->store->generation( $this->store->current() )['items'];
		$new   = array_values( array_filter( $first, fn( $path ) => ! isset( $has[ $path ] ) ) );
		$new && $this->store->change( $this->versions( $new, $content, false ) );
		$first && file_put_contents( self::SEEDED, implode( "\n", $first ) . "\n", FILE_APPEND );
		return $new;
	}

	/** @return array<string, string> item => the version that holds these paths as they are below `$root`. */
	private function versions( array $paths, string $root, bool $replace ): array {
		$versions = [];
		$current  = $this->store->generation( $this->store->current() )['items'];
		remove( self::WORKING );
		foreach ( $paths as $path ) {
			$item = item_of( $path );
			if ( $item !== null && $item === $path ) {
				$versions[ $item ] = $this->store->pack( $item, $root );
			} elseif ( $item !== null ) {
				$this->lay_over( $path, $item, $root, $current[ $item ] ?? '', $replace );
				$versions[ $item ] = '';
			}
		}
		foreach ( array_keys( $versions, '', true ) as $item ) {
			$versions[ $item ] = $this->store->pack( $item, self::WORKING );
		}
		remove( self::WORKING );
		return $versions;
	}

	/** One file of an item that is a whole folder: laid over what the item has. */
	private function lay_over( string $path, string $item, string $root, string $version, bool $replace ): void {
		if ( ! is_dir( self::WORKING . "/$item" ) ) {
			folder( self::WORKING . "/$item" );
			$version && $this->store->unpack( $item, $version, self::WORKING . "/$item" );
		}
		if ( $replace || ! file_exists( self::WORKING . "/$path" ) ) {
			remove( self::WORKING . "/$path" );
			command( [ 'cp', '--archive', '--no-preserve=ownership', '--', "$root/$path", self::WORKING . "/$path" ] );
		}
	}
}
