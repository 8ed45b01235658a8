<?php
/** A backup as it would come back, without it coming back: loaded beside, looked at, measured, thrown away. */

namespace Fleet\Data;

require_once __DIR__ . '/database.php';
require_once __DIR__ . '/listing.php';
require_once __DIR__ . '/../beside.php';
require_once __DIR__ . '/../code/items.php';

final class Drill {

	/** So many files are fetched, and compared with their hashes. */
	private const SAMPLE          = 20;
	/** Rows by which a table may differ from the site's, and their share of it: it is counted behind its dump. */
	private const MEANWHILE       = 1000;
	private const MEANWHILE_SHARE = 0.05;
	private const LIST            = '/tmp/fleet/drilled.jsonl.zst';
	/** Nobody waits for a drill, and visitors do for their pages: the server has three quarters of the time for them. */
	private const REST = 3.0;
	/** What the page opens beside the code, whose folders are the task's own: nothing of the site's file system. */
	private const REACH = [ '/usr', '/tmp', '/var/cache/fleet', '/etc', '/dev', '/proc' ];

	private S3 $s3;
	private \mysqli $database;
	private string $schema;
	private string $prefix = '';

	public function __construct( private Place $place, #[\SensitiveParameter] string $password ) {
		$this->schema = \Fleet\beside( getenv( 'WORDPRESS_DB_NAME' ), 'try' );
		// All that follows, and every program that it starts, is the drill's user: by rights it reaches this schema alone.
		putenv( "WORDPRESS_DB_NAME=$this->schema" );
		putenv( "WORDPRESS_DB_USER=$this->schema" );
		putenv( "WORDPRESS_DB_PASSWORD=$password" );
		$this->s3       = new S3( $place->bucket );
		$this->database = Server::connect();
	}

	public function run(): void {
		$begun = time();
		$facts = [ 'backup' => $this->place->id, 'time' => gmdate( 'Y-m-d\TH:i:s\Z', $begun ), 'problem' => null ];
		try {
			$facts = $this->facts( $begun ) + $facts;
		} catch ( \Throwable $problem ) {
			$facts['problem'] = $problem->getMessage();
			throw $problem;
		} finally {
			step( 'throw away', fn() => $this->database->query( 'DROP DATABASE IF EXISTS ' . Server::name( $this->schema ) ) );
			$this->s3->put( "{$this->place->site}/drills/" . gmdate( 'Ymd\THis\Z', $begun ) . '.json', json_encode( $facts, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE ) . "\n" );
		}
		progress( 'end', 'done', $facts );
	}

	/** What a restore at this moment would bring, and how long its slowest part took. */
	private function facts( int $begun ): array {
		$manifest = Manifest::of( $this->s3, $this->place );
		$notes    = new Notes( $this->database, $this->schema );
		$loading  = new Database( $this->database, $notes );
		$manifest->database || throw new Failure( EX_DATAERR, "$this->place has no database", 'drill one that has' );
		$rested = 0.0;
		step( 'load', function () use ( $loading, $manifest, &$rested ) {
			$found  = $loading->load( $this->s3, $manifest, [], $manifest->foreign_hosts(), self::REST );
			$rested = $found['rested'];
			return array_intersect_key( $found, [ 'bytes' => 1 ] );
		} );
		$this->prefix = $loading->prefix();
		$rows         = [];
		step( 'rows', function () use ( &$rows, $manifest ) {
			return $rows = $this->rows( $manifest->database['rows'] ?? [] );
		} );
		$files = 0;
		$manifest->files && step( 'files', function () use ( $manifest, &$files ) {
			$files = $this->sampled( $manifest );
			return [ 'files' => $files ];
		} );
		step( 'page', $this->page( ... ) );
		return [ 'data_age' => $begun - strtotime( $manifest->time ), 'seconds' => (int) round( time() - $begun - $rested ), 'rested' => round( $rested, 1 ), 'files' => $files ] + $rows;
	}

