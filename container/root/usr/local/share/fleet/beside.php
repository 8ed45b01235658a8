<?php
/** The names of a site's schemas: the live one, and beside it what is being loaded and what a load took the place of. */

namespace Fleet;

/** Each site's live schema begins with wp_, so these are nobody else's. */
const BESIDE = [ 'new', 'old' ];

/** @param string $which new or old. */
function beside( string $schema, string $which ): string {
	return "{$which}_$schema";
}

/**
 * Of the user who owns one of them alone, whose name is the schema's. Both containers of a task know the site's own
 * password, so nobody has to tell them.
 *
 * @param string $use drill or load.
 */
function password_beside( string $use, #[\SensitiveParameter] string $own ): string {
	return hash_hmac( 'sha256', $use, $own );
}
