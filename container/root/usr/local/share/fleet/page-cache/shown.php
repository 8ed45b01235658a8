<?php
/**
 * What a page shows, as tags in a header that nginx keeps with the page and shows to nobody: `post-12`, `term-3`,
 * `user-1` for single things, `list-post` or `list-category` for a list of all that are of a type, `missing`, `search`.
 *
 * Seen where everything passes: what WordPress loaded is in its cache of this request, and lists come by SQL. So it
 * holds for blocks, widgets and plugins that nobody here has heard of.
 */

namespace Fleet\PageCache;

final class Shown {

	public const HEADER = 'Fleet-Tag';
	/** The same for CloudFront, which takes fewer and knows no kinds; taken from visitors by components/base/edge.py. */
	public const EDGE      = 'Fleet-Edge-Tag';
	private const EDGE_TAGS = 50;
	/** Of all media, which nginx serves: templates/nginx.conf says it of them. */
	public const MEDIA     = 'media';
	/** When the page was begun, seconds: what changed later it may not have seen. */
	public const BEGUN = 'Fleet-Begun';
	/** For a page that can't say what it shows: any change touches it. */
	public const ANY = 'any';

	/** So many things of a kind; a page that shows more is touched by a change of any of that kind. */
	private const MOST = 100;
	/** Groups of WordPress's cache whose keys are numbers of things. */
	private const LOADED = [ 'posts' => 'post', 'terms' => 'term', 'users' => 'user' ];
	/**
	 * What restricts a question to known things; one with an OR may ask for more. Of names, those of an address: a
	 * theme's templates are asked for by names that may be taken later.
	 */
	private const OF_KNOWN = [
		'posts'         => '/\bID (?:IN \(|= )\s*\'?\d|\bpost_name =|^\s*SELECT ID, post_name, post_parent, post_type/',
		'term_taxonomy' => '/\b(?:object_id|term_id) (?:IN \(|= )\s*\'?\d/',
		'comments'      => '/\bcomment_(?:post_)?ID (?:IN \(|= )\s*\'?\d/',
		'users'         => '/\bID (?:IN \(|= )\s*\'?\d|\buser_(?:login|nicename|email) =/',
	];

	/** @var array<string, true> */
	private array $lists = [];

	public function __construct() {
		header( self::BEGUN . sprintf( ': %.3f', $_SERVER['REQUEST_TIME_FLOAT'] ) );
		// For a page so large that it is on its way before it is whole.
		header( self::HEADER . ': ' . self::ANY );
		self::has_edge() && header( self::EDGE . ': ' . self::ANY );
		add_filter( 'query', $this->ask( ... ) );
		add_action( 'shutdown', $this->tell( ... ), 0, 0 );
	}

	private function ask( mixed $query ): mixed {
		global $wpdb;
		foreach ( self::OF_KNOWN as $table => $of_known ) {
			if ( str_contains( $query, $wpdb->$table ) ) {
				if ( ! preg_match( $of_known, $query ) || str_contains( $query, ' OR ' ) ) {
					$this->add_lists( $table, $query );
				}
				break;
			}
		}
		return $query;
	}

	private function add_lists( string $table, string $query ): void {
		$column = [ 'posts' => 'post_type', 'term_taxonomy' => 'taxonomy' ][ $table ] ?? '';
		if ( ! $column ) {
			$this->lists[ 'list-' . rtrim( $table, 's' ) ] = true;
			return;
		}
		preg_match_all( "/\b$column\s*(?:=|IN)\s*\(?((?:\s*'[\w-]+'\s*,?)+)/", $query, $found );
		preg_match_all( "/'([\w-]+)'/", implode( $found[1] ), $types );
		foreach ( $types[1] as $type ) {
			$this->lists[ "list-$type" ] = true;
		}
		$types[1] || $this->lists['list'] = true;
	}

	private function tell(): void {
		if ( headers_sent() ) {
			return;
		}
		$tags = $this->lists;
		// Lists may have come from a cache that outlives requests.
		wp_using_ext_object_cache() && $tags['list'] = true;
		foreach ( self::LOADED as $group => $kind ) {
			$numbers = $this->loaded( $group );
			if ( $numbers === null || count( $numbers ) > self::MOST ) {
				$tags[ $kind ] = true;
			} else {
				$tags += array_fill_keys( array_map( fn( $number ) => "$kind-$number", $numbers ), true );
			}
		}
		if ( did_action( 'wp' ) ) {
			is_404() && $tags['missing'] = true;
			is_search() && $tags['search'] = true;
		}
		header( self::HEADER . ': ' . implode( ',', array_keys( $tags ) ) );
		if ( self::has_edge() && count( $tags ) <= self::EDGE_TAGS && ! array_intersect_key( $tags, array_flip( self::LOADED ) ) && ! isset( $tags['list'] ) ) {
			header( self::EDGE . ': ' . implode( ',', array_keys( $tags ) ) );
		}
	}

	private static function has_edge(): bool {
		return (bool) getenv( 'FLEET_EDGE_SECONDS' );
	}

	/** @return ?list<int> The numbers of the things of a group that this request loaded; null if nobody can say. */
	private function loaded( string $group ): ?array {
		$cache = $GLOBALS['wp_object_cache']->cache ?? null;
		if ( ! is_array( $cache ) ) {
			return null;
		}
		if ( ! wp_using_ext_object_cache() || is_array( $cache[ $group ] ?? null ) ) {
			return array_values( array_filter( array_keys( $cache[ $group ] ?? [] ), 'is_int' ) );
		}
		// Drop-ins of others keep all groups in one list, by PREFIX:GROUP:KEY.
		$keys = preg_filter( "/^.*\b$group:(\d+)$/", '$1', array_keys( $cache ) );
		return $keys ? array_map( 'intval', array_values( $keys ) ) : null;
	}
}
