<?php
/** A dump's files into folders beside the site's, and from there into their place. Code becomes a generation. */

namespace Fleet\Data;

require_once __DIR__ . '/../code/intake.php';
require_once __DIR__ . '/s3.php';
require_once __DIR__ . '/listing.php';
require_once __DIR__ . '/manifest.php';
require_once __DIR__ . '/code-versions.php';

final class Files {

	private const LIST = '/tmp/fleet/load.jsonl.zst';
	/** On the task's own disk: a generation is made of it, and a killed task begins it anew. */
	private const CODE = '/var/cache/fleet/load';
	/** Of the file system, not of the site. */
	private const STAY = [ 'cache', 'upgrade', 'upgrade-temp-backup' ];

	private bool $content;
	private string $root;

	public function __construct( private Notes $notes ) {
		$this->content = getenv( 'FLEET_STORAGE_MODE' ) === 'content';
		$this->root    = '/var/www/html/wp-content' . ( $this->content ? '' : '/uploads' );
	}

	private function aside( string $which ): string {
		return "$this->root/.fleet/$which";
	}

	/** Where a file of wp-content is that tells how to load: the dump's own, or this site's. */
	public function own( string $name ): ?string {
		$places = [ $this->aside( 'new' ), '/var/www/html/wp-content', '/usr/src/wordpress/wp-content' ];
		return array_values( array_filter( array_map( fn( $place ) => "$place/$name", $places ), 'is_file' ) )[0] ?? null;
	}

	/** Sees that there is room before anything is fetched. EFS has always; a disk hasn't. */
	public function check_space( int $bytes ): void {
		$free   = disk_free_space( $this->root );
		$bytes -= $free < $bytes ? self::bytes_below( $this->aside( 'new' ) ) : 0; // of an earlier try
		if ( $free !== false && $free < $bytes ) {
			throw new Failure( EX_CANTCREAT, sprintf( 'the files take %d MB, and there are %d MB', $bytes >> 20, $free >> 20 ), 'make space and run it again' );
		}
	}

	private static function bytes_below( string $folder ): int {
		$below = is_dir( $folder ) ? new \RecursiveIteratorIterator( new \RecursiveDirectoryIterator( $folder, \FilesystemIterator::SKIP_DOTS ) ) : [];
		$bytes = 0;
		foreach ( $below as $file ) {
			$bytes += $file->getSize();
		}
		return $bytes;
	}

	/**
	 * Fetches all files, those that an earlier try left whole only once.
	 *
	 * @param list<string> $paths These files and folders alone; none for all.
	 */
	public function fetch( S3 $s3, Manifest $manifest, bool $uploads, array $paths = [] ): array {
		$this->fetch_list( $s3, $manifest );
		[ $bytes, $count, $others, $taken ] = [ 0, 0, 0, 0 ];
		// They are on their way to their place, or there.
		$placed = $this->notes->get( 'files-new' ) || $this->notes->get( 'done-files-put' );
		foreach ( Listing::of( self::LIST, $manifest->files['list_bytes'] ) as $entry ) {
			$path = $this->path( $entry['path'] );
			$bytes += $entry['bytes'];
			if ( ++$count > $manifest->files['count'] || $bytes > $manifest->files['total_bytes'] ) {
				throw new Failure( EX_DATAERR, 'the list has more files than the manifest says', 'make the dump again' );
			}
			if ( ! $uploads && str_starts_with( $entry['path'], 'uploads/' ) ) {
				continue; // their original has them, where browsers are led
			}
			if ( $paths && ! array_filter( $paths, fn( $wanted ) => str_starts_with( "$entry[path]/", "$wanted/" ) ) ) {
				continue;
			}
			$taken++;
			if ( $path === null ) {
				$others++;
				continue;
			}
			if ( $placed && ! self::is_code( $entry['path'] ) ) {
				continue;
			}
			$stat = @lstat( $path );
			if ( ! $stat || $stat['size'] !== $entry['bytes'] || $stat['mtime'] !== $entry['time'] ) {
				$this->fetch_one( $s3, $manifest, $entry, $path );
			}
			$count % 2000 || progress( 'files', 'at', [ 'files' => $count, 'of' => $manifest->files['count'], 'bytes' => $bytes ] );
		}
		$s3->end();
		$taken || ! $paths || throw new Failure( EX_DATAERR, 'the dump has no ' . implode( ' and no ', $paths ), 'take an older one' );
		$others && progress( 'files', 'note', [ 'note' => "$others files of code are left out: this site's code comes with its image" ] );
		return [ 'files' => $count, 'bytes' => $bytes ];
	}

