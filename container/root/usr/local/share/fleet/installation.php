<?php
/** Installing WordPress by its own functions. */

namespace {
	require_once ABSPATH . 'wp-admin/includes/upgrade.php';

	// WordPress mails the new administrator through this function, unless there is one already.
	function wp_new_blog_notification() {}
}

namespace Fleet\Init {

	use mysqli;

	const PERMALINKS = '/%postname%/';

	function install( mysqli $database, array $values ): void {
		global $wpdb, $wp_rewrite;
		$schema = $values['WORDPRESS_DB_NAME'];
		$others = foreign_prefixes( $database, $schema, $wpdb->prefix );
		if ( $others ) {
			fail( "$schema holds a WordPress under the table prefix " . implode( ' and one under ', $others )
				. " and none under $wpdb->prefix; say `table_prefix: $others[0]` in the site's entry of sites.yaml, or empty the schema" );
		}
		if ( tables( $database, $schema, $wpdb->prefix ) ) {
			fail( "$schema holds tables but no installed WordPress; finish the import or empty the schema" );
		}
		$database->query( "CREATE TABLE `$schema`.`$wpdb->prefix" . INSTALLING . '` (begun INT)' );
		// The installer asks the site over HTTP whether permalinks work. Nothing listens yet, and they do.
		add_filter( 'pre_http_request', fn() => new \WP_Error( 'fleet_init' ) );
		// As the installer's own form does: WordPress keeps and checks passwords with their quotes escaped.
		$password = wp_slash( getenv( 'FLEET_ADMIN_PASSWORD' ) );
		$public   = $values['WP_ENVIRONMENT_TYPE'] === 'production';
		wp_install( $values['FLEET_TITLE'], $values['FLEET_ADMIN_USER'], $values['FLEET_ADMIN_EMAIL'], $public, '', $password );
		$wp_rewrite->set_permalink_structure( PERMALINKS );
		// The first request makes the rules, with all taxonomies of WordPress and of plugins in place.
		update_option( 'rewrite_rules', '' );
		$database->query( "DROP TABLE `$schema`.`$wpdb->prefix" . INSTALLING . '`' );
	}

	/** Whoever is logged in as this user is so no more. */
	function set_admin_password( string $login, #[\SensitiveParameter] string $password ): void {
		$user = get_user_by( 'login', $login );
		$user || fail( "the site has no user $login; its entry of sites.yaml names another one with `admin: {user: NAME}`" );
		wp_set_password( wp_slash( $password ), $user->ID );
		\WP_Session_Tokens::get_instance( $user->ID )->destroy_all();
		say( "$login has a new password" );
	}
}
