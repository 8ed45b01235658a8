<?php
/**
 * A dump takes the place of a site, or nothing of it does. Each step can be killed: the same command goes on with it.
 *
 * All that takes long is done beside the live tables and files, while visitors and editors use them. The site is closed
 * for the exchange alone, which takes seconds, and visitors then get the pages that nginx keeps.
 */

namespace Fleet\Data;

require_once __DIR__ . '/fixes.php';
require_once __DIR__ . '/chosen.php';
require_once __DIR__ . '/files.php';
require_once __DIR__ . '/people.php';
require_once __DIR__ . '/../maintenance.php';
require_once __DIR__ . '/../beside.php';
require_once __DIR__ . '/../page-cache/journal.php';

final class Load {

	/** What undo needs stays so long. */
	public const KEPT = 7 * 86400; // seconds

	private \mysqli $database;
	private string $live;
	private Notes $new;
	private Notes $old;
	private Exchange $exchange;
	private Files $files;

	public function __construct() {
		$this->database = Server::connect();
		$this->live     = getenv( 'WORDPRESS_DB_NAME' );
		$this->new      = new Notes( $this->database, \Fleet\beside( $this->live, 'new' ) );
		$this->old      = new Notes( $this->database, \Fleet\beside( $this->live, 'old' ) );
		$this->exchange = new Exchange( $this->database, $this->live );
		$this->files    = new Files( $this->new );
	}

	/** @return array{state: string, place?: string, since?: string, until?: string} */
	public function status(): array {
		return [ 'state' => $this->new->get( 'state' ) ?? 'none' ] + array_filter( [
			'place' => $this->new->get( 'order' )['place'] ?? null,
			'since' => $this->new->get( 'since' ),
			'until' => $this->new->get( 'until' ),
		] );
	}

	/** @param array{place: string, database: bool, files: bool, pairs: list, keep: list<string>, smoke: bool, anonymise: bool, uploads: bool, code: bool, addresses: bool, tables: list<string>, newer: bool, people: bool, paths: list<string>, begun: string} $order `begun`: of which call; the same place may be loaded again. */
	public function run( array $order ): void {
		$state = $this->status()['state'];
		$last  = $this->new->get( 'order' ) ?? [];
		// What was killed goes on, whoever calls; what has ended is done again, unless by the same call.
		$same = array_replace( $last, [ 'begun' => $order['begun'] ] ) === $order;
		if ( $state === 'loaded' && $last === $order ) {
			progress( 'end', 'done', [ 'note' => 'this dump is loaded already' ] );
			return;
		}
		if ( in_array( $state, [ 'swapping', 'undoing' ], true ) && ! ( $same && $state === 'swapping' ) ) {
			progress( 'check', 'note', [ 'note' => "an exchange for {$this->status()['place']} was killed in its middle: it ends first" ] );
			$this->resume();
		}
		$s3       = new S3( Place::of( $order['place'] )->bucket );
		$manifest = null;
		step( 'check', function () use ( $s3, $order, &$manifest ) {
			$manifest = Manifest::of( $s3, Place::of( $order['place'] ) );
			$order['tables'] && ! $order['people'] && $this->chosen( $order )->refuse_people( $this->live, $this->files->own( People::OWN ) );
			foreach ( [ 'database', 'files' ] as $part ) {
				$order[ $part ] && $manifest->$part === null && progress( 'check', 'note', [ 'note' => "the dump has no $part" ] );
			}
		} );
		if ( ! $same || ! in_array( $state, [ 'loading', 'swapping' ], true ) ) {
			$this->new->begin();
			$this->files->drop_new();
			$this->new->set( 'order', $order );
			$this->new->set( 'since', gmdate( 'Y-m-d\TH:i:s\Z' ) );
			$this->new->set( 'state', 'loading' );
		} else {
			$this->new->set( 'order', $order );
		}
		$tables = $order['database'] && $manifest->database;
		$files  = $order['files'] && $manifest->files;
		$this->prepare( $s3, $manifest, $order, $tables, $files );
		$this->put( $manifest, $order, $tables, $files );
		progress( 'end', 'done', [ 'until' => $this->new->get( 'until' ) ] );
	}

	/** Does a step unless it was done before this was killed. */
	private function once( string $name, callable $do ): void {
		if ( $this->new->get( "done-$name" ) ) {
			progress( $name, 'skipped' );
			return;
		}
		step( $name, $do );
		$this->new->set( "done-$name", true );
	}

