<?php
/** What is other about a site that is a copy of another: nobody finds it, takes money by it or mistakes it. */

namespace Fleet\Staging;

const PAYMENTS = __DIR__ . '/payments.json';
/** What the last load wrote: the time of the data. */
const OPTION = 'fleet_copied';

/** Of a list of plugins' files, those that are on. @param list<string> $plugins Such as `stripe/stripe.php`. */
function without_payments( array $plugins ): array {
	$off = [ ...json_decode( file_get_contents( PAYMENTS ), true ), ...explode( ',', (string) getenv( 'FLEET_STAGING_PLUGINS_OFF' ) ) ];
	return array_values( array_filter( $plugins, fn( $plugin ) => ! array_filter( $off, fn( $pattern ) => fnmatch( $pattern, strtok( $plugin, '/' ) ) ) ) );
}

/** For example `3 days old`; empty of a site that was never copied. */
function age(): string {
	$time = strtotime( (string) get_option( OPTION, '' ) );
	return $time ? human_time_diff( $time ) . ' old' : '';
}

if ( PHP_SAPI !== 'cli' ) {
	// nginx keeps it with the page.
	header( 'X-Robots-Tag: noindex, nofollow' );
}
add_filter( 'pre_option_blog_public', fn() => '0' );
// In the database they stay on, until somebody here switches a plugin on or off.
add_filter( 'option_active_plugins', fn( $plugins ) => is_array( $plugins ) ? without_payments( $plugins ) : $plugins );
add_action( 'admin_bar_menu', function ( $bar ) {
	$words = array_filter( [ 'STAGING of ' . getenv( 'FLEET_STAGING_OF' ), age() ] );
	$bar->add_node( [ 'id' => 'fleet-staging', 'title' => esc_html( implode( ', ', $words ) ), 'meta' => [ 'class' => 'fleet-staging' ] ] );
}, 1 );
