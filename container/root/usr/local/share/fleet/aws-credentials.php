<?php
/** The credentials of the task's role, which the ECS agent hands out and renews. */

namespace Fleet;

final class AwsCredentials {

	private const AGENT = 'http://169.254.170.2';
	/** Kept for all requests of the task; whoever runs code here can ask the agent as well. */
	private const KEPT = '/tmp/fleet/aws-credentials.json';
	/** The agent gives new ones well before the old ones end; so long before the end we ask. */
	private const RENEW_SECONDS = 300;

	private function __construct(
		public readonly string $id,
		#[\SensitiveParameter] public readonly string $secret,
		#[\SensitiveParameter] public readonly string $token,
	) {}

	/**
	 * From the environment as AWS's SDKs read it: keys (a machine of one's own), or the agent's address.
	 *
	 * @param float $deadline When the answer must be there, in seconds of `microtime`.
	 * @throws AwsError
	 */
	public static function get( float $deadline ): self {
		if ( getenv( 'AWS_ACCESS_KEY_ID' ) ) {
			return new self( getenv( 'AWS_ACCESS_KEY_ID' ), (string) getenv( 'AWS_SECRET_ACCESS_KEY' ), (string) getenv( 'AWS_SESSION_TOKEN' ) );
		}
		$found = self::kept() ?? self::asked( $deadline );
		return new self( $found['AccessKeyId'], $found['SecretAccessKey'], $found['Token'] ?? '' );
	}

	private static function kept(): ?array {
		$found = is_file( self::KEPT ) ? json_decode( (string) @file_get_contents( self::KEPT ), true ) : null;
		return is_array( $found ) && strtotime( $found['Expiration'] ) - time() > self::RENEW_SECONDS ? $found : null;
	}

	private static function asked( float $deadline ): array {
		$relative = getenv( 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI' );
		$address  = $relative ? self::AGENT . $relative : getenv( 'AWS_CONTAINER_CREDENTIALS_FULL_URI' );
		if ( ! $address ) {
			throw new AwsError( 'no credentials: the task has no role (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set)' );
		}
		$file  = getenv( 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE' );
		$token = $file ? trim( (string) file_get_contents( $file ) ) : (string) getenv( 'AWS_CONTAINER_AUTHORIZATION_TOKEN' );
		[ $status, $text ] = Http::ask( 'GET', $address, $token === '' ? [] : [ 'Authorization' => $token ], '', $deadline );
		$found = json_decode( $text, true );
		if ( $status !== 200 || ! isset( $found['AccessKeyId'], $found['SecretAccessKey'] ) ) {
			throw new AwsError( "no credentials: $address answered HTTP $status", 503 );
		}
		if ( isset( $found['Expiration'] ) ) {
			self::keep( $text );
		}
		return $found;
	}

	private static function keep( #[\SensitiveParameter] string $text ): void {
		$new = self::KEPT . '.' . getmypid();
		if ( @touch( $new ) && chmod( $new, 0600 ) && file_put_contents( $new, $text ) ) {
			rename( $new, self::KEPT );
		}
	}
}
