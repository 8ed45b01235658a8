<?php
/**
 * Replaces text inside of what PHP's serialize() wrote: each string's length is said before it, and has to stay true.
 *
 * Nothing is unserialized: classes of plugins aren't there, and their code must not run.
 */

namespace Fleet\Data;

require_once __DIR__ . '/letters.php';

final class Serialized {

	/** A string, or the content of a class that serializes itself: both are told by their length. */
	private const LENGTH = '~s:(\d+):"|C:\d+:"[\w\\\\]+":(\d+):\{~';

	public static function is( string $text ): bool {
		return (bool) preg_match( '~^\s*(?:a|O|C|s|E):\d+:~', $text );
	}

	/**
	 * @param \Closure(string): string $replace For what is no serialized value.
	 * @return string Likewise serialized. From the first length on that is wrong, plain text.
	 */
	public static function replaced( string $text, \Closure $replace ): string {
		if ( ! self::is( $text ) ) {
			return $replace( $text );
		}
		[ $done, $rest ] = self::walked( $text, $replace );
		if ( $rest === '' ) {
			return $done;
		}
		// Letters that were encoded twice make it longer than it says; these are mended once all rows are there (fixes.php).
		$once = Letters::once( $text );
		if ( $once !== null ) {
			[ $meant, $left ] = self::walked( $once, $replace );
			if ( $left === '' ) {
				return Letters::twice( $meant );
			}
		}
		return $done . $replace( $rest );
	}

	/** @return array{string, string} What is replaced, and the rest from the first length on that is wrong. */
	private static function walked( string $text, \Closure $replace ): array {
		$done = '';
		$at   = 0;
		while ( preg_match( self::LENGTH, $text, $found, PREG_OFFSET_CAPTURE | PREG_UNMATCHED_AS_NULL, $at ) ) {
			[ $head, $place ] = $found[0];
			$bytes            = (int) ( $found[1][0] ?? $found[2][0] );
			$begin            = $place + strlen( $head );
			$close            = $head[0] === 's' ? '"' : '}';
			if ( ( $text[ $begin + $bytes ] ?? '' ) !== $close ) {
				return [ $done, substr( $text, $at ) ];
			}
			$inner = self::replaced( substr( $text, $begin, $bytes ), $replace );
			$done .= substr( $text, $at, $place - $at ) . preg_replace( '~\d+(:[\"{])$~', strlen( $inner ) . '$1', $head ) . $inner . $close;
			$at    = $begin + $bytes + 1;
		}
		return [ $done . substr( $text, $at ), '' ];
	}
}
