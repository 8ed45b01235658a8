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
add_filter( 'theme_root_uri', fn() => content_url( '/themes' ) );
