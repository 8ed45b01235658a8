<?php
/** The site's database, for this room's programs and for MariaDB's, which they start. */

namespace Fleet\Data;

require_once __DIR__ . '/../connection.php';
require_once __DIR__ . '/failure.php';

final class Server {

	/** A cluster that sleeps, or fails over. */
	private const PATIENCE = 120; // seconds
	/** An ALTER of a large table, or a DROP that waits for a reader. */
	private const LONG = 7200; // seconds

	/** @throws Failure */
	public static function connect( string $schema = '' ): \mysqli {
		$connection = new \Fleet\Connection( getenv( 'WORDPRESS_DB_HOST' ), getenv( 'WORDPRESS_DB_USER' ), getenv( 'WORDPRESS_DB_PASSWORD' ), $schema );
		$handle     = $connection->open( self::PATIENCE, self::LONG )
			?? throw new Failure( EX_UNAVAILABLE, "no connection to the database: $connection->error", 'run it again once the site\'s database answers' );
		mysqli_report( MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT );
		return $handle;
	}

	/** @return list<string> The beginning of a command of MariaDB's: who and where, in a file that only we read. */
	public static function program( string $name ): array {
		[ $host, $port ] = explode( ':', getenv( 'WORDPRESS_DB_HOST' ), 2 ) + [ 1 => '3306' ];
		$quote           = fn( string $text ) => '"' . addcslashes( $text, '\\"' ) . '"';
		$file            = '/tmp/fleet/client.cnf';
		is_file( $file ) || touch( $file );
		chmod( $file, 0600 );
		file_put_contents( $file, "[client]\nhost=$host\nport=$port\nuser=" . getenv( 'WORDPRESS_DB_USER' ) . "\npassword=" . $quote( getenv( 'WORDPRESS_DB_PASSWORD' ) )
			. "\nssl-ca=" . ( getenv( 'FLEET_DB_CA' ) ?: '/etc/ssl/certs/rds-global-bundle.pem' ) . "\nssl-verify-server-cert\ndefault-character-set=utf8mb4\nmax-allowed-packet=1G\n" );
		return [ "/usr/bin/$name", "--defaults-file=$file" ];
	}

	/** What a callable does, and every program that it starts, by another user. */
	public static function by( string $user, #[\SensitiveParameter] string $password, callable $do ): mixed {
		$own = [ 'WORDPRESS_DB_USER' => getenv( 'WORDPRESS_DB_USER' ), 'WORDPRESS_DB_PASSWORD' => getenv( 'WORDPRESS_DB_PASSWORD' ) ];
		putenv( "WORDPRESS_DB_USER=$user" );
		putenv( "WORDPRESS_DB_PASSWORD=$password" );
		try {
			return $do();
		} finally {
			array_map( fn( $name ) => putenv( "$name=$own[$name]" ), array_keys( $own ) );
		}
	}

	/** @return list<list<string>> */
	public static function rows( \mysqli $database, string $query, array $values = [] ): array {
		return $database->execute_query( $query, $values )->fetch_all();
	}

	/** @return list<string> None of a table that isn't there. */
	public static function columns( \mysqli $database, string $schema, string $table ): array {
		return array_column( self::rows( $database, 'SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?', [ $schema, $table ] ), 0 );
	}

	/** A name of a schema, a table or a column in SQL. */
	public static function name( string ...$parts ): string {
		return implode( '.', array_map( fn( $part ) => '`' . str_replace( '`', '``', $part ) . '`', $parts ) );
	}
}
