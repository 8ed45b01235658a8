<?php
/** The names that people log in with stay unknown to strangers: half of what a guesser needs. FLEET_USER_NAMES. */

namespace Fleet;

// /?author=1 leads to an address with the name in it, as do 1x and 1,2. The API's lists of an author's posts don't.
add_action( 'parse_request', function ( $request ) {
	$asked = ! empty( $request->query_vars['author'] ) && empty( $request->query_vars['rest_route'] );
	if ( $asked && ! is_user_logged_in() ) {
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

/** The same words whether the name or the password is wrong, wherever somebody logs in: core's form or a shop's. */
add_filter( 'authenticate', function ( $found ) {
	$wrong = [ 'invalid_username', 'invalid_email', 'incorrect_password' ];
	return is_wp_error( $found ) && array_intersect( $found->get_error_codes(), $wrong )
		? new \WP_Error( 'incorrect_password', __( '<strong>Error:</strong> The user name or the password is wrong.' ) )
		: $found;
}, PHP_INT_MAX );
// And whoever asks for a new password hears the same as those who get one.
add_filter( 'lostpassword_errors', function ( $errors, $user ) {
	$others = array_diff( $errors->get_error_codes(), [ 'invalid_email' ] );
	if ( ! $user && ! $others && ( $GLOBALS['pagenow'] ?? '' ) === 'wp-login.php' ) {
		wp_safe_redirect( 'wp-login.php?checkemail=confirm' );
		exit;
	}
	return $errors;
}, 10, 2 );