	/** Beside what is live. */
	private function prepare( S3 $s3, Manifest $manifest, array $order, bool $tables, bool $files ): void {
		$prefix = getenv( 'WORDPRESS_TABLE_PREFIX' ) ?: 'wp_';
		$files && ! $order['paths'] && step( 'space', fn() => $this->files->check_space( $manifest->files['total_bytes'] ) );
		if ( $tables ) {
			$loading = new Database( $this->database, $this->new );
			$this->once( 'load', function () use ( $loading, $s3, $manifest, $order ) {
				// By rights its statements reach this schema alone.
				$found = Server::by( $this->new->schema, \Fleet\password_beside( 'load', getenv( 'WORDPRESS_DB_PASSWORD' ) ), function () use ( $loading, $s3, $manifest, $order ) {
					$found = $loading->load( $s3, $manifest, $order['pairs'], $order['addresses'] ? [] : $manifest->foreign_hosts() );
					// Nobody but their definer reads the bodies of routines.
					$this->new->set( 'loaded', ( new Objects( Server::connect() ) )->of( $this->new->schema ) );
					return $found;
				} );
				$this->new->set( 'latin1', $found['latin1'] );
				return array_intersect_key( $found, [ 'bytes' => 1, 'strings' => 1 ] );
			} );
			$this->once( 'fix', function () use ( $loading, $manifest, $order, $prefix ) {
				$fixes = new Fixes( $this->database, $this->new, $this->live );
				$fixes->letters( $this->new->get( 'latin1' ) ?? [] );
				$fixes->prefix( $loading->prefix(), $prefix );
				$fixes->keep( $order['keep'], $prefix );
				getenv( 'FLEET_STAGING_OF' ) && $fixes->dated( $manifest->time, $prefix );
			} );
			$this->once( 'upgrade', fn() => self::php( 'upgrade.php', [ 'WORDPRESS_DB_NAME' => $this->new->schema ] ) );
		}
		$tables && $order['tables'] && $this->once( 'choose', function () use ( $manifest, $order ) {
			$order['people'] || $this->chosen( $order )->refuse_people( $this->new->schema, $this->files->own( People::OWN ) );
			return $this->chosen( $order )->leave( $manifest->time, $order['newer'] );
		} );
		// Code is on this task's own disk, which a killed one loses; what else is whole is not fetched again.
		$files && ! $this->new->get( 'done-code' ) && step( 'files', function () use ( $s3, $manifest, $order ) {
			$fetched = $this->files->fetch( $s3, $manifest, $order['uploads'], $order['paths'] );
			$order['code'] && ! $order['newer'] && $this->files->check_code();
			$this->files->pack();
			return $fetched;
		} );
		// Behind the files: a site's own rules are one of them.
		$tables && $order['anonymise'] && $this->once( 'anonymise', fn() => ( new People( $this->database, $this->new, $prefix ) )->take_out( $this->files->own( People::OWN ) ) );
	}

	private function chosen( array $order ): Chosen {
		return new Chosen( $this->database, $this->new, $this->live, $order['tables'], getenv( 'WORDPRESS_TABLE_PREFIX' ) ?: 'wp_' );
	}

	/** In the place of what is live. */
	private function put( Manifest $manifest, array $order, bool $tables, bool $files ): void {
		$this->new->set( 'state', 'swapping' );
		step( 'maintenance', $this->close( ... ) );
		step( 'swap', function () use ( $manifest, $order, $tables, $files ) {
			$tables && $this->once_quietly( 'done-tables', function () use ( $manifest ) {
				if ( ! Exchange::is_under_way( $this->new ) ) {
					$newer = ( new Fixes( $this->database, $this->new, $this->live ) )->newer( $manifest->time, getenv( 'WORDPRESS_TABLE_PREFIX' ) ?: 'wp_', $this->new->get( 'only' ) );
					$newer && progress( 'swap', 'note', [ 'note' => 'newer here than the dump, and in the old tables from now on: ' . implode( ', ', $newer ) ] );
					$this->old->begin();
				}
				return $this->exchange->run( $this->new, $this->old, $this->new->get( 'only' ) );
			} );
			$files && ! $order['code'] && $this->once_quietly( 'done-files-put', fn() => $this->files->swap() );
			$files && $this->once_quietly( 'done-code', fn() => $this->files->generation() );
		} );
		step( 'purge', $this->purge( ... ) );
		$order['smoke'] && $this->smoke( $tables, $files && ! $order['code'] );
		$this->open( 'loaded' );
	}

	/** Killed within, it goes on by its plan; the plan goes when the mark comes, since a second run of it undoes the first. */
	private function once_quietly( string $mark, callable $do ): void {
		if ( ! $this->new->get( $mark ) ) {
			$forget = $do();
			$this->new->at_once( function () use ( $forget, $mark ) {
				$forget && $forget();
				$this->new->set( $mark, true );
			} );
		}
	}

	private function smoke( bool $tables, bool $files ): void {
		try {
			step( 'smoke', function () {
				$files = getenv( 'FLEET_STORAGE_MODE' ) === 'content' ? self::command( [ 'fleet-code', 'start' ] ) : '';
				$said  = self::php( 'smoke.php', [] );
				$said['problem'] === '' || throw new Failure( EX_SOFTWARE, "the loaded site doesn't come up: $said[problem]", '' );
				return $said;
			} );
		} catch ( Failure $failure ) {
			$this->back( $tables, $files, 'failed' );
			throw new Failure( EX_SOFTWARE, $failure->getMessage() . '; the site is what it was before', 'mend it where it came from; fleet restore, import and clone take --no-smoke, which shows it' );
		}
	}

