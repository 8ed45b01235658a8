<?php
/**
 * Calls to AWS's APIs under the task's role, signed with Signature Version 4. Works with and without WordPress.
 *
 * Own, since AWS's SDK is 30 MB, and async-aws brings Symfony's HTTP client, whose versions clash with those that plugins
 * carry; what is needed is one signature.
 *
 *     $answer = ( new Aws( 4.0 ) )->call( 'scheduler', 'GET', '/schedules/blog', query: [ 'groupName' => 'production' ] );
 */

namespace Fleet;

require_once __DIR__ . '/http.php';
require_once __DIR__ . '/aws-credentials.php';
require_once __DIR__ . '/aws-signature.php';

/** AWS refused, or didn't answer. */
final class AwsError extends \RuntimeException {

	/**
	 * @param int    $status HTTP status; 0 when there was no answer.
	 * @param string $kind   AWS's name of the error, for example ThrottlingException; empty when it gave none.
	 */
	public function __construct( string $message, public readonly int $status = 0, public readonly string $kind = '' ) {
		parent::__construct( $message );
	}

	/** Whether the same call may succeed later. */
	public function passes(): bool {
		return $this->status === 0 || $this->status === 429 || $this->status >= 500
			|| preg_match( '/Throttl|TooManyRequests|LimitExceeded|ExpiredToken|RequestExpired|RequestTimeout/', $this->kind );
	}
}

final class Aws {

	/** Name that a service signs with => where it listens, if that differs. */
	private const HOSTS = [ 'ses' => 'email', 'cloudfront' => 'cloudfront.amazonaws.com' ];
	/** Services for the whole world sign for this region. */
	private const HOME_REGION = 'us-east-1';

	/** @param float $patience Seconds for a call with all that belongs to it. */
	public function __construct( private float $patience ) {}

	/**
	 * @param string                $service What the service signs with: ses, scheduler, cloudfront ...
	 * @param string                $path    Percent-encoded, without a query.
	 * @param array|string|null     $body    An array is sent as JSON.
	 * @param array<string, string> $query   Not encoded.
	 * @param array<string, string> $headers Beside those that are always there; X-Amz-Target for services that ask for it.
	 * @return mixed What the answer's JSON says; its text where it is none.
	 * @throws AwsError
	 */
	public function call( string $service, string $method, string $path, array|string|null $body = null, array $query = [], array $headers = [] ): mixed {
		$deadline    = microtime( true ) + $this->patience;
		$credentials = AwsCredentials::get( $deadline );
		$body        = is_array( $body ) ? json_encode( $body ?: new \stdClass(), JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES ) : (string) $body;
		[ $address, $region ] = self::endpoint( $service );
		if ( $body !== '' ) {
			$headers += [ 'Content-Type' => 'application/json' ];
		}
		$encoded = AwsSignature::query( $query );
		$signed  = AwsSignature::signed( $service, $region, $method, $address, $path, $encoded, $headers, hash( 'sha256', $body ), $credentials, time() );
		return self::send( $method, $address . $path . ( $encoded === '' ? '' : "?$encoded" ), $signed, $body, $deadline );
	}

	/** @return array{string, string} Scheme and host, and the region to sign for. */
	private static function endpoint( string $service ): array {
		$region = (string) ( getenv( 'AWS_REGION' ) ?: getenv( 'AWS_DEFAULT_REGION' ) );
		$host   = self::HOSTS[ $service ] ?? $service;
		$global = str_contains( $host, '.' );
		if ( $region === '' && ! $global ) {
			throw new AwsError( 'AWS_REGION is not set' );
		}
		$suffix  = str_starts_with( $region, 'cn-' ) ? 'amazonaws.com.cn' : 'amazonaws.com';
		$address = getenv( 'AWS_ENDPOINT_URL' ) ?: ( $global ? "https://$host" : "https://$host.$region.$suffix" );
		return [ rtrim( $address, '/' ), $global ? self::HOME_REGION : $region ];
	}

	private static function send( string $method, string $address, array $headers, string $body, float $deadline ): mixed {
		[ $status, $text, $kind ] = Http::ask( $method, $address, $headers, $body, $deadline );
		$found = json_decode( $text, true );
		if ( $status >= 200 && $status < 300 ) {
			return $found ?? $text;
		}
		// JSON services name the error in the body or in a header, often with a namespace or an address around it.
		$kind = preg_replace( '/^.*#|:.*$/', '', (string) ( $found['__type'] ?? $found['code'] ?? $kind ) );
		preg_match( '~<Code>(\w+)</Code>.*?<Message>([^<]*)~s', $text, $xml );
		$kind    = $kind ?: ( $xml[1] ?? '' );
		$message = $found['message'] ?? $found['Message'] ?? $xml[2] ?? '';
		throw new AwsError( trim( "HTTP $status $kind: $message", ' :' ), $status, $kind );
	}
}
