<?php
/** A mail as it goes over the wire: one block of text, and the addresses that it is for. */

namespace Fleet\Mail;

final class Message {

	/** One address, as headers hold it. What it leaves out no mail server needs. */
	private const ADDRESS = '[^\s<>()\[\],;:"\\\\@]+@[^\s<>()\[\],;:"\\\\@]+';
	/**
	 * What only the fleet decides: whom SES blames, and by which settings it sends; Sender and Return-Path would have to
	 * be verified like From.
	 */
	private const OURS = 'X-SES-[\w-]+|Sender|Return-Path|Bcc';

	/** @param list<string> $recipients */
	private function __construct(
		private string $head,
		private string $body,
		public readonly array $recipients,
	) {}

	/**
	 * @param string             $text       Headers, an empty line, the body; any line ends.
	 * @param list<string>|null  $recipients Null: those of To, Cc and Bcc.
	 */
	public static function of( string $text, ?array $recipients = null ): self {
		$text            = preg_replace( '/\r\n|\r|\n/', "\r\n", $text );
		[ $head, $body ] = explode( "\r\n\r\n", $text, 2 ) + [ 1 => '' ];
		$message         = new self( "$head\r\n", $body, [] );
		$recipients    ??= [ ...$message->addresses( 'To' ), ...$message->addresses( 'Cc' ), ...$message->addresses( 'Bcc' ) ];
		return ( new self( $message->without( self::OURS )->head, $body, array_values( array_unique( $recipients ) ) ) )->dated();
	}

	public function text(): string {
		return "$this->head\r\n$this->body";
	}

	/** The address in From, in lower case; empty where there is none. */
	public function from(): string {
		return strtolower( $this->addresses( 'From' )[0] ?? '' );
	}

	public function subject(): string {
		return (string) iconv_mime_decode( $this->value( 'Subject' ), ICONV_MIME_DECODE_CONTINUE_ON_ERROR, 'UTF-8' );
	}

	/** The body's beginning for a person to read, without what only programs do. */
	public function excerpt( int $bytes ): string {
		$encoded = preg_match( '/base64/i', $this->value( 'Content-Transfer-Encoding' ) );
		$body    = $encoded ? (string) base64_decode( substr( $this->body, 0, 2 * $bytes ) ) : $this->body;
		$quoted  = preg_match( '/quoted-printable/i', $this->value( 'Content-Transfer-Encoding' ) );
		return mb_scrub( mb_strcut( $quoted ? quoted_printable_decode( $body ) : $body, 0, $bytes, 'UTF-8' ), 'UTF-8' );
	}

	/**
	 * The same from another address. The name that people see stays, but never one that looks like an address itself.
	 *
	 * @param string $reply_to Where answers go, unless the message says it; may be empty.
	 */
	public function sent_by( string $address, string $reply_to ): self {
		$name = trim( (string) preg_replace( '/<[^<>]*>\s*$/', '', $this->value( 'From' ) ) );
		$name = str_contains( $name, '@' ) ? '' : "$name ";
		$head = $this->without( 'From' )->head . 'From: ' . ltrim( "$name<$address>" ) . "\r\n";
		if ( $reply_to !== '' && ! $this->addresses( 'Reply-To' ) ) {
			$head .= "Reply-To: <$reply_to>\r\n";
		}
		return new self( $head, $this->body, $this->recipients );
	}

	/** @param list<string> $recipients */
	public function to( array $recipients ): self {
		return new self( $this->head, $this->body, $recipients );
	}

	/** What PHP's mail() leaves out, and no mail should. */
	private function dated(): self {
		$head = $this->head;
		if ( $this->value( 'Date' ) === '' ) {
			$head .= 'Date: ' . gmdate( 'D, d M Y H:i:s +0000' ) . "\r\n";
		}
		if ( $this->value( 'Message-ID' ) === '' ) {
			$head .= 'Message-ID: <' . bin2hex( random_bytes( 16 ) ) . '@' . ( explode( ',', (string) getenv( 'FLEET_DOMAINS' ) )[0] ?: 'localhost' ) . ">\r\n";
		}
		return new self( $head, $this->body, $this->recipients );
	}

	/** A header's value on one line; of several the first. */
	private function value( string $name ): string {
		preg_match( "/^$name:((?:.*)(?:\\r\\n[ \\t].*)*)/im", $this->head, $found );
		return trim( (string) preg_replace( '/\r\n[ \t]+/', ' ', $found[1] ?? '' ) );
	}

	/** @return list<string> */
	private function addresses( string $name ): array {
		preg_match_all( "/^$name:((?:.*)(?:\\r\\n[ \\t].*)*)/im", $this->head, $found );
		// A name in quotes may look like an address; the address itself is in angle brackets then.
		$bare = preg_replace( '/"(?:[^"\\\\]|\\\\.)*"/s', '', implode( ',', $found[1] ) );
		preg_match_all( '/' . self::ADDRESS . '/', $bare, $addresses );
		return $addresses[0];
	}

	private function without( string $names ): self {
		$head = preg_replace( "/^(?:$names):.*(?:\\r\\n[ \\t].*)*\\r\\n/im", '', $this->head );
		return new self( $head, $this->body, $this->recipients );
	}
}
