<?php
/**
 * When this task looks for due events next: one number in a file of its own, which every request may bring forward.
 *
 * Nobody asks the database about it, so a database that sleeps is left alone until there is something to do.
 */

namespace Fleet\Cron;

const FOLDER = '/tmp/fleet/cron';
const NEXT   = FOLDER . '/next';
/** What the run under way is at, for the report when it doesn't come back. */
const EVENT = FOLDER . '/event';
/** There when the task is about to end: the run under way ends after its event. */
const STOP = FOLDER . '/stop';
/** Without any event, and with a database that is let sleep, somebody looks once a day. */
const A_DAY = 86400;

/** The longest that a due event waits, in seconds; 0 where this task runs none. */
function longest(): int {
	return (int) getenv( 'FLEET_CRON_SECONDS' );
}

function in_slots(): bool {
	return getenv( 'FLEET_CRON_SLOTS' ) === 'on';
}

/**
 * The moment to look, for the earliest event at `$due`. With a database that sleeps it is the end of a slot, the same
 * for all sites of a cell, so that they wake it together.
 */
function moment( ?int $due, int $now ): int {
	$longest = max( 1, longest() );
	if ( in_slots() ) {
		return (int) ( ceil( max( $due ?? $now + A_DAY, $now + 1 ) / $longest ) * $longest );
	}
	// An event may have been scheduled where no request told of it.
	return min( max( $due ?? PHP_INT_MAX, $now ), $now + $longest );
}

/** The earliest event of WordPress's list, or null. */
function earliest( mixed $events ): ?int {
	$times = is_array( $events ) ? array_filter( array_keys( $events ), 'is_int' ) : [];
	return $times ? min( $times ) : null;
}

function planned(): int {
	return (int) @file_get_contents( NEXT );
}

function plan( int $moment ): void {
	$new = NEXT . '.' . getmypid();
	if ( @file_put_contents( $new, (string) $moment ) ) {
		rename( $new, NEXT );
	}
}

/** At the end of a request, of this task's or with what another's left in the list: sooner, if need be. */
function announce(): void {
	$now = time();
	$due = earliest( _get_cron_array() );
	if ( $due !== null && ( $moment = moment( $due, $now ) ) < planned() ) {
		plan( $moment );
	}
}
