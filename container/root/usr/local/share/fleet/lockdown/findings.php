<?php
/** What may be somebody else's in a site's files and tables: for a person to look at, nothing is changed. */

namespace Fleet\Lockdown;

use Fleet\Data\Server;

use const Fleet\Code\ASIDE;
use const Fleet\Code\FOLDERS;
use const Fleet\Code\SHARED;

require_once __DIR__ . '/../data/server.php';
require_once __DIR__ . '/../code/items.php';

final class Findings {

	private const MOST = 100; // of a kind
	/** What a web server may be told to run, or to obey. */
	private const PROGRAMS = '~\.(php\d?|phtml|phar|pht|cgi|pl|py|sh)$|^\.(htaccess|user\.ini)$~i';
	private const HEAD     = 4096; // bytes
	private const CODE     = '~<\?(php|=)|<script~i';
	private const IN_TEXT  = '<script|<iframe|javascript:|onerror[[:space:]]*=|eval[(]|base64_decode[(]';
	/** WordPress's own events. */
	private const EVENTS = [
		'wp_version_check', 'wp_update_plugins', 'wp_update_themes', 'wp_scheduled_delete', 'wp_scheduled_auto_draft_delete',
		'delete_expired_transients', 'recovery_mode_clean_expired_keys', 'wp_https_detection', 'wp_site_health_scheduled_check',
		'wp_privacy_delete_old_export_files', 'wp_update_user_counts', 'wp_delete_temp_updater_backups', 'do_pings',
		'publish_future_post', 'importer_scheduled_cleanup', 'upgrader_scheduled_cleanup', 'wp_maybe_auto_update',
	];

	public function __construct( private \mysqli $database, private string $prefix, private int $since ) {}

	/** @return list<array{string, string, string}> Kind, name and what is to be said of it. */
	public function all(): array {
		return [ ...$this->capped( $this->files( SHARED ) ), ...$this->options(), ...$this->events(), ...$this->posts(), ...$this->objects(), ...$this->keys() ];
	}

	private function capped( iterable $all ): array {
		$found = [];
		$more  = 0;
		foreach ( $all as $each ) {
			count( $found ) < self::MOST ? $found[] = $each : $more++;
		}
		return $more ? [ ...$found, [ $found[0][0], 'more', "$more more" ] ] : $found;
	}

	/** Programs where none belongs, whatever their age, and what changed and holds code. The folders of code are Code's. */
	private function files( string $folder ): \Generator {
		foreach ( array_diff( @scandir( $folder ) ?: [], [ '.', '..' ] ) as $name ) {
			$path = "$folder/$name";
			$stat = @lstat( $path );
			if ( $folder === SHARED && ( in_array( $name, FOLDERS, true ) || str_starts_with( $name, ASIDE ) || ! $this->is_ours( $name ) ) ) {
				continue;
			}
			if ( is_dir( $path ) && ! is_link( $path ) ) {
				yield from $this->files( $path );
			} elseif ( $stat ) {
				$what = $this->file( $path, $name, $stat );
				$what && yield [ 'file', substr( $path, strlen( SHARED ) + 1 ), $what ];
			}
		}
	}

	/** With the image's code, the mount holds uploads alone. */
	private function is_ours( string $name ): bool {
		return getenv( 'FLEET_STORAGE_MODE' ) === 'content' ? ! in_array( $name, \Fleet\Code\DROP_IN_FILES, true ) : $name === 'uploads';
	}

	private function file( string $path, string $name, array $stat ): string {
		// The time of a file can be set, that of its last change can't.
		$changed = max( $stat['mtime'], $stat['ctime'] ) >= $this->since;
		$when    = gmdate( 'Y-m-d H:i', $stat['ctime'] ) . ' UTC';
		if ( is_link( $path ) ) {
			return 'is a link to ' . readlink( $path );
		}
		$program = preg_match( self::PROGRAMS, $name );
		$head    = $program || $changed ? (string) @file_get_contents( $path, length: self::HEAD ) : '';
		if ( $program ) {
			return preg_match( '~^<\?php\s*(//[^\n]*)?\s*$~D', $head ) ? '' : "is a program, of $when";
		}
		return $head !== '' && preg_match( self::CODE, $head ) ? "holds code, changed $when" : '';
	}

