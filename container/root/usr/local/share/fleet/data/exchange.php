<?php
/**
 * One schema's tables take the place of the live ones, by one RENAME: there is no moment with half of them.
 *
 * MySQL moves no table with a trigger to another schema, and no view at all. So these are written down, dropped, and
 * made again behind the tables; a killed exchange finds them in the notes and goes on.
 */

namespace Fleet\Data;

require_once __DIR__ . '/notes.php';
require_once __DIR__ . '/objects.php';

final class Exchange {

	private Objects $objects;

	public function __construct( private \mysqli $database, private string $live ) {
		$this->objects = new Objects( $database );
	}

	/** @return bool Whether one was begun and didn't end. */
	public static function is_under_way( Notes $in ): bool {
		return $in->get( 'exchange' ) !== null;
	}

	/**
	 * The tables of one schema become the live ones, and those go to the other, which has none.
	 *
	 * @param ?list<string> $only These of the live ones, and the rest stays, views and triggers included.
	 * @return callable Forgets that it was begun: for whoever notes that it is done, at once with that.
	 */
	public function run( Notes $in, Notes $out, ?array $only = null ): callable {
		if ( ! self::is_under_way( $in ) ) {
			$only === null ? $in->get( 'objects' ) ?? $in->set( 'objects', $this->objects->of( $in->schema ) ) : $in->set( 'objects', $this->objects->of( $this->live ) );
			$out->set( 'objects', $this->objects->of( $this->live ) );
			$in->set( 'exchange', $out->schema );
		}
		$this->objects->drop( $in->schema );
		$this->objects->drop( $this->live );
		$tables = $this->tables( $in->schema );
		if ( $tables ) {
			$moves = [ ...$this->moves( $this->live, $out->schema, array_intersect( $this->tables( $this->live ), $only ?? $this->tables( $this->live ) ) ), ...$this->moves( $in->schema, $this->live, $tables ) ];
			$this->database->query( 'RENAME TABLE ' . implode( ', ', $moves ) );
		}
		$this->objects->make( $this->live, $in->get( 'objects' ) );
		return function () use ( $in ) {
			$in->set( 'objects', null );
			$in->set( 'exchange', null );
		};
	}

	/** @return list<string> */
	public function tables( string $schema ): array {
		$query = "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE' AND TABLE_NAME <> ? ORDER BY 1";
		return array_column( Server::rows( $this->database, $query, [ $schema, Notes::TABLE ] ), 0 );
	}

	/** @return array<string, int> */
	public function rows( string $schema ): array {
		$tables = $this->tables( $schema );
		return array_combine( $tables, array_map( fn( $table ) => (int) Server::rows( $this->database, 'SELECT COUNT(*) FROM ' . Server::name( $schema, $table ) )[0][0], $tables ) );
	}

	/** @return list<string> */
	private function moves( string $from, string $to, array $tables ): array {
		return array_map( fn( $table ) => Server::name( $from, $table ) . ' TO ' . Server::name( $to, $table ), $tables );
	}
}
