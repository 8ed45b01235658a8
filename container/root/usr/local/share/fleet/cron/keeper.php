<?php
/**
 * Runs beside php-fpm and waits for the moment: then a PHP worker of its own runs the due events. Between the moments
 * nobody asks the database anything.
 */

namespace Fleet\Cron;

require_once __DIR__ . '/times.php';
require_once __DIR__ . '/fastcgi.php';

final class Keeper {

	/** A plugin that schedules its event for the same second again and again doesn't get a CPU of its own. */
	private const GAP = 10; // seconds
	/** The database is away. */
	private const LATER = 30; // seconds
	/** So many runs may break in a row; each took its event off the list. */
	private const BROKEN = 20;

	private int $broken = 0;
	private ?int $due   = null;

	/** @param callable(): string $call Makes one run. Returns what it printed, or throws a RuntimeException. */
	public function __construct( private $call ) {}

	public function keep(): void {
		@unlink( STOP );
		plan( time() ); // what became due before this task came
		$not_before = 0;
		while ( ! is_file( STOP ) ) {
			if ( time() >= max( planned(), $not_before ) ) {
				// A request that schedules something meanwhile is heard.
				plan( PHP_INT_MAX );
				$wait       = $this->round();
				$not_before = time() + ( $wait ?? ( in_slots() ? 0 : self::gap() ) );
				$wait && plan( min( planned(), $not_before ) );
			}
			sleep( 1 );
		}
	}

	/** In a task of its own: until nothing is due any more. Whether all of it went well. */
	public function drain(): bool {
		$good = true;
		while ( ! is_file( STOP ) ) {
			plan( PHP_INT_MAX );
			$wait  = $this->round();
			$good  = $good && $wait === null;
			if ( $wait === null ? $this->due === null || $this->due > time() : ! $this->broken || $this->broken >= self::BROKEN ) {
				break;
			}
		}
		return $good;
	}

	/** One run. Seconds to wait before the next where it didn't come to its end; else that is planned. */
	private function round(): ?int {
		$begun = microtime( true );
		@unlink( EVENT );
		try {
			$printed = ( $this->call )();
			$found   = json_decode( substr( $printed, (int) strrpos( $printed, "\n" ) ), true );
			if ( ! isset( $found['ran'] ) ) {
				throw new \RuntimeException( 'the run broke off' );
			}
		} catch ( \RuntimeException $problem ) {
			return $this->report( $problem->getMessage(), microtime( true ) - $begun );
		}
		$this->broken = 0;
		$this->due = $found['due'];
		// What one run left over is the next one's, also where events come in slots: the database is awake.
		$left = $this->due !== null && $this->due <= time();
		plan( min( planned(), $left ? time() + self::gap() : moment( $this->due, time() ) ) );
		if ( $found['ran'] ) {
			$told = [ 'ran' => $found['ran'], 'failed' => $found['failed'], 'late' => $found['late'], 'seconds' => round( microtime( true ) - $begun, 1 ), 'next' => longest() ? planned() : $this->due, 'coming' => $found['coming'] ];
			say( 'ran ' . json_encode( $told, JSON_UNESCAPED_SLASHES ) );
		}
		return null;
	}

	private static function gap(): int {
		return min( self::GAP, longest() );
	}

	private function report( string $reason, float $seconds ): int {
		$event = is_file( EVENT ) ? (string) file_get_contents( EVENT ) : null;
		if ( $event === null ) {
			say( "no run: $reason" );
			return self::LATER;
		}
		say( 'broke ' . json_encode( [ 'event' => $event, 'why' => $reason, 'seconds' => round( $seconds, 1 ) ], JSON_UNESCAPED_SLASHES ) );
		return ++$this->broken < self::BROKEN ? 1 : max( longest(), self::LATER );
	}
}

function say( string $line ): void {
	fwrite( STDERR, "fleet-cron: $line\n" );
}
