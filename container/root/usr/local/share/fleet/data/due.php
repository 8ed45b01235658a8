<?php
/**
 * Whether a night's backup is due: due.php s3://BUCKET/SITE/ID [OPTIONS of fleet-dump], status 0, or 3 when nothing can have changed since the
 * last one, which is then noted beside it. Asks S3 and EFS, and never the database: it may sleep.
 */

namespace Fleet\Data;

require_once __DIR__ . '/dumps.php';
require_once __DIR__ . '/metrics.php';
require_once __DIR__ . '/failure.php';
require_once __DIR__ . '/../used.php';

const NOT_DUE = 3;

program( function () use ( $argv ) {
	$place = Place::of( $argv[1] ?? '' );
	$s3    = new S3( $place->bucket );
	$last  = ( new Dumps( $s3, $place ) )->newest_backup();
	if ( $last === null || \Fleet\Used::since( strtotime( $last['time'] ) ) ) {
		exit( 0 );
	}
	$s3->put( "$place->site/checked", '' );
	( new Metrics( $s3, $place ) )->tell( in_array( '--drilled', $argv, true ) );
	progress( 'end', 'skipped', [ 'note' => "nothing has changed since the backup $last[id]" ] );
	exit( NOT_DUE );
} );
