<?php
/** This task's code on local disk, and the ways between it and the store. */

namespace Fleet\Code;

require_once __DIR__ . '/store.php';
require_once __DIR__ . '/gate.php';
require_once __DIR__ . '/compiled.php';
require_once __DIR__ . '/../page-cache/journal.php';

use Fleet\PageCache\Journal;

final class Local {

	/** What local disk holds: the generation's number and its items, as they were last put or taken. */
	private const STATE = '/var/cache/fleet/code.json';
	/** A file for each drop-in: core asks for them on each request, and would ask EFS. */
	public const DROP_INS = '/var/cache/fleet/drop-ins';
	/** Stands while a request of this task puts another version of an item in place; holds the item's name. */
	public const PENDING = '/tmp/fleet/code-pending';

	private static int $holders = 0;
	/** @var resource */
	private static $lock;

	public function __construct( private Store $store ) {}

	/** Brings the newest generation to local disk if it isn't there. @return int Its number. */
	public function pull(): int {
		return $this->exclusively( function () {
			$state  = $this->state();
			$number = $this->store->current();
			if ( $number !== $state['number'] ) {
				$this->take( $this->store->generation( $number )['items'], $state );
				$this->remember( $number, $this->store->generation( $number )['items'] );
			}
			return $number;
		} );
	}

	/**
	 * Makes what local disk holds of these items a generation, on EFS when this returns. The other tasks' changes come
	 * along.
	 */
	public function push( array $items ): int {
		return $this->exclusively( function () use ( $items ) {
			$state   = $this->state();
			$changes = [];
			foreach ( array_diff( $items, mounted() ) as $item ) {
				$version = $this->store->pack( $item, CONTENT );
				if ( $version !== ( $state['items'][ $item ] ?? '' ) ) {
					$changes[ $item ] = $version;
				}
			}
			if ( $changes ) {
				$number = $this->store->change( $changes );
				$this->remember( $state['number'], array_filter( [ ...$state['items'], ...$changes ] ) );
				forget_compiled( array_keys( $changes ) );
				Journal::of_task()->add( [ 'all' ] );
			}
			return $number ?? $state['number'];
		} );
	}

	/** Puts items back to what the store says, whatever local disk holds. */
	public function restore( array $items ): void {
		$this->exclusively( function () use ( $items ) {
			$state = $this->state();
			$this->remember( 0, array_diff_key( $state['items'], array_flip( $items ) ) );
			return 0;
		} );
		$this->pull();
	}

	/** @return list<string> The items whose files are others than those last put or taken. */
	public function differing( array $items ): array {
		$known = $this->state()['items'];
		return array_values( array_filter( $items, fn( $item ) => digest( $item, CONTENT ) !== ( $known[ $item ] ?? '' ) ) );
	}

	/** The version that was last put or taken; '' for an item that wasn't there. */
	public function version( string $item ): string {
		return $this->state()['items'][ $item ] ?? '';
	}

	/** @return list<string> */
	public function items(): array {
		return array_unique( [ ...array_keys( $this->state()['items'] ), ...items_below( CONTENT ) ] );
	}

	private function take( array $wanted, array $state ): void {
		$changed = array_keys( array_diff_assoc( $wanted, $state['items'] ) );
		$gone    = array_keys( array_diff_key( $state['items'], $wanted ) );
		foreach ( FOLDERS as $folder ) {
			folder( CONTENT . "/$folder/" . ASIDE );
		}
		foreach ( $changed as $item ) {
			$aside = self::aside( $item );
			remove( $aside );
			$item === DROP_INS || $this->store->unpack( $item, $wanted[ $item ], $aside );
		}
		Gate::shut();
		try {
			array_map( $this->swap( ... ), array_diff( [ ...$changed, ...$gone ], [ DROP_INS, ...mounted() ] ) );
			$this->mark_drop_ins();
			$state['number'] && forget_compiled( [ ...$changed, ...$gone ] );
		} finally {
			Gate::open_again();
		}
		// Each task's own: the others' pages are of the old code until they have taken the new.
		Journal::of_task()->add( [ 'all' ] );
		array_map( fn( $item ) => remove( self::aside( $item ) ), [ ...$changed, ...$gone ] );
	}

	/** Exchanges an item's files for those that wait aside, none for an item that goes. */
	private function swap( string $item ): void {
		$new                = folder( self::aside( $item ) );
		[ $folder, $names ] = place( $item, CONTENT );
		foreach ( array_unique( [ ...$names, ...array_diff( scandir( $new ), [ '.', '..' ] ) ] ) as $name ) {
			$old = "$new/.old-$name";
			if ( file_exists( "$folder/$name" ) || is_link( "$folder/$name" ) ) {
				rename( "$folder/$name", $old );
			}
			if ( file_exists( "$new/$name" ) || is_link( "$new/$name" ) ) {
				rename( "$new/$name", "$folder/$name" );
			}
		}
	}

	/** On the same volume as the item itself, so that a rename is all there is to do. */
	private static function aside( string $item ): string {
		[ $folder, $name ] = explode( '/', $item, 2 ) + [ 1 => 'all' ];
		return CONTENT . "/$folder/" . ASIDE . "/$name";
	}

	/** Each mark has the time of the drop-in itself. */
	public function mark_drop_ins(): void {
		$there = self::times( CONTENT, drop_ins( CONTENT ) );
		foreach ( array_diff( entries( folder( self::DROP_INS ) ), array_keys( $there ) ) as $name ) {
			unlink( self::DROP_INS . "/$name" );
		}
		foreach ( $there as $name => $time ) {
			touch( self::DROP_INS . "/$name", $time );
		}
	}

	/** Whether somebody made, changed or took away a drop-in since they were marked. */
	public function has_other_drop_ins(): bool {
		return self::times( CONTENT, drop_ins( CONTENT ) ) !== self::times( self::DROP_INS, drop_ins( self::DROP_INS ) );
	}

	/** @return array<string, int> Name => when it was last written; 0 for a link that leads nowhere. */
	private static function times( string $folder, array $names ): array {
		return array_combine( $names, array_map( fn( $name ) => (int) @filemtime( "$folder/$name" ), $names ) );
	}

	/** @return array{number: int, items: array<string, string>} */
	private function state(): array {
		$text = @file_get_contents( self::STATE );
		return $text ? json_decode( $text, true, 8, JSON_THROW_ON_ERROR ) : [ 'number' => 0, 'items' => [] ];
	}

	private function remember( int $number, array $items ): void {
		file_put_contents( self::STATE . '.new', json_encode( [ 'number' => $number, 'items' => $items ] ) );
		rename( self::STATE . '.new', self::STATE );
	}

	/** One process of this task at a time. */
	private function exclusively( callable $action ): int {
		self::hold();
		try {
			return $action();
		} finally {
			self::release();
		}
	}

	/** Always before the gate: whoever holds the gate and waited for this would wait for ever. */
	public static function hold(): void {
		if ( self::$holders++ === 0 ) {
			Gate::leave();
			self::$lock = fopen( self::STATE . '.lock', 'c' );
			flock( self::$lock, LOCK_EX );
		}
	}

	public static function release(): void {
		if ( --self::$holders === 0 ) {
			fclose( self::$lock );
			Gate::come_back();
		}
	}
}
