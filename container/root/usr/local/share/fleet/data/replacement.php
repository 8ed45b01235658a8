<?php
/** What takes the place of a site's old addresses, wherever they stand in its database. */

namespace Fleet\Data;

require_once __DIR__ . '/serialized.php';

final class Replacement {

	/** As in SQL strings of mysqldump's, which has two characters for each of these. */
	private const ESCAPED = [ '\\' => '\\\\', "'" => "\\'", '"' => '\\"', "\n" => '\\n', "\r" => '\\r', "\0" => '\\0', "\x1a" => '\\Z' ];
	private const PLAIN   = [ '\\\\' => '\\', "\\'" => "'", '\\"' => '"', '\\n' => "\n", '\\r' => "\r", '\\0' => "\0", '\\Z' => "\x1a", '\\t' => "\t", '\\b' => "\x08" ];
	/** A string, or the digits of a binary one. */
	private const LITERAL = '~(?|\'((?:[^\'\\\\]++|\\\\.|\'\')*+)\'|"((?:[^"\\\\]++|\\\\.|"")*+)")|\b0x([0-9A-Fa-f]++)~s';

	public int $strings = 0;
	private string $address = '';
	private string $hint    = '';
	/** @var array<string, string> */
	private array $pairs = [];

	/**
	 * @param string                       $home  The new address, for example https://blog.example.com.
	 * @param list<string>                 $hosts The old host names, and those with a folder that goes with them.
	 * @param list<array{string, string}>  $pairs Other texts: what, and what for it.
	 */
	public function __construct( private string $home, array $hosts, array $pairs = [] ) {
		usort( $hosts, fn( $one, $other ) => strlen( $other ) <=> strlen( $one ) );
		$quoted = array_map( fn( $host ) => str_replace( '/', '(?:\\\\*/|%2F)', preg_quote( $host, '~' ) ), $hosts );
		$names  = array_unique( array_map( fn( $host ) => explode( '/', $host )[0], $hosts ) );
		$hints  = [ ...array_map( fn( $name ) => preg_quote( $name, '~' ), $names ), ...array_map( 'bin2hex', $names ) ];
		foreach ( $pairs as [ $from, $to ] ) {
			$this->pairs += [ $from => $to, self::as_json( $from ) => self::as_json( $to ) ];
			$hints        = [ ...$hints, preg_quote( strtr( $from, self::ESCAPED ), '~' ), preg_quote( strtr( self::as_json( $from ), self::ESCAPED ), '~' ), bin2hex( $from ) ];
		}
		$this->hint = $hints ? '~' . implode( '|', $hints ) . '~i' : '';
		// A mail address isn't the site's. A name without a dot is a word, unless it stands behind slashes.
		// What is escaped (\n in SQL and in JSON, \u003e in a block's attributes, %3D in an address) ends as words do.
		$bare          = array_filter( $quoted, fn( $host ) => str_contains( $host, '.' ) ) ?: [ '(?!)' ];
		$slashes       = '(?:\\\\*/){2}|(?:%2F){2}';
		$ends          = '(?![A-Za-z0-9_-]|\.[A-Za-z0-9])';
		$begins        = '(?:(?<![A-Za-z0-9_.@-])|(?<=\\\\[nrtbfZ0])|(?<=\\\\u(?!0040)[0-9A-Fa-f]{4})|(?<=%(?!40)[0-9A-Fa-f]{2}))';
		$this->address = $hosts ? "~$begins(?:(?:(https?)(:|%3A))?($slashes)(?:" . implode( '|', $quoted ) . ')(?::\d+)?|(?:' . implode( '|', $bare ) . "))$ends~i" : '';
	}

	/** Lines of data in SQL, none of which ends within a value. */
	public function lines( string $lines ): string {
		if ( ! $this->may_hold( $lines ) ) {
			return $lines;
		}
		$done = '';
		for ( $at = 0; $at < strlen( $lines ); $at = $end ) {
			$end   = strpos( $lines, "\n", $at );
			$end   = $end === false ? strlen( $lines ) : $end + 1;
			$done .= $this->statement( substr( $lines, $at, $end - $at ) );
		}
		return $done;
	}

	/** Data in SQL, from outside of a value to outside of one. */
	public function statement( string $line ): string {
		if ( ! $this->may_hold( $line ) ) {
			return $line;
		}
		$new = preg_replace_callback( self::LITERAL, fn( $found ) => isset( $found[2] ) ? $this->digits( $found ) : $this->string( $found ), $line );
		return $new ?? throw new \RuntimeException( 'a line can\'t be searched: ' . preg_last_error_msg() );
	}

	/** Plain text, a serialized value or JSON, not escaped. */
	public function value( string $value ): string {
		return Serialized::replaced( $value, $this->text( ... ) );
	}

	private function may_hold( string $text ): bool {
		return $this->hint !== '' && preg_match( $this->hint, $text );
	}

	private function string( array $found ): string {
		if ( ! $this->may_hold( $found[1] ) ) {
			return $found[0];
		}
		$this->strings++;
		$quote = $found[0][0];
		// Neither names of hosts nor slashes are escaped in SQL.
		if ( ! $this->pairs && ! Serialized::is( $found[1] ) ) {
			return $quote . $this->text( $found[1] ) . $quote;
		}
		$plain = strtr( $found[1], [ $quote . $quote => $quote ] + self::PLAIN );
		return $quote . strtr( $this->value( $plain ), self::ESCAPED ) . $quote;
	}

	private function digits( array $found ): string {
		if ( strlen( $found[2] ) % 2 || ! $this->may_hold( $found[2] ) ) {
			return $found[0];
		}
		$this->strings++;
		return '0x' . strtoupper( bin2hex( $this->value( hex2bin( $found[2] ) ) ) );
	}

	private function text( string $text ): string {
		if ( $this->address !== '' ) {
			$text = preg_replace_callback( $this->address, fn( $found ) => $this->moved( $found ), $text ) ?? throw new \RuntimeException( preg_last_error_msg() );
		}
		return $this->pairs ? strtr( $text, $this->pairs ) : $text;
	}

	private function moved( array $found ): string {
		[ $scheme, $authority ] = explode( '://', $this->home, 2 );
		$slashes                = $found[3] ?? '';
		if ( $slashes === '' ) {
			return explode( ':', $authority )[0];
		}
		$authority = str_contains( $slashes, '%' ) ? str_replace( ':', '%3A', $authority ) : $authority;
		return ( $found[1] === '' ? '' : $scheme . $found[2] ) . $slashes . $authority;
	}

	/** As json_encode writes it within quotes. */
	private static function as_json( string $text ): string {
		return substr( json_encode( $text, JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE ), 1, -1 );
	}
}
