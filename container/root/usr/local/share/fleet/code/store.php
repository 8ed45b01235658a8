<?php
/**
 * A site's code on EFS, in generations.
 *
 * An item's version is an immutable archive named by its digest: one file on EFS in place of thousands. A generation is
 * a small list of items and their versions. `current` holds the number of the newest one and moves by rename, under a
 * lock, so that all tasks see whole generations only.
 */

namespace Fleet\Code;

require_once __DIR__ . '/items.php';

final class Store {

	/** The versions of an item and the generations that stay. */
	public const KEPT = 10;
	/** An archive this young may belong to a generation that another task is about to make. */
	private const UNDER_WAY = 3600; // seconds

	public function __construct( private string $folder = SHARED . '/' . ASIDE ) {}

	/** The number of the newest generation; 0 if there is none. One file that is opened: NFS asks the server then. */
	public function current(): int {
		return (int) @file_get_contents( "$this->folder/current" );
	}

	/** @return array{number: int, time: int, items: array<string, string>, versions: array<string, list<array{0: string, 1: int}>>} */
	public function generation( int $number ): array {
		if ( $number === 0 ) {
			return [ 'number' => 0, 'time' => 0, 'items' => [], 'versions' => [] ];
		}
		$text = @file_get_contents( "$this->folder/generations/$number.json" );
		return json_decode( $text ?: throw new \RuntimeException( "generation $number is not there" ), true, 16, JSON_THROW_ON_ERROR );
	}

	/** @return list<int> The generations that are there, the newest first. */
	public function numbers(): array {
		$numbers = array_map( 'intval', entries( "$this->folder/generations" ) );
		rsort( $numbers );
		return $numbers;
	}

	/**
	 * Makes a generation that differs from the newest one by these items: item => version, '' for none.
	 *
	 * @return int The newest generation, which is the one before if nothing differs.
	 */
	public function change( array $changes ): int {
		return $this->alone( function () use ( $changes ) {
			$before = $this->generation( $this->current() );
			$items  = array_filter( [ ...$before['items'], ...$changes ] );
			ksort( $items );
			return $items === $before['items'] ? $before['number'] : $this->publish( $before, $items );
		} );
	}

	/** Packs an item's files as they are below `$root`. @return string Its version, '' for an item that is gone. */
	public function pack( string $item, string $root ): string {
		// What changes while it is read is packed again: the archive is what its name says.
		for ( $tries = 5; $tries; $tries-- ) {
			$version = digest( $item, $root );
			$archive = $this->archive( $item, $version );
			if ( $version === '' || is_file( $archive ) ) {
				return $version;
			}
			folder( dirname( $archive ) );
			[ $folder, $names ] = place( $item, $root );
			$unfinished         = "$archive." . gethostname() . getmypid();
			command( [ 'tar', '--create', '--zstd', '--file', $unfinished, '--directory', $folder, '--', ...$names ] );
			if ( digest( $item, $root ) === $version ) {
				rename( $unfinished, $archive );
				return $version;
			}
			unlink( $unfinished );
		}
		throw new \RuntimeException( "$item changes all the time" );
	}

	public function unpack( string $item, string $version, string $into ): void {
		command( [ 'tar', '--extract', '--zstd', '--no-same-owner', '--file', $this->archive( $item, $version ), '--directory', folder( $into ) ] );
	}

	/** Runs it while no other task or process changes the store. */
	public function alone( callable $action ): mixed {
		$lock = fopen( folder( $this->folder ) . '/lock', 'c' );
		flock( $lock, LOCK_EX ) || throw new \RuntimeException( 'the store can not be locked' );
		try {
			return $action();
		} finally {
			fclose( $lock );
		}
	}

	private function archive( string $item, string $version ): string {
		return "$this->folder/items/$item/$version.tar.zst";
	}

	private function publish( array $before, array $items ): int {
		$number   = max( [ 0, ...$this->numbers() ] ) + 1;
		$versions = $before['versions'];
		foreach ( array_keys( $before['items'] + $items ) as $item ) {
			$version = $items[ $item ] ?? '';
			if ( $version !== ( $before['items'][ $item ] ?? '' ) && $version !== '' ) {
				$others            = array_filter( $versions[ $item ] ?? [], fn( $known ) => $known[0] !== $version );
				$versions[ $item ] = array_slice( [ [ $version, time() ], ...$others ], 0, self::KEPT );
			}
		}
		$generation = [ 'number' => $number, 'time' => time(), 'items' => $items, 'versions' => $versions ];
		$this->write( folder( "$this->folder/generations" ) . "/$number.json", json_encode( $generation, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES ) );
		$this->write( "$this->folder/current", "$number\n" );
		$this->tidy( $versions );
		return $number;
	}

	private function write( string $path, string $text ): void {
		$unfinished = "$path." . gethostname() . getmypid();
		$file       = fopen( $unfinished, 'w' );
		fwrite( $file, $text ) === strlen( $text ) && fflush( $file ) && fsync( $file ) && fclose( $file ) && rename( $unfinished, $path )
			|| throw new \RuntimeException( "$path can't be written" );
	}

	/** What neither a kept generation nor a kept version names goes. */
	private function tidy( array $versions ): void {
		$numbers = $this->numbers();
		foreach ( array_slice( $numbers, self::KEPT ) as $number ) {
			@unlink( "$this->folder/generations/$number.json" );
		}
		$named = [];
		foreach ( array_slice( $numbers, 0, self::KEPT ) as $number ) {
			foreach ( $this->generation( $number )['items'] as $item => $version ) {
				$named[ $this->archive( $item, $version ) ] = true;
			}
		}
		foreach ( $versions as $item => $known ) {
			foreach ( $known as [ $version ] ) {
				$named[ $this->archive( $item, $version ) ] = true;
			}
			foreach ( glob( "$this->folder/items/$item/*.tar.zst*" ) ?: [] as $archive ) {
				isset( $named[ $archive ] ) || time() - (int) @filemtime( $archive ) < self::UNDER_WAY || @unlink( $archive );
			}
		}
	}
}

/** Runs a program to its end. Throws with what it said when it fails. */
function command( array $words ): void {
	$process = proc_open( $words, [ 1 => [ 'file', '/dev/null', 'w' ], 2 => [ 'pipe', 'w' ] ], $pipes );
	$said    = stream_get_contents( $pipes[2] );
	proc_close( $process ) === 0 || throw new \RuntimeException( "$words[0]: " . trim( $said ) );
}
