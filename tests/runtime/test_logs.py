"""What a container logs, and what never gets there."""

import json

from tests.runtime.conftest import MakeSite
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.site import Replica, StagedSite
from tests.runtime.stage.task import PASSWORD

# A plugin's mistake on the way of a secret.
FAULT = """<?php
function sign_in( $password ) {
	throw new Exception( 'the plugin is broken' );
}
add_action( 'init', fn() => isset( $_GET['fault'] ) && sign_in( DB_PASSWORD ) );
"""


def access_line(replica: Replica, mark: str) -> dict[str, object]:
    """The access log's line of the request whose address holds `mark`."""

    def found() -> list[str]:
        lines = replica.container.output().splitlines()
        return [line for line in lines if mark in line and line.startswith("{")]

    wait_until(found, f"the request {mark} is logged")
    return json.loads(found()[0])


def test_access_log_tells_time_and_cache(shared_site: StagedSite, shared_replica: Replica) -> None:
    with shared_site.visitor(shared_replica) as visitor:
        visitor.get("/?logged&n=1")
        visitor.get("/?logged&n=1&again", headers={"Cookie": "wp-postpass_x=x"})
    line = access_line(shared_replica, "logged&n=1")
    assert line["method"] == "GET"
    assert line["status"] == 200
    assert line["cache"] == "MISS"
    assert line["client"] == "198.51.100.7"
    assert line["host"] == shared_site.host
    assert 0 < float(str(line["php_seconds"])) <= float(str(line["seconds"])) + 0.01
    # One that bypassed the cache has no status of it.
    assert access_line(shared_replica, "n=1&again")["cache"] == ""


def test_health_checks_are_not_logged(shared_replica: Replica) -> None:
    shared_replica.get("/healthz?health-check")
    shared_replica.get("/?after")
    access_line(shared_replica, "/?after")
    assert "health-check" not in shared_replica.container.output()


def test_a_plugin_s_fault_is_logged_without_its_arguments(make_site: MakeSite) -> None:
    site = make_site()
    site.init()
    (site.mount / "mu-plugins/fault.php").write_text(FAULT)
    replica = site.started()
    with site.visitor(replica) as visitor:
        assert visitor.get("/?fault").status_code == 500
        assert visitor.get("/").status_code == 200
    wait_until(lambda: "plugin is broken" in replica.container.output(), "the fault is logged")
    assert PASSWORD[:10] not in replica.container.output()
