"""An empty database and an empty mount."""

import re

import pytest

from components.task import CONTENT_PATH
from tests.runtime.conftest import MakeSite
from tests.runtime.stage.image import code_of_wordpress
from tests.runtime.stage.site import Replica, StagedSite
from tests.runtime.stage.task import ADMIN_PASSWORD, MASTER_PASSWORD, PASSWORD


@pytest.mark.parametrize("mode", ["content", "uploads"])
def test_front_page_shows_the_title(make_site: MakeSite, mode: str) -> None:
    site = make_site(mode=mode)
    replica = site.replica()
    page = site.visitor(replica).get("/")
    assert page.status_code == 200
    assert f"Title of {site.name}" in page.text
    # And it says what it runs.
    code = {"content": r"generation \d+", "uploads": "of the image"}[mode]
    said = rf"^fleet-serve: WordPress 7\.[\d.]+, PHP 8\.[\d.]+\S*, code: {code}$"
    assert re.search(said, replica.container.output(), re.MULTILINE)


def test_admin_logs_in_with_the_secret(shared_site: StagedSite, shared_replica: Replica) -> None:
    with shared_site.visitor(shared_replica) as visitor:
        assert visitor.log_in(password="wrong").status_code == 200  # noqa: S106 - the form again
        answer = visitor.log_in()
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"{shared_site.home}/wp-admin/"
        assert "Dashboard" in visitor.get("/wp-admin/").text


@pytest.mark.parametrize(
    "path",
    [
        "/wp-admin/install.php",
        "/wp-admin/install.php?step=1",
        "/wp-admin/setup-config.php",
        "/wp-admin/upgrade.php",
        "/wp-admin/./install.php",
        "/wp-admin//install.php",
        "/wp-admin/install.php/x",
        "/wp-admin/%69nstall.php",
    ],
)
def test_wizard_cannot_be_reached(
    shared_site: StagedSite, shared_replica: Replica, path: str
) -> None:
    assert shared_site.visitor(shared_replica).get(path).status_code == 404


def test_wizard_cannot_be_reached_before_installation(make_site: MakeSite) -> None:
    site = make_site()
    site.init()
    site.sql("DROP TABLE wp_options")
    replica = site.started()
    with site.visitor(replica) as visitor:
        assert visitor.get("/wp-admin/install.php").status_code == 404
        page = visitor.get("/", follow_redirects=True)
        assert page.status_code in (404, 500)
        assert "Information needed" not in page.text


def test_site_user_has_the_least_privileges(
    shared_site: StagedSite, shared_replica: Replica
) -> None:
    grants = shared_site.database.sql(f"SHOW GRANTS FOR '{shared_site.schema}'@'%'").splitlines()
    assert grants[0].startswith("GRANT USAGE ON *.*")
    # So MySQL says when it is everything that a schema knows; none of it reaches further. Beside
    # the site's own stand the schemas in which a load is made, and what it replaced is kept.
    assert set(grants[1:]) == {
        f"GRANT ALL PRIVILEGES ON `{schema}`.* TO `{shared_site.schema}`@`%`"
        for schema in (
            f"{beside}{shared_site.schema}".replace("_", r"\\_") for beside in ("", "new_", "old_")
        )
    }


# Takes 200 MiB in the same process, as the upgrade of a large schema may.
LARGE_UPGRADE = """<?php
register_shutdown_function(
	fn() => fwrite( STDERR, 'took ' . strlen( str_repeat( 'x', 200 << 20 ) ) . "\n" )
);
"""


def test_init_logs_a_line_for_each_step_and_no_secret(make_site: MakeSite) -> None:
    site = make_site()
    core = code_of_wordpress("wp-includes/version.php")
    version = core.partition("$wp_version = '")[2].partition("'")[0]
    schema, first = site.made_schema(), site.init()
    (site.mount / "probe.ini").write_text(
        f"auto_prepend_file = {CONTENT_PATH['content']}/probe.php"
    )
    (site.mount / "probe.php").write_text(LARGE_UPGRADE)
    second = site.init(PHP_INI_SCAN_DIR=f":{CONTENT_PATH['content']}")
    assert schema.splitlines() == [
        "fleet-schema: connecting to database.example.com:3306 as master",
        f"fleet-schema: schema and user {site.schema} are there",
    ]
    assert [re.sub(r" in [\d.]+ s$", "", line) for line in first.splitlines()] == [
        f"fleet-init: connecting to database.example.com:3306 as {site.schema}",
        "fleet-init: taken in from the image: plugins/akismet, plugins/index.php, "
        "themes/twentytwentyfive",
        f"fleet-init: WordPress {version} is installed",
        "fleet-init: done",
    ]
    # With more memory than the 128 MiB that PHP gives by itself.
    assert [line.split()[-1] for line in second.splitlines()[2:]] == [str(200 << 20)]
    for secret in (PASSWORD, ADMIN_PASSWORD, MASTER_PASSWORD):
        assert secret not in schema + first + second


def test_health_checks(shared_site: StagedSite, shared_replica: Replica) -> None:
    assert shared_replica.get("/healthz").text == "ok\n"
    assert shared_replica.get("/readyz").text == "ok\n"
    with shared_site.visitor(shared_replica) as visitor:
        assert visitor.get("/healthz").headers["Cache-Control"] == "no-store"


def test_nothing_is_written_outside_the_volumes(
    shared_site: StagedSite, shared_replica: Replica
) -> None:
    """The stage mounts the root read-only and runs the image's user, as the task says."""
    shared_site.visitor(shared_replica).get("/")
    output = shared_replica.container.output()
    assert "Read-only file system" not in output
    assert "Permission denied" not in output
    for definition in shared_site.task.definitions:
        assert definition["readonlyRootFilesystem"] is True
