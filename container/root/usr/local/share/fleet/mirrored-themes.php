<?php
/** Themes have no constant as plugins do; these filters send a request that reads the mirror to its themes. */

namespace Fleet;

add_filter( 'theme_root', fn() => MIRROR . '/themes' );
add_filter( 'theme_root_uri', fn() => content_url( '/themes' ) );
