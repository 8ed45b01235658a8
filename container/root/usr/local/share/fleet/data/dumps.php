<?php
/** All dumps of a site: which there are, and which may go. */

namespace Fleet\Data;

require_once __DIR__ . '/s3.php';
require_once __DIR__ . '/place.php';
require_once __DIR__ . '/listing.php';
require_once __DIR__ . '/kept.php';

final class Dumps {

	/** What is younger may belong to a dump that has no manifest yet. */
	private const UNDER_WAY = 2 * 86400; // seconds

	public function __construct( private S3 $s3, private Place $place ) {}

	/** The key of the newest list of all files; null if there is none. */
	public function newest_with_files(): ?string {
		foreach ( array_reverse( $this->ids() ) as $id ) {
			$manifest = $this->manifest( $id );
			if ( isset( $manifest['files']['name'] ) && ( $manifest['uploads'] ?? true ) ) {
				return "{$this->place->site}/$id/{$manifest['files']['name']}";
			}
		}
		return null;
	}

	/** The manifest of the newest backup; null if there is none. */
	public function newest_backup(): ?array {
		foreach ( array_reverse( $this->ids() ) as $id ) {
			$manifest = $this->manifest( $id );
			if ( isset( $manifest['keep'] ) ) {
				return $manifest;
			}
		}
		return null;
	}

	/** Takes the dumps away whose time is over, and the files that no dump names any more. */
	public function prune(): array {
		$gone      = 0;
		$manifests = array_map( $this->manifest( ... ), array_combine( $this->ids(), $this->ids() ) );
		$backups   = array_filter( $manifests, fn( $manifest ) => isset( $manifest['keep'] ) );
		$times     = array_map( fn( $manifest ) => strtotime( $manifest['time'] ), $backups );
		// By what the site asks for now.
		$used = $this->used();
		$stay = $backups ? kept( array_values( $times ), end( $backups )['keep'], time() ) : [];
		foreach ( $manifests as $id => $manifest ) {
			$expires = $manifest['expires'] ?? null;
			$broken  = ! $manifest && strtotime( substr( $id, 0, 16 ) ) < time() - self::UNDER_WAY;
			$over    = isset( $times[ $id ] ) ? ! in_array( $times[ $id ], $stay, true ) : $expires !== null && strtotime( $expires ) < time();
			if ( ( $broken || $over ) && ! in_array( $id, $used, true ) ) {
				// Without a manifest it is no dump, whatever comes now.
				$this->delete( "{$this->place->site}/$id/" . Place::MANIFEST );
				foreach ( $this->s3->keys( "{$this->place->site}/$id/" ) as $key => $facts ) {
					$this->delete( $key );
				}
				$gone++;
			}
		}
		return [ 'dumps' => $gone, 'files' => $gone ? $this->sweep() : 0 ];
	}

	/** @return list<string> What verbs are at work with, by the notes of `fleet` (fleet/operations/data/begun.py). */
	private function used(): array {
		$used = [];
		foreach ( $this->s3->keys( "{$this->place->site}/begun/" ) as $key => $facts ) {
			if ( $facts['time'] < time() - self::UNDER_WAY ) {
				$this->delete( $key ); // of a verb that was killed and never called again
				continue;
			}
			$note = $this->json( $key );
			$used = [ ...$used, $note['archive'] ?? '', ...( $note['uses'] ?? [] ) ];
		}
		return $used;
	}

	private function sweep(): int {
		$named = [];
		foreach ( $this->ids() as $id ) {
			$files = $this->manifest( $id )['files'] ?? null;
			foreach ( $files ? $this->listed( "{$this->place->site}/$id/$files[name]" ) : [] as $entry ) {
				$named[ hex2bin( $entry['sha256'] ) ] = true;
			}
		}
		$gone = 0;
		foreach ( $this->s3->keys( $this->place->objects() ) as $key => $facts ) {
			$name = basename( $key );
			if ( $facts['time'] < time() - self::UNDER_WAY && ctype_xdigit( $name ) && ! isset( $named[ hex2bin( $name ) ] ) ) {
				$this->delete( $key );
				$gone++;
			}
		}
		return $gone;
	}

	private function listed( string $key ): \Generator {
		$path = '/tmp/fleet/listed.jsonl.zst';
		$file = fopen( $path, 'w' );
		$this->s3->read( $key, fn( $bytes ) => fwrite( $file, $bytes ) );
		fclose( $file );
		return Listing::of( $path );
	}

	private function delete( string $key ): void {
		$this->s3->ask( new S3Request( 'DELETE', $key, may_lack: true ) );
	}

	/** @return list<string> The oldest first. */
	private function ids(): array {
		$folders = array_map( 'basename', $this->s3->folders( "{$this->place->site}/" ) );
		return array_values( preg_grep( '~^\d{8}T\d{6}Z-~', $folders ) );
	}

	private function manifest( string $id ): array {
		return $this->json( "{$this->place->site}/$id/" . Place::MANIFEST );
	}

	/** @return array Nothing where there is none, or no JSON. */
	private function json( string $key ): array {
		$found = $this->s3->ask( new S3Request( 'GET', $key, may_lack: true ) );
		return $found->status === 404 ? [] : ( json_decode( $found->text, true ) ?: [] );
	}
}
