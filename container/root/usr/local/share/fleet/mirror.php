<?php
/**
 * A copy of a site's code on local disk. The mount is the truth.
 *
 * - A change is noticed by six file calls every few seconds: the times of the code's folders, which change when a
 *   plugin or theme comes or goes by whatever hand, and of .fleet-code, which our hook touches after an update.
 * - A slow scan of everything finds what neither shows, such as a file edited in place.
 * - What a page writes beside a plugin's code lands in the copy, and is carried to the mount. A deletion is not
 *   carried: a lost scratch volume must never empty a site. The next scan brings the file back.
 */

namespace Fleet;

final class Mirror {

	private const FOLDERS = [ 'plugins', 'themes', 'mu-plugins', 'languages' ];
	/** Stands while the copy is whole; without it requests use the mount. */
	private const COMPLETE = '.complete';
	private const CHANGED  = '.fleet-code';
	/** Begins the names of files under way, here and on the mount; they are no one's code. */
	private const UNFINISHED = '.fleet-';
	/** A file this young may still be being written. */
	private const SETTLED = 2; // seconds

	/** @var array<string, string> path => what the mount's file looked like when it was last copied either way */
	private array $of_mount = [];
	/** @var array<string, string> path => what the local copy looked like then */
	private array $of_copy = [];

	public function __construct( private string $mount, private string $copy ) {
		set_error_handler( fn( $level, $message ) => error_reporting() & $level ? throw new \RuntimeException( $message ) : true );
	}

	public function keep( int $check_seconds, int $scan_seconds ): never {
		$this->fresh();
		$marks     = '';
		$next_scan = 0;
		while ( true ) {
			try {
				clearstatcache();
				$this->carry();
				$now = $this->marks();
				if ( $now !== $marks || time() >= $next_scan ) {
					// A change may still be under way, so look again until there is none.
					$marks     = $this->pull() ? '' : $now;
					$next_scan = time() + $scan_seconds;
					touch( "$this->copy/" . self::COMPLETE );
				}
			} catch ( \RuntimeException $problem ) {
				// A file that went while we looked, or a full disk: the mount serves until the next round succeeds.
				fwrite( STDERR, 'fleet-mirror: ' . $problem->getMessage() . "\n" );
				@unlink( "$this->copy/" . self::COMPLETE );
				$marks = '';
			}
			sleep( $check_seconds );
		}
	}

	/** Copies what changed on the mount. @return bool Whether anything had. */
	public function pull(): bool {
		$found   = $this->entries( $this->mount );
		$here    = $this->entries( $this->copy );
		$changed = false;
		foreach ( $found as $path => $look ) {
			if ( ( $this->of_mount[ $path ] ?? null ) !== $look || ! isset( $here[ $path ] ) ) {
				$this->transfer( $this->mount, $this->copy, $path );
				$this->of_mount[ $path ] = $look;
				$this->of_copy[ $path ]  = self::look( "$this->copy/$path" );
				$changed                 = true;
			}
		}
		// Children come after their folders, so backwards a folder is empty when its turn comes.
		foreach ( array_reverse( array_keys( array_diff_key( $this->of_mount, $found ) ) ) as $path ) {
			self::discard( "$this->copy/$path" );
			unset( $this->of_mount[ $path ], $this->of_copy[ $path ] );
			$changed = true;
		}
		return $changed;
	}

	/** Brings to the mount what pages wrote into the copy. */
	public function carry(): void {
		foreach ( $this->entries( $this->copy ) as $path => $look ) {
			$known = ( $this->of_copy[ $path ] ?? null ) === $look;
			if ( $known || $look === 'folder' || time() - lstat( "$this->copy/$path" )['mtime'] < self::SETTLED ) {
				continue;
			}
			is_dir( dirname( "$this->mount/$path" ) ) || mkdir( dirname( "$this->mount/$path" ), 0755, true );
			$this->transfer( $this->copy, $this->mount, $path );
			$this->of_copy[ $path ]  = $look;
			$this->of_mount[ $path ] = self::look( "$this->mount/$path" );
			touch( "$this->mount/" . self::CHANGED );
		}
	}

	private function fresh(): void {
		@unlink( "$this->copy/" . self::COMPLETE );
		is_dir( $this->copy ) || mkdir( $this->copy, 0755, true );
		// That a file is missing an NFS client remembers for longer than what it looks like.
		is_file( "$this->mount/" . self::CHANGED ) || @touch( "$this->mount/" . self::CHANGED );
	}

	private function marks(): string {
		$marks = array_map( fn( $folder ) => self::look_at_folder( "$this->mount/$folder" ), self::FOLDERS );
		return implode( ' ', [ self::look_anew( "$this->mount/" . self::CHANGED ), ...$marks ] );
	}

	/** @return array<string, string> path => look, folders before what is in them */
	private function entries( string $root ): array {
		$entries = [];
		$folders = array_values( array_filter( self::FOLDERS, fn( $folder ) => is_dir( "$root/$folder" ) ) );
		while ( ( $folder = array_shift( $folders ) ) !== null ) {
			$entries[ $folder ] = 'folder';
			foreach ( scandir( "$root/$folder" ) as $name ) {
				if ( $name === '.' || $name === '..' || str_starts_with( $name, self::UNFINISHED ) ) {
					continue;
				}
				$path             = "$folder/$name";
				$entries[ $path ] = self::look( "$root/$path" );
				if ( $entries[ $path ] === 'folder' ) {
					$folders[] = $path;
				}
			}
		}
		return $entries;
	}

	private function transfer( string $from, string $to, string $path ): void {
		if ( is_link( "$from/$path" ) ) {
			self::discard( "$to/$path" );
			symlink( readlink( "$from/$path" ), "$to/$path" );
		} elseif ( is_dir( "$from/$path" ) ) {
			is_link( "$to/$path" ) || is_file( "$to/$path" ) ? self::discard( "$to/$path" ) : null;
			is_dir( "$to/$path" ) || mkdir( "$to/$path", 0755, true );
		} else {
			is_dir( "$to/$path" ) ? self::discard( "$to/$path" ) : null;
			$unfinished = dirname( "$to/$path" ) . '/' . self::UNFINISHED . getmypid();
			copy( "$from/$path", $unfinished );
			touch( $unfinished, filemtime( "$from/$path" ) );
			rename( $unfinished, "$to/$path" );
		}
	}

	/** All that tells one state of a file from another. */
	private static function look( string $path ): string {
		$stat = @lstat( $path );
		if ( ! $stat ) {
			return 'missing';
		}
		return ( $stat['mode'] & 0170000 ) === 0040000 ? 'folder' : "$stat[size] $stat[mtime] $stat[ctime] $stat[ino]";
	}

	/** An NFS client may answer lstat from what it saw a minute ago; about a file that is opened it asks the server. */
	private static function look_anew( string $path ): string {
		$file = @fopen( $path, 'r' );
		if ( ! $file ) {
			return 'missing';
		}
		$stat = fstat( $file );
		fclose( $file );
		return "$stat[mtime] $stat[ctime] $stat[ino]";
	}

	private static function look_at_folder( string $path ): string {
		$stat = @lstat( $path );
		return $stat ? "$stat[mtime] $stat[ctime] $stat[ino]" : 'missing';
	}

	private static function discard( string $path ): void {
		if ( is_link( $path ) || is_file( $path ) ) {
			unlink( $path );
		} elseif ( is_dir( $path ) ) {
			foreach ( array_diff( scandir( $path ), [ '.', '..' ] ) as $name ) {
				self::discard( "$path/$name" );
			}
			rmdir( $path );
		}
	}
}
