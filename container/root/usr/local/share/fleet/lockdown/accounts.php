<?php
/** Who may do what in a site, read and changed in its tables: WordPress's own functions would load the site's code. */

namespace Fleet\Lockdown;

use Fleet\Data\Failure;
use Fleet\Data\Server;

use const Fleet\Data\EX_DATAERR;

require_once __DIR__ . '/../data/server.php';

final class Accounts {

	/** Each of them leads to all others: by settings, by code, or by another user's password. */
	private const POWERS = [
		'manage_options', 'edit_users', 'promote_users', 'create_users', 'delete_users', 'install_plugins', 'activate_plugins',
		'update_plugins', 'edit_plugins', 'delete_plugins', 'install_themes', 'update_themes', 'edit_themes', 'delete_themes',
		'switch_themes', 'edit_files', 'unfiltered_upload',
	];
	/** WordPress's own roles that have none of them. */
	private const LESSER = [ 'editor', 'author', 'contributor', 'subscriber' ];
	/** In usermeta: what somebody was whose login is off. */
	private const LOCKED = 'fleet_locked';
	/** No password has it as its hash. */
	private const NO_HASH = '!';

	private string $users;
	private string $meta;
	private string $options;

	public function __construct( private \mysqli $database, private string $prefix ) {
		[ $this->users, $this->meta, $this->options ] = array_map( fn( $name ) => Server::name( $prefix . $name ), [ 'users', 'usermeta', 'options' ] );
	}

	/** @throws Failure unless that user is one who would be left alone */
	public function check( string $keep ): void {
		$logins = array_column( $this->powerful(), 'login' );
		in_array( $keep, $logins, true ) || throw new Failure( EX_DATAERR, "no administrator is called $keep; there are " . ( implode( ', ', array_slice( $logins, 0, 20 ) ) ?: 'none' ), 'name one: --keep-admin LOGIN' );
	}

	/** @return list<array{string, string, string}> Kind, name and what is to be said of it. */
	public function findings( int $since, string $keep ): array {
		$found = [];
		foreach ( $this->powerful() as $user ) {
			$new     = strtotime( "$user[registered] UTC" ) >= $since ? ', registered since' : '';
			$found[] = [ 'user', $user['login'], ( $user['login'] === $keep ? "stays; a forgotten password is sent to $user[mail]" : "may change the site, $user[mail]" ) . $new ];
		}
		foreach ( $this->grown_roles() as $role => $powers ) {
			$found[] = [ 'role', $role, 'may ' . implode( ', ', $powers ) . ', which it has not in WordPress' ];
		}
		$role = $this->option( 'default_role' );
		$this->is_power( [ $role => true ] ) && $found[] = [ 'option', 'default_role', "$role: whoever registers may change the site" ];
		foreach ( Server::rows( $this->database, "SELECT user_login, user_registered FROM $this->users WHERE user_registered >= ? ORDER BY user_registered DESC LIMIT 50", [ gmdate( 'Y-m-d H:i:s', $since ) ] ) as [ $login, $time ] ) {
			$found[] = [ 'user', $login, "registered $time UTC" ];
		}
		return $found;
	}

	/** @return array{off: list<string>, sessions: int, application_passwords: int} */
	public function shut( string $keep ): array {
		$this->take_back_powers();
		$off = [];
		foreach ( $this->powerful() as $user ) {
			if ( $user['login'] !== $keep ) {
				$this->turn_off( $user );
				$off[] = $user['login'];
			}
		}
		$counts = [];
		foreach ( [ 'sessions' => 'session_tokens', 'application_passwords' => '_application_passwords' ] as $what => $key ) {
			$this->database->execute_query( "DELETE FROM $this->meta WHERE meta_key = ?", [ $key ] );
			$counts[ $what ] = $this->database->affected_rows;
		}
		// Links that were mailed for a forgotten password; sessions that plugins began.
		$this->database->query( "UPDATE $this->users SET user_activation_key = '' WHERE user_activation_key <> ''" );
		$sessions = $this->prefix . 'fleet_sessions';
		Server::rows( $this->database, 'SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?', [ $sessions ] ) && $this->database->query( 'DELETE FROM ' . Server::name( $sessions ) );
		return [ 'off' => $off ] + $counts;
	}

