<?php
/** What a dump says of itself, checked before anything of it is used. */

namespace Fleet\Data;

require_once __DIR__ . '/s3.php';
require_once __DIR__ . '/place.php';

final class Manifest {

	private function __construct(
		public readonly Place $place,
		public readonly string $time,
		public readonly string $home,
		/** @var list<string> */
		public readonly array $hosts,
		/** @var list<string> Hosts with the folder in which WordPress lay there: old.example/blog. */
		public readonly array $folders,
		/** @var ?array{name: string, bytes: int, sha256: string, sql_bytes: ?int} */
		public readonly ?array $database,
		/** @var ?array{name: string, bytes: int, sha256: string, list_bytes: int, count: int, total_bytes: int} */
		public readonly ?array $files,
	) {}

	/** @throws Failure */
	public static function of( S3 $s3, Place $place ): self {
		$answer = $s3->ask( new S3Request( 'GET', $place->key( Place::MANIFEST ), may_lack: true ) );
		if ( $answer->status === 404 ) {
			throw new Failure( EX_DATAERR, "there is no dump at $place, or it was never finished", 'make the dump again' );
		}
		$said     = json_decode( $answer->text, true );
		$problems = is_array( $said ) ? self::problems( $said ) : [ 'it is no JSON' ];
		if ( $problems ) {
			throw new Failure( EX_DATAERR, "the manifest of $place is wrong: " . implode( ', ', $problems ), 'make the dump again' );
		}
		self::refuse_newer( $place, (string) ( $said['versions']['wordpress'] ?? '' ) );
		return new self( $place, $said['time'], $said['home'] ?? '', $said['hosts'] ?? [], $said['folders'] ?? [], $said['database'] ?? null, $said['files'] ?? null );
	}

	/** WordPress upgrades tables, and never the other way. @throws Failure */
	private static function refuse_newer( Place $place, string $theirs ): void {
		require '/usr/src/wordpress/wp-includes/version.php';
		// Within 7.1 tables stay as they are.
		$branch = fn( string $version ) => preg_match( '~^\d+\.\d+~', $version, $found ) ? $found[0] : '0';
		if ( version_compare( $branch( $theirs ), $branch( $wp_version ), '>' ) ) {
			throw new Failure( EX_DATAERR, "$place is of WordPress $theirs, and the site's image has $wp_version", 'give the site an image with that WordPress, or load an older dump' );
		}
	}

	/** @return list<string> */
	private static function problems( array $said ): array {
		$problems = ( $said['format'] ?? null ) === 1 ? [] : [ 'its format is not 1' ];
		strtotime( (string) ( $said['time'] ?? '' ) ) || $problems[] = 'time';
		foreach ( [ 'database' => [], 'files' => [ 'list_bytes', 'count', 'total_bytes' ] ] as $part => $numbers ) {
			$facts = $said[ $part ] ?? null;
			if ( $facts === null ) {
				continue;
			}
			$good = is_array( $facts ) && preg_match( '~^[A-Za-z0-9][A-Za-z0-9._-]*$~D', $facts['name'] ?? '' ) && preg_match( '~^[0-9a-f]{64}$~D', $facts['sha256'] ?? '' );
			foreach ( [ 'bytes', ...$numbers ] as $number ) {
				$good = $good && is_int( $facts[ $number ] ?? null ) && $facts[ $number ] >= 0;
			}
			$good || $problems[] = $part;
		}
		foreach ( $said['hosts'] ?? [] as $host ) {
			is_string( $host ) && preg_match( '~^[A-Za-z0-9.*-]{1,253}$~D', $host ) || $problems[] = 'hosts';
		}
		foreach ( $said['folders'] ?? [] as $folder ) {
			is_string( $folder ) && preg_match( '~^[A-Za-z0-9.-]{1,253}(?:/[A-Za-z0-9._\~-]{1,100}){1,8}$~D', $folder ) || $problems[] = 'folders';
		}
		return $problems;
	}

	/** @return list<string> The hosts of the dump that this site doesn't have, its home under another scheme, and its folders. */
	public function foreign_hosts(): array {
		$own   = explode( ',', getenv( 'FLEET_DOMAINS' ) );
		$home  = (string) parse_url( $this->home, PHP_URL_HOST );
		$hosts = array_filter( $this->hosts, fn( $host ) => ! str_contains( $host, '*' ) );
		$home !== '' && $hosts[] = $home;
		$foreign = array_diff( $hosts, $own );
		if ( $home !== '' && rtrim( $this->home, '/' ) !== getenv( 'WP_HOME' ) ) {
			$foreign[] = $home;
		}
		return array_values( array_unique( [ ...$foreign, ...$this->folders ] ) );
	}
}
