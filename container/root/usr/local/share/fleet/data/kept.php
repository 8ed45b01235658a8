<?php
/** Which backups of a site stay: a rule on times alone. */

namespace Fleet\Data;

/**
 * Each of the last days, the last of each week (Monday to Sunday) and of each month of the last so many, all UTC, and
 * the newest whatever its age. The week and the month that go on count as the first of theirs.
 *
 * @param list<int>                                     $times Seconds since 1970, in any order.
 * @param array{days: int, weeks: int, months: int}     $keep
 * @return list<int> Those that stay, the oldest first.
 */
function kept( array $times, array $keep, int $now ): array {
	sort( $times );
	// Later times overwrite earlier ones. 1970 began on a Thursday.
	$week  = fn( int $time ) => intdiv( $time + 3 * 86400, 7 * 86400 );
	$month = fn( int $time ) => 12 * (int) gmdate( 'Y', $time ) + (int) gmdate( 'n', $time );
	$stay  = [];
	foreach ( [ [ 'weeks', $week ], [ 'months', $month ] ] as [ $name, $of ] ) {
		$last = [];
		foreach ( $times as $time ) {
			$last[ $of( $time ) ] = $time;
		}
		$stay = [ ...$stay, ...array_filter( $last, fn( $number ) => $number > $of( $now ) - $keep[ $name ], ARRAY_FILTER_USE_KEY ) ];
	}
	$days = array_filter( $times, fn( $time ) => $time > $now - 86400 * $keep['days'] );
	$stay = array_unique( [ ...$stay, ...$days, ...array_slice( $times, -1 ) ] );
	sort( $stay );
	return $stay;
}
