<?php
/**
 * Takes people out of loaded tables, before anybody sees these: what `personal.json` says, and what a site's own
 * `wp-content/fleet-personal.json` adds.
 *
 * Administrators stay, who work on the copy; nobody else has a password there. Each rule may run twice.
 */

namespace Fleet\Data;

require_once __DIR__ . '/exchange.php';
require_once __DIR__ . '/traces.php';
require_once __DIR__ . '/json.php';

final class People {

	/** A file of the site, beside plugins and themes. */
	public const OWN = 'fleet-personal.json';

	private array $tables;
	private string $salt;
	/** @var list<int> */
	private array $spared;

	/** @param string $prefix The tables' own, which rules leave away. */
	public function __construct( private \mysqli $database, private Notes $notes, private string $prefix ) {
		$this->tables = ( new Exchange( $database, '' ) )->tables( $notes->schema );
		// So that nobody finds an address again by trying all that he knows.
		$notes->get( 'salt' ) ?? $notes->set( 'salt', bin2hex( random_bytes( 16 ) ) );
		$this->salt   = $notes->get( 'salt' );
		$this->spared = $this->administrators();
	}

	/** @return array{people: int, rows: int} @throws Failure for a rule that is none */
	public function take_out( ?string $own ): array {
		[ 'empty' => $empty, 'rules' => $rules ] = self::rules( $own );
		$traces = new Traces( $this->database, $this->notes->schema, $this->salt );
		$this->gather( $traces, $rules );
		$rows = 0;
		foreach ( $this->matching( $empty ) as $table ) {
			$this->database->query( 'DELETE FROM ' . $this->name( $table ) );
			$rows += $this->database->affected_rows;
		}
		foreach ( $rules as $rule ) {
			$rows += $this->apply( $rule );
		}
		$found = $traces->sweep( array_diff( $this->tables, [ Traces::TABLE ] ) );
		$traces->forget();
		return [ 'people' => $found['people'], 'rows' => $rows + $found['rows'] ];
	}

	/** @return list<string> Those that are about people as a whole, without their prefix, with * for any letters. @throws Failure */
	public static function tables( ?string $own ): array {
		[ 'empty' => $empty, 'rules' => $rules ] = self::rules( $own );
		$whole = array_filter( $rules, fn( $rule ) => ! isset( $rule['where'] ) && ! isset( $rule['without'] ) );
		return [ ...$empty, ...array_column( $whole, 'table' ) ];
	}

	/** @return array{empty: list<string>, rules: list<array>} @throws Failure for a rule that is none, with its place */
	private static function rules( ?string $own ): array {
		$all = [ 'empty' => [], 'rules' => [] ];
		foreach ( array_filter( [ __DIR__ . '/personal.json', $own ] ) as $file ) {
			[ $said, $place ] = Json::of( basename( $file ), (string) file_get_contents( $file ) );
			foreach ( self::problems( $said ) as [ $path, $problem ] ) {
				throw new Failure( EX_DATAERR, $place( $path ) . ": $problem", 'mend it; docs/moving.md shows one' );
			}
			$all = [ 'empty' => [ ...$all['empty'], ...( $said['empty'] ?? [] ) ], 'rules' => [ ...$all['rules'], ...( $said['rules'] ?? [] ) ] ];
		}
		return $all;
	}

	/** @return \Generator<array{string, string}> Where, and what is wrong there. */
	private static function problems( mixed $said ): \Generator {
		if ( ! is_array( $said ) || ( $said && array_is_list( $said ) ) ) {
			yield [ '', 'expected an object with `empty` and `rules`' ];
			return;
		}
		yield from self::unknown( '', $said, [ 'empty', 'rules' ] );
		foreach ( [ 'empty', 'rules' ] as $part ) {
			if ( ! is_array( $said[ $part ] ?? [] ) || ! array_is_list( $said[ $part ] ?? [] ) ) {
				yield [ "/$part", "$part is a list" ];
			}
		}
		foreach ( (array) ( $said['empty'] ?? [] ) as $number => $table ) {
			is_string( $table ) || yield [ "/empty/$number", 'expected the name of a table' ];
		}
		foreach ( (array) ( $said['rules'] ?? [] ) as $number => $rule ) {
			yield from self::of_rule( "/rules/$number", $rule );
		}
	}

	private static function of_rule( string $path, mixed $rule ): \Generator {
		if ( ! is_array( $rule ) || ! is_string( $rule['table'] ?? null ) ) {
			yield [ $path, 'a rule names its `table`' ];
			return;
		}
		yield from self::unknown( $path, $rule, [ 'table', 'person', 'number', 'where', 'but', 'without', 'set', 'delete' ] );
		if ( isset( $rule['set'] ) === isset( $rule['delete'] ) ) {
			yield [ $path, "the rule of $rule[table] has to say either `set` or `delete`" ];
		}
		foreach ( [ 'where', 'but', 'without', 'set' ] as $part ) {
			is_array( $rule[ $part ] ?? [] ) || yield [ "$path/$part", "$part is an object by column" ];
		}
		foreach ( (array) ( $rule['set'] ?? [] ) as $column => $kind ) {
			is_string( $kind ) && isset( self::KINDS[ $kind ] ) || yield [ "$path/set/$column", "$column can't be set to " . json_encode( $kind ) . '; there are ' . implode( ', ', array_keys( self::KINDS ) ) ];
		}
	}

