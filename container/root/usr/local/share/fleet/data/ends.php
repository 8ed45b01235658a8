<?php
/**
 * Where lines and statements of a dump end.
 *
 * The servers' own programs write a line's end within a value as \n, so that each one ends a line, and a semicolon
 * before it a statement. Others (HeidiSQL, Navicat, plugins) leave it as it is, and a value may have all that ends a
 * statement or begins one: their SQL is read by its quotes, and so is that of Windows.
 */

namespace Fleet\Data;

final class Ends {

	/** Texts, names and comments, and what looks as if one began. A client takes `--` at a line's beginning for a comment, whatever follows. */
	private const WHOLE = '\'(?:[^\'\\\\]++|\\\\.)*+\'|"(?:[^"\\\\]++|\\\\.)*+"|`[^`]*+`|--(?:(?=\s)|(?<![^\n]--))[^\n]*+|#[^\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/|-(?!-\s)|/(?!\*)';
	private const LINE  = '(?:[^\'"`#/\n-]++|' . self::WHOLE . ')*+\n';
	private const LINES = '~\A(?:' . self::LINE . ')*+~s';
	private const INSERT = '~\G(?:[^\'"`#/;-]++|' . self::WHOLE . ')*+;[ \t]*(?:\r?\n)?~s';

	private function __construct( public readonly bool $raw ) {}

	/** @param string $beginning Of the dump. */
	public static function of( string $beginning ): self {
		return new self( ! preg_match( '~^-- (?:MySQL|MariaDB) dump[^\r\n]*+\n~m', substr( $beginning, 0, 1000 ) ) );
	}

	/** How much of a text are whole lines, none of whose ends stands in a value. @param int $from Before it none ends. */
	public function lines( string $text, int $from ): int {
		if ( $this->raw ) {
			return $this->found( self::LINES, $text, 0 ) ?? 0;
		}
		$end = strrpos( $text, "\n", $from );
		return $end === false ? 0 : $end + 1;
	}

	/** Where the line ends that begins there. */
	public function line( string $text, int $at ): int {
		if ( $this->raw ) {
			return $this->found( '~\G' . self::LINE . '~s', $text, $at ) ?? strlen( $text );
		}
		$end = strpos( $text, "\n", $at );
		return $end === false ? strlen( $text ) : $end + 1;
	}

	/** Where the INSERT ends that begins there, or that the text begins in; null: not in this text. */
	public function insert( string $text, int $at ): ?int {
		if ( $this->raw ) {
			return $this->found( self::INSERT, $text, $at );
		}
		$end = strpos( $text, ";\n", $at );
		return $end === false ? null : $end + 2;
	}

	private function found( string $pattern, string $text, int $at ): ?int {
		$is = preg_match( $pattern, $text, $found, PREG_OFFSET_CAPTURE, $at );
		$is === false && throw new \RuntimeException( 'a line can\'t be searched: ' . preg_last_error_msg() );
		return $is ? $found[0][1] + strlen( $found[0][0] ) : null;
	}
}
