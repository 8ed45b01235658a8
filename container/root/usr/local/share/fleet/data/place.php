<?php
/** Where a dump is: s3://BUCKET/SITE/ID, and what is in it by which name. */

namespace Fleet\Data;

final class Place {

	public const MANIFEST = 'manifest.json';
	public const DATABASE = 'database.sql.zst';
	public const FILES    = 'files.jsonl.zst';

	private function __construct( public readonly string $bucket, public readonly string $site, public readonly string $id ) {}

	/** @throws Failure */
	public static function of( string $address ): self {
		if ( ! preg_match( '~^s3://([a-z0-9.-]{3,63})/([a-z][a-z0-9-]{0,23})/(\d{8}T\d{6}Z-[a-z0-9]{4,16})/?$~', $address, $found ) ) {
			throw new Failure( EX_USAGE, "'$address' is no place of a dump", 'say s3://BUCKET/SITE/ID, for example s3://bucket/blog/20261129T180500Z-9c1f' );
		}
		return new self( $found[1], $found[2], $found[3] );
	}

	public function key( string $name ): string {
		return "$this->site/$this->id/$name";
	}

	/** Files of all dumps of a site, each content once. */
	public function object( string $sha256 ): string {
		return $this->objects() . substr( $sha256, 0, 2 ) . "/$sha256";
	}

	public function objects(): string {
		return "$this->site/objects/";
	}

	public function __toString(): string {
		return "s3://$this->bucket/$this->site/$this->id";
	}
}
