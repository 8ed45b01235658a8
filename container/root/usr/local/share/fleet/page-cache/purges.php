<?php
/**
 * What CloudFront is told of the site's changes: a purge by tags, some seconds after them and apart from every request.
 *
 * All tasks of a site look; one of them tells, whoever has the lock of the mark, which says up to when it was done. Each
 * path or tag is paid for, so what changes within some seconds goes together, and much of it as the whole site: nginx
 * has kept what wasn't touched, so that the edge then asks for it costs no PHP.
 */

namespace Fleet\PageCache;

require_once __DIR__ . '/journal.php';
require_once __DIR__ . '/shown.php';
require_once __DIR__ . '/../aws.php';

final class Purges {

	private const EVERY = 2.0; // seconds
	/** By then no task's nginx shows what was before (page-cache/kept.php), from which the edge would be filled again. */
	private const SETTLED = 6.0; // seconds
	private const PATIENCE = 10.0; // seconds for a call
	/** After a failure; twice as long each time. */
	private const PAUSE = [ 4.0, 300.0 ]; // seconds
	private const EVERYTHING = '/*';

	private float $pause  = 0;
	private float $paused = 0;

	public function __construct( private Journal $journal ) {}

	public function keep(): never {
		while ( true ) {
			try {
				microtime( true ) > $this->paused && $this->purge();
				$this->pause = 0;
			} catch ( \Throwable $problem ) {
				$this->pause  = min( max( self::PAUSE[0], 2 * $this->pause ), self::PAUSE[1] );
				$this->paused = microtime( true ) + $this->pause;
				fwrite( STDERR, "fleet-edge: the edge may show old pages, next try in $this->pause s: {$problem->getMessage()}\n" );
			}
			usleep( (int) ( 1e6 * self::EVERY ) );
		}
	}

	private function purge(): void {
		$mark = $this->journal->mark( 'edge' );
		if ( ! flock( $mark, LOCK_EX | LOCK_NB ) ) {
			return;
		}
		try {
			$now   = microtime( true );
			$until = (float) stream_get_contents( $mark );
			if ( ! $until ) {
				self::write( $mark, $now );
				return;
			}
			$lines = $this->journal->since( $until );
			$wait  = (float) ( getenv( 'FLEET_EDGE_PURGE_SECONDS' ) ?: 10 );
			if ( ! $lines || $now - min( array_keys( $lines ) ) < $wait ) {
				return;
			}
			$ready = array_filter( $lines, fn( $time ) => (float) $time < $now - self::SETTLED, ARRAY_FILTER_USE_KEY );
			if ( $ready ) {
				self::tell( self::paths( array_merge( ...array_values( $ready ) ) ), "fleet-$until" );
				self::write( $mark, (float) max( array_keys( $ready ) ) );
			}
		} finally {
			fclose( $mark );
		}
	}

	/**
	 * @param list<string> $tags
	 * @return list<string>
	 */
	private static function paths( array $tags ): array {
		$tags = array_values( array_unique( [ ...$tags, Shown::ANY ] ) );
		if ( in_array( 'all', $tags, true ) || count( $tags ) > (int) ( getenv( 'FLEET_EDGE_TAGS' ) ?: 10 ) ) {
			return [ self::EVERYTHING ];
		}
		return array_map( fn( $tag ) => "#$tag", $tags );
	}

	/** @param string $reference The same for a purge that is tried again. */
	private static function tell( array $paths, string $reference ): void {
		$items = implode( '', array_map( fn( $path ) => '<Path>' . htmlspecialchars( $path, ENT_XML1 ) . '</Path>', $paths ) );
		$body  = '<?xml version="1.0" encoding="UTF-8"?><InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Paths><Quantity>'
			. count( $paths ) . "</Quantity><Items>$items</Items></Paths><CallerReference>$reference-" . md5( $items ) . '</CallerReference></InvalidationBatch>';
		$path  = '/2020-05-31/distribution/' . getenv( 'FLEET_EDGE_DISTRIBUTION' ) . '/invalidation';
		( new \Fleet\Aws( self::PATIENCE ) )->call( 'cloudfront', 'POST', $path, $body, [], [ 'Content-Type' => 'text/xml' ] );
	}

	/** @param resource $mark */
	private static function write( $mark, float $time ): void {
		ftruncate( $mark, 0 );
		rewind( $mark );
		fwrite( $mark, sprintf( '%.3f', $time ) );
		fflush( $mark );
	}
}
