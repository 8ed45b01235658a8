<?php
/**
 * When WordPress last opened a connection to the site's database, by the time of a file on EFS: whoever wants to know
 * whether anything can have changed asks this, and leaves a database that sleeps alone.
 */

namespace Fleet;

final class Used {

	/** A write to EFS at most so often; whoever asks allows for it. */
	public const EVERY = 60; // seconds
	private const TOLD = '/tmp/fleet/used';

	public static function note(): void {
		clearstatcache( true, self::TOLD );
		if ( (int) @filemtime( self::TOLD ) > time() - self::EVERY ) {
			return;
		}
		$file = self::file();
		is_dir( dirname( $file ) ) || @mkdir( dirname( $file ), 0755, true );
		// A mount that is full or gone breaks no page; without the file a site counts as used.
		@touch( $file ) ? @touch( self::TOLD ) : @unlink( $file );
	}

	/** Whether it was since then, as far as anybody knows. */
	public static function since( int $moment ): bool {
		$last = @filemtime( self::file() );
		return $last === false || $last > $moment - 2 * self::EVERY;
	}

	private static function file(): string {
		return '/var/www/html/wp-content/' . ( getenv( 'FLEET_STORAGE_MODE' ) === 'content' ? '' : 'uploads/' ) . '.fleet/used';
	}
}
