<?php
/** Programs one behind another, whose ends are ours; all of them have to succeed. */

namespace Fleet\Data;

require_once __DIR__ . '/failure.php';

final class Pipeline {

	/** As the client says which error it is, and the program that dumps. */
	private const ERROR = '~\berror:? (\d{4})\b|\((\d{4})\)~i';

	/** @var resource */
	private $process;
	/** @var resource What it reads. */
	public $in;
	/** @var resource What it writes. */
	public $out;
	/** @var resource What the filter has to say, in JSON, once its output is closed. */
	private $facts;
	/** @var resource */
	private $statuses;
	/** What each says of itself: nothing where the disk is full, by which their statuses stay true. */
	private string $folder;

	/** @param list<list<string>> $commands File 3 of each takes what the filter has to say. */
	public function __construct( array $commands ) {
		$this->folder = '/tmp/fleet/pipeline.' . bin2hex( random_bytes( 6 ) );
		mkdir( $this->folder );
		$words = [];
		foreach ( $commands as $number => $command ) {
			$words[] = implode( ' ', array_map( 'escapeshellarg', $command ) ) . " 2>$this->folder/$number";
		}
		$script        = implode( ' 4>&- | ', $words ) . ' 4>&-; echo "${PIPESTATUS[*]}" >&4';
		$this->process = proc_open( [ 'bash', '-c', $script ], [ [ 'pipe', 'r' ], [ 'pipe', 'w' ], STDERR, [ 'pipe', 'w' ], [ 'pipe', 'w' ] ], $pipes );
		[ 0 => $this->in, 1 => $this->out, 3 => $this->facts, 4 => $this->statuses ] = $pipes;
	}

	/** Waits for all of them. @return array What the filter said. @throws Failure in the words of the first that failed */
	public function end(): array {
		is_resource( $this->in ) && fclose( $this->in );
		is_resource( $this->out ) && fclose( $this->out );
		$facts    = json_decode( stream_get_contents( $this->facts ), true ) ?: [];
		$statuses = array_map( 'intval', explode( ' ', trim( stream_get_contents( $this->statuses ) ) ) );
		proc_close( $this->process );
		$said = '';
		// The filter's own words, where whoever reads it ended.
		$filter_broke_off = str_contains( $facts['problem'][1] ?? '', 'fwrite()' );
		foreach ( $statuses as $number => $status ) {
			$text = trim( (string) @file_get_contents( "$this->folder/$number" ) );
			// MariaDB's client shows the statement before it says what is wrong with it: people's data, for no log.
			$text = preg_match( '~^ERROR .*~m', $text, $found ) ? $found[0] : $text;
			fwrite( STDERR, $text === '' ? '' : "$text\n" );
			// The one behind it ended before: that one has the reason.
			$is_follower = $status === 141 || str_contains( $text, 'Broken pipe' ) || ( $text === '' && $filter_broke_off );
			if ( $status && ! $is_follower && $said === '' ) {
				$said = $text ?: "status $status";
			}
		}
		array_map( 'unlink', glob( "$this->folder/*" ) );
		rmdir( $this->folder );
		if ( ! empty( $facts['problem'] ) && ! $filter_broke_off ) {
			throw new Failure( ...$facts['problem'] );
		}
		$said === '' || throw self::failure( $said );
		return $facts;
	}

	private static function failure( string $said ): Failure {
		$line = strtok( $said, "\n" );
		return match ( true ) {
			(bool) preg_match( '~zstd:|gzip:|Read error|Decoding error|unexpected end of file|not in gzip format~i', $said ) => new Failure( EX_DATAERR, "the archive is broken: $line", 'make the dump again' ),
			(bool) preg_match( FULL, $said ) => new \RuntimeException( $line ),
			(bool) preg_match( '~ERROR (1114|1021|3)\b~', $said ) => new Failure( EX_CANTCREAT, $line, 'make space in the database and run it again' ),
			(bool) preg_match( '~ERROR 1153\b~', $said ) => new Failure( EX_DATAERR, "a row of the dump is longer than the server takes: $line", 'raise max_allowed_packet of the cluster, or take the row out' ),
			preg_match( self::ERROR, $said, $found ) && passes( (int) end( $found ) ), (bool) preg_match( "~Lost connection|Can't connect~", $said ) => new Failure( EX_UNAVAILABLE, $line, 'run it again' ),
			(bool) preg_match( '~ERROR (?:1044|1142|1227|1370)\b~', $said ) => new Failure( EX_DATAERR, "the dump reaches for what isn't in it: $line", 'dump that site alone, without names of schemas' ),
			(bool) preg_match( '~^ERROR (?:\d+|at line)~', $line ) => new Failure( EX_DATAERR, "the database takes a statement of the dump for wrong: $line", 'mend the dump' ),
			default => new Failure( 1, $line, 'run it again; if it stays, report it' ),
		};
	}
}
