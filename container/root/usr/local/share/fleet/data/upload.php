<?php
/** A stream of unknown length to one object, in parts, several under way at once. */

namespace Fleet\Data;

require_once __DIR__ . '/s3.php';

final class Upload {

	private const AT_ONCE = 1 << 18;

	private string $id = '';
	/** @var array<int, string> part => its tag */
	private array $tags = [];

	/** @param string $step In which it is done. */
	public function __construct( private S3 $s3, private string $key, private string $step ) {}

	/**
	 * @param resource $stream
	 * @param int      $most   Of more of it nothing is read.
	 * @return array{bytes: int, sha256: string} Once all parts are there; `finish` makes an object of them.
	 */
	public function stream( $stream, int $most = PHP_INT_MAX ): array {
		$begun    = $this->s3->ask( new S3Request( 'POST', $this->key, [ 'uploads' => '' ] ) );
		$this->id = (string) simplexml_load_string( $begun->text )->UploadId;
		$hash     = hash_init( 'sha256' );
		$bytes    = 0;
		for ( $number = 1; true; $number++ ) {
			$part = $this->part( $stream, min( S3::PART, $most - $bytes ) );
			if ( $part === '' && $number > 1 ) {
				break;
			}
			hash_update( $hash, $part );
			$bytes += strlen( $part );
			$query  = [ 'partNumber' => (string) $number, 'uploadId' => $this->id ];
			$this->s3->begin( new S3Request( 'PUT', $this->key, $query, $part, after: fn( $answer ) => $this->tags[ $number ] = $answer->etag ) );
			$number % 16 || progress( $this->step, 'at', [ 'bytes' => $bytes ] );
		}
		$this->s3->end();
		return [ 'bytes' => $bytes, 'sha256' => hash_final( $hash ) ];
	}

	/** @param resource $stream */
	private function part( $stream, int $size ): string {
		stream_set_chunk_size( $stream, self::AT_ONCE );
		$part = '';
		while ( strlen( $part ) < $size && ! feof( $stream ) ) {
			// Whoever writes may be silent for long, and S3 gives up what is under way after 20 s of that.
			[ $read, $write, $except ] = [ [ $stream ], [], [] ];
			if ( stream_select( $read, $write, $except, 0, 50_000 ) ) {
				$part .= (string) fread( $stream, min( self::AT_ONCE, $size - strlen( $part ) ) );
			}
			$this->s3->turn();
		}
		return $part;
	}

	public function finish(): void {
		ksort( $this->tags );
		$parts = '';
		foreach ( $this->tags as $number => $tag ) {
			$parts .= "<Part><PartNumber>$number</PartNumber><ETag>" . htmlspecialchars( $tag ) . '</ETag></Part>';
		}
		$this->s3->ask( new S3Request( 'POST', $this->key, [ 'uploadId' => $this->id ], "<CompleteMultipartUpload>$parts</CompleteMultipartUpload>" ) );
	}

	/** Parts that no object came of are paid for until the bucket's rule takes them. */
	public function abort(): void {
		try {
			$this->id === '' || $this->s3->ask( new S3Request( 'DELETE', $this->key, [ 'uploadId' => $this->id ], may_lack: true ) );
		} catch ( \Fleet\AwsError ) {
			return; // that rule does
		}
	}
}
