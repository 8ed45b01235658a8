<?php
/**
 * The gate between requests and changes of the code on local disk: a request that has begun ends with the code that it
 * began with, and one that comes meanwhile waits for the new.
 *
 * Two locks, so that a stream of requests never keeps a change out: requests pass the door one by one into the room, a
 * change shuts the door and waits until the room is empty.
 */

namespace Fleet\Code;

final class Gate {

	private const FOLDER = '/tmp/fleet/gate';
	/** A request that runs longer has loaded its code by now; nobody waits for its end. */
	private const PATIENCE = 5.0; // seconds

	/** @var list<resource> */
	private static array $held = [];
	/** A change may be a part of another: a theme whose parent is installed with it. */
	private static int $depth = 0;

	/** For a request: until it ends. */
	public static function enter(): void {
		$door = self::open( 'door' );
		flock( $door, LOCK_SH );
		$room = self::open( 'room' );
		flock( $room, LOCK_SH );
		fclose( $door );
		$GLOBALS['fleet_room'] = $room;
	}

	/** For a request that waits for a change, which would wait for the request. */
	public static function leave(): void {
		self::$depth || isset( $GLOBALS['fleet_room'] ) && flock( $GLOBALS['fleet_room'], LOCK_UN );
	}

	public static function come_back(): void {
		self::$depth || isset( $GLOBALS['fleet_room'] ) && flock( $GLOBALS['fleet_room'], LOCK_SH );
	}

	/** Whether nothing changes at this moment. */
	public static function is_open(): bool {
		$door = self::open( 'door' );
		return flock( $door, LOCK_SH | LOCK_NB );
	}

	/** For a change: shuts the door and waits for those who are in. A request that changes code leaves the room first. */
	public static function shut(): void {
		self::leave();
		if ( self::$depth++ ) {
			return;
		}
		$door = self::open( 'door' );
		flock( $door, LOCK_EX );
		$room     = self::open( 'room' );
		$deadline = microtime( true ) + self::PATIENCE;
		while ( ! flock( $room, LOCK_EX | LOCK_NB ) && microtime( true ) < $deadline ) {
			usleep( 2000 );
		}
		self::$held = [ $door, $room ];
	}

	public static function open_again(): void {
		if ( --self::$depth ) {
			return;
		}
		array_map( 'fclose', self::$held );
		self::$held = [];
		self::come_back();
	}

	/** @return resource */
	private static function open( string $lock ) {
		return fopen( folder( self::FOLDER ) . "/$lock", 'c' );
	}
}
