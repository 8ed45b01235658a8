<?php
/**
 * UTF-8 that was written over a connection which said latin1, and read as UTF-8 again: each letter beyond ASCII is
 * encoded twice. latin1 is MySQL's: Windows-1252, in which no byte is without a character.
 */

namespace Fleet\Data;

final class Letters {

	/** @return ?string As it was meant; null for any other text. */
	public static function once( string $text ): ?string {
		$once = strtr( $text, array_flip( self::characters() ) );
		// A character that latin1 hasn't stays, and would become another.
		return $once !== $text && preg_match( '//u', $once ) && self::twice( $once ) === $text ? $once : null;
	}

	public static function twice( string $text ): string {
		return strtr( $text, self::characters() );
	}

	/** @return array<string, string> byte => its character in UTF-8 */
	private static function characters(): array {
		static $found = [];
		foreach ( $found ? [] : range( 0x80, 0xFF ) as $code ) {
			$found[ chr( $code ) ] = (string) @iconv( 'Windows-1252', 'UTF-8', chr( $code ) ) ?: mb_chr( $code );
		}
		return $found;
	}
}
