<?php
/**
 * WordPress's configuration, from the environment alone. fleet-serve and fleet-init have checked every value.
 *
 * Core lives here, in the image, and never changes; the mount at /srv/site/wp-content holds what does.
 */

// While a load's tables and files take the place of this site's, which takes seconds.
if ( PHP_SAPI !== 'cli' && is_file( '/tmp/fleet/maintenance' ) ) {
	require_once '/usr/local/share/fleet/unavailable.php';
	Fleet\unavailable( 'This site is being moved.' );
}

define( 'DB_HOST', getenv( 'WORDPRESS_DB_HOST' ) );
define( 'DB_NAME', getenv( 'WORDPRESS_DB_NAME' ) );
define( 'DB_USER', getenv( 'WORDPRESS_DB_USER' ) );
define( 'DB_PASSWORD', getenv( 'WORDPRESS_DB_PASSWORD' ) );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
// For plugins that bring a database class of their own: TLS, which the server demands.
define( 'MYSQL_CLIENT_FLAGS', MYSQLI_CLIENT_SSL );
$table_prefix = getenv( 'WORDPRESS_TABLE_PREFIX' ) ?: 'wp_';

foreach ( [ 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ] as $name ) {
	define( "{$name}_KEY", getenv( "WORDPRESS_{$name}_KEY" ) );
	define( "{$name}_SALT", getenv( "WORDPRESS_{$name}_SALT" ) );
}

define( 'WP_ENVIRONMENT_TYPE', getenv( 'WP_ENVIRONMENT_TYPE' ) ?: 'production' );
define( 'WP_HOME', getenv( 'WP_HOME' ) );
define( 'WP_SITEURL', WP_HOME );
// TLS ends at the load balancer or at CloudFront, and plain HTTP is turned away there. The site's own address says
// which scheme its visitors use; no header does, so none can be forged and no redirect can loop.
if ( str_starts_with( WP_HOME, 'https://' ) ) {
	$_SERVER['HTTPS'] = 'on';
	define( 'FORCE_SSL_ADMIN', true );
}

foreach ( [ 'WP_MEMORY_LIMIT', 'WP_MAX_MEMORY_LIMIT' ] as $name ) {
	getenv( $name ) && define( $name, getenv( $name ) );
}
define( 'WP_DEBUG', (bool) getenv( 'WORDPRESS_DEBUG' ) );
define( 'WP_DEBUG_DISPLAY', false ); // PHP logs to stderr
define( 'DISABLE_WP_CRON', true );
define( 'WP_AUTO_UPDATE_CORE', false );
define( 'DISALLOW_FILE_EDIT', true );
define( 'FS_METHOD', 'direct' ); // the files' owner is the access point's, which WordPress would take for a stranger
define( 'WP_TEMP_DIR', '/tmp' );

if ( getenv( 'FLEET_STORAGE_MODE' ) === 'uploads' ) {
	define( 'DISALLOW_FILE_MODS', true );
	define( 'FLEET_DROP_INS', __DIR__ . '/wp-content' );
} else {
	defined( 'WP_CONTENT_DIR' ) || define( 'WP_CONTENT_DIR', '/srv/site/wp-content' );
	define( 'FLEET_DROP_INS', '/var/cache/fleet/drop-ins' );
	if ( PHP_SAPI !== 'cli' ) {
		require_once '/usr/local/share/fleet/code/items.php';
		require_once '/usr/local/share/fleet/code/gate.php';
		Fleet\Code\Gate::enter();
	}
}

require_once '/usr/local/share/fleet/code/drop-ins.php';

// The official image's way to add settings of one's own.
if ( getenv( 'WORDPRESS_CONFIG_EXTRA' ) ) {
	eval( getenv( 'WORDPRESS_CONFIG_EXTRA' ) ); // phpcs:ignore
}

defined( 'ABSPATH' ) || define( 'ABSPATH', __DIR__ . '/' );
require_once ABSPATH . 'wp-includes/plugin.php';
require_once ABSPATH . 'wp-includes/class-wpdb.php';
require_once '/usr/local/share/fleet/database.php';
require_once '/usr/local/share/fleet/hooks.php';
$wpdb = new Fleet\Database( DB_USER, DB_PASSWORD, DB_NAME, DB_HOST );

require_once ABSPATH . 'wp-settings.php';
