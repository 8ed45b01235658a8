<?php
/**
 * One run, as the request that fleet-cron makes of a PHP worker of its own, or as a process in a task of its own.
 */

define( 'DOING_CRON', true );
ignore_user_abort( true );
// Should the task's memory not do, the kernel ends this and no visitor's request.
file_put_contents( '/proc/self/oom_score_adj', '1000' );
require '/usr/src/wordpress/wp-load.php';
require __DIR__ . '/run.php';

$found = Fleet\Cron\run();
header( 'Content-Type: application/json' );
// What plugins print is no answer.
while ( ob_get_level() ) {
	ob_end_clean();
}
echo "\n", json_encode( $found, JSON_THROW_ON_ERROR );
