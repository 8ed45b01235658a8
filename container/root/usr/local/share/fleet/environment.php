<?php
/**
 * The container's environment: what it may hold, read and checked once at the start.
 *
 * wp-config.php does not come here: by the time a request runs, fleet-serve has checked all of it.
 */

namespace Fleet\Environment;

/** sysexits.h: something is wrong in the configuration, so a restart alone won't help. */
const EX_CONFIG = 78;

require_once __DIR__ . '/config-extra.php';

const HOST = '(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}';
const PORT = '(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])';
const KEYS_AND_SALTS = [
	'WORDPRESS_AUTH_KEY', 'WORDPRESS_SECURE_AUTH_KEY', 'WORDPRESS_LOGGED_IN_KEY', 'WORDPRESS_NONCE_KEY',
	'WORDPRESS_AUTH_SALT', 'WORDPRESS_SECURE_AUTH_SALT', 'WORDPRESS_LOGGED_IN_SALT', 'WORDPRESS_NONCE_SALT',
];

/**
 * What a site may set, by name: a pattern and what is allowed in words, or the least and most and what it counts; and
 * what holds where nobody sets it. `fleet validate` reads the same list.
 */
const SETTINGS = __DIR__ . '/settings.json';

/** name => [pattern of the whole value, what is allowed with an example, default or null for required]. */
const DATABASE = [
	'WORDPRESS_DB_HOST' => [ '[A-Za-z0-9.-]+(?::' . PORT . ')?', 'a host name and a port, for example db.example.com:3306', null ],
	'WORDPRESS_DB_NAME' => [ '[A-Za-z0-9_]{1,64}', 'letters, digits and underscores, for example blog', null ],
	'WORDPRESS_DB_USER' => [ '[A-Za-z0-9_]{1,32}', 'letters, digits and underscores, for example blog', null ],
];
const TEXT = DATABASE + [
	'FLEET_SITE'             => [ '[a-z][a-z0-9-]{0,23}', 'a site name, for example blog', null ],
	'FLEET_DOMAINS'          => [ HOST . '(?:,(?:\*\.)?' . HOST . ')*', 'host names, the canonical one first, for example blog.example.com,*.example.com', null ],
	'FLEET_STORAGE_MODE'     => [ 'content|uploads', 'content or uploads', null ],
	'WP_HOME'                => [ 'https?://' . HOST . '(?::' . PORT . ')?', 'the address of the site with no path, for example https://blog.example.com', null ],
	'WP_ENVIRONMENT_TYPE'    => [ 'production|staging|development|local', 'production, staging, development or local', 'production' ],
	'FLEET_CRON_SLOTS'       => [ 'on|off', 'on or off', 'off' ],
	'WORDPRESS_TABLE_PREFIX' => [ '[A-Za-z0-9_]{1,20}', 'letters, digits and underscores, for example wp_', 'wp_' ],
	'FLEET_EDGE_DISTRIBUTION' => [ '[A-Z0-9]{1,32}|', 'the id of a distribution', '' ],
	'FLEET_STAGING_OF'       => [ '[a-z][a-z0-9-]{0,23}|', 'the name of the site that this one is a copy of', '' ],
	'FLEET_STAGING_UPLOADS'  => [ 'https?://' . HOST . '(?::' . PORT . ')?|', 'an address with no path, for example https://shop.example.com', '' ],
	'FLEET_STAGING_PLUGINS_OFF' => [ '[a-z0-9_-]+(?:,[a-z0-9_-]+)*|', 'folders of plugins, for example my-payments', '' ],
	'FLEET_MAIL'             => [ 'ses|smtp|log|off', 'ses, smtp, log or off', 'off' ],
];

/** name => [least, most, what it counts, default or null for required]. */
const NUMBERS = [
	'FLEET_PORT'                     => [ 1024, 65535, 'a port', 8080 ],
	'FLEET_CPU'                      => [ 128, 65536, 'CPU units', 1024 ],
	'FLEET_MEMORY'                   => [ 256, 524288, 'MiB', 2048 ],
	'FLEET_EDGE_SECONDS'             => [ 0, 31536000, 'seconds, 0 to keep no page at the edge', 0 ],
	'FLEET_EDGE_TAGS'                => [ 1, 30, 'tags of a purge', 10 ],
	'FLEET_CRON_SECONDS'             => [ 0, 86400, 'seconds, 0 to run no events', 0 ],
];

/** What fleet-init needs beside all of the above. */
const INIT_TEXT = [
	'FLEET_TITLE'          => [ '.{1,200}', 'the title of the site, for example My blog', null ],
	'FLEET_ADMIN_USER'     => [ '[A-Za-z0-9 _.@-]{1,60}', 'a WordPress user name, for example admin', null ],
	'FLEET_ADMIN_EMAIL'    => [ '[^@\s]+@[^@\s]+', 'an e-mail address, for example admin@example.com', null ],
];
/** What fleet-schema needs beside DATABASE, and nothing else of the site. */
const MASTER_TEXT = [
	'FLEET_DB_MASTER_USER' => [ '[A-Za-z0-9_]{1,32}', 'the master user of the database, for example admin', null ],
];
const SECRETS        = [ 'WORDPRESS_DB_PASSWORD', ...KEYS_AND_SALTS ];
const INIT_SECRETS   = [ 'FLEET_ADMIN_PASSWORD' ];
const MASTER_SECRETS = [ 'WORDPRESS_DB_PASSWORD', 'FLEET_DB_MASTER_PASSWORD' ];

