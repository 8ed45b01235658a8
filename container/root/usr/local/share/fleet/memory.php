<?php
/** How a task's memory is shared out, so that requests wait and none is killed. The same is in fleet/site/workers.py. */

namespace Fleet\Memory;

/** OPcache (128), nginx (13), the four keepers (10 each), PHP's other processes (7) and the rest of the container, MiB. */
const RESERVED = 208;
/** Machine code, MiB; WordPress alone fills 3 of them. */
const JIT = 32;
/** What a worker takes beside what PHP counts, MiB: 9 to 11.5 were measured, with pages and the dashboard's lists. */
const BESIDE = 12;
/** A page waits for the database about as long as it computes; more workers than this only share the CPU. */
const WORKERS_PER_CPU = 16;
/** MiB that a request may use, unless somebody says: a part of the task's memory, between two bounds. */
const PART  = 8;
const LEAST = 64;
const MOST  = 256;
/** Installations and imports have workers of their own: two where there are so many in all, else one. */
const WORKERS_FOR_TWO = 8;
/** A worker for events has room of its own where so many for pages remain; else the kernel would end it before any. */
const LEAST_FOR_PAGES = 2;

/** MiB that a request may use. WordPress's own limits mean something, so they raise what nobody has set. */
function of_a_request( array $values ): int {
	$asked = array_map( fn( $name ) => intdiv( ini_parse_quantity( getenv( $name ) ?: '0' ), 1 << 20 ), [ 'WP_MEMORY_LIMIT', 'WP_MAX_MEMORY_LIMIT' ] );
	return (int) $values['FLEET_PHP_MEMORY'] ?: max( min( MOST, max( LEAST, intdiv( $values['FLEET_MEMORY'], PART ) ) ), ...$asked );
}

/** @return array{0: int, 1: int} Workers for pages, and for what takes long. Beside them one runs events, if the task does. */
function workers( array $values ): array {
	$left   = $values['FLEET_MEMORY'] - RESERVED - ( $values['FLEET_PHP_JIT'] === 'on' ? JIT : 0 );
	$all    = intdiv( $left, of_a_request( $values ) + BESIDE );
	$long   = $all >= WORKERS_FOR_TWO ? 2 : 1;
	$events = $values['FLEET_CRON_SECONDS'] && $all - $long > LEAST_FOR_PAGES ? 1 : 0;
	$by_cpu = max( 4, intdiv( $values['FLEET_CPU'] * WORKERS_PER_CPU, 1024 ) );
	return [ $values['FLEET_WORKERS'] ?: max( 1, min( $all - $long - $events, $by_cpu ) ), $long ];
}
