<?php
/**
 * Mails that could not be sent yet, in the site's database: they outlive the task, and every task sees them. The table
 * is made when the first one comes.
 */

namespace Fleet\Mail;

final class Queue {

	/** When the first of them is due, among the options that WordPress reads with each request anyway. */
	public const DUE = 'fleet_mail_due';
	/** Of WordPress's cron. */
	public const EVENT = 'fleet_mail';

	/** Whoever takes one and dies lets the others have it after so long. */
	private const CLAIM_SECONDS = 300;
	/** Each pause is twice as long as the one before, up to this. */
	private const LONGEST_PAUSE = 1800;
	/** What one run takes on. */
	private const BATCH = 50;

	/** @return bool Whether it is kept. */
	public static function add( Message $message, string $error ): bool {
		global $wpdb;
		$values = [
			'created'    => time(),
			'due'        => time() + self::pause( 0 ),
			'error'      => mb_strcut( $error, 0, 1000 ),
			'recipients' => implode( ',', $message->recipients ),
			'message'    => $message->text(),
		];
		$kept = self::asked( fn() => $wpdb->insert( self::table(), $values, [ '%d', '%d', '%s', '%s', '%s' ] ) );
		$kept && self::plan();
		return (bool) $kept;
	}

	/** Whether one is due, without asking the database. */
	public static function is_due(): bool {
		$due = wp_load_alloptions()[ self::DUE ] ?? null;
		return $due !== null && (int) $due <= time();
	}

	/**
	 * Tries those that are due, each by one task at a time.
	 *
	 * @param callable(Message): void $send  Throws Refusal.
	 * @param callable                $gone  Told of each that is sent or given up: message, error or null, hours.
	 * @param float                   $until When to stop taking on more, in seconds of `microtime`.
	 */
	public static function run( callable $send, callable $gone, float $until ): void {
		global $wpdb;
		$rows = self::asked( fn() => $wpdb->get_results( $wpdb->prepare( 'SELECT id, due, created, attempts FROM ' . self::table() . ' WHERE due <= %d ORDER BY due LIMIT %d', time(), self::BATCH ) ) );
		foreach ( $rows ?: [] as $row ) {
			if ( microtime( true ) < $until && self::claimed( $row ) ) {
				self::tried( $row, $send, $gone );
			}
		}
		self::plan();
	}

	private static function claimed( object $row ): bool {
		global $wpdb;
		$claim = 'UPDATE ' . self::table() . ' SET due = %d, attempts = attempts + 1 WHERE id = %d AND due = %d';
		return (bool) $wpdb->query( $wpdb->prepare( $claim, time() + self::CLAIM_SECONDS, $row->id, $row->due ) );
	}

	private static function tried( object $row, callable $send, callable $gone ): void {
		global $wpdb;
		$kept    = $wpdb->get_row( $wpdb->prepare( 'SELECT message, recipients FROM ' . self::table() . ' WHERE id = %d', $row->id ) );
		$message = Message::of( $kept->message, explode( ',', $kept->recipients ) );
		$hours   = (int) ( getenv( 'FLEET_MAIL_HOURS' ) ?: 4 );
		try {
			$send( $message );
			$error = null;
		} catch ( Refusal $refusal ) {
			$error = $refusal->getMessage();
			$next  = time() + self::pause( (int) $row->attempts + 1 );
			if ( $refusal->passes && $next < $row->created + 3600 * $hours ) {
				$wpdb->update( self::table(), [ 'due' => $next, 'error' => mb_strcut( $error, 0, 1000 ) ], [ 'id' => $row->id ], [ '%d', '%s' ], [ '%d' ] );
				return;
			}
		}
		$wpdb->delete( self::table(), [ 'id' => $row->id ], [ '%d' ] );
		$gone( $message, $error );
	}

	private static function pause( int $attempts ): int {
		$first = (int) ( getenv( 'FLEET_MAIL_RETRY_SECONDS' ) ?: 60 );
		return min( self::LONGEST_PAUSE, $first * 2 ** min( $attempts, 10 ) );
	}

	/** Tells requests and WordPress's cron when the next one is due. */
	private static function plan(): void {
		global $wpdb;
		$due = $wpdb->get_var( 'SELECT MIN(due) FROM ' . self::table() );
		if ( $due === null ) {
			delete_option( self::DUE );
			return;
		}
		update_option( self::DUE, (int) $due, true );
		// Where WordPress is loaded without its cron, the next request sees to it.
		if ( function_exists( 'wp_schedule_single_event' ) ) {
			wp_clear_scheduled_hook( self::EVENT );
			wp_schedule_single_event( (int) $due, self::EVENT );
		}
	}

	private static function asked( callable $question ): mixed {
		global $wpdb;
		$silent = $wpdb->suppress_errors();
		$answer = $question();
		if ( $wpdb->last_error !== '' ) {
			$wpdb->query( 'CREATE TABLE IF NOT EXISTS ' . self::table() . ' (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, created INT UNSIGNED NOT NULL, due INT UNSIGNED NOT NULL, attempts SMALLINT UNSIGNED NOT NULL DEFAULT 0, error TEXT NOT NULL, recipients TEXT NOT NULL, message LONGBLOB NOT NULL, KEY (due))' );
			$answer = $question();
		}
		$wpdb->suppress_errors( $silent );
		return $answer;
	}

	private static function table(): string {
		return $GLOBALS['wpdb']->base_prefix . 'fleet_mail';
	}
}
