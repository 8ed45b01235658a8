<?php
/**
 * Connecting to the site's database: over TLS with the server verified, and with patience.
 *
 * An Aurora cluster that has paused takes about 15 s to resume (30 s after a day), and refuses or hangs meanwhile.
 */

namespace Fleet;

use mysqli;

final class Connection {

	private const PAUSE_BETWEEN_ATTEMPTS = 0.25; // seconds

	/** What a database says while it starts, stops, fails over or is full; all else is final (a wrong password, say). */
	private const WORTH_WAITING = [
		1040, // too many connections
		1053, // server shutdown in progress
		1203, // too many connections of this user
		1226,
		1927, // connection was killed
		2002, // can't connect
		2003,
		2006, // server has gone away
		2013, // lost connection in the handshake
	];

	public int $errno    = 0;
	public string $error = '';

	public function __construct(
		private string $host,
		private string $user,
		#[\SensitiveParameter] private string $password,
		private string $schema = '',
		private bool $persistent = false,
	) {}

	/**
	 * The open connection, or null with `errno` and `error` set.
	 *
	 * @param float     $patience     Seconds in all.
	 * @param int|null  $read_timeout Seconds to wait for any one answer of the server. The driver keeps it for later
	 *                                queries too. Null: what is left of the patience.
	 * @param ?callable $waiting      Called after the first failure that is worth waiting for.
	 */
	public function open( float $patience, ?int $read_timeout = null, ?callable $waiting = null ): ?mysqli {
		mysqli_report( MYSQLI_REPORT_OFF );
		$deadline = microtime( true ) + $patience;
		do {
			$left   = max( 1, (int) ceil( $deadline - microtime( true ) ) );
			$handle = $this->attempt( min( $left, $read_timeout ?? $left ), $read_timeout ?? $left );
			// A server that can't prove its name won't become the right one.
			if ( $handle || ! in_array( $this->errno, self::WORTH_WAITING, true ) || str_contains( $this->error, 'certificate' ) ) {
				return $handle;
			}
			$waiting && $waiting( $this->error );
			$waiting = null;
			usleep( (int) ( 1e6 * self::PAUSE_BETWEEN_ATTEMPTS ) );
		} while ( microtime( true ) < $deadline );
		return null;
	}

	private function attempt( int $connect_timeout, int $read_timeout ): ?mysqli {
		[ $host, $port ] = explode( ':', $this->host, 2 ) + [ 1 => '3306' ];
		$handle          = mysqli_init();
		$handle->options( MYSQLI_OPT_CONNECT_TIMEOUT, $connect_timeout );
		$handle->options( MYSQLI_OPT_READ_TIMEOUT, $read_timeout );
		// Said in the handshake, the character set costs no round trip of its own.
		$handle->options( MYSQLI_SET_CHARSET_NAME, 'utf8mb4' );
		$handle->ssl_set( null, null, getenv( 'FLEET_DB_CA' ) ?: '/etc/ssl/certs/rds-global-bundle.pem', null, null );
		$flags = MYSQLI_CLIENT_SSL | MYSQLI_CLIENT_SSL_VERIFY_SERVER_CERT;
		// Why a TLS handshake failed is told in a warning only.
		$warnings = [];
		set_error_handler( function ( $level, $message ) use ( &$warnings ) {
			$warnings[] = $message;
			return true;
		} );
		$open = $handle->real_connect( ( $this->persistent ? 'p:' : '' ) . $host, $this->user, $this->password, $this->schema, (int) $port, null, $flags );
		restore_error_handler();
		$this->errno = (int) $handle->connect_errno;
		$reasons     = preg_grep( '/certificate/', $warnings );
		$this->error = $reasons ? strtr( reset( $reasons ), "\n", ' ' ) : (string) $handle->connect_error;
		return $open ? $handle : null;
	}
}