	private function options(): array {
		$found = [];
		foreach ( [ 'siteurl', 'home' ] as $name ) {
			$value = $this->option( $name );
			rtrim( $value, '/' ) === rtrim( getenv( 'WP_HOME' ), '/' ) || $found[] = [ 'option', $name, "$value, and the site's address is " . getenv( 'WP_HOME' ) ];
		}
		$found[] = [ 'option', 'admin_email', $this->option( 'admin_email' ) ];
		$this->option( 'users_can_register' ) === '1' && $found[] = [ 'option', 'users_can_register', 'anybody may register' ];
		foreach ( [ 'active_plugins', 'template', 'stylesheet' ] as $name ) {
			$value   = @unserialize( $this->option( $name ), [ 'allowed_classes' => false ] );
			$found[] = [ 'option', $name, is_array( $value ) ? ( implode( ', ', $value ) ?: 'none' ) : $this->option( $name ) ];
		}
		$rows = Server::rows( $this->database, 'SELECT option_name FROM ' . $this->table( 'options' ) . ' WHERE option_value REGEXP ? AND option_name NOT LIKE ? LIMIT ' . self::MOST, [ self::IN_TEXT, '\_%transient\_%' ] );
		return [ ...$found, ...array_map( fn( $row ) => [ 'option', $row[0], 'holds a script' ], $rows ) ];
	}

	private function events(): array {
		$found = [];
		$cron  = @unserialize( $this->option( 'cron' ), [ 'allowed_classes' => false ] );
		foreach ( is_array( $cron ) ? $cron : [] as $time => $hooks ) {
			foreach ( is_array( $hooks ) ? $hooks : [] as $hook => $calls ) {
				foreach ( in_array( $hook, self::EVENTS, true ) ? [] : (array) $calls as $call ) {
					$given   = mb_strimwidth( (string) json_encode( $call['args'] ?? [], JSON_UNESCAPED_SLASHES ), 0, 80, '…' );
					$found[] = [ 'event', (string) $hook, 'next ' . gmdate( 'Y-m-d H:i', (int) $time ) . " UTC, given $given" ];
				}
			}
		}
		return $this->capped( $found );
	}

	private function posts(): array {
		$rows = Server::rows( $this->database, 'SELECT ID, post_type, post_title, post_modified_gmt FROM ' . $this->table( 'posts' ) . " WHERE post_modified_gmt >= ? AND post_type <> 'revision' AND post_content REGEXP ? ORDER BY post_modified_gmt DESC LIMIT " . self::MOST, [ gmdate( 'Y-m-d H:i:s', $this->since ), self::IN_TEXT ] );
		return array_map( fn( $row ) => [ 'post', "$row[1] $row[0]", "“{$row[2]}” holds a script, changed $row[3] UTC" ], $rows );
	}

	/** SQL that runs by itself. WordPress has none. */
	private function objects(): array {
		$found = [];
		foreach ( [ 'TRIGGERS' => 'TRIGGER', 'EVENTS' => 'EVENT', 'ROUTINES' => 'ROUTINE' ] as $table => $what ) {
			$rows = Server::rows( $this->database, "SELECT {$what}_NAME FROM information_schema.$table WHERE {$what}_SCHEMA = DATABASE()" );
			array_push( $found, ...array_map( fn( $row ) => [ 'sql', $row[0], 'is a ' . strtolower( $what ) . ' of the database' ], $rows ) );
		}
		return $found;
	}

	/** WooCommerce's, by which other programs read orders. */
	private function keys(): array {
		$table = "{$this->prefix}woocommerce_api_keys";
		if ( ! Server::rows( $this->database, 'SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?', [ $table ] ) ) {
			return [];
		}
		$rows = Server::rows( $this->database, 'SELECT description, truncated_key, permissions FROM ' . Server::name( $table ) );
		return array_map( fn( $row ) => [ 'key', (string) $row[0], "of WooCommerce, …$row[1], $row[2]; it still opens" ], $rows );
	}

	private function option( string $name ): string {
		return (string) ( Server::rows( $this->database, 'SELECT option_value FROM ' . $this->table( 'options' ) . ' WHERE option_name = ?', [ $name ] )[0][0] ?? '' );
	}

	private function table( string $name ): string {
		return Server::name( $this->prefix . $name );
	}
}
