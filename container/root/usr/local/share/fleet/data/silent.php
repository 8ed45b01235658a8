<?php
/** A WordPress that sends no mail and asks no other host. */

require_once '/usr/src/wordpress/wp-includes/plugin.php';
add_filter( 'pre_wp_mail', fn() => false, PHP_INT_MAX );
add_filter( 'pre_http_request', fn() => new WP_Error( 'silent', 'nothing is asked here' ), PHP_INT_MAX );
