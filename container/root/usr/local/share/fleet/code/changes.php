<?php
/**
 * Changes of the code by WordPress itself: put in place at once for this task's visitors, and on EFS before the
 * dashboard says that they are done.
 */

namespace Fleet\Code;

require_once __DIR__ . '/local.php';
require_once __DIR__ . '/../lock-name.php';

final class Changes {
	private const TURN     = 'installs';
	private const PATIENCE = 120; // seconds

	private Local $local;
	/** @var list<string> What is being installed or updated, the innermost last. */
	private array $items = [];

	public function __construct() {
		$this->local = new Local( new Store() );
		add_filter( 'upgrader_package_options', $this->prepare( ... ), PHP_INT_MAX );
		add_filter( 'upgrader_source_selection', $this->begin( ... ), PHP_INT_MAX, 3 );
		add_filter( 'upgrader_install_package_result', $this->finish( ... ), PHP_INT_MAX );
		foreach ( [ 'deleted_plugin' => 'plugins', 'deleted_theme' => 'themes' ] as $action => $folder ) {
			add_action( $action, fn( $name, $deleted = true ) => $deleted && $this->push( [ self::item( $name, $folder ) ] ), PHP_INT_MAX, 2 );
		}
		foreach ( [ 'activated_plugin', 'deactivated_plugin' ] as $action ) {
			add_action( $action, fn( $plugin ) => $this->push( [ self::item( $plugin ), 'mu-plugins', DROP_INS ] ), PHP_INT_MAX );
		}
		add_action( 'shutdown', $this->push_drop_ins( ... ), PHP_INT_MAX, 0 );
	}

	/**
	 * Waits for an installation on another task: WordPress begins each by emptying wp-content/upgrade, which all
	 * share. And no backup: the store has the old version, and WordPress's own would copy it to EFS file by file.
	 */
	private function prepare( array $options ): array {
		global $wpdb;
		$wpdb->get_var( $wpdb->prepare( 'SELECT GET_LOCK(%s, %d)', \Fleet\lock_name( self::TURN ), self::PATIENCE ) );
		unset( $options['hook_extra']['temp_backup'] );
		return $options;
	}

	/** Brings what was unpacked to the volume of its destination and shuts the gate: what follows is a rename. */
	private function begin( mixed $source, string $unpacked, object $upgrader ): mixed {
		$folder = match ( true ) {
			$upgrader instanceof \Plugin_Upgrader => 'plugins',
			$upgrader instanceof \Theme_Upgrader  => 'themes',
			default                               => null,
		};
		if ( is_wp_error( $source ) || ! $folder || untrailingslashit( $source ) === untrailingslashit( $unpacked ) ) {
			return $source;
		}
		$name  = basename( $source );
		$aside = CONTENT . "/$folder/" . ASIDE . "/new-$name";
		try {
			remove( $aside );
			command( [ 'mv', '--', untrailingslashit( $source ), folder( $aside ) ] );
		} catch ( \RuntimeException $problem ) {
			return new \WP_Error( 'fleet_code', $problem->getMessage() );
		}
		$this->items[] = "$folder/$name";
		Local::hold();
		Gate::shut();
		file_put_contents( Local::PENDING, "$folder/$name" );
		return trailingslashit( "$aside/$name" );
	}

	private function finish( mixed $result ): mixed {
		$item = array_pop( $this->items );
		if ( $item !== null ) {
			remove( CONTENT . '/' . dirname( $item ) . '/' . ASIDE . '/new-' . basename( $item ) );
			if ( is_wp_error( $result ) && $this->local->differing( [ $item ] ) ) {
				$this->local->restore( [ $item ] );
			}
			@unlink( Local::PENDING );
			Gate::open_again();
		}
		try {
			is_wp_error( $result ) || $this->local->push( $item === null ? self::others() : [ $item ] );
		} catch ( \Throwable $problem ) {
			$result = new \WP_Error( 'fleet_code', 'The change is on this task alone: ' . $problem->getMessage() );
		}
		$item === null || Local::release();
		// One that breaks off before gives its turn back with the connection.
		global $wpdb;
		$wpdb->get_var( $wpdb->prepare( 'SELECT RELEASE_LOCK(%s)', \Fleet\lock_name( self::TURN ) ) );
		return $result;
	}

	private function push( array $items ): void {
		try {
			$this->local->push( $items );
			in_array( DROP_INS, $items, true ) && $this->local->mark_drop_ins();
		} catch ( \Throwable $problem ) {
			error_log( 'code: ' . $problem->getMessage() );
		}
	}

	/** What an upgrader changes that is no folder of a plugin or theme: translations, plugins of one file. */
	private static function others(): array {
		$files = array_filter( entries( CONTENT . '/plugins' ), fn( $name ) => is_file( CONTENT . "/plugins/$name" ) );
		return [ ...WHOLE_FOLDERS, ...array_map( fn( $name ) => "plugins/$name", array_values( $files ) ) ];
	}

	/** The item of a plugin's main file or a theme's name. */
	private static function item( string $name, string $folder = 'plugins' ): string {
		return "$folder/" . explode( '/', $name )[0];
	}

	/** A plugin's settings page may have put a drop-in there. Core asks for it from the next request on. */
	private function push_drop_ins(): void {
		if ( ( is_admin() || ( $_SERVER['REQUEST_METHOD'] ?? '' ) !== 'GET' ) && $this->local->has_other_drop_ins() ) {
			$this->push( [ DROP_INS ] );
		}
	}
}
