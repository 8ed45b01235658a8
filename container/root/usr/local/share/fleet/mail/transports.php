<?php
/** The ways out: SES under the task's role, or a mail server. */

namespace Fleet\Mail;

require_once __DIR__ . '/../aws.php';

/** A mail was not taken. */
final class Refusal extends \RuntimeException {

	/**
	 * @param bool $passes     Whether it may be taken later.
	 * @param bool $unverified Whether the address that it comes from is the reason.
	 */
	public function __construct( string $message, public readonly bool $passes, public readonly bool $unverified = false ) {
		parent::__construct( $message );
	}
}

/** SES's API, version 2, as the site's tenant. */
final class Ses {

	/** Most recipients of one call. "Service quotas in Amazon SES". */
	private const RECIPIENTS = 50;

	/** @throws Refusal */
	public static function send( Message $message, float $patience ): void {
		$deadline = microtime( true ) + $patience;
		foreach ( array_chunk( $message->recipients, self::RECIPIENTS ) as $recipients ) {
			$request = [
				'FromEmailAddress'     => $message->from(),
				'Destination'          => [ 'ToAddresses' => $recipients ],
				'Content'              => [ 'Raw' => [ 'Data' => base64_encode( $message->text() ) ] ],
				'ConfigurationSetName' => getenv( 'FLEET_MAIL_CONFIGURATION_SET' ),
				'TenantName'           => getenv( 'FLEET_MAIL_TENANT' ),
				'EmailTags'            => [ [ 'Name' => 'site', 'Value' => getenv( 'FLEET_SITE' ) ] ],
			];
			try {
				( new \Fleet\Aws( max( 0.1, $deadline - microtime( true ) ) ) )->call( 'ses', 'POST', '/v2/email/outbound-emails', array_filter( $request ) );
			} catch ( \Fleet\AwsError $error ) {
				$unverified = preg_match( '/NotVerified/', $error->kind ) || preg_match( '/not verified/', $error->getMessage() );
				// A tenant or an account that is paused, a quota of the day that is used up: hours may mend these.
				$passes = $error->passes() || preg_match( '/SendingPaused|AccountSuspended|AccessDenied/', $error->kind );
				throw new Refusal( 'SES: ' . $error->getMessage(), $passes && ! $unverified, (bool) $unverified );
			}
		}
	}
}

/** A mail server with TLS, by curl, whose one limit of time is for the whole conversation. */
final class Smtp {

	private const IMPLICIT_TLS = 465;
	/** CURLE_LOGIN_DENIED, which PHP has no name for. */
	private const LOGIN_DENIED = 67;

	/** @throws Refusal */
	public static function send( Message $message, float $patience ): void {
		$port   = (int) getenv( 'FLEET_MAIL_PORT' );
		$scheme = $port === self::IMPLICIT_TLS ? 'smtps' : 'smtp';
		$text   = fopen( 'php://temp', 'r+' );
		fwrite( $text, $message->text() );
		rewind( $text );
		$said         = '';
		$conversation = curl_init( "$scheme://" . getenv( 'FLEET_MAIL_HOST' ) . ":$port/" . explode( ',', (string) getenv( 'FLEET_DOMAINS' ) )[0] );
		curl_setopt_array( $conversation, [
			CURLOPT_USE_SSL        => CURLUSESSL_ALL,
			CURLOPT_PROTOCOLS      => CURLPROTO_SMTP | CURLPROTO_SMTPS,
			CURLOPT_MAIL_FROM      => '<' . $message->from() . '>',
			CURLOPT_MAIL_RCPT      => array_map( fn( $address ) => "<$address>", $message->recipients ),
			CURLOPT_UPLOAD         => true,
			CURLOPT_INFILE         => $text,
			CURLOPT_INFILESIZE     => strlen( $message->text() ),
			CURLOPT_TIMEOUT_MS     => (int) ( 1000 * $patience ),
			CURLOPT_NOSIGNAL       => true,
			// A mail server's answers come as headers do; the last one tells more than curl.
			CURLOPT_HEADERFUNCTION => function ( $conversation, $line ) use ( &$said ) {
				$said = trim( $line );
				return strlen( $line );
			},
		] );
		if ( getenv( 'FLEET_MAIL_USER' ) ) {
			curl_setopt( $conversation, CURLOPT_USERNAME, getenv( 'FLEET_MAIL_USER' ) );
			curl_setopt( $conversation, CURLOPT_PASSWORD, (string) getenv( 'FLEET_MAIL_PASSWORD' ) );
		}
		if ( curl_exec( $conversation ) === false ) {
			$code = (int) curl_getinfo( $conversation, CURLINFO_RESPONSE_CODE );
			// A password or a certificate that is wrong today may be right in an hour.
			$passes = $code < 500 || curl_errno( $conversation ) === self::LOGIN_DENIED;
			$reason = curl_error( $conversation ) . ( $code >= 400 ? " ($said)" : '' );
			throw new Refusal( getenv( 'FLEET_MAIL_HOST' ) . ": $reason", $passes );
		}
	}
}
