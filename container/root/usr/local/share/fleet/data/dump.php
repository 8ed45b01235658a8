<?php
/** Writes a site's dump to its place: the database as a stream, each file's content once, the manifest last. */

namespace Fleet\Data;

require_once __DIR__ . '/exchange.php';
require_once __DIR__ . '/s3.php';
require_once __DIR__ . '/place.php';
require_once __DIR__ . '/server.php';
require_once __DIR__ . '/pipeline.php';
require_once __DIR__ . '/upload.php';
require_once __DIR__ . '/tree.php';
require_once __DIR__ . '/metrics.php';

final class Dump {

	/** As fast as the server gives rows; of SQL as small as by the usual level 3, in two thirds of the time. */
	private const ZSTD = [ 'zstd', '-2', '-T2', '--quiet', '--stdout' ];

	private S3 $s3;

	/** @param bool $uploads Whether media are among the files: a copy may show those of its original. */
	public function __construct( private Place $place, private bool $uploads = true ) {
		$this->s3 = new S3( $place->bucket );
	}

	/**
	 * @param ?int $days Until the dump goes; null for never.
	 * @param ?array{days: int, weeks: int, months: int} $keep Of a backup: by which rules the site's backups stay.
	 * @param bool $night Whether the clock asks for it: by what it tells, one that stands still is found.
	 * @param bool $drilled Whether the clock tries the site's dumps, too.
	 * @param bool $prune Whether dumps whose time is over go, for which not every role has the right.
	 */
	public function make( bool $database, bool $files, ?int $days, ?array $keep = null, bool $prune = true, bool $night = false, bool $drilled = false ): void {
		$facts = [ 'database' => null, 'files' => null ];
		$begun = gmdate( 'Y-m-d\TH:i:s\Z' );
		$database && step( 'database', function () use ( &$facts ) {
			return $facts['database'] = $this->database();
		} );
		// Of a backup: by them a drill sees whether all of it comes back.
		$database && $keep && $facts['database']['rows'] = self::rows();
		$files && step( 'files', function () use ( &$facts ) {
			return $facts['files'] = ( new Tree( $this->s3, $this->place, $this->uploads ) )->store();
		} );
		step( 'manifest', fn() => $this->s3->put( $this->place->key( Place::MANIFEST ), json_encode( $this->manifest( $begun, $days, $keep ) + $facts, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES ) . "\n" ) );
		$prune && step( 'prune', fn() => ( new Dumps( $this->s3, $this->place ) )->prune() );
		$night && ( new Metrics( $this->s3, $this->place ) )->tell( $drilled );
		progress( 'end', 'done', [ 'bytes' => ( $facts['database']['bytes'] ?? 0 ) + ( $facts['files']['total_bytes'] ?? 0 ) ] );
	}

	/** @return array{name: string, bytes: int, sha256: string, sql_bytes: int} */
	private function database(): array {
		$schema   = getenv( 'WORDPRESS_DB_NAME' );
		$pipeline = new Pipeline( [
			[
				...Server::program( 'mariadb-dump' ),
				// One snapshot of all tables, while the site is used. Objects of other hosts' users would be no use there.
				'--single-transaction', '--quick', '--skip-lock-tables', '--no-tablespaces', '--routines', '--triggers', '--events', '--hex-blob',
				"--ignore-table=$schema.fleet_load", $schema,
			],
			[ 'php', __DIR__ . '/rewrite.php', '{}' ],
			self::ZSTD,
		] );
		fclose( $pipeline->in );
		$upload = new Upload( $this->s3, $this->place->key( Place::DATABASE ), 'database' );
		try {
			$stored = $upload->stream( $pipeline->out );
			$facts  = $pipeline->end();
			$facts['complete'] || throw new Failure( EX_UNAVAILABLE, 'the dump broke off', 'run it again' );
		} catch ( \Throwable $problem ) {
			$upload->abort();
			throw $problem;
		}
		$upload->finish();
		return [ 'name' => Place::DATABASE ] + $stored + [ 'sql_bytes' => $facts['bytes'] ];
	}

	/** @return array<string, int> Table => how many rows the site has behind the dump. */
	private static function rows(): array {
		$schema   = getenv( 'WORDPRESS_DB_NAME' );
		$database = Server::connect( $schema );
		return ( new Exchange( $database, $schema ) )->rows( $schema );
	}

	private function manifest( string $begun, ?int $days, ?array $keep ): array {
		require '/usr/src/wordpress/wp-includes/version.php';
		return [
			'format'   => 1,
			'site'     => getenv( 'FLEET_SITE' ),
			'id'       => $this->place->id,
			'time'     => $begun,
			'expires'  => $days === null ? null : gmdate( 'Y-m-d\TH:i:s\Z', time() + 86400 * $days ),
			'keep'     => $keep,
			'home'     => getenv( 'WP_HOME' ),
			'hosts'    => explode( ',', getenv( 'FLEET_DOMAINS' ) ),
			'prefix'   => getenv( 'WORDPRESS_TABLE_PREFIX' ) ?: 'wp_',
			'storage'  => getenv( 'FLEET_STORAGE_MODE' ),
			'uploads'  => $this->uploads,
			'versions' => [ 'wordpress' => $wp_version, 'php' => PHP_VERSION, 'database' => Server::connect()->server_info ],
		];
	}
}