	/**
	 * @param array<string, int> $source Table => rows that the site had when it was dumped.
	 * @return array{tables: int, rows: int, posts: int, users: int, newest_post: ?string}
	 */
	private function rows( array $source ): array {
		$rows = ( new Exchange( $this->database, '' ) )->rows( $this->schema );
		foreach ( $source as $table => $then ) {
			// The site went on while it was dumped.
			$differ = abs( ( $rows[ $table ] ?? 0 ) - $then );
			isset( $rows[ $table ] ) && $differ <= max( self::MEANWHILE, $then * self::MEANWHILE_SHARE )
				|| throw new Failure( EX_DATAERR, "$table has " . ( $rows[ $table ] ?? 'no' ) . " rows, and the site had $then when it was dumped", 'restore the backup before' );
		}
		$found = [
			'tables'      => count( $rows ),
			'rows'        => array_sum( $rows ),
			'posts'       => $rows[ "{$this->prefix}posts" ],
			'users'       => $rows[ "{$this->prefix}users" ],
			'newest_post' => Server::rows( $this->database, 'SELECT MAX(post_modified_gmt) FROM ' . Server::name( $this->schema, "{$this->prefix}posts" ) )[0][0],
		];
		$found['users'] > 0 || throw new Failure( EX_DATAERR, 'the backup has no user', 'restore the one before' );
		return $found;
	}

	/** How many of the files were fetched: each has to be what its hash says. */
	private function sampled( Manifest $manifest ): int {
		$list = fopen( self::LIST, 'w' );
		$this->s3->read( $this->place->key( $manifest->files['name'] ), fn( $bytes ) => fwrite( $list, $bytes ) );
		fclose( $list );
		hash_file( 'sha256', self::LIST ) === $manifest->files['sha256'] || throw new Failure( EX_DATAERR, 'the list of files is not what the manifest says', 'restore the backup before' );
		$sample = [];
		$number = 0;
		foreach ( Listing::of( self::LIST, $manifest->files['list_bytes'] ) as $entry ) {
			// Each has the same chance, however many come.
			$at = $number < self::SAMPLE ? $number : random_int( 0, $number );
			$number++;
			if ( $at < self::SAMPLE ) {
				$sample[ $at ] = $entry;
			}
		}
		foreach ( $sample as $entry ) {
			$hash = hash_init( 'sha256' );
			$this->s3->read( $this->place->object( $entry['sha256'] ), fn( $bytes ) => hash_update( $hash, $bytes ) );
			hash_final( $hash ) === $entry['sha256'] || throw new Failure( EX_DATAERR, "$entry[path] in the backup is not what its hash says", 'restore the backup before' );
		}
		return count( $sample );
	}

	/**
	 * The front page of the tables that were loaded, by the code that the site has, which then reaches no file of the
	 * site and sends nothing: a page may write, mail or call, and this is no visit.
	 */
	private function page(): array {
		putenv( "WORDPRESS_TABLE_PREFIX=$this->prefix" );
		$code    = [ ...glob( dirname( \Fleet\Code\CONTENT ) . '/*.php' ), ...array_map( fn( $folder ) => \Fleet\Code\CONTENT . "/$folder", \Fleet\Code\FOLDERS ) ];
		$kept    = [ 'open_basedir=' . implode( ':', [ ...self::REACH, ...$code ] ), 'sendmail_path=/bin/false', 'auto_prepend_file=' . __DIR__ . '/silent.php' ];
		$options = array_merge( ...array_map( fn( $option ) => [ '-d', $option ], $kept ) );
		$process = proc_open( [ 'php', ...$options, __DIR__ . '/smoke.php' ], [ [ 'file', '/dev/null', 'r' ], [ 'pipe', 'w' ], [ 'file', '/dev/null', 'w' ] ], $pipes );
		$said    = json_decode( (string) stream_get_contents( $pipes[1] ), true ) ?: [ 'problem' => 'it says nothing' ];
		proc_close( $process );
		$said['problem'] === '' || throw new Failure( EX_SOFTWARE, "the restored site doesn't come up: $said[problem]", 'look at it: fleet restore --as another site' );
		return $said;
	}
}
