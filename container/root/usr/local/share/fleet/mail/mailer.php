<?php
/** WordPress's mailer, whose way out is ours as long as no plugin chooses its own. */

namespace Fleet\Mail;

require_once __DIR__ . '/post.php';

final class Mailer extends \WP_PHPMailer {

	/** `wp_mail` asks for PHP's mail(); a plugin that wants SMTP says so afterwards, in `phpmailer_init`. */
	public function isMail() {
		$this->Mailer = 'fleet';
	}

	/** PHPMailer calls the method that is named like its mailer. */
	protected function fleetSend( $header, $body ) {
		$text = self::stripTrailingWSP( $header ) . self::$LE . self::$LE . $body;
		try {
			Post::send( Message::of( $text, array_map( 'strval', array_keys( $this->all_recipients ) ) ), (string) get_option( 'admin_email' ) );
		} catch ( Refusal $refusal ) {
			throw new \PHPMailer\PHPMailer\Exception( $refusal->getMessage(), self::STOP_CONTINUE );
		}
		return true;
	}
}
