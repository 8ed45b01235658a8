<?php
/** The names that people log in with stay unknown to strangers: half of what a guesser needs. FLEET_USER_NAMES. */

namespace Fleet;

// /?author=1 leads to an address with the name in it.
add_action( 'parse_request', function ( $request ) {
	if ( isset( $_GET['author'] ) && is_numeric( $_GET['author'] ) && ! is_user_logged_in() ) {
		$request->query_vars = [ 'error' => '404' ];
	}
} );
add_filter( 'redirect_canonical', fn( $to ) => isset( $_GET['author'] ) && ! is_user_logged_in() ? false : $to );
add_filter( 'rest_pre_dispatch', function ( $result, $server, $request ) {
	$users = preg_match( '~^/wp/v2/users(?:/|$)~', $request->get_route() );
	return $users && ! is_user_logged_in() ? new \WP_Error( 'rest_user_cannot_view', __( 'Sorry, you are not allowed to list users.' ), [ 'status' => 401 ] ) : $result;
}, 10, 3 );
add_filter( 'wp_sitemaps_add_provider', fn( $provider, $name ) => $name === 'users' ? false : $provider, 10, 2 );
add_filter( 'oembed_response_data', fn( $data ) => array_diff_key( $data, [ 'author_url' => 1, 'author_name' => 1 ] ) );
// The same words whether the name or the password is wrong.
add_filter( 'wp_login_errors', function ( $errors ) {
	if ( array_intersect( $errors->get_error_codes(), [ 'invalid_username', 'invalid_email', 'incorrect_password' ] ) ) {
		return new \WP_Error( 'incorrect_password', __( '<strong>Error:</strong> The user name or the password is wrong.' ) );
	}
	return $errors;
} );
