<?php
/** A must-use plugin of the tests: schedules what a request asks for, and events that note, hang, break. */

const EVENTS = [ 'note', 'slow', 'hang', 'throws', 'breaks', 'action_scheduler_run_queue', 'publish_future_post' ];

// WordPress's own ask the internet for updates, where there is none.
add_filter( 'pre_schedule_event', fn( $pre, $event ) => in_array( $event->hook, EVENTS, true ) ? $pre : false, 10, 2 );
add_action( 'init', function () {
	if ( isset( $_POST['events'] ) ) {
		foreach ( explode( ',', $_POST['events'] ) as $event ) {
			[ $hook, $in, $number ] = explode( ':', $event );
			wp_schedule_single_event( time() + (int) $in, $hook, [ (int) $number ] );
		}
		exit( 'scheduled' );
	}
	if ( isset( $_POST['post'] ) ) {
		$date = gmdate( 'Y-m-d H:i:s', time() + (int) $_POST['post'] );
		exit( (string) wp_insert_post( [ 'post_title' => 'Soon', 'post_status' => 'future', 'post_date' => $date, 'post_date_gmt' => $date ] ) );
	}
	if ( isset( $_POST['cost'] ) ) {
		$begun = microtime( true );
		for ( $number = 0; $number < 100; $number++ ) {
			Fleet\Cron\announce();
		}
		exit( (string) ( ( microtime( true ) - $begun ) * 10 ) ); // milliseconds each
	}
} );
add_action( 'publish_future_post', fn() => $GLOBALS['wpdb']->query( 'INSERT INTO published VALUES (NOW(3))' ) );
add_action( 'note', fn( $number ) => $GLOBALS['wpdb']->insert( 'notes', [ 'number' => $number ] ) );
add_action( 'slow', function ( $number ) {
	do_action( 'note', -$number );
	sleep( 3 );
	do_action( 'note', $number );
} );
add_action( 'hang', function () {
	while ( true ) {
		sleep( 1 );
	}
} );
add_action( 'throws', fn() => throw new LogicException( 'on purpose' ) );
add_action( 'breaks', fn() => str_repeat( 'x', 1 << 40 ) );

/** Like Action Scheduler's: a turn takes a batch, and leaves the rest to the next one. */
final class ActionScheduler {
	public static function store(): self {
		return new self();
	}
	public function has_pending_actions_due(): bool {
		return (int) $GLOBALS['wpdb']->get_var( 'SELECT COUNT(*) FROM actions' ) > 0;
	}
}
add_action( 'action_scheduler_run_queue', fn() => $GLOBALS['wpdb']->query( 'DELETE FROM actions LIMIT 25' ) );
