<?php
/**
 * What core makes of a theme's JSON files is made once a task, not on each request: that saves a fifth of the CPU time of
 * a page and a sixth of that of the list of posts. The Dockerfile makes core's WP_Theme_JSON_Resolver ask here. What is
 * kept is data, which never runs, under a name that says all that it was made from.
 */

namespace Fleet;

final class ThemeJson extends \WP_Theme_JSON {

	private const FOLDER = '/var/cache/fleet/theme-json';
	/** Block types, languages and themes that differ by request make a few; names that never come again fill it. */
	private const AT_MOST = 64; // files
	/** Where code has a say in one of these, it may depend on anything: the visitor, the hour. */
	private const FILTERS = [ 'wp_theme_json_data_default', 'wp_theme_json_data_blocks', 'wp_theme_json_data_theme',
		'wp_theme_json_data_user', 'theme_file_path' ];

	/** @var array<string, array> By name, what this request had already. */
	private static array $had = [];
	private static string|false|null $code = null;
	/** While a question for the owner's styles runs, code that sees its answer may render blocks. */
	private static bool $asks = false;

	/**
	 * A theme's style variations (`styles/*.json`): Twenty Twenty-Five has 32.
	 *
	 * @param callable $make  Makes them anew, as core does.
	 * @param string   $scope `theme` or `block`.
	 */
	public static function style_variations( callable $make, $scope = 'theme' ): array {
		return self::kept( [ 'style variations', $scope ], $make );
	}

	/** Core's, the blocks', the theme's and the site's styles and settings in one. */
	public static function merged_data( callable $make, $origin = 'custom' ): \WP_Theme_JSON {
		if ( ! is_string( $origin ) || self::may_change() ) {
			return $make();
		}
		self::register_block_styles();
		return self::kept_json( [ 'merged', $origin, get_classic_theme_supports_block_editor_settings(), self::own_styles() ], $make );
	}

	/** The theme's own, for what it says of its templates. */
	public static function theme_data( callable $make, $deprecated = [], $options = [] ): \WP_Theme_JSON {
		if ( $deprecated || ( $options['with_supports'] ?? true ) || self::may_change() ) {
			return $make();
		}
		self::register_block_styles();
		return self::kept_json( [ 'theme' ], $make );
	}

	/** What of it all is the same on each page. */
	public static function stylesheet( callable $make, $types = [] ): string {
		$filter = 'wp_theme_json_get_style_nodes';
		$known  = has_filter( $filter, 'wp_filter_out_block_nodes' ) ? 1 : 0;
		if ( $types || self::may_change() || count( $GLOBALS['wp_filter'][ $filter ]->callbacks[10] ?? [] ) !== $known ) {
			return $make();
		}
		self::register_block_styles();
		$addresses = [ get_stylesheet_directory_uri(), get_template_directory_uri() ];
		$supports  = [ current_theme_supports( 'disable-layout-styles' ), get_classic_theme_supports_block_editor_settings() ];
		return self::kept( [ 'stylesheet', $known, $addresses, $supports, self::own_styles() ], fn() => [ $make() ] )[0];
	}

	private static function may_change(): bool {
		return self::$asks || wp_is_development_mode( 'theme' ) || array_filter( self::FILTERS, 'has_filter' ) || ! wp_theme_has_theme_json();
	}

	/** Core does so while it reads the theme's files. */
	private static function register_block_styles(): void {
		static $blocks = 0;
		$now = count( \WP_Block_Type_Registry::get_instance()->get_all_registered() );
		if ( $blocks !== $now ) {
			$blocks = $now;
			wp_register_block_style_variations_from_theme_json_partials( \WP_Theme_JSON_Resolver::get_style_variations( 'block' ) );
		}
	}

	private static function kept_json( array $what, callable $make ): \WP_Theme_JSON {
		$json             = ( new \ReflectionClass( parent::class ) )->newInstanceWithoutConstructor();
		$json->theme_json = self::kept( $what, fn() => $make()->get_raw_data() );
		return $json;
	}

	private static function kept( array $what, callable $make ): array {
		$name = md5( serialize( [ ...$what, ...self::inputs() ] ) );
		return self::$had[ $name ] ??= self::read( $name ) ?? self::keep( $name, $make() );
	}

	/** All that decides what core makes of the files, which themselves change with the task's code. */
	private static function inputs(): array {
		$themes = array_unique( [ get_stylesheet_directory(), get_template_directory() ] );
		return [
			$GLOBALS['wp_version'],
			determine_locale(),
			get_option( 'active_plugins' ),
			$themes,
			// Its generation and versions, and what a page may see a moment before.
			self::$code ??= @file_get_contents( '/var/cache/fleet/code.json' ),
			array_map( fn( $theme ) => [ self::state( "$theme/theme.json" ), self::state( "$theme/styles" ) ], $themes ),
			self::block_types(),
		];
	}

	private static function state( string $path ): array {
		return [ @fileinode( $path ), @filemtime( $path ) ];
	}

	/** What the site's owner saved in the site editor. */
	private static function own_styles(): string {
		static $of = '', $text = '';
		$now = get_stylesheet() . wp_cache_get_last_changed( 'posts' );
		if ( $of !== $now ) {
			self::$asks = true;
			$text       = \WP_Theme_JSON_Resolver::get_user_data_from_wp_global_styles( wp_get_theme() )['post_content'] ?? '';
			self::$asks = false;
			$of         = $now;
		}
		return $text;
	}

	/** What block types say of their styles, and code of theirs. */
	private static function block_types(): string {
		static $counts = [], $said = '';
		$types  = \WP_Block_Type_Registry::get_instance()->get_all_registered();
		$styles = array_map( 'array_keys', \WP_Block_Styles_Registry::get_instance()->get_all_registered() );
		$now    = [ count( $types ), array_map( 'count', $styles ) ];
		if ( $counts !== $now ) {
			$counts = $now;
			$own    = fn( $type ) => [
				$type->selectors,
				array_intersect_key( (array) $type->supports, [ '__experimentalStyle' => 1, 'spacing' => 1 ] ),
				array_column( (array) $type->styles, 'name' ),
			];
			$said   = md5( serialize( [ $styles, array_map( $own, $types ) ] ) );
		}
		return $said;
	}

	private static function read( string $name ): ?array {
		$text = @file_get_contents( self::FOLDER . "/$name" );
		$kept = $text ? @unserialize( $text, [ 'allowed_classes' => false ] ) : null;
		return is_array( $kept ) ? $kept : null;
	}

	/** A task whose disk is full makes all anew each time. */
	private static function keep( string $name, array $made ): array {
		@mkdir( self::FOLDER, 0700 );
		$there = glob( self::FOLDER . '/*' );
		if ( count( $there ) >= self::AT_MOST ) {
			array_map( fn( $old ) => @unlink( $old ), $there );
		}
		$file = self::FOLDER . "/$name";
		$text = serialize( $made );
		if ( @file_put_contents( $file . getmypid(), $text ) === strlen( $text ) ) {
			rename( $file . getmypid(), $file );
		}
		return $made;
	}
}
