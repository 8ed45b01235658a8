<?php
/**
 * What the fleet adds to WordPress through its own hooks. WordPress's mu-plugins folder stays the site's.
 */

namespace Fleet;

// Core comes with the image: nobody is offered an update that can't be made.
add_filter( 'map_meta_cap', fn( $needed, $capability ) => $capability === 'update_core' ? [ 'do_not_allow' ] : $needed, 10, 2 );

// fleet-init upgrades the schema, and an older image runs on a newer one; the dashboard would lead to its own upgrade.
if ( PHP_SAPI !== 'cli' ) {
	add_filter( 'option_db_version', fn() => $GLOBALS['wp_db_version'] );
}

// Where this task runs events, it learns at the end of each request when the next is due.
if ( (int) getenv( 'FLEET_CRON_SECONDS' ) && ! defined( 'WP_INSTALLING' ) ) {
	require __DIR__ . '/cron/times.php';
	add_action( 'shutdown', 'Fleet\Cron\announce', PHP_INT_MAX );
}
require __DIR__ . '/page-cache/lifetime.php';
if ( getenv( 'FLEET_PAGE_CACHE' ) !== 'off' && ! defined( 'WP_INSTALLING' ) ) {
	require __DIR__ . '/page-cache/changed.php';
	new PageCache\Changed( PageCache\Journal::of_site() );
}
require __DIR__ . '/mail/hooks.php';
if ( (string) getenv( 'FLEET_STAGING_OF' ) !== '' ) {
	require __DIR__ . '/staging/hooks.php';
}
if ( PHP_SAPI !== 'cli' ) {
	require __DIR__ . '/sessions.php';
	require __DIR__ . '/logins.php';
	if ( getenv( 'FLEET_USER_NAMES' ) !== 'shown' ) {
		require __DIR__ . '/user-names.php';
	}
}
if ( getenv( 'FLEET_STORAGE_MODE' ) === 'content' && ! defined( 'WP_INSTALLING' ) ) {
	add_action( 'muplugins_loaded', function () {
		// A page that only reads needs none of it.
		if ( PHP_SAPI === 'cli' || is_admin() || $_SERVER['REQUEST_METHOD'] !== 'GET' ) {
			require __DIR__ . '/code/changes.php';
			new Code\Changes();
		}
	} );
}
if ( getenv( 'FLEET_XMLRPC' ) !== 'on' ) {
	add_filter( 'xmlrpc_enabled', '__return_false' );
	add_filter( 'wp_headers', fn( $headers ) => array_diff_key( $headers, [ 'X-Pingback' => 1 ] ) );
	// WordPress's own hooks come after this file.
	add_action( 'init', fn() => remove_action( 'wp_head', 'rsd_link' ) );
}