/**
 * The checked values of this container, or the end of it: one line on stderr for each bad value, exit status 78.
 *
 * @return array<string, string|int> By name, with the defaults filled in. No secret is in it.
 */
function checked( bool $for_init = false ): array {
	[ $text, $numbers ]    = settings();
	[ $values, $problems ] = read( TEXT + $text + ( $for_init ? INIT_TEXT : [] ), NUMBERS + $numbers, [ ...SECRETS, ...( $for_init ? INIT_SECRETS : [] ) ] );
	end_at( $problems ?: contradictions( $values ) );
	return $values;
}

/** The same for fleet-schema. */
function checked_for_schema(): array {
	[ $values, $problems ] = read( DATABASE + MASTER_TEXT, [], MASTER_SECRETS );
	end_at( $problems );
	return $values;
}

/** @return array{0: array<string, string|int>, 1: list<string>} The values, and what is wrong with them. */
function read( array $text, array $numbers, array $secrets ): array {
	$values = $problems = [];
	foreach ( $text as $name => [ $pattern, $allowed, $default ] ) {
		$found = text( $name ) ?? $default;
		if ( $found === null || ! preg_match( '~\A(?:' . $pattern . ')\z~u', $found ) ) {
			$problems[] = problem( $name, $found, $allowed );
		}
		$values[ $name ] = $found;
	}
	foreach ( $numbers as $name => [ $least, $most, $unit, $default ] ) {
		$found = text( $name ) ?? (string) $default;
		if ( ! preg_match( '/\A\d{1,9}\z/', $found ) || (int) $found < $least || (int) $found > $most ) {
			$problems[] = problem( $name, $found, "$least to $most ($unit), for example $default" );
		}
		$values[ $name ] = (int) $found;
	}
	foreach ( $secrets as $name ) {
		if ( text( $name ) === null ) {
			$problems[] = "$name is not set; it comes from the site's secret";
		}
	}
	return [ $values, $problems ];
}

/** @param list<string> $problems */
function end_at( array $problems ): void {
	foreach ( $problems as $line ) {
		fwrite( STDERR, "fleet: $line\n" );
	}
	$problems && exit( EX_CONFIG );
}

/** @return array{0: array, 1: array} The settings in the shapes of TEXT and NUMBERS. */
function settings(): array {
	$text = $numbers = [];
	foreach ( json_decode( file_get_contents( SETTINGS ), true, 8, JSON_THROW_ON_ERROR ) as $name => $setting ) {
		if ( isset( $setting['pattern'] ) ) {
			$text[ $name ] = [ $setting['pattern'], $setting['allowed'], $setting['default'] ];
		} else {
			$numbers[ $name ] = [ $setting['least'], $setting['most'], $setting['counts'], $setting['default'] ];
		}
	}
	return [ $text, $numbers ];
}

/** @return list<string> */
function contradictions( array $values ): array {
	$problems  = [];
	$canonical = explode( ',', $values['FLEET_DOMAINS'] )[0];
	if ( parse_url( $values['WP_HOME'], PHP_URL_HOST ) !== $canonical ) {
		$problems[] = problem( 'WP_HOME', $values['WP_HOME'], "an address at the first of FLEET_DOMAINS, for example https://$canonical" );
	}
	if ( ! is_file( $values['FLEET_DB_CA'] ) || ! is_readable( $values['FLEET_DB_CA'] ) ) {
		$problems[] = problem( 'FLEET_DB_CA', $values['FLEET_DB_CA'], 'a file that can be read' );
	}
	if ( $values['FLEET_DB_CONNECT_SECONDS'] >= $values['FLEET_REQUEST_SECONDS'] ) {
		$problems[] = problem( 'FLEET_DB_CONNECT_SECONDS', (string) $values['FLEET_DB_CONNECT_SECONDS'], 'less than FLEET_REQUEST_SECONDS' );
	}
	foreach ( array_filter( explode( ',', $values['FLEET_TRUSTED_PROXIES'] ) ) as $block ) {
		is_block( $block ) || $problems[] = problem( 'FLEET_TRUSTED_PROXIES', $block, settings()[0]['FLEET_TRUSTED_PROXIES'][1] );
	}
	$wrong = config_extra_problem( (string) text( 'WORDPRESS_CONFIG_EXTRA' ) );
	$wrong && $problems[] = "WORDPRESS_CONFIG_EXTRA is $wrong";
	return $problems;
}

/** Whether nginx takes it for an address or a CIDR block. */
function is_block( string $block ): bool {
	[ $address, $bits ] = explode( '/', $block ) + [ 1 => '0' ];
	$most               = filter_var( $address, FILTER_VALIDATE_IP, FILTER_FLAG_IPV6 ) ? 128 : 32;
	return filter_var( $address, FILTER_VALIDATE_IP ) !== false && (int) $bits <= $most;
}

function problem( string $name, ?string $found, string $allowed ): string {
	return $found === null ? "$name is not set; allowed: $allowed" : "$name is '" . addcslashes( $found, "\0..\37'" ) . "'; allowed: $allowed";
}

/** An empty value counts as unset, as in the official image. */
function text( string $name ): ?string {
	$value = getenv( $name );
	return $value === false || $value === '' ? null : $value;
}
