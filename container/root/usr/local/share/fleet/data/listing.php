<?php
/** The list of a dump's files: a JSON a line, sorted, compressed; written and read as a stream. */

namespace Fleet\Data;

require_once __DIR__ . '/failure.php';

final class Listing {

	private const LONGEST_LINE = 65536;

	/** @var resource */
	private $process;
	/** @var resource */
	private $in;
	public int $count       = 0;
	public int $list_bytes  = 0;
	public int $total_bytes = 0;

	public function __construct( private string $file ) {
		$this->process = proc_open( [ 'zstd', '--quiet', '--force', '-o', $file ], [ [ 'pipe', 'r' ] ], $pipes );
		$this->in      = $pipes[0];
	}

	/** @param array{path: string, bytes: int, time: int, sha256: string} $entry */
	public function add( array $entry ): void {
		$line = json_encode( $entry, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR ) . "\n";
		@fwrite( $this->in, $line ) === strlen( $line ) || throw new \RuntimeException( "$this->file can't be written" );
		$this->count++;
		$this->list_bytes  += strlen( $line );
		$this->total_bytes += $entry['bytes'];
	}

	public function close(): void {
		fclose( $this->in );
		proc_close( $this->process ) === 0 || throw new \RuntimeException( "$this->file can't be written" );
	}

	/**
	 * @param int $most Bytes that the manifest says; a list that is longer is refused before it fills anything.
	 * @return \Generator<array{path: string, bytes: int, time: int, sha256: string}>
	 * @throws Failure
	 */
	public static function of( string $file, int $most = PHP_INT_MAX ): \Generator {
		$process = proc_open( [ 'zstd', '--decompress', '--quiet', '--stdout', $file ], [ 1 => [ 'pipe', 'w' ], 2 => [ 'file', '/dev/null', 'w' ] ], $pipes );
		$bytes   = 0;
		while ( ( $line = fgets( $pipes[1], self::LONGEST_LINE ) ) !== false ) {
			$bytes += strlen( $line );
			$bytes <= $most || throw new Failure( EX_DATAERR, "the list of files is larger than it says: more than $most bytes", 'make the dump again' );
			$entry = json_decode( $line, true );
			is_array( $entry ) && self::is_safe( $entry ) || throw new Failure( EX_DATAERR, 'the list of files has a line that names no file of a site: ' . substr( trim( $line ), 0, 200 ), 'make the dump again' );
			yield $entry;
		}
		fclose( $pipes[1] );
		proc_close( $process ) === 0 || throw new Failure( EX_DATAERR, 'the list of files is broken', 'make the dump again' );
	}

	/** A path below wp-content, by which nothing else can be reached. */
	private static function is_safe( array $entry ): bool {
		$path = $entry['path'] ?? '';
		return is_string( $path ) && preg_match( '~^[^/\0][^\0]*$~D', $path ) && ! preg_match( '~(?:^|/)(?:\.{0,2}|\.fleet[^/]*)(?:/|$)~', $path )
			&& is_int( $entry['bytes'] ?? null ) && is_int( $entry['time'] ?? null ) && preg_match( '~^[0-9a-f]{64}$~D', (string) ( $entry['sha256'] ?? '' ) );
	}

	/** How two paths are sorted: a folder's files stand together. */
	public static function order( string $one, string $other ): int {
		return strcmp( strtr( $one, '/', "\0" ), strtr( $other, '/', "\0" ) );
	}
}
