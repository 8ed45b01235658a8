<?php
/**
 * An address in all tables becomes another row by row, as wp-cli's `search-replace --precise` does it: the keys of the
 * rows that hold it, then for each row a SELECT, the value unserialized and serialized again, an UPDATE.
 *
 * replace_by_row.php SCHEMA FROM TO
 */

namespace Fleet\Data;

require '/usr/local/share/fleet/data/server.php';

[ , $schema, $from, $to ] = $argv;
$database                 = Server::connect( $schema );
$changed                  = 0;

function replaced( mixed $value, string $from, string $to ): mixed {
	if ( is_string( $value ) ) {
		$inner = @unserialize( $value );
		return $inner !== false ? serialize( replaced( $inner, $from, $to ) ) : str_replace( $from, $to, $value );
	}
	if ( is_array( $value ) || is_object( $value ) ) {
		foreach ( $value as &$each ) {
			$each = replaced( $each, $from, $to );
		}
	}
	return $value;
}

$columns = Server::rows( $database, "SELECT TABLE_NAME, COLUMN_NAME, (SELECT GROUP_CONCAT(COLUMN_NAME) FROM information_schema.STATISTICS s WHERE s.TABLE_SCHEMA = c.TABLE_SCHEMA AND s.TABLE_NAME = c.TABLE_NAME AND INDEX_NAME = 'PRIMARY') FROM information_schema.COLUMNS c WHERE TABLE_SCHEMA = ? AND DATA_TYPE IN ('char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext')", [ $schema ] );
foreach ( $columns as [ $table, $column, $key ] ) {
	if ( $key === null || str_contains( $key, ',' ) ) {
		continue;
	}
	foreach ( Server::rows( $database, "SELECT `$key` FROM `$table` WHERE `$column` LIKE BINARY ?", [ "%$from%" ] ) as [ $id ] ) {
		[ [ $value ] ] = Server::rows( $database, "SELECT `$column` FROM `$table` WHERE `$key` = ?", [ $id ] );
		$new           = replaced( $value, $from, $to );
		if ( $new !== $value ) {
			$database->execute_query( "UPDATE `$table` SET `$column` = ? WHERE `$key` = ?", [ $new, $id ] );
			$changed++;
		}
	}
}
echo json_encode( [ 'changed' => $changed ] ), "\n";
