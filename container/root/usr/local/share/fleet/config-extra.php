<?php
/** What WORDPRESS_CONFIG_EXTRA may not be: `fleet validate` says the same (fleet/sites_file/config_extra.py). */

namespace Fleet\Environment;

/** A network's sites have addresses that nginx has no rules for, so their dashboards would redirect for ever. */
const NETWORK = [ 'WP_ALLOW_MULTISITE', 'MULTISITE', 'SUBDOMAIN_INSTALL' ];

/** What is wrong with the code, with its line and in a line of words; null where nothing is. */
function config_extra_problem( string $code ): ?string {
	return syntax_error( $code ) ?? misplaced( $code );
}

/** What `php -l` says, which also finds what the parser alone takes, as a function that is there twice. */
function syntax_error( string $code ): ?string {
	if ( $code === '' ) {
		return null;
	}
	$lint = proc_open( [ PHP_BINARY, '-n', '-d', 'display_errors=stderr', '-l' ], [ [ 'pipe', 'r' ], [ 'file', '/dev/null', 'w' ], [ 'pipe', 'w' ] ], $pipes );
	fwrite( $pipes[0], "<?php $code" );
	fclose( $pipes[0] );
	$said = strtr( stream_get_contents( $pipes[2] ), "\n", ' ' );
	if ( proc_close( $lint ) === 0 ) {
		return null;
	}
	return preg_match( '/error:\s+(.*?) in Standard input code on line (\d+)/', $said, $found ) ? "no PHP: $found[1], in its line $found[2]" : 'no PHP';
}

/** A network of sites, or the prefix of the tables, which the whole container must know. */
function misplaced( string $code ): ?string {
	$tokens = array_values( array_filter( \PhpToken::tokenize( "<?php $code" ), fn( $token ) => ! $token->isIgnorable() ) );
	foreach ( $tokens as $place => $token ) {
		if ( $token->is( '$table_prefix' ) ) {
			return "no place for \$table_prefix, in its line $token->line; say table_prefix in the site's entry of sites.yaml";
		}
		$const  = $place >= 1 && $tokens[ $place - 1 ]->is( T_CONST );
		$define = $place >= 2 && $tokens[ $place - 1 ]->is( '(' ) && strtolower( ltrim( $tokens[ $place - 2 ]->text, '\\' ) ) === 'define';
		if ( ( $const || $define ) && in_array( trim( $token->text, '\'"' ), NETWORK, true ) ) {
			return "no place for $token->text, in its line $token->line: networks of sites don't work; make each a site of its own in sites.yaml";
		}
	}
	return null;
}
