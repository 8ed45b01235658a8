<?php
/** The site's schema and user, made with the master secret. */

namespace Fleet\Init;

use mysqli;

require_once __DIR__ . '/beside.php';

/** What WordPress and its plugins use (REFERENCES: a shop's foreign keys); none of them reaches beyond the schema. */
const PRIVILEGES = 'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, DROP, REFERENCES, CREATE TEMPORARY TABLES, LOCK TABLES, '
	. 'CREATE VIEW, SHOW VIEW, TRIGGER, CREATE ROUTINE, ALTER ROUTINE, EXECUTE, EVENT';

/** Of one site in a cluster that it may share: twice the workers of ten large tasks. */
const MAX_CONNECTIONS = 1000;

/** A connection whose program was killed. */
const ENDING = 20; // seconds

/** The server says so of a password that isn't the user's. */
const ACCESS_DENIED = 1045;

/** @param callable(string, string): int $opens The error number with which a user's connection fails; 0 if it opens. */
function create_schema_and_user( mysqli $master, string $schema, string $user, #[\SensitiveParameter] string $password, callable $opens ): void {
	$quoted = $master->real_escape_string( $password );
	$master->query( "CREATE DATABASE IF NOT EXISTS `$schema` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci" );
	// Of a user whom a view, trigger, routine or event names, MySQL refuses CREATE USER even with IF NOT EXISTS.
	is_known( $master, $user ) || $master->query( "CREATE USER '$user'@'%' IDENTIFIED BY '$quoted' REQUIRE SSL" );
	$master->query( "ALTER USER '$user'@'%' REQUIRE SSL WITH MAX_USER_CONNECTIONS " . MAX_CONNECTIONS );
	if ( $opens( $user, $password ) === ACCESS_DENIED ) {
		// The secret is a new one. Tasks that have the old one go on with it until the last is gone; said twice of one
		// password, the server would forget the old one, so it is said only of one that it doesn't know.
		$retain = str_contains( $master->server_info, 'MariaDB' ) ? '' : 'RETAIN CURRENT PASSWORD';
		$master->query( "ALTER USER '$user'@'%' IDENTIFIED BY '$quoted' $retain" );
		say( "$user has a new password" . ( $retain ? '; the one before works, too, until it is discarded' : '' ) );
	}
	// Those beside it the user makes itself, when a load wants them.
	foreach ( [ $schema, ...array_map( fn( $which ) => \Fleet\beside( $schema, $which ), \Fleet\BESIDE ) ] as $name ) {
		grant( $master, $name, $user );
	}
}

/**
 * Whoever fills the schema that a load takes the live one's place from: statements of a dump, whatever they say, reach
 * nothing else.
 *
 * @param callable(string, string): int $opens As above.
 */
function create_loader( mysqli $master, string $name, #[\SensitiveParameter] string $password, callable $opens ): void {
	is_known( $master, $name ) || $master->query( "CREATE USER '$name'@'%' IDENTIFIED BY '$password' REQUIRE SSL" );
	// It follows the site's own.
	$opens( $name, $password ) === ACCESS_DENIED && $master->query( "ALTER USER '$name'@'%' IDENTIFIED BY '$password'" );
	grant( $master, $name, $name );
}

function is_known( mysqli $master, string $user ): bool {
	return (bool) $master->query( "SELECT 1 FROM mysql.user WHERE User = '$user' AND Host = '%'" )->num_rows;
}

function grant( mysqli $master, string $schema, string $user ): void {
	// An underscore in GRANT stands for any character, so without the backslash blog_1 would own blog21 too.
	$pattern = str_replace( '_', '\_', $schema );
	$master->query( 'GRANT ' . PRIVILEGES . " ON `$pattern`.* TO '$user'@'%'" );
}

/** From now on the newest password alone opens. */
function discard_old_password( mysqli $master, string $user ): void {
	str_contains( $master->server_info, 'MariaDB' ) || $master->query( "ALTER USER '$user'@'%' DISCARD OLD PASSWORD" );
	say( "the password of $user before the newest is discarded" );
}

/**
 * A schema to be thrown away, anew, and a user who has rights on nothing else: by which a backup is tried without any
 * way to the site's own tables.
 */
function create_drill( mysqli $master, string $name, #[\SensitiveParameter] string $password ): void {
	$password = $master->real_escape_string( $password );
	// A drill holds a connection to its end; a killed one's goes once the server has seen that nobody is there.
	for ( $left = ENDING; $master->query( "SELECT 1 FROM information_schema.PROCESSLIST WHERE USER = '$name'" )->num_rows; $left-- ) {
		$left || fail( "a drill is under way in $name" );
		sleep( 1 );
	}
	// What a killed drill left. Its views name the user, who can't go before them.
	$master->query( "DROP DATABASE IF EXISTS `$name`" );
	$master->query( "DROP USER IF EXISTS '$name'@'%'" );
	$master->query( "CREATE DATABASE `$name` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci" );
	$master->query( "CREATE USER '$name'@'%' IDENTIFIED BY '$password' REQUIRE SSL" );
	grant( $master, $name, $name );
	say( "schema and user $name are there for a drill" );
}
