<?php
/**
 * PHP sessions in the site's database, so that every task has them. Only code that starts one costs anything.
 *
 * A session is locked while a request has it, as with PHP's files: two requests at once would lose one's changes.
 */

namespace Fleet;

require_once __DIR__ . '/lock-name.php';

final class Sessions implements \SessionHandlerInterface {

	private const LOCK_SECONDS = 20;

	private string $lock = '';

	public function open( string $path, string $name ): bool {
		return true;
	}

	public function close(): bool {
		global $wpdb;
		$wpdb->get_var( $wpdb->prepare( 'SELECT RELEASE_LOCK(%s)', $this->lock ) );
		return true;
	}

	public function read( string $id ): string|false {
		global $wpdb;
		$this->lock = lock_name( "session/$id" );
		$wpdb->get_var( $wpdb->prepare( 'SELECT GET_LOCK(%s, %d)', $this->lock, self::LOCK_SECONDS ) );
		return (string) $this->asked( fn() => $wpdb->get_var( $wpdb->prepare( 'SELECT data FROM ' . self::table() . ' WHERE id = %s AND expires > %d', $id, time() ) ) );
	}

	public function write( string $id, string $data ): bool {
		global $wpdb;
		$values = [ 'id' => $id, 'data' => $data, 'expires' => time() + (int) ini_get( 'session.gc_maxlifetime' ) ];
		return (bool) $this->asked( fn() => $wpdb->replace( self::table(), $values, [ '%s', '%s', '%d' ] ) );
	}

	public function destroy( string $id ): bool {
		global $wpdb;
		return $wpdb->delete( self::table(), [ 'id' => $id ] ) !== false;
	}

	public function gc( int $max_lifetime ): int|false {
		global $wpdb;
		return $wpdb->query( $wpdb->prepare( 'DELETE FROM ' . self::table() . ' WHERE expires < %d', time() ) );
	}

	/** The first session of a site finds no table. */
	private function asked( callable $question ): mixed {
		global $wpdb;
		$silent = $wpdb->suppress_errors();
		$answer = $question();
		if ( $wpdb->last_error !== '' ) {
			$wpdb->query( 'CREATE TABLE IF NOT EXISTS ' . self::table() . ' (id VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY, data LONGBLOB NOT NULL, expires INT UNSIGNED NOT NULL, KEY (expires))' );
			$answer = $question();
		}
		$wpdb->suppress_errors( $silent );
		return $answer;
	}

	private static function table(): string {
		return $GLOBALS['wpdb']->base_prefix . 'fleet_sessions';
	}
}

session_set_save_handler( new Sessions(), true );
