<?php
/** One request to S3, which may be made several times until it is answered. */

namespace Fleet\Data;

use Fleet\AwsError;

final class S3Request {

	public int $tries    = 0;
	public int $status   = 0;
	public string $text  = '';
	public string $etag  = '';
	private int $arrived = 0;
	/** @var resource|null */
	private $opened = null;

	/**
	 * @param array<string, string> $query
	 * @param ?string               $file     Its content is the body, `$sha256` the hash of it, by which S3 refuses another.
	 * @param ?\Closure             $sink     Takes the answer's bytes in place of `text`.
	 * @param ?\Closure             $after    Called with this once it is answered.
	 * @param bool                  $may_lack An object that isn't there is an answer, too.
	 */
	public function __construct(
		public readonly string $method,
		public readonly string $key,
		public readonly array $query = [],
		private string $body = '',
		private ?string $file = null,
		private string $sha256 = '',
		private ?\Closure $sink = null,
		private ?\Closure $after = null,
		private bool $may_lack = false,
	) {}

	public function hash(): string {
		return $this->sha256 ?: $this->sha256 = hash( 'sha256', $this->body );
	}

	/** @return array<string, string> */
	public function headers(): array {
		return $this->arrived ? [ 'Range' => "bytes=$this->arrived-" ] : [];
	}

	/** @param array<string, string> $headers */
	public function handle( string $address, array $headers ): \CurlHandle {
		$this->text = $this->etag = '';
		$handle     = curl_init( $address );
		curl_setopt_array( $handle, [
			CURLOPT_CUSTOMREQUEST  => $this->method,
			CURLOPT_NOBODY         => $this->method === 'HEAD',
			CURLOPT_HTTPHEADER     => [ ...array_map( fn( $name, $value ) => "$name: $value", array_keys( $headers ), $headers ), 'Expect:', 'Content-Type:' ],
			CURLOPT_PATH_AS_IS     => true,
			CURLOPT_PROTOCOLS      => CURLPROTO_HTTP | CURLPROTO_HTTPS,
			CURLOPT_NOSIGNAL       => true,
			CURLOPT_HEADERFUNCTION => function ( $handle, $line ) {
				if ( preg_match( '/^etag:\s*(\S+)/i', $line, $found ) ) {
					$this->etag = $found[1];
				}
				return strlen( $line );
			},
			CURLOPT_WRITEFUNCTION  => fn( $handle, $bytes ) => $this->take( $handle, $bytes ),
		] );
		if ( $this->file !== null ) {
			$this->opened = fopen( $this->file, 'rb' ) ?: throw new \RuntimeException( "$this->file can't be read" );
			curl_setopt_array( $handle, [ CURLOPT_UPLOAD => true, CURLOPT_INFILE => $this->opened, CURLOPT_INFILESIZE => fstat( $this->opened )['size'] ] );
		} elseif ( in_array( $this->method, [ 'PUT', 'POST' ], true ) ) {
			curl_setopt( $handle, CURLOPT_POSTFIELDS, $this->body );
		}
		return $handle;
	}

	/** What is wrong with the answer; null if nothing is. */
	public function problem( \CurlHandle $handle, int $result ): ?AwsError {
		$this->status = (int) curl_getinfo( $handle, CURLINFO_RESPONSE_CODE );
		$this->opened && fclose( $this->opened );
		$this->opened = null;
		if ( $result !== CURLE_OK ) {
			return new AwsError( 'S3: ' . ( curl_error( $handle ) ?: curl_strerror( $result ) ) );
		}
		preg_match( '~<Error>.*?<Code>(\w+)</Code>(?:.*?<Message>([^<]*))?~s', $this->text, $said );
		if ( ( $this->status < 300 && ! $said ) || ( $this->status === 404 && $this->may_lack ) ) {
			return null; // a copy or the end of an upload may fail with status 200
		}
		$kind = $said[1] ?? '';
		return new AwsError( "s3 $this->method $this->key: HTTP $this->status $kind " . ( $said[2] ?? '' ), $this->status < 300 ? 500 : $this->status, $kind );
	}

	public function done(): void {
		$this->after && ( $this->after )( $this );
		// Up to eight parts of 16 MiB are enough.
		$this->body = '';
	}

	private function take( \CurlHandle $handle, string $bytes ): int {
		if ( $this->sink && in_array( curl_getinfo( $handle, CURLINFO_RESPONSE_CODE ), [ 200, 206 ], true ) ) {
			( $this->sink )( $bytes );
			$this->arrived += strlen( $bytes );
			$this->tries    = 0;
		} else {
			$this->text .= $bytes;
		}
		return strlen( $bytes );
	}
}
