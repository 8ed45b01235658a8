"""A site as its visitors make it send mail."""

import json
from pathlib import Path
from typing import Any

from components.task import SCRATCH as SCRATCH_PATHS
from tests.runtime.stage.balancer import Visitor
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.site import Replica, StagedSite

MAIL_FROM = "shop@mail.example.com"
HELLO = {"to": "you@example.net", "subject": "Hello", "message": "Text"}
SCRATCH = SCRATCH_PATHS["tmp"]
ROOTS = "/etc/ssl/certs/ca-certificates.crt"
# Sends what a request says, as a contact form would, and tells how long the page took.
FORM = """<?php
/* Plugin Name: form */
// WordPress's own ask the internet for updates, where there is none.
$of_mail = fn( $answer, $event ) => $event->hook === 'fleet_mail' ? $answer : false;
add_filter( 'pre_schedule_event', $of_mail, 10, 2 );
add_action( 'init', function () {
	if ( ! isset( $_GET['send'] ) ) {
		return;
	}
	$asked = json_decode( file_get_contents( 'php://input' ), true );
	foreach ( $asked['files'] ?? [] as $name => $bytes ) {
		file_put_contents( "/tmp/$name", str_repeat( 'x', $bytes ) );
	}
	if ( isset( $asked['smtp'] ) ) {
		add_action( 'phpmailer_init', function ( $mailer ) use ( $asked ) {
			$mailer->isSMTP();
			[ $mailer->Host, $mailer->Port, $mailer->SMTPAuth ] = [ ...$asked['smtp'], true ];
			$mailer->Username = getenv( 'FLEET_MAIL_USER' );
			$mailer->Password = getenv( 'FLEET_MAIL_PASSWORD' );
		} );
	}
	$failed = '';
	add_action( 'wp_mail_failed', function ( $error ) use ( &$failed ) {
		$failed = $error->get_error_message();
	} );
	$begun = microtime( true );
	$send  = ( $asked['by'] ?? 'wp' ) === 'php' ? 'mail' : 'wp_mail';
	$sent  = array_map( fn( $mail ) => $send( ...$mail ), $asked['mails'] );
	$took  = microtime( true ) - $begun;
	wp_send_json( [ 'sent' => $sent, 'seconds' => $took, 'failed' => $failed ] );
} );
"""


class Outbox:
    """The site as its visitors make it send."""

    def __init__(
        self, site: StagedSite, replica: Replica, environment: dict[str, str] | None = None
    ) -> None:
        self.site, self.replica, self.environment = site, replica, environment or {}
        self.visitor: Visitor = site.visitor(replica)

    def send(self, *mails: dict[str, Any], **more: Any) -> dict[str, Any]:
        answer = self.visitor.post("/?send", json={"mails": list(mails), **more})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def lines(self) -> list[dict[str, Any]]:
        """What the container's log says of mail."""
        output = self.replica.container.output().splitlines()
        return [json.loads(line) for line in output if line.startswith('{"mail":')]

    def heard(self, mail: str) -> dict[str, Any]:
        """The last of them, once it says so: the page may be there before its line is."""
        wait_until(lambda: [each["mail"] for each in self.lines()][-1:] == [mail], f"mail {mail}")
        return self.lines()[-1]

    def waiting(self) -> int:
        if "wp_fleet_mail" not in self.site.sql("SHOW TABLES"):
            return 0
        return int(self.site.sql("SELECT COUNT(*) FROM wp_fleet_mail").split()[-1])

    def forgets_failure(self) -> None:
        """As half a minute later."""
        for name in ("mail-away", "mail-unverified"):
            self.replica.scratch(f"tmp/fleet/{name}").unlink(missing_ok=True)


def outbox(site: StagedSite, environment: dict[str, str], roots: Path | None = None) -> Outbox:
    files = {ROOTS: roots} if roots else None
    replica = site.start(files, "", None, **environment)
    wait_until(replica.serves, "the replica is healthy")
    return Outbox(site, replica, environment)


def with_form(site: StagedSite) -> StagedSite:
    """The site with the plugin that sends."""
    (site.mount / "mu-plugins").mkdir(exist_ok=True)
    (site.mount / "mu-plugins/form.php").write_text(FORM)
    return site
