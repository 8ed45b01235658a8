<?php
/** What the loaded tables have to say otherwise on this site, before anybody sees them. */

namespace Fleet\Data;

require_once __DIR__ . '/database.php';

final class Fixes {

	/** Keys of a user that begin with the tables' prefix are that user's roles and settings of this site. */
	private const MOST_NAMED = 20;

	public function __construct( private \mysqli $database, private Notes $notes, private string $live ) {}

	/** Gives the tables this site's prefix; the names of roles and of users' settings begin with it, too. */
	public function prefix( string $from, string $to ): void {
		$this->notes->get( 'objects' ) ?? $this->notes->set( 'objects', array_map(
			fn( $object ) => [ 'sql' => str_replace( "`$from", "`$to", $object['sql'] ) ] + $object,
			$this->notes->get( 'loaded' )
		) );
		if ( $from === $to ) {
			return;
		}
		$schema = $this->notes->schema;
		( new Objects( $this->database ) )->drop( $schema );
		$moves = [];
		foreach ( ( new Exchange( $this->database, $this->live ) )->tables( $schema ) as $table ) {
			if ( str_starts_with( $table, $from ) ) {
				$moves[] = Server::name( $schema, $table ) . ' TO ' . Server::name( $schema, $to . substr( $table, strlen( $from ) ) );
			}
		}
		// Before the tables: a killed fix finds them under the old prefix still, or all of it done.
		$this->renamed( "{$from}usermeta", 'meta_key', $from, $to );
		$this->renamed( "{$from}options", 'option_name', $from, $to, 'user_roles' );
		$moves && $this->database->query( 'RENAME TABLE ' . implode( ', ', $moves ) );
		progress( 'fix', 'note', [ 'note' => count( $moves ) . " tables have the prefix $to in place of $from" ] );
	}

	/**
	 * Texts that were written as UTF-8 over a connection that said latin1, as old WordPresses did, have each letter twice
	 * encoded. Said in latin1 such a text is UTF-8 again, which no other is that has letters beyond ASCII.
	 *
	 * @param list<string> $tables Those that were in latin1.
	 */
	public function letters( array $tables ): void {
		$mended = 0;
		foreach ( $tables as $table ) {
			$query = "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND (DATA_TYPE LIKE '%char' OR DATA_TYPE LIKE '%text') AND GENERATION_EXPRESSION = ''";
			foreach ( Server::rows( $this->database, $query, [ $this->notes->schema, $table ] ) as [ $column ] ) {
				$column = Server::name( $column );
				$once   = "CONVERT(CAST(CONVERT($column USING latin1) AS BINARY) USING utf8mb4)";
				$same   = "CAST(CONVERT(CONVERT($column USING latin1) USING utf8mb4) AS BINARY) = CAST($column AS BINARY)";
				$this->database->query( 'UPDATE IGNORE ' . Server::name( $this->notes->schema, $table ) . " SET $column = $once WHERE LENGTH($column) > CHAR_LENGTH($column) AND $same AND $once IS NOT NULL" );
				$mended += $this->database->affected_rows;
			}
		}
		$mended && progress( 'fix', 'note', [ 'note' => "$mended texts of latin1 tables were UTF-8, and are again" ] );
	}

	private function renamed( string $table, string $column, string $from, string $to, string $rest = '' ): void {
		$where = $rest === '' ? "LEFT($column, ?) = ?" : "$column = CONCAT(?, ?)";
		$name  = Server::name( $this->notes->schema, $table );
		$this->database->execute_query( "UPDATE $name SET $column = CONCAT(?, SUBSTRING($column, ?)) WHERE $where", [ $to, strlen( $from ) + 1, ...( $rest === '' ? [ strlen( $from ), $from ] : [ $from, $rest ] ) ] );
	}

	/** Options that stay what they are on this site, whatever the dump says. @param list<string> $names */
	public function keep( array $names, string $prefix ): void {
		if ( ! $names ) {
			return;
		}
		[ $new, $old ] = [ Server::name( $this->notes->schema, "{$prefix}options" ), Server::name( $this->live, "{$prefix}options" ) ];
		$marks         = implode( ', ', array_fill( 0, count( $names ), '?' ) );
		$this->database->execute_query( "DELETE FROM $new WHERE option_name IN ($marks)", $names );
		$this->database->execute_query( "INSERT INTO $new (option_name, option_value, autoload) SELECT option_name, option_value, autoload FROM $old WHERE option_name IN ($marks)", $names );
	}

	/** Notes of when the data is, for the dashboard of a copy. */
	public function dated( string $time, string $prefix ): void {
		$name = Server::name( $this->notes->schema, "{$prefix}options" );
		$this->database->execute_query( "REPLACE INTO $name (option_name, option_value, autoload) VALUES ('fleet_copied', ?, 'on')", [ $time ] );
	}

	/**
	 * What was written here after that time.
	 *
	 * @param ?list<string> $among Only in these tables.
	 * @return list<string> The kind and the number of each, up to a number of them.
	 */
	public function newer( string $time, string $prefix, ?array $among = null ): array {
		$found = [];
		$since = gmdate( 'Y-m-d H:i:s', strtotime( $time ) );
		$ask   = [
			'posts'     => [ 'ID', 'post_modified_gmt', "AND post_type <> 'revision' AND post_status <> 'auto-draft'", 'post_type' ],
			'wc_orders' => [ 'id', 'date_updated_gmt', '', "'order'" ],
			'comments'  => [ 'comment_ID', 'comment_date_gmt', '', "'comment'" ],
		];
		foreach ( $ask as $table => [ $id, $written, $but, $kind ] ) {
			$columns = in_array( $prefix . $table, $among ?? [ $prefix . $table ], true ) ? Server::columns( $this->database, $this->live, $prefix . $table ) : [];
			if ( array_diff( [ $id, $written ], $columns ) ) {
				continue; // not asked for, or another plugin's table of that name
			}
			$rows = Server::rows( $this->database, "SELECT $kind, $id FROM " . Server::name( $this->live, $prefix . $table ) . " WHERE $written > ? $but ORDER BY 2 LIMIT " . ( self::MOST_NAMED + 1 ), [ $since ] );
			array_push( $found, ...array_map( fn( $row ) => "$row[0] $row[1]", array_slice( $rows, 0, self::MOST_NAMED ) ), ...( count( $rows ) > self::MOST_NAMED ? [ 'and more' ] : [] ) );
		}
		return $found;
	}
}
