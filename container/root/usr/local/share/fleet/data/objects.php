<?php
/** What a schema holds beside tables: views, triggers, routines, events, as statements that make them again. */

namespace Fleet\Data;

require_once __DIR__ . '/server.php';
require_once __DIR__ . '/statements.php';

final class Objects {

	/** What SHOW and DROP call it => where its names are; in the order in which they are made. */
	private const KINDS = [
		'FUNCTION'  => "SELECT ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_TYPE = 'FUNCTION' AND ROUTINE_SCHEMA = ?",
		'PROCEDURE' => "SELECT ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_TYPE = 'PROCEDURE' AND ROUTINE_SCHEMA = ?",
		'VIEW'      => 'SELECT TABLE_NAME FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ?',
		'TRIGGER'   => 'SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ? ORDER BY ACTION_ORDER',
		'EVENT'     => 'SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?',
	];

	public function __construct( private \mysqli $database ) {}

	/** @return list<array{kind: string, name: string, sql: string, mode: ?string}> */
	public function of( string $schema ): array {
		$this->database->select_db( $schema ); // names in views are then without it
		$found = [];
		foreach ( $this->names( $schema ) as [ $kind, $name ] ) {
			$row     = $this->database->query( "SHOW CREATE $kind " . Server::name( $name ) )->fetch_assoc();
			$columns = array_values( preg_grep( '/^(Create |SQL Original)/i', array_keys( $row ) ) );
			$sql     = $row[ $columns[0] ] ?? throw new Failure( 1, "the user may not read $kind $name of $schema", 'give it to the site\'s user' );
			$found[] = [ 'kind' => $kind, 'name' => $name, 'sql' => ( new Statements() )->without_definer( str_replace( "`$schema`.", '', $sql ) ), 'mode' => $row['sql_mode'] ?? null ];
		}
		return $found;
	}

	public function drop( string $schema ): void {
		foreach ( $this->names( $schema ) as [ $kind, $name ] ) {
			$this->database->query( "DROP $kind IF EXISTS " . Server::name( $schema, $name ) );
		}
	}

	/** @param list<array{kind: string, name: string, sql: string, mode: ?string}> $objects */
	public function make( string $schema, array $objects ): void {
		$this->database->select_db( $schema );
		$mode = Server::rows( $this->database, 'SELECT @@sql_mode' )[0][0];
		// A view of views comes after them; what is left when nothing more succeeds is wrong in itself.
		for ( $left = $objects; $left; $left = $failed ) {
			$failed = [];
			foreach ( $left as $object ) {
				try {
					$this->database->execute_query( 'SET SESSION sql_mode = ?', [ $object['mode'] ?? $mode ] );
					$this->database->query( $object['sql'] );
				} catch ( \mysqli_sql_exception $problem ) {
					$failed[] = $object;
				}
			}
			if ( count( $failed ) === count( $left ) ) {
				throw $problem;
			}
		}
		$this->database->execute_query( 'SET SESSION sql_mode = ?', [ $mode ] );
	}

	/** @return list<array{string, string}> Kind and name. */
	private function names( string $schema ): array {
		$found = [];
		foreach ( self::KINDS as $kind => $query ) {
			foreach ( Server::rows( $this->database, $query, [ $schema ] ) as [ $name ] ) {
				$found[] = [ $kind, $name ];
			}
		}
		return $found;
	}
}
