<?php
/**
 * What a command in a task of its own wrote between the code by other means than WordPress's: on EFS before the task,
 * and its disk, go.
 */

namespace Fleet\Code;

require_once __DIR__ . '/local.php';

final class Written {

	public function __construct( private Store $store, private Local $local ) {}

	/**
	 * Makes a generation of the items that were written since then.
	 *
	 * @param int $since In seconds since 1970, when the code on this disk was the newest.
	 * @return list<string> A sentence for each item that isn't kept as it is here.
	 */
	public function keep( int $since ): array {
		$changed = $this->local->differing( array_filter( $this->local->items(), fn( $item ) => self::is_written( $item, $since ) ) );
		$newest  = $this->store->generation( $this->store->current() )['items'];
		$kept    = $refused = [];
		foreach ( $changed as $item ) {
			$here    = digest( $item, CONTENT );
			$theirs  = $newest[ $item ] ?? '';
			$problem = match ( true ) {
				$here === $theirs => null,
				// A whole plugin or theme goes by WordPress alone: a lost scratch volume must never empty a site.
				$here === '' && str_contains( $item, '/' ) => "$item is gone on this task alone; wp plugin delete and wp theme delete take one away for all",
				// A command may run for hours, and would undo what the dashboard did meanwhile.
				$theirs !== $this->local->version( $item ) => "$item was changed by another task meanwhile; what this command wrote there is lost, run it again",
				default => '',
			};
			$problem === '' && $kept[] = $item;
			$problem && $refused[] = $problem;
		}
		$kept && $this->local->push( $kept );
		return $refused;
	}

	/** By the times of its files, so that the gigabytes that nobody touched aren't read. */
	private static function is_written( string $item, int $since ): bool {
		[ $folder, $names ] = place( $item, CONTENT );
		if ( $item === DROP_INS || ! $names ) {
			return true; // those are few, and on EFS, which has a clock of its own
		}
		// A file that goes from a folder leaves its time there.
		$paths = in_array( $item, WHOLE_FOLDERS, true ) ? [ $folder ] : [ "$folder/$names[0]" ];
		while ( ( $path = array_pop( $paths ) ) !== null ) {
			if ( lstat( $path )['ctime'] >= $since ) {
				return true;
			}
			$inside = is_dir( $path ) && ! is_link( $path ) ? array_diff( scandir( $path ), [ '.', '..', ASIDE ] ) : [];
			array_push( $paths, ...array_map( fn( $name ) => "$path/$name", array_values( $inside ) ) );
		}
		return false;
	}
}
