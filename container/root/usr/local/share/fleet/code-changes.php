<?php
/** Says that code on the mount has changed: every replica's fleet-mirror looks at this file's time. */

namespace Fleet;

function code_changed(): void {
	@touch( WP_CONTENT_DIR . '/.fleet-code' );
}

foreach ( [ 'upgrader_process_complete', 'activated_plugin', 'deleted_plugin', 'deleted_theme', 'switch_theme' ] as $action ) {
	add_action( $action, __NAMESPACE__ . '\code_changed', PHP_INT_MAX, 0 );
}
