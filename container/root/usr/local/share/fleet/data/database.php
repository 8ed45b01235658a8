<?php
/** A dump's database into the schema beside the live one, and what has to be other here. */

namespace Fleet\Data;

require_once __DIR__ . '/s3.php';
require_once __DIR__ . '/pipeline.php';
require_once __DIR__ . '/exchange.php';
require_once __DIR__ . '/manifest.php';

final class Database {

	/** Of each WordPress, whatever its version. */
	private const TABLES = [ 'options', 'posts', 'users', 'usermeta' ];
	/** A megabyte of archive holds no more of SQL than this many, unless someone made it to fill a disk. */
	private const MOST_TIMES = 200;
	private const UNPACK     = [ '.zst' => [ 'zstd', '--decompress', '--quiet', '--stdout' ], '.gz' => [ 'gzip', '--decompress', '--stdout' ], '.sql' => [ 'cat' ] ];

	public function __construct( private \mysqli $database, private Notes $notes ) {}

	/**
	 * @param list<string> $hosts Whose addresses become this site's.
	 * @param float $rest So many times as long as the server works at it, it has for others.
	 * @return array What was found and changed. `rested`: seconds.
	 * @throws Failure
	 */
	public function load( S3 $s3, Manifest $manifest, array $pairs, array $hosts, float $rest = 0 ): array {
		$this->clear();
		$facts    = $manifest->database;
		$settings = [
			'home'  => getenv( 'WP_HOME' ),
			'hosts' => $hosts,
			'pairs' => $pairs,
			'most'  => $facts['sql_bytes'] ?? self::MOST_TIMES * $facts['bytes'],
			'rest'  => $rest,
		];
		$pipeline = new Pipeline( [
			self::UNPACK[ strrchr( $facts['name'], '.' ) ] ?? throw new Failure( EX_DATAERR, "$facts[name] is no SQL", 'name it .sql, .sql.gz or .sql.zst' ),
			[ 'php', __DIR__ . '/rewrite.php', json_encode( $settings ) ],
			// A dump may not run programs or read files here; a key is checked once, when all rows are there. The filter commits.
			// WordPress's own tables have dates of zeros, which a dump that sets no mode of its own can't make in a strict one.
			[ ...Server::program( 'mariadb' ), '--sandbox', '--batch', '--init-command=SET SESSION foreign_key_checks = 0, unique_checks = 0, autocommit = 0, sql_mode = "NO_AUTO_VALUE_ON_ZERO"', $this->notes->schema ],
		] );
		$this->feed( $s3, $manifest, $pipeline );
		$found = $pipeline->end();
		$this->check( $found );
		return $found;
	}

	/** What an earlier try left. */
	private function clear(): void {
		$this->database->query( 'SET SESSION foreign_key_checks = 0' );
		( new Objects( $this->database ) )->drop( $this->notes->schema );
		foreach ( ( new Exchange( $this->database, '' ) )->tables( $this->notes->schema ) as $table ) {
			$this->database->query( 'DROP TABLE ' . Server::name( $this->notes->schema, $table ) );
		}
		$this->database->query( 'SET SESSION foreign_key_checks = 1' );
	}

	/** What came over the wire has to be what the manifest says, down to the last byte. */
	private function feed( S3 $s3, Manifest $manifest, Pipeline $pipeline ): void {
		[ $hash, $bytes, $said ] = [ hash_init( 'sha256' ), 0, 0 ];
		try {
			$s3->read( $manifest->place->key( $manifest->database['name'] ), function ( $part ) use ( $hash, &$bytes, &$said, $manifest, $pipeline ) {
				hash_update( $hash, $part );
				$bytes += strlen( $part );
				if ( $bytes - $said > 1 << 24 ) {
					$said = $bytes;
					progress( 'load', 'at', [ 'bytes' => $bytes, 'of' => $manifest->database['bytes'] ] );
				}
				@fwrite( $pipeline->in, $part ) === strlen( $part ) || throw new BrokenPipe();
			} );
		} catch ( BrokenPipe ) {
			$pipeline->end(); // says why
			throw new Failure( 1, 'the load broke off', 'run it again' );
		}
		if ( hash_final( $hash ) !== $manifest->database['sha256'] ) {
			try {
				$pipeline->end();
			} catch ( Failure ) {
				throw new Failure( EX_DATAERR, 'the database of the dump isn\'t what its manifest says: another SHA-256', 'make the dump again' );
			}
			throw new Failure( EX_DATAERR, 'the database of the dump isn\'t what its manifest says: another SHA-256', 'make the dump again' );
		}
	}

	private function check( array $found ): void {
		if ( empty( $found['complete'] ) ) {
			throw new Failure( EX_DATAERR, 'the dump ends early: its last line isn\'t the one that a whole dump has', 'make the dump again' );
		}
		$this->prefix();
		foreach ( $found['changes'] as $what => $number ) {
			progress( 'load', 'note', [ 'note' => "$what changed or taken out: $number" ] );
		}
	}

	/** The table prefix of the WordPress that is there. @throws Failure unless there is just one */
	public function prefix(): string {
		$tables = ( new Exchange( $this->database, '' ) )->tables( $this->notes->schema );
		$found  = [];
		foreach ( preg_grep( '/options$/', $tables ) as $table ) {
			$prefix = substr( $table, 0, -strlen( 'options' ) );
			array_diff( array_map( fn( $name ) => $prefix . $name, self::TABLES ), $tables ) || $found[] = $prefix;
		}
		$ours = getenv( 'WORDPRESS_TABLE_PREFIX' ) ?: 'wp_';
		if ( count( $found ) > 1 && in_array( $ours, $found, true ) ) {
			return $ours;
		}
		return count( $found ) === 1 ? $found[0] : throw new Failure(
			EX_DATAERR,
			$found ? 'the dump holds several WordPresses: ' . implode( ', ', $found ) : 'the dump holds no WordPress: it has ' . ( $tables ? implode( ', ', array_slice( $tables, 0, 5 ) ) : 'no tables' ),
			'dump the tables of one WordPress'
		);
	}
}

/** Nobody reads what we write any more. */
final class BrokenPipe extends \RuntimeException {}
