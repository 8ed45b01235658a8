<?php
/**
 * The pages that nginx keeps on this task's disk, and their end when what they show changes.
 *
 * A page is not removed: its time of expiry, in the head of its file, is set to now. So it is still there for visitors
 * who come while the database is away, and for those of the next second while the first of them gets a new one made.
 */

namespace Fleet\PageCache;

require_once __DIR__ . '/journal.php';
require_once __DIR__ . '/shown.php';
require_once __DIR__ . '/../maintenance.php';

final class Kept {

	/** How often the journals are looked at; with GRACE a change shows within 5 s. */
	private const EVERY = 1.0; // seconds
	/** A page that ended is shown so much longer, while a new one is made: else all its visitors would ask for one. */
	private const GRACE = 1; // seconds
	/** The clocks of two tasks differ by less. */
	private const CLOCKS = 0.5; // seconds
	/** ngx_http_file_cache_header_t of nginx 1.11.10 and later, 64 bits; nginx itself drops files of another version. */
	private const VERSION = 5;
	private const HEAD    = 'Pversion/Pvalid/Pupdating/Perror/Pmodified/Pdate/Vcrc/vmsec/vheader/vbody';
	private const BYTES   = 4096;

	/** @var array<string, float> tag => when it last changed */
	private array $changed;

	/** @param int $longest Seconds: a page may be kept so long after it was begun. */
	public function __construct( private int $longest, private string $folder = '/var/cache/fleet/pages' ) {
		// Nobody listened before.
		$this->changed = [ 'all' => microtime( true ) ];
	}

	public function keep( Journal ...$journals ): never {
		$from = 0;
		while ( true ) {
			$now = time();
			try {
				\Fleet\Maintenance::follow();
				$this->changed = array_filter( $this->changed, fn( $time ) => $time > $now - $this->longest );
				foreach ( $journals as $journal ) {
					foreach ( $journal->news( $this->longest ) as $tag => $time ) {
						if ( $time > ( $this->changed[ $tag ] ?? 0 ) ) {
							$this->changed[ $tag ] = $time;
							$from                  = 0;
						}
					}
				}
				$this->changed && $this->end( $this->changed, $from );
				$from = $now - 1;
			} catch ( \Throwable $problem ) {
				fwrite( STDERR, 'fleet-page-cache: ' . $problem->getMessage() . "\n" );
			}
			usleep( (int) ( 1e6 * self::EVERY ) );
		}
	}

	/** Ends the pages that show what changed after they were begun; looks at those kept from a time on. */
	private function end( array $changed, int $from ): void {
		// A page with the tag of a kind is touched by each of that kind.
		foreach ( $changed as $tag => $time ) {
			$kind             = strstr( $tag, '-', true ) ?: $tag;
			$changed[ $kind ] = max( $time, $changed[ $kind ] ?? 0 );
		}
		$changed[ Shown::ANY ] = $changed ? max( $changed ) : 0;
		clearstatcache();
		foreach ( glob( "$this->folder/*", GLOB_ONLYDIR | GLOB_NOSORT ) as $folder ) {
			foreach ( scandir( $folder, SCANDIR_SORT_NONE ) as $name ) {
				// Longer names are of pages on their way.
				if ( strlen( $name ) === 32 && ( ! $from || (int) @filemtime( "$folder/$name" ) >= $from ) ) {
					$this->end_if_touched( "$folder/$name", $changed );
				}
			}
		}
	}

	private function end_if_touched( string $path, array $changed ): void {
		$file = @fopen( $path, 'r+' );
		$text = $file ? fread( $file, self::BYTES ) : '';
		if ( strlen( $text ) < 64 ) {
			return;
		}
		$head = unpack( self::HEAD, $text );
		if ( $head['version'] !== self::VERSION || $head['valid'] + $head['updating'] <= time() ) {
			return;
		}
		$text .= $head['body'] > self::BYTES ? fread( $file, $head['body'] - self::BYTES ) : '';
		if ( self::is_touched( substr( $text, 0, $head['body'] ), $changed ) ) {
			fseek( $file, 8 );
			fwrite( $file, pack( 'PP', time() - 1, 1 + self::GRACE ) );
		}
	}

	private static function is_touched( string $head, array $changed ): bool {
		// The first line of the head follows bytes of FastCGI's.
		$begun = preg_match( '/' . Shown::BEGUN . ': ([\d.]+)/', $head, $found ) ? (float) $found[1] : 0.0;
		$tags  = preg_match( '/' . Shown::HEADER . ': (\S*)/', $head, $found ) ? explode( ',', $found[1] ) : [ Shown::ANY ];
		foreach ( [ 'all', ...$tags ] as $tag ) {
			if ( isset( $changed[ $tag ] ) && $changed[ $tag ] + self::CLOCKS >= $begun ) {
				return true;
			}
		}
		return false;
	}
}
