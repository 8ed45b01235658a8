<?php
/**
 * Runs beside php-fpm: brings other tasks' changes here, and what pages write beside their code to the store.
 *
 * Local disk tells of changes by inotify; EFS does not, so one small file is opened every few seconds.
 */

namespace Fleet\Code;

require_once __DIR__ . '/local.php';

final class Keeper {

	/** A file this young may still be being written. */
	private const SETTLED = 1.0; // seconds
	/** How often the drop-ins, which are on EFS, are looked at for what no hook told. */
	private const LOOK_AT_DROP_INS = 30; // seconds

	/** @var array<string, float> item => when it was last seen to change */
	private array $dirty = [];
	private string $rest = '';
	/** @var resource A process that nobody holds is waited for. */
	private $watcher;

	public function __construct( private Store $store, private Local $local ) {}

	public function keep( int $check_seconds ): never {
		$events = $this->watch();
		$next   = $drop_ins = 0.0;
		while ( true ) {
			$this->read( $events );
			try {
				$this->mend();
				$this->push_settled();
				if ( microtime( true ) >= $next ) {
					$next = microtime( true ) + $check_seconds;
					$this->local->pull();
				}
				if ( microtime( true ) >= $drop_ins ) {
					$drop_ins                = microtime( true ) + self::LOOK_AT_DROP_INS;
					$this->dirty[ DROP_INS ] = 0.0;
				}
			} catch ( \Throwable $problem ) {
				say( $problem->getMessage() );
			}
		}
	}

	/** @return resource The paths that change, a line each. */
	private function watch() {
		$folders = array_map( fn( $folder ) => folder( CONTENT . "/$folder" ), FOLDERS );
		$events  = [ 'close_write', 'create', 'delete', 'move', 'attrib' ];
		$options = array_merge( ...array_map( fn( $event ) => [ '--event', $event ], $events ) );
		$words   = [ 'inotifywait', '--monitor', '--recursive', '--quiet', '--format', '%w%f', '--exclude', '/\.fleet(/|$)', ...$options, ...$folders ];
		$this->watcher = proc_open( $words, [ 1 => [ 'pipe', 'w' ] ], $pipes );
		stream_set_blocking( $pipes[1], false );
		return $pipes[1];
	}

	/** @param resource $events */
	private function read( $events ): void {
		$ready = [ $events ];
		$none  = null;
		if ( ! stream_select( $ready, $none, $none, 0, 500_000 ) ) {
			return;
		}
		$this->rest .= stream_get_contents( $events );
		if ( feof( $events ) ) {
			say( 'inotifywait ended; are there more folders than fs.inotify.max_user_watches?' );
			exit( 1 );
		}
		$lines      = explode( "\n", $this->rest );
		$this->rest = array_pop( $lines );
		foreach ( $lines as $path ) {
			$item = item_of( substr( $path, strlen( CONTENT ) + 1 ) );
			if ( $item !== null ) {
				$this->dirty[ $item ] = microtime( true );
			}
		}
	}

	/** A request that died while it put a version in place: the item is what the store says. */
	private function mend(): void {
		$item = (string) @file_get_contents( Local::PENDING );
		if ( $item !== '' && Gate::is_open() ) {
			@unlink( Local::PENDING );
			say( "the change of $item broke off; putting it back" );
			$this->local->restore( [ $item ] );
		}
	}

	private function push_settled(): void {
		if ( is_file( Local::PENDING ) ) {
			return;
		}
		$settled = array_keys( array_filter( $this->dirty, fn( $time ) => microtime( true ) - $time > self::SETTLED ) );
		foreach ( $settled as $item ) {
			unset( $this->dirty[ $item ] );
		}
		$changed = $this->local->differing( $settled );
		// A whole plugin or theme goes by WordPress alone: a lost scratch volume must never empty a site.
		$lost = array_filter( $changed, fn( $item ) => str_contains( $item, '/' ) && digest( $item, CONTENT ) === '' );
		$lost && $this->local->restore( $lost );
		$changed = array_diff( $changed, $lost );
		$changed && $this->local->push( $changed );
		in_array( DROP_INS, $settled, true ) && $this->local->mark_drop_ins();
	}
}

function say( string $line ): void {
	fwrite( STDERR, "fleet-code: $line\n" );
}
