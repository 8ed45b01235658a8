<?php
/**
 * A site's maintenance: all its tasks answer 503, for which nginx shows visitors the pages that it keeps.
 *
 * A file on EFS says it, which a keeper on each task reads now and then; requests ask the task's own disk.
 */

namespace Fleet;

final class Maintenance {

	private const MARK = '/tmp/fleet/maintenance';
	/** Longer than the keepers take to see it. */
	public const SEEN_AFTER = 5; // seconds
	/** Whoever began it may have been killed: a site doesn't stay closed for ever. */
	private const LONGEST = 3600; // seconds

	public static function begin(): void {
		self::write( (string) time() );
	}

	public static function end(): void {
		self::write( '' );
	}

	/** What the keeper of the pages does every second. */
	public static function follow(): void {
		$text = is_dir( dirname( self::path() ) ) ? stream_get_contents( self::open() ) : '';
		if ( (int) $text > time() - self::LONGEST ) {
			touch( self::MARK );
		} elseif ( is_file( self::MARK ) ) {
			unlink( self::MARK );
		}
	}

	private static function write( string $text ): void {
		$file = self::open();
		ftruncate( $file, 0 );
		fwrite( $file, $text );
		fclose( $file );
	}

	/** Opened as if to write: NFS then asks the server. @return resource */
	private static function open() {
		is_dir( dirname( self::path() ) ) || mkdir( dirname( self::path() ), 0755, true );
		return fopen( self::path(), 'c+' ) ?: throw new \RuntimeException( self::path() . ' can\'t be opened' );
	}

	private static function path(): string {
		return '/var/www/html/wp-content/' . ( getenv( 'FLEET_STORAGE_MODE' ) === 'content' ? '' : 'uploads/' ) . '.fleet/maintenance';
	}
}
