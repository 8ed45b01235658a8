<?php
/**
 * WordPress's database class with our way of connecting; wp-config.php makes one, so WordPress makes none.
 */

namespace Fleet;

require_once __DIR__ . '/connection.php';
require_once __DIR__ . '/unavailable.php';
require_once __DIR__ . '/used.php';

final class Database extends \wpdb {

	/**
	 * Exists while the database has been away for longer than a request waits. Requests then try once and give up
	 * soon, so that PHP workers are free again and recovery needs no restart.
	 */
	private const AWAY          = '/tmp/fleet/database-away';
	private const AWAY_PATIENCE = 2; // seconds

	/** An idle connection that the server keeps open stops Aurora from pausing; it closes one after these seconds. */
	private const IDLE_SECONDS = 60;

	/** A request ends anyway, but on the command line an upgrade may alter a large table. */
	private const LONG_QUERY = 3600; // seconds

	/** WordPress runs without the strict modes; this is what remains of a MySQL server's defaults. */
	private const SQL_MODE = 'ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

	/**
	 * What a server says in place of an answer when it has ended the connection: it shuts down, someone killed it, it
	 * was idle. WordPress connects again after 2006 alone.
	 */
	private const ENDED = [ 1053, 1927, 4031 ];

	/** What a server answers to a change when a failover has made another one the writer: the name leads there now. */
	private const DEMOTED = [ 1290, 1792, 1836 ];

	/** Connection is patient enough for all of WordPress's attempts. */
	protected $reconnect_retries = 1;

	public function db_connect( $allow_bail = true ) {
		// An event may take as long as a command.
		$cli   = PHP_SAPI === 'cli' || defined( 'DOING_CRON' );
		$away  = ! $cli && is_file( self::AWAY );
		$limit = (int) ( getenv( 'FLEET_DB_CONNECT_SECONDS' ) ?: 40 );
		// A request waits for the database once and no longer than the limit, however often the link breaks.
		$left     = $cli ? $limit : $limit - ( microtime( true ) - $_SERVER['REQUEST_TIME_FLOAT'] );
		$patience = $away ? self::AWAY_PATIENCE : max( self::AWAY_PATIENCE, $left );
		// An answer that does not come is waited for, and then a new link: each gets half. PHP gives a kept link out with
		// a question that knows no time-out (measured: a hung server holds it until the request is killed), so links are
		// kept by wish only; and one that is made in haste, whose time-out is short for ever, never.
		$answer          = $cli ? self::LONG_QUERY : max( 1, (int) ceil( $limit / 2 ) );
		$keep            = ! $cli && ! $away && $patience > $answer && getenv( 'FLEET_DB_PERSISTENT' ) === 'on';
		$connection      = new Connection( $this->dbhost, $this->dbuser, $this->dbpassword, $this->dbname, $keep );
		$this->is_mysql  = true;
		$this->dbh       = $connection->open( $patience, $keep || $cli ? $answer : min( $answer, (int) ceil( $patience ) ) );
		if ( ! $this->dbh ) {
			$cli || @touch( self::AWAY );
			error_log( "database: $connection->error ($connection->errno)" );
			return $allow_bail ? unavailable() : false;
		}
		if ( $away ) {
			@unlink( self::AWAY );
		}
		Used::note();
		$this->init_charset();
		$this->ready = true;
		// One round trip where WordPress makes four: character set, collation, reading and setting the SQL mode.
		mysqli_query( $this->dbh, sprintf(
			"SET SESSION collation_connection = '%s', sql_mode = '%s', wait_timeout = %d",
			$this->collate ?: 'utf8mb4_unicode_520_ci', self::SQL_MODE, $cli ? 28800 : self::IDLE_SECONDS
		) );
		return true;
	}

	public function query( $query ) {
		$result = parent::query( $query );
		$errno  = $result === false && $this->dbh ? mysqli_errno( $this->dbh ) : 0;
		if ( in_array( $errno, self::DEMOTED, true ) ) {
			// By ending it: PHP would hand a kept link out again.
			@mysqli_query( $this->dbh, 'KILL CONNECTION ' . mysqli_thread_id( $this->dbh ) );
		}
		if ( in_array( $errno, [ ...self::ENDED, ...self::DEMOTED ], true ) ) {
			$this->dbh = null; // which makes WordPress connect again
			$result    = parent::query( $query );
		}
		return $result;
	}

	/**
	 * The connection broke in the middle of a page: try again, and then say so. WordPress would go on without the
	 * database once a page has begun, and the page cache would keep what came of it.
	 */
	public function check_connection( $allow_bail = true ) {
		return parent::check_connection( false ) || ( $allow_bail && ! headers_sent() ? unavailable() : false );
	}
}