	private static function unknown( string $path, array $said, array $known ): \Generator {
		foreach ( array_diff( array_map( 'strval', array_keys( $said ) ), $known ) as $name ) {
			usort( $known, fn( $one, $other ) => levenshtein( $one, $name ) <=> levenshtein( $other, $name ) );
			yield [ "$path/$name", "nothing is called `$name` here (did you mean `$known[0]`?)" ];
		}
	}

	/** What takes the place of `{}`; `#` is the row's number. As long as before, so that serialized data stay whole. */
	private const KINDS = [
		'email'       => Traces::MADE_UP,
		'login'       => "CONCAT('person-', #)",
		'name'        => "CONCAT('Person ', #)",
		'nothing'     => "''",
		'text'        => "IF({} = '', '', 'taken out')",
		'address'     => "'192.0.2.1'", // of documentation, RFC 5737
		'no password' => "'!'",
	];

	private function apply( array $rule ): int {
		$columns = $this->columns( $rule );
		$set     = array_intersect_key( $rule['set'] ?? [], array_flip( $columns ) );
		if ( ! $columns || ( ! $set && empty( $rule['delete'] ) ) ) {
			return 0;
		}
		[ $where, $values ] = $this->where( $rule );
		$name               = $this->name( $this->prefix . $rule['table'] );
		if ( ! empty( $rule['delete'] ) ) {
			$this->database->execute_query( "DELETE FROM $name WHERE $where", $values );
			return $this->database->affected_rows;
		}
		$number = $rule['number'] ?? $rule['person'] ?? null;
		$sets   = [];
		$salts  = [];
		foreach ( $set as $column => $kind ) {
			$text   = strtr( self::KINDS[ $kind ], [ '{}' => Server::name( $column ), '#' => $number === null ? "''" : Server::name( $number ) ] );
			$sets[] = Server::name( $column ) . " = $text";
			array_push( $salts, ...array_fill( 0, substr_count( $text, '?' ), $this->salt ) );
		}
		$this->database->execute_query( "UPDATE $name SET " . implode( ', ', $sets ) . " WHERE $where", [ ...$salts, ...$values ] );
		return $this->database->affected_rows;
	}

	/** @return array{string, list<string>} */
	private function where( array $rule ): array {
		[ $all, $values ] = [ [ '1' ], [] ];
		foreach ( [ 'where' => '', 'but' => 'NOT ' ] as $word => $not ) {
			foreach ( $rule[ $word ] ?? [] as $column => $patterns ) {
				$all[] = $not . '(' . implode( ' OR ', array_fill( 0, count( $patterns ), Server::name( $column ) . ' LIKE ?' ) ) . ')';
				array_push( $values, ...$patterns );
			}
		}
		foreach ( $rule['without'] ?? [] as $column => [ $table, $key ] ) {
			$all[] = Server::name( $column ) . ' NOT IN (SELECT ' . Server::name( $key ) . ' FROM ' . $this->name( $this->prefix . $table ) . ')';
		}
		if ( isset( $rule['person'] ) && $this->spared ) {
			$all[] = Server::name( $rule['person'] ) . ' NOT IN (' . implode( ', ', $this->spared ) . ')';
		}
		return [ implode( ' AND ', $all ), $values ];
	}

	/** All addresses that rules make up others for: plugins keep copies of them. */
	private function gather( Traces $traces, array $rules ): void {
		$traces->begin();
		foreach ( $rules as $rule ) {
			$columns = $this->columns( $rule );
			foreach ( array_keys( $rule['set'] ?? [], 'email', true ) as $column ) {
				if ( in_array( $column, $columns, true ) ) {
					$traces->add( $this->prefix . $rule['table'], $column, ...$this->where( $rule ) );
				}
			}
		}
		if ( $this->spared ) {
			$traces->spare( "{$this->prefix}users", 'user_email', 'ID IN (' . implode( ', ', $this->spared ) . ')' );
		}
	}

	/** @return list<int> */
	private function administrators(): array {
		$rows = Server::rows( $this->database, 'SELECT user_id FROM ' . $this->name( "{$this->prefix}usermeta" ) . ' WHERE meta_key = ? AND meta_value LIKE ?', [ "{$this->prefix}capabilities", '%"administrator"%' ] );
		return array_map( 'intval', array_column( $rows, 0 ) );
	}

	/** @return list<string> Of a table without its prefix; none where a column that the rule names is missing: another version's table. */
	private function columns( array $rule ): array {
		$of      = fn( string $table ) => Server::columns( $this->database, $this->notes->schema, $this->prefix . $table );
		$columns = $of( $rule['table'] );
		$named   = [ ...array_keys( ( $rule['where'] ?? [] ) + ( $rule['but'] ?? [] ) + ( $rule['without'] ?? [] ) ), ...array_values( array_intersect_key( $rule, [ 'person' => 1, 'number' => 1 ] ) ) ];
		$others  = array_filter( $rule['without'] ?? [], fn( $other ) => ! in_array( $other[1], $of( $other[0] ), true ) );
		return $others || array_diff( $named, $columns ) ? [] : $columns;
	}

	/** @param list<string> $patterns @return list<string> */
	private function matching( array $patterns ): array {
		return array_values( array_filter( $this->tables, fn( $table ) => (bool) array_filter( $patterns, fn( $pattern ) => fnmatch( $this->prefix . $pattern, $table ) ) ) );
	}

	private function name( string $table ): string {
		return Server::name( $this->notes->schema, $table );
	}
}
