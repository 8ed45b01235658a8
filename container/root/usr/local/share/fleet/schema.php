<?php
/** The site's schema and user, made with the master secret. */

namespace Fleet\Init;

use mysqli;

/** What WordPress and its plugins use (REFERENCES: a shop's foreign keys); none of them reaches beyond the schema. */
const PRIVILEGES = 'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, DROP, REFERENCES, CREATE TEMPORARY TABLES, LOCK TABLES, '
	. 'CREATE VIEW, SHOW VIEW, TRIGGER, CREATE ROUTINE, ALTER ROUTINE, EXECUTE, EVENT';

/** Of one site in a cluster that it may share: twice the workers of ten large tasks. */
const MAX_CONNECTIONS = 1000;

/** Exists from the beginning of an installation to its end; what it stands beside is then worth nothing. */
const INSTALLING = 'fleet_installing';

/** A holder whose host is gone never closes its connection, and the server would keep its turn for eight hours. */
const HELD_WITHOUT_A_WORD = 1800; // seconds: longer than a copy of the image's code to the mount takes

function take_turn( mysqli $master, string $schema, int $patience ): void {
	$master->query( 'SET SESSION wait_timeout = ' . HELD_WITHOUT_A_WORD );
	// At most 64 characters name a lock.
	$statement = $master->prepare( 'SELECT GET_LOCK(?, ?)' );
	$statement->execute( [ 'fleet-init-' . sha1( $schema ), $patience ] );
	if ( $statement->get_result()->fetch_row()[0] !== 1 ) {
		fail( "another fleet-init works on $schema for longer than $patience s" );
	}
}

function create_schema_and_user( mysqli $master, string $schema, string $user, #[\SensitiveParameter] string $password ): void {
	$password = $master->real_escape_string( $password );
	// An underscore in GRANT stands for any character, so without the backslash blog_1 would own blog21 too.
	$pattern = str_replace( '_', '\_', $schema );
	$master->query( "CREATE DATABASE IF NOT EXISTS `$schema` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci" );
	$master->query( "CREATE USER IF NOT EXISTS '$user'@'%' IDENTIFIED BY '$password' REQUIRE SSL" );
	$master->query( "ALTER USER '$user'@'%' IDENTIFIED BY '$password' REQUIRE SSL WITH MAX_USER_CONNECTIONS " . MAX_CONNECTIONS ); // the secret may be a new one
	$master->query( 'GRANT ' . PRIVILEGES . " ON `$pattern`.* TO '$user'@'%'" );
}

/** @return list<string> The tables of this site. */
function tables( mysqli $master, string $schema, string $prefix ): array {
	$statement = $master->prepare( 'SELECT table_name FROM information_schema.tables WHERE table_schema = ? AND LEFT(table_name, ?) = ?' );
	$statement->execute( [ $schema, strlen( $prefix ), $prefix ] );
	return array_column( $statement->get_result()->fetch_all(), 0 );
}

/** Whether an earlier installation had broken off; its tables are gone then. */
function discard_half_installation( mysqli $master, string $schema, string $prefix ): bool {
	$tables = tables( $master, $schema, $prefix );
	if ( ! in_array( $prefix . INSTALLING, $tables, true ) ) {
		return false;
	}
	// The mark goes last: killed in here, the next run still sees it.
	$others = array_diff( $tables, [ $prefix . INSTALLING ] );
	foreach ( [ ...$others, $prefix . INSTALLING ] as $table ) {
		$master->query( "DROP TABLE `$schema`.`$table`" );
	}
	return true;
}