	/** The site as it was before the load; a second time as it is loaded. */
	public function undo(): void {
		if ( $this->status()['state'] === 'swapping' ) {
			$this->resume();
		}
		$state = $this->status()['state'];
		if ( ! in_array( $state, [ 'loaded', 'undone', 'undoing' ], true ) ) {
			$do = [ 'none' => 'what a load took the place of is kept for seven days', 'loading' => 'a load that ended early put nothing in the place of the site yet' ];
			throw new Failure( 1, 'there is nothing to undo', $do[ $state ] ?? 'the last load went back by itself' );
		}
		$order  = $this->new->get( 'order' );
		$tables = (bool) $this->new->get( 'done-tables' );
		$files  = (bool) $this->new->get( 'done-files-put' );
		$to     = $state === 'undoing' ? $this->new->get( 'to' ) : ( $state === 'loaded' ? 'undone' : 'loaded' );
		$this->back( $tables, $files, $to );
		progress( 'end', 'done', [ 'state' => $to, 'of' => $order['place'] ] );
	}

	private function back( bool $tables, bool $files, string $to ): void {
		[ $in, $out ] = $to === 'loaded' ? [ $this->new, $this->old ] : [ $this->old, $this->new ];
		$this->new->set( 'to', $to );
		$this->new->set( 'state', 'undoing' );
		step( 'maintenance', $this->close( ... ) );
		step( 'swap', function () use ( $tables, $files, $in, $out, $to ) {
			$tables && $this->once_quietly( 'back-tables', fn() => $this->exchange->run( $in, $out, $this->new->get( 'only' ) ) );
			$files && $this->once_quietly( 'back-files', fn() => $to === 'loaded' ? $this->files->swap( 'new', 'old' ) : $this->files->swap( 'old', 'new' ) );
			( $files || $this->new->get( 'done-code' ) ) && $this->once_quietly( 'back-code', fn() => $this->files->generation_back() );
		} );
		step( 'purge', $this->purge( ... ) );
		$this->open( $to );
	}

	/** Goes on with what was killed. */
	public function resume(): void {
		match ( $this->status()['state'] ) {
			'loading', 'swapping' => $this->run( $this->new->get( 'order' ) ),
			'undoing'             => $this->undo(),
			default               => progress( 'end', 'done', [ 'note' => 'nothing is under way' ] ),
		};
	}

	/** What undo needs goes. @param bool $now Before its time, too. */
	public function drop( bool $now ): void {
		$status = $this->status();
		$over   = isset( $status['until'] ) && strtotime( $status['until'] ) < time();
		if ( $status['state'] === 'none' || ( ! $over && ! $now ) || in_array( $status['state'], [ 'swapping', 'undoing' ], true ) ) {
			return;
		}
		$this->files->drop();
		foreach ( [ $this->old, $this->new ] as $notes ) {
			$this->database->query( 'DROP DATABASE IF EXISTS ' . Server::name( $notes->schema ) );
		}
	}

	private function close(): void {
		\Fleet\Maintenance::begin();
		sleep( (int) ( getenv( 'FLEET_LOAD_SETTLE_SECONDS' ) ?: \Fleet\Maintenance::SEEN_AFTER ) );
	}

	private function purge(): void {
		\Fleet\PageCache\Journal::of_site()->add( [ 'all' ] );
	}

	private function open( string $state ): void {
		step( 'open', function () use ( $state ) {
			$this->new->at_once( function () use ( $state ) {
				$this->new->set( 'until', gmdate( 'Y-m-d\TH:i:s\Z', time() + self::KEPT ) );
				$this->new->set( 'state', $state );
				array_map( fn( $part ) => $this->new->set( "back-$part", null ), [ 'tables', 'files', 'code' ] );
			} );
			\Fleet\Maintenance::end();
			$this->purge(); // pages that were made while the tasks heard of it
		} );
	}

	/** @return array What a script of this folder says in JSON. */
	private static function php( string $script, array $environment ): array {
		$said = self::command( [ 'php', '-d', 'memory_limit=512M', __DIR__ . "/$script" ], $environment );
		return json_decode( $said, true ) ?? throw new Failure( EX_SOFTWARE, "WordPress doesn't run: " . ( trim( substr( $said, 0, 300 ) ) ?: "$script says nothing" ), 'see its log' );
	}

	private static function command( array $words, array $environment = [] ): string {
		$process = proc_open( $words, [ 1 => [ 'pipe', 'w' ] ], $pipes, null, $environment + getenv() );
		$said    = stream_get_contents( $pipes[1] );
		proc_close( $process );
		return $said;
	}
}
