<?php
/** The site's code since a time, and back to what it was. */

namespace Fleet\Lockdown;

use Fleet\Code\Local;
use Fleet\Code\Store;
use Fleet\Data\Failure;

use function Fleet\Code\remove;
use function Fleet\Code\to_generation;
use function Fleet\Code\generation_at;
use function Fleet\Code\when;

use const Fleet\Data\EX_USAGE;

require_once __DIR__ . '/../data/failure.php';
require_once __DIR__ . '/../code/versions.php';

final class Code {

	private const WORKING = '/tmp/fleet/compared';
	/** Of one item; an update changes thousands. */
	private const MOST = 20;

	private Store $store;

	public function __construct() {
		$this->store = new Store();
	}

	/** @return list<array{string, string, string}> The files that are others than in the generation of then. */
	public function findings( int $since ): array {
		$current = $this->store->generation( self::is_ours() ? $this->store->current() : 0 );
		$numbers = $this->store->numbers();
		if ( ! self::is_ours() || ! $numbers ) {
			return [];
		}
		$number = generation_at( $this->store, $since );
		$before = $this->store->generation( $number ?? end( $numbers ) );
		$found  = $number ? [] : [ [ 'code', 'before ' . when( $before['time'] ), "is not known: generation $before[number] is the oldest that is kept" ] ];
		foreach ( array_keys( $before['items'] + $current['items'] ) as $item ) {
			$versions = [ $before['items'][ $item ] ?? '', $current['items'][ $item ] ?? '' ];
			$versions[0] === $versions[1] || array_push( $found, ...$this->compared( $item, ...$versions ) );
		}
		return $found;
	}

	/** @param string $wanted The number of a generation, or a time. @return string Which generation it is like now. */
	public function back( string $wanted ): string {
		self::is_ours() || throw new Failure( EX_USAGE, 'this site\'s code is the image\'s (storage mode uploads)', 'leave out --code-back-to, and deploy the image of before' );
		$number = ctype_digit( $wanted ) ? (int) $wanted : generation_at( $this->store, strtotime( $wanted ) ?: 0 );
		in_array( $number, $this->store->numbers(), true ) || throw new Failure( EX_USAGE, "no generation of the code is kept for $wanted; there are " . implode( ', ', array_map( fn( $each ) => "$each of " . when( $this->store->generation( $each )['time'] ), $this->store->numbers() ) ), 'name one of them, or bring the code of a backup back: fleet restore --only code' );
		to_generation( $this->store, new Local( $this->store ), $number );
		return "generation $number of " . when( $this->store->generation( $number )['time'] );
	}

	private static function is_ours(): bool {
		return getenv( 'FLEET_STORAGE_MODE' ) === 'content';
	}

	private function compared( string $item, string $before, string $now ): array {
		$hashes = [];
		foreach ( [ $before, $now ] as $version ) {
			remove( self::WORKING );
			$version && $this->store->unpack( $item, $version, self::WORKING );
			$hashes[] = $version ? self::hashes( self::WORKING ) : [];
		}
		remove( self::WORKING );
		$kind  = fn( $path ) => match ( true ) {
			! isset( $hashes[0][ $path ] ) => 'is new',
			! isset( $hashes[1][ $path ] ) => 'is gone',
			default                        => 'is another',
		};
		$paths = array_keys( array_diff_assoc( $hashes[1], $hashes[0] ) + array_diff_key( $hashes[0], $hashes[1] ) );
		sort( $paths );
		$in    = str_contains( $item, '/' ) ? dirname( $item ) : ( $item === \Fleet\Code\DROP_INS ? '' : $item );
		$found = array_map( fn( $path ) => [ 'code', ltrim( "$in/$path", '/' ), $kind( $path ) ], array_slice( $paths, 0, self::MOST ) );
		$more  = count( $paths ) - count( $found );
		return $more > 0 ? [ ...$found, [ 'code', $item, "and $more more files" ] ] : $found;
	}

	/** @return array<string, string> */
	private static function hashes( string $folder ): array {
		$found = [];
		$files = new \RecursiveIteratorIterator( new \RecursiveDirectoryIterator( $folder, \FilesystemIterator::SKIP_DOTS ) );
		foreach ( $files as $file ) {
			$found[ substr( $file->getPathname(), strlen( $folder ) + 1 ) ] = $file->isLink() ? (string) readlink( $file->getPathname() ) : hash_file( 'sha256', $file->getPathname() );
		}
		return $found;
	}
}
