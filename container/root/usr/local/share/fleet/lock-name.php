<?php
/** Names of locks in the database server, which all of its users share: one could else hold another's. */

namespace Fleet;

/** A name of at most 64 characters that only who knows this site's database password can tell. */
function lock_name( string $of ): string {
	return 'fleet-' . substr( hash_hmac( 'sha256', getenv( 'WORDPRESS_DB_NAME' ) . "/$of", getenv( 'WORDPRESS_DB_PASSWORD' ) ), 0, 48 );
}
