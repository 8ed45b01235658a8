<?php
/**
 * Some tables of a dump in place of all: those that were chosen take the place of the live ones, all others stay.
 *
 * People and orders come only where that is said: they are made at the original while the copy is worked on, and the
 * copy's are made up.
 */

namespace Fleet\Data;

require_once __DIR__ . '/fixes.php';
require_once __DIR__ . '/people.php';

final class Chosen {

	/** Of WooCommerce, beside what has people in it. */
	private const ORDERS = [ 'wc_*order*', 'woocommerce_order_*' ];

	private Exchange $exchange;

	/** @param list<string> $patterns Names without the prefix, with * for any letters. */
	public function __construct( private \mysqli $database, private Notes $new, private string $live, private array $patterns, private string $prefix ) {
		$this->exchange = new Exchange( $database, $live );
	}

	/**
	 * No table of people or orders is among those of a schema that were chosen, nor among the names alone.
	 *
	 * @param string  $schema The live one, before anything is loaded; the new one, for what only the dump has.
	 * @param ?string $own    A file: the site's own rules of which tables have people in them.
	 * @throws Failure
	 */
	public function refuse_people( string $schema, ?string $own ): void {
		$personal = [ ...self::ORDERS, ...People::tables( $own ) ];
		$tables   = preg_grep( '/^' . preg_quote( $this->prefix, '/' ) . '/', $this->exchange->tables( $schema ) );
		$tables   = array_map( fn( $table ) => substr( $table, strlen( $this->prefix ) ), $tables );
		$names    = [ ...$this->patterns, ...array_filter( $tables, fn( $name ) => self::is_one_of( $name, $this->patterns ) ) ];
		$found    = array_unique( array_filter( $names, fn( $name ) => self::is_one_of( $name, $personal ) ) );
		$found && throw new Failure( EX_USAGE, implode( ', ', $found ) . ': people or orders, which the original makes', 'leave them out, or say --with-personal-data' );
		$posts = "{$this->prefix}posts";
		if ( array_intersect( [ 'posts', 'postmeta' ], $names ) && Server::rows( $this->database, 'SELECT 1 FROM ' . Server::name( $this->live, $posts ) . " WHERE post_type IN ('shop_order', 'shop_subscription') LIMIT 1" ) ) {
			throw new Failure( EX_USAGE, "$posts holds orders here", 'let WooCommerce move them to tables of their own (Settings, Advanced, Features), or say --with-personal-data' );
		}
	}

	/** @param list<string> $patterns */
	private static function is_one_of( string $name, array $patterns ): bool {
		return (bool) array_filter( $patterns, fn( $pattern ) => fnmatch( $pattern, $name ) );
	}

	/**
	 * Leaves the chosen tables alone in the new schema, and notes which they are.
	 *
	 * @param string $time  When the dump was made.
	 * @param bool   $newer Whether what is newer here may be overwritten.
	 * @throws Failure
	 */
	public function leave( string $time, bool $newer ): array {
		$all    = $this->exchange->tables( $this->new->schema );
		$chosen = $this->new->get( 'only' );
		if ( $chosen === null ) {
			$chosen = $this->matching( $all );
			$this->check_references( $chosen );
			$newer || $this->check_newer( $chosen, $this->copied() ?? $time );
			$this->new->set( 'only', $chosen );
		}
		$this->database->query( 'SET SESSION foreign_key_checks = 0' );
		( new Objects( $this->database ) )->drop( $this->new->schema );
		foreach ( array_diff( $all, $chosen ) as $table ) {
			$this->database->query( 'DROP TABLE ' . Server::name( $this->new->schema, $table ) );
		}
		$this->database->query( 'SET SESSION foreign_key_checks = 1' );
		return [ 'tables' => count( $chosen ) ];
	}

	/** @return list<string> */
	private function matching( array $all ): array {
		$chosen = [];
		foreach ( $this->patterns as $pattern ) {
			$found = array_filter( $all, fn( $table ) => fnmatch( $this->prefix . $pattern, $table ) );
			$found || throw new Failure( EX_USAGE, "the copy has no table $this->prefix$pattern", 'name one without its prefix, such as posts' );
			$chosen = [ ...$chosen, ...$found ];
		}
		return array_values( array_unique( $chosen ) );
	}

	/** A key leads to a table by name, and follows it where that is moved. @throws Failure */
	private function check_references( array $chosen ): void {
		foreach ( Server::rows( $this->database, 'SELECT DISTINCT TABLE_NAME, REFERENCED_TABLE_NAME FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = ? AND REFERENCED_TABLE_NAME IS NOT NULL', [ $this->live ] ) as [ $from, $to ] ) {
			if ( in_array( $from, $chosen, true ) !== in_array( $to, $chosen, true ) ) {
				throw new Failure( EX_USAGE, "a key of $from leads to $to", 'push both, or neither' );
			}
		}
	}

	/** @throws Failure that names what would be lost */
	private function check_newer( array $chosen, string $since ): void {
		$found = ( new Fixes( $this->database, $this->new, $this->live ) )->newer( $since, $this->prefix, $chosen );
		$found && throw new Failure( EX_DATAERR, "newer here than the copy of $since: " . implode( ', ', $found ), 'take them over into the copy, or push with --overwrite-newer' );
	}

	/** When the copy that was dumped was made of its original. */
	private function copied(): ?string {
		$rows = Server::rows( $this->database, 'SELECT option_value FROM ' . Server::name( $this->new->schema, "{$this->prefix}options" ) . " WHERE option_name = 'fleet_copied'" );
		return $rows[0][0] ?? null;
	}
}
