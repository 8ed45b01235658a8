<?php
/**
 * The post office of a site: sends a mail now, keeps it for later, or shows it in the log; says each of these in one
 * line of JSON on stderr, which `fleet mail` reads.
 */

namespace Fleet\Mail;

require_once __DIR__ . '/message.php';
require_once __DIR__ . '/transports.php';
require_once __DIR__ . '/queue.php';

final class Post {

	/**
	 * All mails of one page together, so that with what follows a time-out (curl gives a server a second to say goodbye)
	 * a page waits less than 5 s. What doesn't fit waits in the queue.
	 */
	private const PAGE_SECONDS = 3.5;
	/** Without a page that waits. */
	private const PATIENCE = 30.0;
	/** After a failure pages queue at once for so long, so that only the first of them waits. */
	private const AWAY         = '/tmp/fleet/mail-away';
	private const AWAY_SECONDS = 30;
	/** SES doesn't know the site's own address yet; until this file is so old the fallback sends. */
	private const UNVERIFIED         = '/tmp/fleet/mail-unverified';
	private const UNVERIFIED_SECONDS = 300;
	/** Of a mail in the log; php-fpm cuts a line at 8 kB (templates/php-fpm.conf). */
	private const SHOWN_BYTES = 2000;
	/** Of the whole mail, in lines before that one; texts come before attachments. Base64 in lines of less than 8 kB. */
	private const KEPT_BYTES      = 96 * 1024;
	private const PART_CHARACTERS = 6000;

	private static float $spent = 0.0;

	/**
	 * @param string $reply_to Where answers to a mail from the environment's address go.
	 * @throws Refusal When it can't be sent, now or later.
	 */
	public static function send( Message $message, string $reply_to = '' ): void {
		if ( ! $message->recipients ) {
			throw new Refusal( 'nobody to send it to', false );
		}
		$way = getenv( 'FLEET_MAIL' ) ?: 'off';
		if ( $way === 'off' ) {
			self::say( 'refused', $message, 'mail is off' );
			throw new Refusal( "this site sends no mail: see `mail` in docs/mail.md", false );
		}
		$message = self::addressed( $message, $reply_to );
		if ( $way === 'log' ) {
			self::show( $message );
			return;
		}
		try {
			self::sent( $message );
			self::say( 'sent', $message );
		} catch ( Refusal $refusal ) {
			if ( ! $refusal->passes || ! Queue::add( $message, $refusal->getMessage() ) ) {
				self::say( 'lost', $message, $refusal->getMessage() );
				throw $refusal;
			}
			self::say( 'queued', $message, $refusal->getMessage() );
		}
	}

	/** Tries what waits, for at most these seconds. */
	public static function retry( float $seconds ): void {
		$send = fn( Message $message ) => self::now( $message, min( self::PATIENCE, $seconds ) );
		$gone = fn( Message $message, ?string $error ) => self::say( $error === null ? 'sent' : 'lost', $message, (string) $error );
		Queue::run( $send, $gone, microtime( true ) + $seconds );
	}

	/** From an address that the site may send from; who was named there instead gets the answers. */
	private static function addressed( Message $message, string $reply_to ): Message {
		$own = strtolower( (string) getenv( 'FLEET_MAIL_FROM' ) );
		if ( $own === '' ) {
			return $message;
		}
		$from   = $message->from();
		$domain = (string) getenv( 'FLEET_MAIL_DOMAIN' );
		if ( $from === $own || ( $domain !== '' && str_ends_with( $from, "@$domain" ) ) ) {
			return $message->sent_by( $from, $domain === '' ? $reply_to : '' );
		}
		$made_up = 'wordpress@' . preg_replace( '/^www\./', '', explode( ',', (string) getenv( 'FLEET_DOMAINS' ) )[0] );
		$answers = $from === '' || $from === $made_up ? ( $domain === '' ? $reply_to : '' ) : $from;
		return $message->sent_by( $own, $answers );
	}

	/** Within what is left of the page's patience. @throws Refusal */
	private static function sent( Message $message ): void {
		if ( PHP_SAPI === 'cli' && getenv( 'FLEET_MAIL_PAGE' ) !== '1' ) {
			self::now( $message, self::PATIENCE );
			return;
		}
		clearstatcache( true, self::AWAY );
		$left = self::PAGE_SECONDS - self::$spent;
		if ( $left <= 0 || ( is_file( self::AWAY ) && time() - filemtime( self::AWAY ) < self::AWAY_SECONDS ) ) {
			throw new Refusal( $left <= 0 ? 'this page has waited long enough' : 'not reached a moment ago', true );
		}
		$begun = microtime( true );
		try {
			self::now( $message, $left );
			@unlink( self::AWAY );
		} catch ( Refusal $refusal ) {
			$refusal->passes && @touch( self::AWAY );
			throw $refusal;
		} finally {
			self::$spent += microtime( true ) - $begun;
		}
	}

	/** @throws Refusal */
	private static function now( Message $message, float $patience ): void {
		if ( getenv( 'FLEET_MAIL' ) === 'smtp' ) {
			Smtp::send( $message, $patience );
			return;
		}
		$deadline = microtime( true ) + $patience;
		$fallback = strtolower( (string) getenv( 'FLEET_MAIL_FALLBACK_FROM' ) );
		clearstatcache( true, self::UNVERIFIED );
		if ( $fallback === '' || ! is_file( self::UNVERIFIED ) || time() - filemtime( self::UNVERIFIED ) > self::UNVERIFIED_SECONDS ) {
			try {
				Ses::send( $message, $patience );
				return;
			} catch ( Refusal $refusal ) {
				if ( ! $refusal->unverified || $fallback === '' || $message->from() === $fallback ) {
					throw $refusal;
				}
			}
			@touch( self::UNVERIFIED );
		}
		Ses::send( $message->sent_by( $fallback, $message->from() ), max( 0.5, $deadline - microtime( true ) ) );
	}

	/** The whole mail in parts, for a page that shows it, and then what a person reads in the log. */
	private static function show( Message $message ): void {
		$id   = bin2hex( random_bytes( 8 ) );
		$kept = base64_encode( substr( $message->text(), 0, self::KEPT_BYTES ) );
		foreach ( str_split( $kept, self::PART_CHARACTERS ) as $number => $data ) {
			self::write( [ 'mail' => 'part', 'id' => $id, 'part' => $number, 'data' => $data ] );
		}
		$text = $message->excerpt( self::SHOWN_BYTES );
		self::say( 'shown', $message, more: [ 'id' => $id, 'subject' => $message->subject(), 'text' => $text ] );
	}

	private static function say( string $what, Message $message, string $error = '', array $more = [] ): void {
		$line = [ 'mail' => $what, 'from' => $message->from(), 'to' => array_slice( $message->recipients, 0, 20 ), 'bytes' => strlen( $message->text() ) ];
		$line += array_filter( [ 'recipients' => count( $message->recipients ), 'error' => $error ] ) + $more;
		self::write( $line );
	}

	private static function write( array $line ): void {
		file_put_contents( 'php://stderr', json_encode( $line, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE ) . "\n" );
	}
}