	/** Gives somebody back what they were; their password stays unknown to all. @throws Failure */
	public function open( string $login ): void {
		$rows = Server::rows( $this->database, "SELECT u.ID, m.meta_value FROM $this->users u JOIN $this->meta m ON m.user_id = u.ID WHERE u.user_login = ? AND m.meta_key = ?", [ $login, self::LOCKED ] );
		[ $id, $was ] = $rows[0] ?? throw new Failure( EX_DATAERR, "the login of $login is not off", 'name one that is' );
		$this->database->begin_transaction();
		$this->database->execute_query( "UPDATE $this->meta SET meta_value = ? WHERE user_id = ? AND meta_key = ?", [ $was, $id, "{$this->prefix}capabilities" ] );
		$this->database->execute_query( "DELETE FROM $this->meta WHERE user_id = ? AND meta_key = ?", [ $id, self::LOCKED ] );
		$this->database->commit();
	}

	/** @return list<array{id: string, login: string, mail: string, registered: string, capabilities: string}> */
	private function powerful(): array {
		$key   = "{$this->prefix}capabilities";
		$found = [];
		// A shop has a hundred thousand users and some five different values.
		foreach ( Server::rows( $this->database, "SELECT DISTINCT BINARY meta_value FROM $this->meta WHERE meta_key = ?", [ $key ] ) as [ $value ] ) {
			if ( $this->is_power( self::unserialized( $value ) ) ) {
				$rows = Server::rows( $this->database, "SELECT u.ID, u.user_login, u.user_email, u.user_registered, m.meta_value FROM $this->users u JOIN $this->meta m ON m.user_id = u.ID WHERE m.meta_key = ? AND BINARY m.meta_value = ? ORDER BY u.ID", [ $key, $value ] );
				array_push( $found, ...array_map( fn( $row ) => array_combine( [ 'id', 'login', 'mail', 'registered', 'capabilities' ], $row ), $rows ) );
			}
		}
		return $found;
	}

	private function turn_off( array $user ): void {
		$this->database->begin_transaction();
		// Of one whom somebody let in again meanwhile, what they were first is kept.
		Server::rows( $this->database, "SELECT 1 FROM $this->meta WHERE user_id = ? AND meta_key = ?", [ $user['id'], self::LOCKED ] )
			|| $this->database->execute_query( "INSERT INTO $this->meta (user_id, meta_key, meta_value) VALUES (?, ?, ?)", [ $user['id'], self::LOCKED, $user['capabilities'] ] );
		$this->database->execute_query( "UPDATE $this->meta SET meta_value = 'a:0:{}' WHERE user_id = ? AND meta_key = ?", [ $user['id'], "{$this->prefix}capabilities" ] );
		$this->database->execute_query( "UPDATE $this->users SET user_pass = ? WHERE ID = ?", [ self::NO_HASH, $user['id'] ] );
		$this->database->commit();
	}

	private function take_back_powers(): void {
		$roles = $this->roles();
		foreach ( $this->grown_roles() as $role => $powers ) {
			$roles[ $role ]['capabilities'] = array_diff_key( $roles[ $role ]['capabilities'], array_flip( $powers ) );
		}
		$roles === $this->roles() || $this->database->execute_query( "UPDATE $this->options SET option_value = ? WHERE option_name = ?", [ serialize( $roles ), "{$this->prefix}user_roles" ] );
		$this->is_power( [ $this->option( 'default_role' ) => true ] ) && $this->database->query( "UPDATE $this->options SET option_value = 'subscriber' WHERE option_name = 'default_role'" );
	}

	/** @return array<string, list<string>> Role => the powers that it has not in WordPress. */
	private function grown_roles(): array {
		$roles = array_intersect_key( $this->roles(), array_flip( self::LESSER ) );
		return array_filter( array_map( fn( $role ) => array_values( array_intersect( self::POWERS, array_keys( array_filter( (array) ( $role['capabilities'] ?? [] ) ) ) ) ), $roles ) );
	}

	/** @param array<string, mixed> $capabilities Roles, and what somebody may beside. */
	private function is_power( array $capabilities ): bool {
		$granted = array_filter( $capabilities );
		foreach ( array_intersect_key( $this->roles(), $granted ) as $role ) {
			$granted += array_filter( (array) ( $role['capabilities'] ?? [] ) );
		}
		return (bool) array_intersect_key( $granted, array_flip( self::POWERS ) );
	}

	private function roles(): array {
		return self::unserialized( $this->option( "{$this->prefix}user_roles" ) );
	}

	private function option( string $name ): string {
		return (string) ( Server::rows( $this->database, "SELECT option_value FROM $this->options WHERE option_name = ?", [ $name ] )[0][0] ?? '' );
	}

	private static function unserialized( string $text ): array {
		$found = @unserialize( $text, [ 'allowed_classes' => false ] );
		return is_array( $found ) ? $found : [];
	}
}
