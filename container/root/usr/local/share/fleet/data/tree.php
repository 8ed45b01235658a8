<?php
/** A site's files into its dump: what an earlier dump has under the same size and time is not even read. */

namespace Fleet\Data;

require_once __DIR__ . '/s3.php';
require_once __DIR__ . '/dumps.php';
require_once __DIR__ . '/listing.php';

final class Tree {

	/** Made again by whoever wants it. */
	private const LEFT_OUT = [ 'cache', 'upgrade', 'upgrade-temp-backup' ];
	private const TRIES    = 3;
	private const LIST     = '/tmp/fleet/files.jsonl.zst';
	private const EARLIER  = '/tmp/fleet/files-before.jsonl.zst';

	private int $stored = 0;
	private int $links  = 0;
	/** @var list<string> A list is JSON, which has no other names; browsers ask in UTF-8, too. */
	private array $no_utf8 = [];
	/** @var list<string> */
	private array $restless = [];

	public function __construct( private S3 $s3, private Place $place, private bool $uploads ) {}

	/** Where PHP sees a site's files, code and media. */
	public static function root(): string {
		return getenv( 'FLEET_STORAGE_MODE' ) === 'content' ? '/srv/site/wp-content' : '/var/www/html/wp-content';
	}

	/** @return array{name: string, bytes: int, sha256: string, list_bytes: int, count: int, total_bytes: int} */
	public function store(): array {
		$earlier = $this->earlier();
		$list    = new Listing( self::LIST );
		foreach ( $this->files( '' ) as $path => $stat ) {
			while ( $earlier->valid() && Listing::order( $earlier->current()['path'], $path ) < 0 ) {
				$earlier->next();
			}
			$known = $earlier->valid() && $earlier->current()['path'] === $path ? $earlier->current() : null;
			$same  = $known && $known['bytes'] === $stat['size'] && $known['time'] === $stat['mtime'];
			$found = $same ? [ 'bytes' => $known['bytes'], 'sha256' => $known['sha256'] ] : $this->stored( $path, $stat['size'] );
			$found && $list->add( [ 'path' => $path, 'bytes' => $found['bytes'], 'time' => $stat['mtime'], 'sha256' => $found['sha256'] ] );
			$list->count % 5000 || progress( 'files', 'at', [ 'files' => $list->count, 'bytes' => $list->total_bytes ] );
		}
		$list->close();
		$this->s3->end();
		$this->links && progress( 'files', 'note', [ 'note' => "$this->links symbolic links are left out" ] );
		$this->no_utf8 && progress( 'files', 'note', [ 'note' => count( $this->no_utf8 ) . ' files whose names are no UTF-8 are left out, rename them to have them: ' . implode( ', ', array_slice( $this->no_utf8, 0, 3 ) ) ] );
		$this->restless && progress( 'files', 'note', [ 'note' => count( $this->restless ) . ' files that changed whenever they were read are left out: ' . implode( ', ', array_slice( $this->restless, 0, 3 ) ) ] );
		$hash = hash_file( 'sha256', self::LIST );
		$this->s3->ask( new S3Request( 'PUT', $this->place->key( Place::FILES ), file: self::LIST, sha256: $hash ) );
		return [
			'name' => Place::FILES, 'bytes' => filesize( self::LIST ), 'sha256' => $hash,
			'list_bytes' => $list->list_bytes, 'count' => $list->count, 'total_bytes' => $list->total_bytes, 'stored' => $this->stored,
		];
	}

	/** The files of the newest dump that has any. A damaged one costs time, or it would keep all that come later away. */
	private function earlier(): \Generator {
		$found = ( new Dumps( $this->s3, $this->place ) )->newest_with_files();
		if ( ! $found ) {
			return;
		}
		try {
			$file = fopen( self::EARLIER, 'w' );
			$this->s3->read( $found, fn( $bytes ) => fwrite( $file, $bytes ) );
			fclose( $file );
			yield from Listing::of( self::EARLIER );
		} catch ( Failure | \Fleet\AwsError $failure ) {
			$failure->status === EX_DATAERR || $failure->status === 404 || throw $failure;
			progress( 'files', 'note', [ 'note' => "what $found has isn't known, so its files are read again: " . $failure->getMessage() ] );
		}
	}

	/** @return \Generator<string, array> Paths below wp-content in the list's order => what the file system says. */
	private function files( string $folder ): \Generator {
		$names = scandir( self::root() . "/$folder" );
		$in    = $folder === '' ? '' : "$folder/";
		usort( $names, fn( $one, $other ) => strcmp( $one, $other ) );
		foreach ( $names as $name ) {
			$path = "$in$name";
			if ( $name === '.' || $name === '..' || str_starts_with( $name, '.fleet' ) || in_array( $path, self::LEFT_OUT, true ) ) {
				continue;
			}
			if ( getenv( 'FLEET_STORAGE_MODE' ) !== 'content' && $folder === '' && $name !== 'uploads' ) {
				continue; // it is the image's
			}
			if ( $path === 'uploads' && ! $this->uploads ) {
				continue;
			}
			if ( ! mb_check_encoding( $name, 'UTF-8' ) ) {
				$this->no_utf8[] = rawurlencode( $path );
				continue;
			}
			$stat = @lstat( self::root() . "/$path" ); // it may be gone by now
			switch ( $stat ? $stat['mode'] & 0170000 : 0 ) {
				case 0040000:
					yield from $this->files( $path );
					break;
				case 0100000:
					yield $path => $stat;
					break;
				case 0120000:
					$this->links++;
			}
		}
	}

	/**
	 * Stores what a file holds, which may change or go while it is read: under the hash of the bytes that are sent.
	 *
	 * @param int $size Of what is written behind it meanwhile, as to a log, nothing is taken.
	 * @return ?array{bytes: int, sha256: string} null if it is gone, or never the same twice.
	 */
	private function stored( string $path, int $size ): ?array {
		for ( $try = 1; $try <= self::TRIES && $file = @fopen( self::root() . "/$path", 'rb' ); $try++ ) {
			$found = $size <= S3::PART ? $this->at_once( $file, $size ) : $this->in_parts( $file, $size );
			fclose( $file );
			if ( $found ) {
				$this->stored++;
				return $found;
			}
			clearstatcache();
			$size = (int) @filesize( self::root() . "/$path" );
		}
		$try > self::TRIES && $this->restless[] = $path;
		return null;
	}

	/** @param resource $file */
	private function at_once( $file, int $size ): array {
		$content = (string) stream_get_contents( $file, $size );
		$hash    = hash( 'sha256', $content );
		$this->s3->begin( new S3Request( 'PUT', $this->place->object( $hash ), body: $content, sha256: $hash ) );
		return [ 'bytes' => strlen( $content ), 'sha256' => $hash ];
	}

	/** @param resource $file @return ?array null if what was sent isn't what was read before. */
	private function in_parts( $file, int $size ): ?array {
		$hash = hash_init( 'sha256' );
		hash_update_stream( $hash, $file, $size );
		$said = [ 'bytes' => $size, 'sha256' => hash_final( $hash ) ];
		rewind( $file );
		// Its key is its hash, which has to be known before.
		$upload = new Upload( $this->s3, $this->place->object( $said['sha256'] ), 'files' );
		if ( $upload->stream( $file, $size ) === $said ) {
			$upload->finish();
			return $said;
		}
		$upload->abort();
		return null;
	}
}
