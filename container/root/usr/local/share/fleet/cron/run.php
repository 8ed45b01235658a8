<?php
/**
 * Runs the events that are due, one after the other, as WordPress's own wp-cron.php does, but under a lock that every
 * task of the site knows, and telling what became of each.
 */

namespace Fleet\Cron;

require_once __DIR__ . '/times.php';
require_once __DIR__ . '/../lock-name.php';

/** After this a run ends and the next begins: a killed one takes no more with it. */
const BUDGET = 60; // seconds
/** A resumed database answers after 15 s, after a day asleep 30 s. */
const PATIENCE = 60; // seconds

/** How many events to come are told. */
const TOLD = 10;

/** A connection that holds the site's lock, or null where another task is at work. It goes with this process. */
function lock(): ?\mysqli {
	$connection = new \Fleet\Connection( DB_HOST, DB_USER, DB_PASSWORD, DB_NAME );
	$handle     = $connection->open( PATIENCE ) ?? throw new \RuntimeException( "database: $connection->error" );
	$handle->query( 'SET SESSION wait_timeout = 28800' ); // one event may take long
	$name = \Fleet\lock_name( 'cron' );
	$row  = $handle->query( "SELECT GET_LOCK('$name', 0)" )->fetch_row();
	return $row[0] === '1' ? $handle : null;
}

/** WordPress's list as the database has it: other requests schedule events while an event runs. */
function events(): array {
	wp_cache_delete( 'alloptions', 'options' );
	wp_cache_delete( 'cron', 'options' );
	return _get_cron_array() ?: [];
}

/** @return ?array{0: int, 1: string, 2: array} The first event that was due at `$begun`: time, hook, and the rest. */
function first_due( int $begun ): ?array {
	$events = events();
	ksort( $events );
	foreach ( $events as $time => $hooks ) {
		if ( ! is_int( $time ) || $time > $begun ) {
			continue;
		}
		foreach ( $hooks as $hook => $each ) {
			foreach ( $each as $event ) {
				return [ $time, $hook, $event ];
			}
		}
	}
	return null;
}

/** Takes it off the list first, so that an event that kills its run is not met again at once. */
function take( int $time, string $hook, array $event ): bool {
	if ( $event['schedule'] ) {
		$again = wp_reschedule_event( $time, $event['schedule'], $hook, $event['args'], true );
		is_wp_error( $again ) && say( "$hook comes no more: " . $again->get_error_message() );
	}
	$taken = wp_unschedule_event( $time, $hook, $event['args'], true );
	is_wp_error( $taken ) && say( "$hook is not run: " . $taken->get_error_message() );
	return ! is_wp_error( $taken );
}

/** What went wrong, or null. */
function fire( string $hook, array $arguments ): ?string {
	file_put_contents( EVENT, $hook );
	try {
		do_action_ref_array( $hook, $arguments );
		return null;
	} catch ( \Throwable $problem ) {
		return get_class( $problem ) . ': ' . $problem->getMessage() . ' at ' . $problem->getFile() . ':' . $problem->getLine();
	} finally {
		unlink( EVENT );
	}
}

/** Action Scheduler, WooCommerce's queue, takes what it can in half a minute and leaves the rest to its next turn. */
function drain( float $end ): void {
	while ( microtime( true ) < $end && class_exists( '\ActionScheduler', false ) && \ActionScheduler::store()->has_pending_actions_due() ) {
		if ( ( $problem = fire( 'action_scheduler_run_queue', [ 'Fleet' ] ) ) !== null ) {
			say( "action_scheduler_run_queue failed: $problem" );
			return;
		}
	}
}

/** @return array{busy: bool, ran: int, failed: list<string>, late: int, due: ?int, coming: array<string, int>} */
function run(): array {
	$begun = time();
	$end   = microtime( true ) + BUDGET;
	$found = [ 'busy' => false, 'ran' => 0, 'failed' => [], 'late' => 0 ];
	if ( ( $lock = lock() ) === null ) {
		// What is due is the other task's.
		$later = array_filter( events(), fn( $time ) => $time > $begun, ARRAY_FILTER_USE_KEY );
		return [ ...$found, 'busy' => true, 'due' => earliest( $later ), 'coming' => [] ];
	}
	while ( microtime( true ) < $end && ! is_file( STOP ) && ( $next = first_due( $begun ) ) !== null ) {
		[ $time, $hook, $event ] = $next;
		if ( ! take( $time, $hook, $event ) ) {
			break;
		}
		$found['late'] = max( $found['late'], $begun - $time );
		$problem       = fire( $hook, $event['args'] );
		++$found['ran'];
		if ( $problem !== null ) {
			say( "$hook failed: $problem" );
			$found['failed'][] = $hook;
		}
		$hook === 'action_scheduler_run_queue' && drain( $end );
	}
	$events = events();
	$lock->close();
	return [ ...$found, 'due' => earliest( $events ), 'coming' => coming( $events ) ];
}

/** @return array<string, int> Hook to time, of the next ones. */
function coming( array $events ): array {
	ksort( $events );
	$coming = [];
	foreach ( $events as $time => $hooks ) {
		foreach ( is_int( $time ) ? array_keys( $hooks ) : [] as $hook ) {
			$coming[ $hook ] ??= $time;
		}
		if ( count( $coming ) >= TOLD ) {
			break;
		}
	}
	return array_slice( $coming, 0, TOLD );
}

function say( string $line ): void {
	// Of a worker of php-fpm's, whose standard error is the log of a pool.
	error_log( "fleet-cron: $line" );
}
