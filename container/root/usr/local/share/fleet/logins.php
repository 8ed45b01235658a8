<?php
/**
 * A limit on wrong passwords by user name, whatever addresses they come from; nginx has the one by address.
 *
 * Counted on each task's own disk: with several tasks a guesser gets as many more tries.
 */

namespace Fleet;

const WRONG_PASSWORDS  = 20;
const WRONG_IN_SECONDS = 900;
const LOGINS           = '/tmp/fleet/logins';

function wrong_passwords( string $user ): string {
	is_dir( LOGINS ) || @mkdir( LOGINS, 0700 );
	return LOGINS . '/' . sha1( strtolower( $user ) );
}

add_filter( 'authenticate', function ( $found, $user, $password ) {
	$counted = (string) $user === '' ? '' : wrong_passwords( $user );
	clearstatcache( true, $counted );
	$recent = $counted !== '' && is_file( $counted ) && time() - filemtime( $counted ) < WRONG_IN_SECONDS;
	if ( ! $recent || filesize( $counted ) < WRONG_PASSWORDS ) {
		return $found;
	}
	// Before WordPress computes a hash, which is what costs.
	remove_all_filters( 'authenticate' );
	status_header( 429 );
	return new \WP_Error( 'fleet_too_many', __( 'Too many wrong passwords. Please try again in a quarter of an hour.' ) );
}, 1, 3 );
add_action( 'wp_login_failed', function ( $user, $error = null ) {
	if ( ! $error || ! in_array( 'fleet_too_many', $error->get_error_codes(), true ) ) {
		$counted = wrong_passwords( (string) $user );
		$old     = is_file( $counted ) && time() - filemtime( $counted ) >= WRONG_IN_SECONDS;
		file_put_contents( $counted, '.', $old ? 0 : FILE_APPEND );
	}
}, 10, 2 );
add_action( 'wp_login', fn( $user ) => @unlink( wrong_passwords( $user ) ) );
