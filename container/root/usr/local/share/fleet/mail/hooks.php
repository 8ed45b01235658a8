<?php
/** How WordPress sends mail. A request that sends none loads nothing of it but this. */

namespace Fleet\Mail;

add_filter( 'pre_wp_mail', function ( $answer ) {
	global $phpmailer;
	// A plugin that brings a mailer of its own has put it there already.
	if ( $answer === null && ! $phpmailer instanceof \PHPMailer\PHPMailer\PHPMailer ) {
		require_once ABSPATH . WPINC . '/PHPMailer/PHPMailer.php';
		require_once ABSPATH . WPINC . '/PHPMailer/SMTP.php';
		require_once ABSPATH . WPINC . '/PHPMailer/Exception.php';
		require_once ABSPATH . WPINC . '/class-wp-phpmailer.php';
		require_once __DIR__ . '/mailer.php';
		$phpmailer            = new Mailer( true );
		$phpmailer::$validator = fn( $email ) => (bool) is_email( $email );
	}
	return $answer;
}, PHP_INT_MAX );

// All sites of an environment share an address until they have their own: the name is what tells them apart.
add_filter( 'wp_mail_from_name', fn( $name ) => $name === 'WordPress' ? wp_specialchars_decode( get_option( 'blogname' ), ENT_QUOTES ) : $name, 1 );

$retry = function ( float $seconds ) {
	require_once __DIR__ . '/post.php';
	Post::retry( $seconds );
};
add_action( 'fleet_mail', fn() => $retry( 60 ) );
// After the answer is sent, and at no cost where nothing waits.
add_action( 'shutdown', function () use ( $retry ) {
	$due = PHP_SAPI === 'cli' ? null : wp_load_alloptions()['fleet_mail_due'] ?? null;
	if ( $due !== null && (int) $due <= time() && function_exists( 'fastcgi_finish_request' ) ) {
		fastcgi_finish_request();
		$retry( 20 );
	}
}, PHP_INT_MAX );
