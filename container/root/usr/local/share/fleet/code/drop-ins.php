<?php
/**
 * Drop-ins without a question to EFS, where they lie: a mark on local disk tells which there are, and PHP keeps what it
 * compiled of one until Local, which knows of every change, lets it forget.
 */

/** Longer than any task runs. PHP would else ask EFS for the file's time every two seconds. */
const FLEET_NEVER = '1000000000'; // seconds

/** In place of core's question to the content folder: the Dockerfile makes core ask here. */
function fleet_has_drop_in( string $name ): bool {
	if ( ! is_file( FLEET_DROP_INS . "/$name" ) ) {
		return false;
	}
	$file = WP_CONTENT_DIR . "/$name";
	// What is in memory nobody can take away before core loads it.
	if ( PHP_SAPI !== 'cli' && opcache_is_script_cached( $file ) ) {
		return true;
	}
	if ( ! is_file( $file ) ) {
		return false;
	}
	if ( PHP_SAPI !== 'cli' ) {
		$usual = ini_set( 'opcache.revalidate_freq', FLEET_NEVER );
		opcache_compile_file( $file );
		ini_set( 'opcache.revalidate_freq', $usual );
	}
	return true;
}
