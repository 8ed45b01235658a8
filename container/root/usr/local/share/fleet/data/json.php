<?php
/** JSON that a person wrote, read with the place of each part: json_decode says that something is wrong, and not where. */

namespace Fleet\Data;

require_once __DIR__ . '/failure.php';

final class Json {

	private const TOKEN = '~\G[ \t\r\n]*+([{}\[\],:]|"(?:[^"\\\\\x00-\x1f]|\\\\(?:["\\\\/bfnrt]|u[0-9A-Fa-f]{4}))*+"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)~';

	private int $at = 0;
	/** @var array<string, int> path such as rules/3/set => where its value begins */
	private array $places = [];

	private function __construct( private string $name, private string $text ) {}

	/**
	 * @param string $name How the file is called in what is said of it.
	 * @return array{mixed, \Closure(string): string} The value, and what tells where a path of it is: NAME:LINE:COLUMN.
	 * @throws Failure
	 */
	public static function of( string $name, string $text ): array {
		$self  = new self( $name, $text );
		$value = $self->value( '' );
		trim( substr( $text, $self->at ) ) === '' || $self->fail( 'the end' );
		return [ $value, fn( string $path ) => $self->place( $self->places[ $path ] ?? 0 ) ];
	}

	private function place( int $at ): string {
		$before = substr( $this->text, 0, $at );
		return "$this->name:" . ( substr_count( $before, "\n" ) + 1 ) . ':' . ( $at - (int) strrpos( "\n$before", "\n" ) + 1 );
	}

	private function fail( string $expected ): never {
		$at    = $this->at + strspn( $this->text, " \t\r\n", $this->at );
		$found = $at >= strlen( $this->text ) ? 'the end' : '`' . mb_strcut( strtok( substr( $this->text, $at, 80 ), "\n" ), 0, 20 ) . '`';
		throw new Failure( EX_DATAERR, $this->place( $at ) . ": expected $expected, found $found", 'mend it; docs/moving.md shows one' );
	}

	/** The next token, if it is one of these. */
	private function next( string $expected, string $kinds ): string {
		if ( ! preg_match( self::TOKEN, $this->text, $found, 0, $this->at ) || ! str_contains( $kinds, $found[1][0] ) ) {
			$this->fail( $expected );
		}
		$this->at += strlen( $found[0] );
		return $found[1];
	}

	private function value( string $path ): mixed {
		$this->places[ $path ] = $this->at + strspn( $this->text, " \t\r\n", $this->at );
		$token                 = $this->next( 'a value', '{["-0123456789tfn' );
		return match ( $token ) {
			'{'     => $this->members( $path ),
			'['     => $this->entries( $path ),
			default => json_decode( $token, true ),
		};
	}

	private function members( string $path ): array {
		$found = [];
		for ( $token = $this->next( 'a name or }', '"}' ); $token !== '}'; $token = $this->next( 'a name', '"' ) ) {
			$name = json_decode( $token );
			$this->next( ':', ':' );
			$found[ $name ] = $this->value( "$path/$name" );
			if ( $this->next( ', or }', ',}' ) === '}' ) {
				break;
			}
		}
		return $found;
	}

	private function entries( string $path ): array {
		$found = [];
		if ( preg_match( '~\G\s*\]~', $this->text, $end, 0, $this->at ) ) {
			$this->at += strlen( $end[0] );
			return $found;
		}
		do {
			$found[] = $this->value( "$path/" . count( $found ) );
		} while ( $this->next( ', or ]', ',]' ) === ',' );
		return $found;
	}
}
