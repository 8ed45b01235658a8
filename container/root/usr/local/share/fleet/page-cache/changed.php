<?php
/**
 * What a request changes of what pages show, by WordPress's own hooks: collected, and written to the site's journal
 * once, at the end. A request that goes on for long, as an import, writes every few seconds.
 *
 * A thing that no page shows drops none, so nothing here has to know what is public but its status.
 */

namespace Fleet\PageCache;

require_once __DIR__ . '/journal.php';
require_once __DIR__ . '/shown.php';

final class Changed {

	private const EVERY = 2.0; // seconds
	/** More than this is everything. */
	private const MOST = 5000;
	/** Types of posts by which WordPress and plugins keep books. */
	private const NEVER_SHOWN = [ 'revision', 'customize_changeset', 'oembed_cache', 'user_request', 'scheduled-action' ];
	/** Options that pages don't show, or that something else tells of. */
	private const NOT_SHOWN_OPTION = '/^(?:_transient_|_site_transient_|cron$|rewrite_rules$|fresh_site$|recently_|db_upgraded$)|_children$|lock$|has_published_posts$/';
	private const NOT_SHOWN_META   = '/^_(?:edit_|pingme$|encloseme$|wp_old_|wp_trash_)/';

	/** @var array<string, true> */
	private array $tags = [];
	/** @var array<string, true> What counts if the request is an editor's: visitors' counters change options, too. */
	private array $by_editor = [];
	/** @var array<string, true> */
	private array $written = [];
	private float $last;

	public function __construct( private Journal $journal ) {
		$this->last = microtime( true );
		$this->hear_of_posts();
		$this->hear_of_terms_and_people();
		$this->hear_of_the_whole_site();
		add_action( 'shutdown', fn() => $this->write( true ), PHP_INT_MAX, 0 );
	}

	private function hear_of_posts(): void {
		// Whoever changes a post calls this: the editor, an import, a comment that is counted, a shop that counts its stock.
		add_action( 'clean_post_cache', fn( $id, $post ) => $this->post( $post ), 10, 2 );
		add_action( 'transition_post_status', function ( $new, $old, $post ) {
			if ( $new !== $old ) {
				$this->post( $post, lists: self::is_public( $old ) || self::is_public( $new ) );
			}
		}, 10, 3 );
		add_action( 'post_updated', function ( $id, $after, $before ) {
			$listed = [ 'post_title', 'post_date', 'post_name', 'post_parent', 'post_author', 'post_password', 'menu_order' ];
			$differ = array_filter( $listed, fn( $field ) => $after->$field !== $before->$field );
			$differ && $this->post( $after, lists: self::is_public( $after->post_status ) );
		}, 10, 3 );
		add_action( 'deleted_post', fn( $id, $post ) => $this->post( $post, lists: self::is_public( $post->post_status ) ), 10, 2 );
		add_action( 'set_object_terms', function ( $id, $terms, $now, $taxonomy, $append, $before ) {
			$now = $append ? array_merge( $before, $now ) : $now;
			if ( array_diff( $now, $before ) || array_diff( $before, $now ) ) {
				$post = get_post( $id );
				$post && self::is_public( $post->post_status ) && $this->post( $post, lists: true );
			}
		}, 10, 6 );
		// An edge keeps files for days, and what is deleted must go; nginx has them from EFS.
		add_action( 'delete_attachment', fn() => $this->note( Shown::MEDIA ) );
		foreach ( [ 'added', 'updated', 'deleted' ] as $done ) {
			add_action( "{$done}_post_meta", fn( $meta, $id, $key ) => preg_match( self::NOT_SHOWN_META, $key ) || $this->note_by_editor( "post-$id" ), 10, 3 );
			add_action( "{$done}_term_meta", fn( $meta, $id ) => $this->note_by_editor( "term-$id" ), 10, 2 );
		}
		add_action( 'wp_update_comment_count', fn() => $this->note( 'list-comment' ) );
	}

	private function hear_of_terms_and_people(): void {
		foreach ( [ 'created_term', 'edited_term', 'delete_term' ] as $action ) {
			add_action( $action, fn( $id, $tt_id, $taxonomy ) => $this->note( "term-$id", "list-$taxonomy", 'missing' ), 10, 3 );
		}
		add_action( 'profile_update', fn( $id ) => $this->note( "user-$id" ) );
		add_action( 'deleted_user', fn( $id ) => $this->note( "user-$id", 'list-user', 'missing' ) );
		add_action( 'user_register', fn( $id ) => $this->note( 'list-user' ) );
	}

	private function hear_of_the_whole_site(): void {
		foreach ( [ 'switch_theme', 'activated_plugin', 'deactivated_plugin', 'upgrader_process_complete', 'customize_save_after' ] as $action ) {
			add_action( $action, fn() => $this->note( 'all' ) );
		}
		foreach ( [ 'added_option', 'updated_option', 'deleted_option' ] as $action ) {
			add_action( $action, function ( $name ) {
				if ( $name === 'sticky_posts' ) {
					$this->note( 'list-post' );
				} elseif ( ! preg_match( self::NOT_SHOWN_OPTION, $name ) ) {
					$this->note_by_editor( 'all' );
				}
			} );
		}
	}

	private function post( object $post, bool $lists = false ): void {
		if ( in_array( $post->post_type, self::NEVER_SHOWN, true ) || ! $lists && ! self::is_public( $post->post_status ) ) {
			return;
		}
		$this->note( "post-$post->ID", 'search' );
		if ( $lists ) {
			$this->note( "list-$post->post_type", 'missing' );
			// How many posts they have, and whether they are listed at all.
			foreach ( get_object_taxonomies( $post->post_type ) as $taxonomy ) {
				$this->note( "list-$taxonomy" );
			}
		}
	}

	/** An attachment's status is to inherit one. */
	private static function is_public( string $status ): bool {
		return $status === 'inherit' || ( get_post_status_object( $status )->public ?? false );
	}

	private function note( string ...$tags ): void {
		$this->tags += array_fill_keys( $tags, true );
		if ( microtime( true ) - $this->last > self::EVERY ) {
			$this->write( false );
		}
	}

	private function note_by_editor( string $tag ): void {
		$this->by_editor[ $tag ] = true;
	}

	/** By its end a request writes all of its tags again: what it did may have been a transaction. */
	private function write( bool $ends ): void {
		$this->last = microtime( true );
		$tags       = $this->tags + ( $this->by_editor && self::is_editor() ? $this->by_editor : [] );
		$new        = $ends ? $tags : array_diff_key( $tags, $this->written );
		if ( ! $new ) {
			return;
		}
		$this->written += $new;
		try {
			$this->journal->add( count( $new ) > self::MOST ? [ 'all' ] : array_keys( $new ) );
		} catch ( \Throwable $problem ) {
			error_log( 'page cache: ' . $problem->getMessage() );
		}
	}

	/** Whether someone changes the site who may: not cron, no visitor, no browser that only tells that it is there. */
	private static function is_editor(): bool {
		if ( PHP_SAPI === 'cli' || wp_doing_cron() ) {
			return ! wp_doing_cron();
		}
		return $_SERVER['REQUEST_METHOD'] !== 'GET' && ( $_POST['action'] ?? '' ) !== 'heartbeat'
			&& did_action( 'set_current_user' ) && current_user_can( 'edit_posts' );
	}
}
