<?php
/**
 * A site's prefix in the environment's bucket, in memory that doesn't grow: what is large streams, what is many goes
 * several at a time.
 *
 * Own, on curl and the signature that all of the image's calls share. rclone (61 MB, of 2022 in Debian) and restic
 * (25 MB, a repository that only it reads) would each be larger than all that is here, and neither names an object by
 * its content, by which one copy serves all dumps of a site and S3 itself copies single files to another site.
 */

namespace Fleet\Data;

use Fleet\AwsCredentials;
use Fleet\AwsError;
use Fleet\AwsSignature;

require_once __DIR__ . '/../aws.php';
require_once __DIR__ . '/s3-request.php';

final class S3 {

	/** S3 takes 10,000 parts of an object: 160 GiB. */
	public const PART = 16 * 1024 * 1024;
	/** A PUT and a GET of S3's take some 30 ms, however small: so many are under way at once. */
	private const AT_ONCE = 8;
	private const TRIES   = 6;
	private const CONNECT = 10; // seconds
	/** A connection over which nothing comes for so long is given up and the request made again. */
	private const SILENCE = 60; // seconds

	private \CurlMultiHandle $multi;
	/** @var array<int, S3Request> */
	private array $under_way = [];
	/** @var list<array{0: float, 1: S3Request}> What failed, and from when on it is tried again. */
	private array $again = [];

	public function __construct( private string $bucket ) {
		$this->multi = curl_multi_init();
	}

	/** Does one request to its end. @throws AwsError */
	public function ask( S3Request $request ): S3Request {
		$this->begin( $request );
		$this->end();
		return $request;
	}

	/** Begins a request once fewer than AT_ONCE are under way. @throws AwsError when one of those before fails for good */
	public function begin( S3Request $request ): void {
		while ( count( $this->under_way ) + count( $this->again ) >= self::AT_ONCE ) {
			$this->turn( 1.0 );
		}
		$this->start( $request );
	}

	/** Waits for all that was begun. @throws AwsError */
	public function end(): void {
		while ( $this->under_way || $this->again ) {
			$this->turn( 1.0 );
		}
	}

	/** Moves what is under way on, for `$seconds` at most. @throws AwsError */
	public function turn( float $seconds = 0.0 ): void {
		foreach ( $this->again as $number => [ $when, $request ] ) {
			if ( $when <= microtime( true ) ) {
				unset( $this->again[ $number ] );
				$this->start( $request );
			}
		}
		curl_multi_exec( $this->multi, $running );
		$seconds && ( $this->under_way ? curl_multi_select( $this->multi, min( $seconds, 0.2 ) ) : usleep( 50_000 ) );
		while ( $ended = curl_multi_info_read( $this->multi ) ) {
			$request = $this->under_way[ spl_object_id( $ended['handle'] ) ];
			unset( $this->under_way[ spl_object_id( $ended['handle'] ) ] );
			curl_multi_remove_handle( $this->multi, $ended['handle'] );
			$this->judge( $request, $ended['handle'], $ended['result'] );
		}
	}

	public function exists( string $key ): bool {
		return $this->ask( new S3Request( 'HEAD', $key, may_lack: true ) )->status !== 404;
	}

	/** @throws AwsError */
	public function get( string $key ): string {
		return $this->ask( new S3Request( 'GET', $key ) )->text;
	}

	public function put( string $key, string $body ): void {
		$this->ask( new S3Request( 'PUT', $key, body: $body ) );
	}

	/** Hands an object's bytes to `$sink` as they come; what breaks off is fetched on from there. */
	public function read( string $key, \Closure $sink ): void {
		$this->ask( new S3Request( 'GET', $key, sink: $sink ) );
	}

	/** @return \Generator<string, array{bytes: int, time: int}> Keys below a prefix, in order. */
	public function keys( string $prefix ): \Generator {
		$after = '';
		do {
			$query = [ 'list-type' => '2', 'prefix' => $prefix ] + ( $after === '' ? [] : [ 'start-after' => $after ] );
			$page  = simplexml_load_string( $this->ask( new S3Request( 'GET', '', $query ) )->text );
			foreach ( $page->Contents as $entry ) {
				$after = (string) $entry->Key;
				yield $after => [ 'bytes' => (int) $entry->Size, 'time' => strtotime( (string) $entry->LastModified ) ];
			}
		} while ( (string) $page->IsTruncated === 'true' );
	}

	/** @return list<string> The folders directly below one, in order. */
	public function folders( string $prefix ): array {
		$found = [];
		$after = '';
		do {
			$query = [ 'list-type' => '2', 'prefix' => $prefix, 'delimiter' => '/' ] + ( $after === '' ? [] : [ 'continuation-token' => $after ] );
			$page  = simplexml_load_string( $this->ask( new S3Request( 'GET', '', $query ) )->text );
			foreach ( $page->CommonPrefixes as $entry ) {
				$found[] = (string) $entry->Prefix;
			}
			$after = (string) $page->NextContinuationToken;
		} while ( (string) $page->IsTruncated === 'true' );
		return $found;
	}

	private function start( S3Request $request ): void {
		$region  = (string) ( getenv( 'AWS_REGION' ) ?: getenv( 'AWS_DEFAULT_REGION' ) ) ?: throw new AwsError( 'AWS_REGION is not set' );
		$own     = getenv( 'AWS_ENDPOINT_URL_S3' ) ?: getenv( 'AWS_ENDPOINT_URL' );
		$suffix  = str_starts_with( $region, 'cn-' ) ? 'amazonaws.com.cn' : 'amazonaws.com';
		$address = $own ? rtrim( $own, '/' ) : "https://$this->bucket.s3.$region.$suffix";
		$path    = ( $own ? "/$this->bucket" : '' ) . '/' . implode( '/', array_map( 'rawurlencode', explode( '/', $request->key ) ) );
		$query   = AwsSignature::query( $request->query );
		$who     = AwsCredentials::get( microtime( true ) + self::CONNECT );
		$hash    = $request->hash();
		$headers = $request->headers() + [ 'X-Amz-Content-Sha256' => $hash ];
		$signed  = AwsSignature::signed( 's3', $region, $request->method, $address, $path, $query, $headers, $hash, $who, time() );
		$handle  = $request->handle( $address . $path . ( $query === '' ? '' : "?$query" ), $signed );
		curl_setopt_array( $handle, [
			CURLOPT_CONNECTTIMEOUT  => self::CONNECT,
			CURLOPT_LOW_SPEED_LIMIT => 1,
			CURLOPT_LOW_SPEED_TIME  => self::SILENCE,
		] );
		$this->under_way[ spl_object_id( $handle ) ] = $request;
		curl_multi_add_handle( $this->multi, $handle );
	}

	private function judge( S3Request $request, \CurlHandle $handle, int $result ): void {
		$problem = $request->problem( $handle, $result );
		if ( ! $problem ) {
			$request->done();
			return;
		}
		if ( ! $problem->passes() || ++$request->tries >= self::TRIES ) {
			throw $problem;
		}
		$this->again[] = [ microtime( true ) + min( 8, 0.25 * 2 ** $request->tries ), $request ];
	}
}
