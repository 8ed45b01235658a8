<?php
/** The names of a site's schemas: the live one, and beside it what is being loaded and what a load took the place of. */

namespace Fleet;

/** Each site's live schema begins with wp_, so these are nobody else's. */
const BESIDE = [ 'new', 'old' ];

/** @param string $which new or old. */
function beside( string $schema, string $which ): string {
	return "{$which}_$schema";
}
