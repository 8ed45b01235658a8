<?php
// Writes the benchmark's posts. WordPress comes from the image that this runs in.
$_SERVER += [ 'HTTP_HOST' => 'localhost', 'REQUEST_URI' => '/' ];
require '/usr/src/wordpress/wp-load.php';
const POSTS = 200;
$words   = str_repeat( 'Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor. ', 5 );
$content = str_repeat( "<!-- wp:paragraph -->\n<p>$words</p>\n<!-- /wp:paragraph -->\n\n", 6 );
for ( $number = 1; $number <= POSTS; $number++ ) {
	wp_insert_post( [
		'post_title'    => "Post $number",
		'post_content'  => $content,
		'post_status'   => 'publish',
		'post_author'   => 1,
		'post_category' => [ 1 ],
		'post_date'     => gmdate( 'Y-m-d H:i:s', time() - 3600 * $number ),
	] );
}
