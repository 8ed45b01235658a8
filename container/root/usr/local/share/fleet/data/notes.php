<?php
/** What a load has to know after it was killed, in a table of the schema that it fills. */

namespace Fleet\Data;

require_once __DIR__ . '/server.php';

final class Notes {

	public const TABLE = 'fleet_load';

	public function __construct( private \mysqli $database, public readonly string $schema ) {}

	/** The schema anew, with nothing in it but this table. */
	public function begin(): void {
		$name = Server::name( $this->schema );
		$this->database->query( "DROP DATABASE IF EXISTS $name" );
		$this->database->query( "CREATE DATABASE $name CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci" );
		$this->database->query( "CREATE TABLE {$this->table()} (name VARCHAR(64) PRIMARY KEY, value LONGTEXT NOT NULL)" );
	}

	public function exist(): bool {
		return (bool) Server::rows( $this->database, 'SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?', [ $this->schema, self::TABLE ] );
	}

	public function get( string $name ): mixed {
		$rows = $this->exist() ? Server::rows( $this->database, "SELECT value FROM {$this->table()} WHERE name = ?", [ $name ] ) : [];
		return $rows ? json_decode( $rows[0][0], true, 64, JSON_THROW_ON_ERROR ) : null;
	}

	/** @param mixed $value null forgets it. */
	public function set( string $name, mixed $value ): void {
		if ( $value === null ) {
			$this->database->execute_query( "DELETE FROM {$this->table()} WHERE name = ?", [ $name ] );
		} else {
			$text = json_encode( $value, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES );
			$this->database->execute_query( "REPLACE INTO {$this->table()} VALUES (?, ?)", [ $name, $text ] );
		}
	}

	/** Notes of one server, of several schemas too: all of them, or, where this is killed, none. */
	public function at_once( callable $set ): void {
		$this->database->begin_transaction();
		$set();
		$this->database->commit();
	}

	private function table(): string {
		return Server::name( $this->schema, self::TABLE );
	}
}
