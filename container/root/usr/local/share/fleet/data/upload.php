<?php
/** A stream of unknown length to one object, in parts, several under way at once. */

namespace Fleet\Data;

require_once __DIR__ . '/s3.php';

final class Upload {

	private string $id = '';
	/** @var array<int, string> part => its tag */
	private array $tags = [];

	public function __construct( private S3 $s3, private string $key ) {}

	/**
	 * @param resource $stream
	 * @return array{bytes: int, sha256: string} Once all parts are there; `finish` makes an object of them.
	 */
	public function stream( $stream ): array {
		$begun    = $this->s3->ask( new S3Request( 'POST', $this->key, [ 'uploads' => '' ] ) );
		$this->id = (string) simplexml_load_string( $begun->text )->UploadId;
		$hash     = hash_init( 'sha256' );
		$bytes    = 0;
		for ( $number = 1; true; $number++ ) {
			$part = '';
			while ( strlen( $part ) < S3::PART && ! feof( $stream ) ) {
				$part .= (string) fread( $stream, min( 1 << 18, S3::PART - strlen( $part ) ) );
				$this->s3->turn();
			}
			if ( $part === '' && $number > 1 ) {
				break;
			}
			hash_update( $hash, $part );
			$bytes += strlen( $part );
			$query  = [ 'partNumber' => (string) $number, 'uploadId' => $this->id ];
			$this->s3->begin( new S3Request( 'PUT', $this->key, $query, $part, after: fn( $answer ) => $this->tags[ $number ] = $answer->etag ) );
			$number % 16 || progress( 'database', 'at', [ 'bytes' => $bytes ] );
		}
		$this->s3->end();
		return [ 'bytes' => $bytes, 'sha256' => hash_final( $hash ) ];
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
