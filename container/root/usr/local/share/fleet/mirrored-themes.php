<?php
/**
 * Themes have no constant as plugins do: this sends a request that reads the mirror to its themes.
 *
 * WordPress asks which folder holds a theme only when it knows more than one.
 */

namespace Fleet;

const MIRRORED_THEMES = MIRROR . '/themes';

$GLOBALS['wp_theme_directories'] = [ WP_CONTENT_DIR . '/themes' ];
foreach ( [ 'theme_root', 'pre_option_stylesheet_root', 'pre_option_template_root' ] as $question ) {
	add_filter( $question, fn() => MIRRORED_THEMES );
}
// A theme that has just been installed on another task: WordPress would show an empty page, and the cache keep it.
add_action( 'template_redirect', function () {
	foreach ( [ get_stylesheet(), get_template() ] as $theme ) {
		if ( ! is_dir( MIRRORED_THEMES . "/$theme" ) && is_dir( WP_CONTENT_DIR . "/themes/$theme" ) ) {
			unavailable();
		}
	}
} );
add_filter( 'theme_root_uri', fn() => content_url( '/themes' ) );