	private function fetch_list( S3 $s3, Manifest $manifest ): void {
		$file = fopen( self::LIST, 'w' );
		$s3->read( $manifest->place->key( $manifest->files['name'] ), fn( $bytes ) => self::write( $file, $bytes ) );
		fclose( $file );
		if ( hash_file( 'sha256', self::LIST ) !== $manifest->files['sha256'] ) {
			throw new Failure( EX_DATAERR, 'the list of files isn\'t what the manifest says: another SHA-256', 'make the dump again' );
		}
	}

	/** Where a file of the dump is put for now; null for code that comes with the image. */
	private function path( string $path ): ?string {
		if ( $this->content ) {
			return ( self::is_code( $path ) ? self::CODE : $this->aside( 'new' ) ) . "/$path";
		}
		return str_starts_with( $path, 'uploads/' ) ? $this->aside( 'new' ) . substr( $path, strlen( 'uploads' ) ) : null;
	}

	private static function is_code( string $path ): bool {
		return in_array( strstr( $path, '/', true ), \Fleet\Code\FOLDERS, true );
	}

	/** A file has its name and its time once it is whole: one that is there under both is. */
	private function fetch_one( S3 $s3, Manifest $manifest, array $entry, string $path ): void {
		is_dir( dirname( $path ) ) || mkdir( dirname( $path ), 0755, true );
		$file = null;
		$hash = hash_init( 'sha256' );
		$sink = function ( $bytes ) use ( &$file, $hash, $path ) {
			$file ??= fopen( "$path.fleet-new", 'w' );
			hash_update( $hash, $bytes );
			self::write( $file, $bytes );
		};
		$after = function () use ( &$file, $hash, $path, $entry ) {
			$file ??= fopen( "$path.fleet-new", 'w' );
			fclose( $file );
			if ( hash_final( $hash ) !== $entry['sha256'] ) {
				throw new Failure( EX_DATAERR, "$entry[path] isn't what the list says: another SHA-256", 'make the dump again' );
			}
			touch( "$path.fleet-new", $entry['time'] );
			rename( "$path.fleet-new", $path );
		};
		$s3->begin( new S3Request( 'GET', $manifest->place->object( $entry['sha256'] ), sink: $sink, after: $after ) );
	}

	/** @param resource $file */
	private static function write( $file, string $bytes ): void {
		fwrite( $file, $bytes ) === strlen( $bytes ) || throw new \RuntimeException( 'No space left for the files' );
	}

	/**
	 * What was fetched takes the place of the site's files, which go to the side. Again after it was killed: goes on.
	 *
	 * @return callable Forgets that it was begun: for whoever notes that it is done, at once with that.
	 */
	public function swap( string $in = 'new', string $out = 'old' ): callable {
		$plan = $this->notes->get( "files-$in" );
		if ( ! $plan ) {
			$paths = $this->chosen();
			$plan  = $paths ? [ 'put' => $paths, 'take' => array_values( array_filter( $paths, fn( $path ) => file_exists( "$this->root/$path" ) ) ) ] : [
				'put'  => self::entries( $this->aside( $in ) ),
				'take' => self::entries( $this->root, [ ...self::STAY, ...( $this->content ? \Fleet\Code\FOLDERS : [] ) ] ),
			];
			\Fleet\Code\remove( $this->aside( $out ) );
			$this->notes->set( "files-$in", $plan );
		}
		is_dir( $this->aside( $out ) ) || mkdir( $this->aside( $out ), 0755, true );
		foreach ( $plan['take'] as $name ) {
			file_exists( $this->aside( $out ) . "/$name" ) || ! file_exists( "$this->root/$name" ) || self::move( "$this->root/$name", $this->aside( $out ) . "/$name" );
		}
		foreach ( $plan['put'] as $name ) {
			file_exists( $this->aside( $in ) . "/$name" ) && self::move( $this->aside( $in ) . "/$name", "$this->root/$name" );
		}
		return fn() => $this->notes->set( "files-$in", null );
	}

