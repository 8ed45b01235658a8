<?php
/**
 * A filter's ends: it works ahead of whoever reads it.
 *
 * A client of a database takes one statement, and reads nothing while the server is at it; a pipe holds 64 KiB. So what
 * comes next is made meanwhile and waits here, or client and server would wait for it in their turn.
 */

namespace Fleet\Data;

final class Ahead {

	private const AT_ONCE = 1024 * 1024;
	private const MOST    = 8 * 1024 * 1024;
	/** As much as a pipe takes. */
	private const PIECE = 64 * 1024;

	/** @var \SplQueue<string> */
	private \SplQueue $pieces;
	private int $bytes = 0;

	/**
	 * @param resource $in
	 * @param resource $out
	 */
	public function __construct( private $in, private $out ) {
		$this->pieces = new \SplQueue();
		stream_set_chunk_size( $in, self::AT_ONCE );
		stream_set_blocking( $out, false );
	}

	/** @return string What comes next; '' at the end. @throws \RuntimeException once nobody reads any more */
	public function read(): string {
		while ( $this->bytes ) {
			[ $read, $write, $except ] = [ $this->bytes < self::MOST ? [ $this->in ] : [], [ $this->out ], [] ];
			stream_select( $read, $write, $except, null );
			$write && $this->send();
			if ( $read ) {
				break;
			}
		}
		return (string) fread( $this->in, self::AT_ONCE );
	}

	public function write( string $text ): void {
		foreach ( $text === '' ? [] : str_split( $text, self::PIECE ) as $piece ) {
			$this->pieces->enqueue( $piece );
		}
		$this->bytes += strlen( $text );
	}

	/** Waits until all of it is gone. @throws \RuntimeException once nobody reads any more */
	public function end(): void {
		stream_set_blocking( $this->out, true );
		$this->send();
	}

	/** As much as goes without waiting. */
	private function send(): void {
		while ( ! $this->pieces->isEmpty() ) {
			$piece = $this->pieces->dequeue();
			$sent  = fwrite( $this->out, $piece );
			// As PHP itself says it of a pipe that broke; the reader then has the reason (pipeline.php).
			$sent === false && throw new \RuntimeException( 'fwrite() reaches nobody' );
			$this->bytes -= $sent;
			if ( $sent < strlen( $piece ) ) {
				$this->pieces->unshift( substr( $piece, $sent ) );
				return;
			}
		}
	}
}
