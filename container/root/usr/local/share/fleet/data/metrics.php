<?php
/** What CloudWatch counts of a site's backups, told in the log: its embedded metric format needs no call and no right. */

namespace Fleet\Data;

require_once __DIR__ . '/s3.php';
require_once __DIR__ . '/failure.php';
require_once __DIR__ . '/place.php';

final class Metrics {

	/** As fleet/names.py has it. */
	private const NAMESPACE = 'WordPressFleet';

	public function __construct( private S3 $s3, private Place $place ) {}

	/**
	 * Behind a night's backup, or a night that found nothing new. `Backups` is 1, `DrillAge` days since the last good
	 * drill of a site that the clock drills; not told before there is one. The stack's sites have them together, by its
	 * bucket: each more is paid for.
	 */
	public function tell( bool $drilled ): void {
		try {
			$age = $drilled ? $this->drill_age() : null;
		} catch ( \Throwable $problem ) { // The backup is there, whatever becomes of this.
			$age = null;
			progress( 'metrics', 'note', [ 'note' => "the age of the last drill isn't told: {$problem->getMessage()}" ] );
		}
		$values  = [ 'Backups' => 1 ] + ( $age === null ? [] : [ 'DrillAge' => $age ] );
		$metrics = array_map( fn( $name ) => [ 'Name' => $name ], array_keys( $values ) );
		$about   = [ 'Namespace' => self::NAMESPACE, 'Dimensions' => [ [ 'BucketName' ] ], 'Metrics' => $metrics ];
		$line    = [ '_aws' => [ 'Timestamp' => time() * 1000, 'CloudWatchMetrics' => [ $about ] ], 'BucketName' => $this->place->bucket, 'Site' => $this->place->site ];
		fwrite( STDOUT, json_encode( $line + $values, JSON_UNESCAPED_SLASHES ) . "\n" );
	}

	private function drill_age(): ?float {
		$keys = iterator_to_array( $this->s3->keys( "{$this->place->site}/drills/" ) );
		foreach ( array_reverse( array_keys( $keys ) ) as $key ) {
			$drill = json_decode( $this->s3->get( $key ), true );
			if ( isset( $drill['time'] ) && ! isset( $drill['problem'] ) ) {
				return round( ( time() - strtotime( $drill['time'] ) ) / 86400, 2 );
			}
		}
		return null;
	}
}
