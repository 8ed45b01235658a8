<?php
/** The tables of a site, and those of another WordPress in its schema. */

namespace Fleet\Init;

use mysqli;

/** Exists from the beginning of an installation to its end; what it stands beside is then worth nothing. */
const INSTALLING = 'fleet_installing';

/** Each WordPress has these, whatever its version. */
const OF_EACH_WORDPRESS = [ 'options', 'posts', 'users' ];

/** @return list<string> The tables of the schema whose names begin so. */
function tables( mysqli $database, string $schema, string $prefix ): array {
	$statement = $database->prepare( 'SELECT table_name FROM information_schema.tables WHERE table_schema = ? AND LEFT(table_name, ?) = ?' );
	$statement->execute( [ $schema, strlen( $prefix ), $prefix ] );
	return array_column( $statement->get_result()->fetch_all(), 0 );
}

/** Whether an earlier installation had broken off; its tables are gone then. */
function discard_half_installation( mysqli $database, string $schema, string $prefix ): bool {
	$tables = tables( $database, $schema, $prefix );
	if ( ! in_array( $prefix . INSTALLING, $tables, true ) ) {
		return false;
	}
	// The mark goes last: killed in here, the next run still sees it.
	$others = array_diff( $tables, [ $prefix . INSTALLING ] );
	foreach ( [ ...$others, $prefix . INSTALLING ] as $table ) {
		$database->query( "DROP TABLE `$schema`.`$table`" );
	}
	return true;
}

/** @return list<string> The prefixes of all WordPresses in the schema but ours, as a dump of another host brings them. */
function foreign_prefixes( mysqli $database, string $schema, string $prefix ): array {
	$tables = tables( $database, $schema, '' );
	$found  = [];
	foreach ( preg_grep( '/options$/', $tables ) as $table ) {
		$other = substr( $table, 0, -strlen( 'options' ) );
		$all   = array_map( fn( $name ) => $other . $name, OF_EACH_WORDPRESS );
		if ( $other !== $prefix && ! array_diff( $all, $tables ) ) {
			$found[] = $other;
		}
	}
	return $found;
}
