<?php
/** The statements of a dump: which have no place in a site's schema, and what other servers say otherwise than ours. */

namespace Fleet\Data;

require_once __DIR__ . '/failure.php';

final class Statements {

	/** What MySQL 8 takes for the character sets of before. Each dump says its data in utf8mb4 or names what it is in. */
	private const COLLATION = 'utf8mb4_unicode_520_ci';
	/** Options of MyISAM and Aria that InnoDB refuses. */
	private const OF_OTHER_ENGINES = '~\s(?:ROW_FORMAT|KEY_BLOCK_SIZE|CHECKSUM|PAGE_CHECKSUM|TRANSACTIONAL|DELAY_KEY_WRITE|PACK_KEYS)=\w+~i';
	private const NAMES_A_SCHEMA   = '~^(?:CREATE TABLE|DROP TABLE|ALTER TABLE|LOCK TABLES|INSERT(?: IGNORE)? INTO|REPLACE INTO|UPDATE|DELETE FROM|RENAME TABLE|TRUNCATE(?: TABLE)?)\s+(?:IF (?:NOT )?EXISTS\s+)?`?[^`\s(;]+`?\s*\.~i';

	/** Behind a semicolon that stands in no text, name or comment, and isn't the last of its line. */
	private const BETWEEN = '~(?:\'(?:[^\'\\\\]++|\\\\.|\'\')*+\'|"(?:[^"\\\\]++|\\\\.)*+"|`[^`]*+`|/\*.*?\*/)(*SKIP)(*FAIL)|;\K[ \t]*(?=[^\s;])~s';
	private const DEFINER = '~\bDEFINER\s*=\s*(?:`[^`]*`|\'[^\']*\'|[\w.%-]+)(?:@(?:`[^`]*`|\'[^\']*\'|[\w.%-]+))?\s?~i';

	/** @var list<string> */
	public array $tables = [];
	/** @var array<string, true> Those that said latin1. */
	public array $latin1 = [];
	/** @var array<string, int> what was changed => how often */
	public array $changes = [];
	private string $table = '';
	/** @var array<string, true> */
	private array $counted = [];

	/**
	 * A line that begins no INSERT and is in none; '' if it has no place in a site's schema.
	 *
	 * @param bool $adapt Also as this server takes it, in place of the one that it was dumped from.
	 */
	public function line( string $line, bool $adapt ): string {
		// Newer clients begin so; older ones stumble over it, and ours is told by an option.
		if ( str_starts_with( $line, '/*M!999999' ) || preg_match( '~^(?:/\*!\d+\s+)?(?:USE\s|CREATE DATABASE|DROP DATABASE|CREATE SCHEMA)~i', $line ) ) {
			return '';
		}
		$this->refuse_another_schema( $line );
		if ( preg_match( '~^CREATE TABLE (?:IF NOT EXISTS )?`?([^`\s(]+)`?~i', $line, $found ) ) {
			$this->tables[] = $this->table = $found[1];
		}
		$line = $this->without_definer( $line );
		return $adapt ? $this->adapted( $line ) : $line;
	}

	/** @throws Failure */
	public function refuse_another_schema( string $statement ): void {
		if ( preg_match( self::NAMES_A_SCHEMA, $statement ) ) {
			throw new Failure( EX_DATAERR, 'the dump names another schema: ' . trim( substr( $statement, 0, 80 ) ), 'dump that site alone, without names of schemas' );
		}
	}

	/** @return list<string> The statements of a line, or of more of them, whose ends are no longer those of lines. */
	public static function each( string $text ): array {
		return preg_split( self::BETWEEN, $text ) ?: [ $text ];
	}

	private function adapted( string $line ): string {
		if ( preg_match( '~^(?:CREATE TABLE .*)?\)\s.*ENGINE\s*=\s*(\w+)~i', $line, $found ) && strcasecmp( $found[1], 'InnoDB' ) ) {
			$this->count( "$found[1] tables", $this->table );
			$line = preg_replace( [ '~ENGINE\s*=\s*\w+~i', self::OF_OTHER_ENGINES ], [ 'ENGINE=InnoDB', '' ], $line );
		}
		return $this->in_utf8mb4( $line );
	}

	private function in_utf8mb4( string $line ): string {
		if ( ! preg_match( '~^\)|^\s+`|^CREATE TABLE ~i', $line ) || ! preg_match( '~utf8(?:mb3)?(?:_|\b)|uca1400|latin1~i', $line ) ) {
			return $line;
		}
		$new = preg_replace(
			[ '~(CHARSET\s*=\s*|CHARACTER SET\s+)(?:utf8mb3|utf8|latin1)\b~i', '~(COLLATE\s*=?\s*)(?:(?:utf8mb3|utf8|latin1)_\w+|utf8mb4_uca1400\w*|uca1400\w*)~i' ],
			[ '${1}utf8mb4', '${1}' . self::COLLATION ],
			$line
		);
		if ( $new !== $line ) {
			if ( stripos( $line, 'latin1' ) !== false ) {
				$this->latin1[ $this->table ] = true;
			}
			$this->count( 'tables in another character set', $this->table );
			// Four bytes a character make an index too long for the old row format.
			$new = preg_replace( '~\sROW_FORMAT=(?:COMPACT|REDUNDANT)~i', '', $new );
		}
		return $new;
	}

	/** Whoever loads becomes the definer: a user of another server isn't here. */
	public function without_definer( string $line ): string {
		if ( stripos( $line, 'DEFINER' ) === false ) {
			return $line;
		}
		$new = preg_replace( self::DEFINER, '', $line, -1, $found );
		$found && $this->count( 'definers' );
		return $new;
	}

	private function count( string $what, string $once = '' ): void {
		if ( $once === '' || ! isset( $this->counted[ "$what $once" ] ) ) {
			$this->counted[ "$what $once" ] = true;
			$this->changes[ $what ]         = ( $this->changes[ $what ] ?? 0 ) + 1;
		}
	}
}
