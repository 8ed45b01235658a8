<?php
/** Mail addresses of people, wherever in the tables they stand, become others of the same length. */

namespace Fleet\Data;

require_once __DIR__ . '/server.php';

final class Traces {

	/** In the loaded schema, while people are taken out of it. */
	public const TABLE = 'fleet_people';
	/** SQL for a column `{}`: one person is one address everywhere. `invalid` is nobody's, RFC 2606. */
	public const MADE_UP = "IF({} LIKE '%@p.invalid', {}, IF(CHAR_LENGTH({}) > 16, CONCAT(RPAD(LEFT(SHA2(CONCAT(?, LOWER({})), 256), CHAR_LENGTH({}) - 10), CHAR_LENGTH({}) - 10, 'x'), '@p.invalid'), LEFT(SHA2(CONCAT(?, LOWER({})), 256), CHAR_LENGTH({}))))";
	private const ADDRESS = '~[A-Za-z0-9._+\'-]+(@|%40)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+~';
	private const TEXTS   = [ 'char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'json' ];
	private const AT_ONCE = 100; // rows, of which a page builder's may have megabytes each

	public function __construct( private \mysqli $database, private string $schema, private string $salt ) {}

	public function begin(): void {
		$this->database->query( "CREATE TABLE IF NOT EXISTS {$this->table()} (address VARCHAR(320) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PRIMARY KEY)" );
	}

	public function add( string $table, string $column, string $where, array $values ): void {
		$name = Server::name( $column );
		$this->database->execute_query( "INSERT IGNORE INTO {$this->table()} SELECT LOWER($name) FROM " . Server::name( $this->schema, $table ) . " WHERE $where AND $name LIKE '%@%' AND $name NOT LIKE '%@p.invalid'", $values );
	}

	public function spare( string $table, string $column, string $where ): void {
		$this->database->query( "DELETE FROM {$this->table()} WHERE address IN (SELECT LOWER(" . Server::name( $column ) . ') FROM ' . Server::name( $this->schema, $table ) . " WHERE $where)" );
	}

	public function forget(): void {
		$this->database->query( "DROP TABLE {$this->table()}" );
	}

	/** @param list<string> $tables @return array{people: int, rows: int} */
	public function sweep( array $tables ): array {
		$people = (int) Server::rows( $this->database, "SELECT COUNT(*) FROM {$this->table()}" )[0][0];
		$rows   = 0;
		foreach ( $people ? $tables : [] as $table ) {
			foreach ( $this->texts( $table ) as $column ) {
				$rows += $this->column( Server::name( $this->schema, $table ), Server::name( $column ), $this->key( $table ) );
			}
		}
		return [ 'people' => $people, 'rows' => $rows ];
	}

	/** @param ?string $key By which rows are found again; without one, by what they hold. */
	private function column( string $table, string $column, ?string $key ): int {
		$key   ??= $column;
		[ $last, $count ] = [ null, 0 ];
		do {
			$after = $last === null ? '' : "AND $key > ?";
			$rows  = Server::rows( $this->database, "SELECT $key, $column FROM $table WHERE ($column LIKE '%@%' OR $column LIKE '%\\%40%') $after ORDER BY $key LIMIT " . self::AT_ONCE, $last === null ? [] : [ $last ] );
			$known = $this->known( $rows );
			foreach ( $known ? $rows : [] as [ $of, $text ] ) {
				$other = preg_replace_callback( self::ADDRESS, fn( $found ) => $this->other( $found, $known ), $text );
				if ( $other !== $text ) {
					$this->database->execute_query( "UPDATE $table SET $column = ? WHERE $key = ?", [ $other, $of ] );
					$count++;
				}
			}
			$last = $rows ? end( $rows )[0] : null;
		} while ( count( $rows ) === self::AT_ONCE );
		return $count;
	}

	/** Which of the addresses in these rows are people's. @return array<string, true> */
	private function known( array $rows ): array {
		$found = [];
		foreach ( $rows as [ , $text ] ) {
			preg_match_all( self::ADDRESS, $text, $all );
			$found += array_fill_keys( array_map( self::plain( ... ), $all[0] ), true );
		}
		if ( ! $found ) {
			return [];
		}
		$names = array_map( 'strval', array_keys( $found ) );
		$marks = implode( ', ', array_fill( 0, count( $names ), '?' ) );
		return array_fill_keys( array_column( Server::rows( $this->database, "SELECT address FROM {$this->table()} WHERE address IN ($marks)", $names ), 0 ), true );
	}

	private static function plain( string $address ): string {
		return strtolower( str_replace( '%40', '@', $address ) );
	}

	/** As `MADE_UP` makes one. */
	private function other( array $found, array $known ): string {
		$address = self::plain( $found[0] );
		if ( ! isset( $known[ $address ] ) ) {
			return $found[0];
		}
		[ $hash, $length ] = [ hash( 'sha256', $this->salt . $address ), strlen( $address ) ];
		$made              = $length > 16 ? str_pad( substr( $hash, 0, $length - 10 ), $length - 10, 'x' ) . '@p.invalid' : substr( $hash, 0, $length );
		return $found[1] === '@' ? $made : str_pad( str_replace( '@', '%40', $made ), strlen( $found[0] ), 'x' );
	}

	/** @return list<string> */
	private function texts( string $table ): array {
		$rows = Server::rows( $this->database, "SELECT COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND GENERATION_EXPRESSION = ''", [ $this->schema, $table ] );
		return array_column( array_filter( $rows, fn( $row ) => in_array( strtolower( $row[1] ), self::TEXTS, true ) ), 0 );
	}

	/** The name of the primary key's one column. */
	private function key( string $table ): ?string {
		$rows = Server::rows( $this->database, "SELECT COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND INDEX_NAME = 'PRIMARY'", [ $this->schema, $table ] );
		return count( $rows ) === 1 ? Server::name( $rows[0][0] ) : null;
	}

	private function table(): string {
		return Server::name( $this->schema, self::TABLE );
	}
}
