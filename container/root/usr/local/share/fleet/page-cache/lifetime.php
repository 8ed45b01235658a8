<?php
/**
 * Tells nginx how long it may keep a page, and what the page shows. Only WordPress's own pages say so; nginx keeps
 * nothing else.
 *
 * A page that forbids caching stays out, whether a plugin says so before or later.
 */

namespace Fleet\PageCache;

require_once __DIR__ . '/shown.php';

const EDGE_LIFETIME = 'Fleet-Edge';

// Set by nginx for a request that its cache may answer; a visitor can't set it (their headers arrive as HTTP_*).
if ( ( $_SERVER['FLEET_CACHEABLE'] ?? '' ) === '1' ) {
	new Shown();
	add_action( 'send_headers', function () {
		// Of a missing page WordPress itself says so, and it may be kept.
		if ( ! is_404() && preg_grep( '/^cache-control:.*(?:no-store|no-cache|private)/i', headers_list() ) ) {
			return;
		}
		$fresh = (int) ( getenv( 'FLEET_PAGE_CACHE_SECONDS' ) ?: 3600 );
		$stale = (int) ( getenv( 'FLEET_PAGE_CACHE_STALE_SECONDS' ) ?: 3600 );
		header( "Cache-Control: max-age=0, s-maxage=$fresh, stale-while-revalidate=$stale" );
		// nginx puts it in the other's place: an edge is told of changes, and has what it kept for a day after an error.
		$edge = (int) getenv( 'FLEET_EDGE_SECONDS' );
		$edge && header( EDGE_LIFETIME . ": max-age=0, s-maxage=$edge, stale-while-revalidate=60, stale-if-error=86400" );
	} );
	// The constant by which shops and forums keep a page out of every page cache.
	add_action( 'template_redirect', function () {
		if ( defined( 'DONOTCACHEPAGE' ) && DONOTCACHEPAGE ) {
			nocache_headers();
			header_remove( EDGE_LIFETIME );
		}
	}, PHP_INT_MAX );
}
