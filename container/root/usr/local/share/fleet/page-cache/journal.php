<?php
/**
 * The changes of a site that touch its pages, a line each: when, and which tags. On EFS for those that all tasks must
 * hear of, and on a task's own disk for its own. Not in the database, which could never pause if it were asked.
 */

namespace Fleet\PageCache;

final class Journal {

	/** Above this, lines that every task has read long since go. */
	private const BYTES = 65536;
	private const KEPT  = 600; // seconds
	/** A lock that isn't free by then belongs to a task that was lost; a line is short enough to go without. */
	private const PATIENCE = 2.0; // seconds

	private string $seen = '';

	public function __construct( private string $path ) {}

	public static function of_site(): self {
		return new self( '/var/www/html/wp-content/' . ( getenv( 'FLEET_STORAGE_MODE' ) === 'content' ? '' : 'uploads/' ) . '.fleet/page-changes' );
	}

	public static function of_task(): self {
		return new self( '/var/cache/fleet/page-changes' );
	}

	/** @param list<string> $tags What changed. */
	public function add( array $tags ): void {
		$file = $this->open( LOCK_EX );
		if ( fstat( $file )['size'] > self::BYTES ) {
			$lines = preg_grep( '/^\d/', explode( "\n", stream_get_contents( $file ) ) );
			$young = array_filter( $lines, fn( $line ) => (float) $line > microtime( true ) - self::KEPT );
			ftruncate( $file, 0 );
			$young && fwrite( $file, implode( "\n", $young ) . "\n" );
		}
		fseek( $file, 0, SEEK_END );
		fwrite( $file, sprintf( "%.3f %s\n", microtime( true ), implode( ' ', $tags ) ) );
		fclose( $file );
	}

	/** @return array<string, float> When each tag last changed, the latest `$seconds` only; none if that is known. */
	public function news( int $seconds ): array {
		// Opened as if to write: NFS then asks the server, also for a file that was not there before.
		$file = $this->open();
		$stat = fstat( $file );
		if ( $this->seen === "$stat[size] $stat[mtime]" && time() - $stat['mtime'] > 1 ) {
			return [];
		}
		flock( $file, LOCK_SH );
		$lines = explode( "\n", stream_get_contents( $file ) );
		fclose( $file );
		$this->seen = "$stat[size] $stat[mtime]";
		$times      = [];
		foreach ( array_slice( $lines, 0, -1 ) as $line ) {
			if ( (float) $line > microtime( true ) - $seconds ) {
				$tags  = array_slice( explode( ' ', $line ), 1 );
				$times = array_fill_keys( $tags, (float) $line ) + $times;
			}
		}
		return $times;
	}

	/** @return array<string, list<string>> Time of a change => its tags, of those after a time. */
	public function since( float $time ): array {
		$file  = $this->open();
		$lines = explode( "\n", stream_get_contents( $file ) );
		fclose( $file );
		$found = [];
		foreach ( array_slice( $lines, 0, -1 ) as $line ) {
			$words = explode( ' ', $line );
			if ( (float) $words[0] > $time ) {
				$found[ $words[0] ] = [ ...$found[ $words[0] ] ?? [], ...array_slice( $words, 1 ) ];
			}
		}
		return $found;
	}

	/** @return resource A file beside the journal, for what somebody has made of it. */
	public function mark( string $name ) {
		return ( new self( "$this->path-$name" ) )->open();
	}

	/** @return resource */
	private function open( int $lock = 0 ) {
		is_dir( dirname( $this->path ) ) || @mkdir( dirname( $this->path ), 0755, true );
		$file  = fopen( $this->path, 'c+' ) ?: throw new \RuntimeException( "$this->path can't be opened" );
		$until = microtime( true ) + self::PATIENCE;
		while ( $lock && ! flock( $file, $lock | LOCK_NB ) && microtime( true ) < $until ) {
			usleep( 20_000 );
		}
		return $file;
	}
}