	/** @return list<string> The paths of the order below the root, where it names some. */
	private function chosen(): array {
		$paths = $this->notes->get( 'order' )['paths'] ?? [];
		$here  = $this->content ? $paths : array_map( fn( $path ) => preg_replace( '~^uploads/?~', '', $path ), $paths );
		return in_array( '', $here, true ) ? [] : $here;
	}

	private static function move( string $from, string $to ): void {
		is_dir( dirname( $to ) ) || mkdir( dirname( $to ), 0755, true );
		rename( $from, $to );
	}

	/** @return list<string> All but the fleet's own. */
	private static function entries( string $folder, array $but = [] ): array {
		$names = is_dir( $folder ) ? scandir( $folder ) : [];
		return array_values( array_filter( $names, fn( $name ) => $name !== '.' && $name !== '..' && ! str_starts_with( $name, '.fleet' ) && ! in_array( $name, $but, true ) ) );
	}

	/**
	 * The fetched code as archives, which a generation is a list of: while the site serves, since it takes long and
	 * needs space.
	 *
	 * @return array<string, string> item => version
	 */
	public function pack(): array {
		$items    = $this->content ? array_diff( \Fleet\Code\items_below( self::CODE ), [ \Fleet\Code\DROP_INS ] ) : [];
		$store    = new \Fleet\Code\Store();
		$versions = [];
		foreach ( $items as $item ) {
			$versions[ $item ] = $store->pack( $item, self::CODE );
		}
		return $versions;
	}

	/** Sees whether code that comes alone is older than the site's. @throws Failure that names what is newer here */
	public function check_code(): void {
		[ $newer, $only ] = CodeVersions::lost( \Fleet\Code\CONTENT, self::CODE );
		$newer && throw new Failure( EX_DATAERR, 'newer here than what comes: ' . implode( ', ', $newer ), 'update them in the copy, or push with --overwrite-newer' );
		$only && progress( 'files', 'note', [ 'note' => 'only here, and gone with the load: ' . implode( ', ', $only ) ] );
	}

	/** The fetched code as the newest generation, with nothing of the code before. */
	public function generation(): void {
		// What was packed is found, unless that is so long ago that it was tidied up.
		$versions = $this->pack();
		if ( $versions ) {
			$store = new \Fleet\Code\Store();
			$this->notes->get( 'generation' ) ?? $this->notes->set( 'generation', $store->current() );
			$this->change( $store, $versions );
		}
	}

	/**
	 * The generation that a load took the place of; a second time the loaded one.
	 *
	 * @return ?callable Makes the other one the next, as `swap`'s.
	 */
	public function generation_back(): ?callable {
		$number = $this->notes->get( 'generation' );
		if ( ! $number ) {
			return null;
		}
		$store = new \Fleet\Code\Store();
		$this->notes->get( 'generation-next' ) ?? $this->notes->set( 'generation-next', $store->current() );
		$this->change( $store, $store->generation( $number )['items'] );
		return function () {
			$this->notes->set( 'generation', $this->notes->get( 'generation-next' ) );
			$this->notes->set( 'generation-next', null );
		};
	}

	private function change( \Fleet\Code\Store $store, array $versions ): void {
		$now = $store->generation( $store->current() )['items'];
		unset( $now[ \Fleet\Code\DROP_INS ] );
		$store->change( $versions + array_fill_keys( array_keys( $now ), '' ) );
	}

	public function drop(): void {
		foreach ( [ 'new', 'old' ] as $which ) {
			\Fleet\Code\remove( $this->aside( $which ) );
		}
		\Fleet\Code\remove( self::CODE );
	}

	public function drop_new(): void {
		\Fleet\Code\remove( $this->aside( 'new' ) );
		\Fleet\Code\remove( self::CODE );
	}
}
