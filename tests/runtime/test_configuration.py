"""Bad input: the container stops at once with a line that names the value."""

import json
import re

import pytest

from fleet.site.size import Size
from fleet.site.workers import php_workers, request_memory
from tests.runtime.conftest import MakeSite
from tests.runtime.stage.container import Container
from tests.runtime.stage.image import CONTAINER
from tests.runtime.stage.site import StagedSite

EX_CONFIG = 78

REQUIRED = [
    "FLEET_SITE", "FLEET_DOMAINS", "FLEET_STORAGE_MODE", "WP_HOME", "WORDPRESS_DB_HOST",
    "WORDPRESS_DB_NAME", "WORDPRESS_DB_USER", "WORDPRESS_DB_PASSWORD",
    *(
        f"WORDPRESS_{name}_{kind}"
        for name in ("AUTH", "SECURE_AUTH", "LOGGED_IN", "NONCE")
        for kind in ("KEY", "SALT")
    ),
]  # fmt: skip
MALFORMED = [
    ("FLEET_SITE", "Not A Site"),
    ("FLEET_DOMAINS", "*.example.com"),
    ("FLEET_DOMAINS", "a.example.com;return 200"),
    ("FLEET_DOMAINS", "a.example.com,b.example.com\nserver {}"),
    ("FLEET_STORAGE_MODE", "both"),
    ("WP_HOME", "blog.example.com"),
    ("WP_HOME", "https://else.example.com"),
    ("WP_HOME", "https://site.example.com/blog"),
    ("WP_HOME", "https://site.example.com:99999"),
    ("FLEET_STAGING_OF", "Shop"),
    ("FLEET_STAGING_UPLOADS", "shop.example.com"),
    ("FLEET_STAGING_UPLOADS", "https://shop.example.com/;return 200"),
    ("FLEET_STAGING_PLUGINS_OFF", "../payments"),
    ("WORDPRESS_DB_HOST", "db.example.com:port"),
    ("WORDPRESS_DB_HOST", "db.example.com:0"),
    ("WORDPRESS_DB_NAME", "blog`; DROP"),
    ("WORDPRESS_DB_USER", "blog'@'%"),
    ("WORDPRESS_TABLE_PREFIX", "wp-"),
    ("WORDPRESS_CONFIG_EXTRA", "define( 'A', 1 "),
    ("WP_ENVIRONMENT_TYPE", "prod"),
    ("FLEET_PORT", "80"),
    ("FLEET_PORT", "8080 default_server"),
    ("FLEET_CPU", "half"),
    ("FLEET_MEMORY", "1GB"),
    ("FLEET_REQUEST_SECONDS", "0"),
    ("FLEET_INSTALL_SECONDS", "5"),
    ("FLEET_INPUT_VARS", "all"),
    ("FLEET_FILES_PER_UPLOAD", "0"),
    ("FLEET_LOGINS_PER_MINUTE", "0"),
    ("FLEET_USER_NAMES", "yes"),
    ("FLEET_DB_CONNECT_SECONDS", "60"),
    ("FLEET_DB_CA", "/nowhere.pem"),
    ("FLEET_DB_CA", "/etc"),
    ("FLEET_DB_PERSISTENT", "no"),
    ("FLEET_UPLOAD_MEGABYTES", "-1"),
    ("FLEET_WORKERS", "many"),
    ("FLEET_PHP_MEMORY", "256M"),
    ("FLEET_PHP_JIT", "tracing"),
    ("FLEET_DRAIN_SECONDS", "120"),
    ("FLEET_CODE_CHECK_SECONDS", "0"),
    ("FLEET_CRON_SECONDS", "15m"),
    ("FLEET_CRON_SLOTS", "1"),
    ("FLEET_EDGE_DISTRIBUTION", "arn:aws:x"),
    ("FLEET_EDGE_SECONDS", "1d"),
    ("FLEET_EDGE_TAGS", "31"),
    ("FLEET_EDGE_PURGE_SECONDS", "5"),
    ("FLEET_EVENT_SECONDS", "4"),
    ("FLEET_MAIL", "sendmail"),
    ("FLEET_MAIL_HOURS", "73"),
    ("FLEET_MAIL_RETRY_SECONDS", "0"),
    ("FLEET_PAGE_CACHE", "yes"),
    ("FLEET_PAGE_CACHE_SECONDS", "0"),
    ("FLEET_PAGE_CACHE_STALE_SECONDS", "30s"),
    ("FLEET_PAGE_CACHE_MEGABYTES", "99999999999999999999"),
    ("FLEET_PAGE_CACHE_BYPASS_COOKIES", 'a" 0; }'),
    ("FLEET_TRUSTED_PROXIES", "anyone"),
    ("FLEET_TRUSTED_PROXIES", "203.0.113.0/24,dead"),
    ("FLEET_TRUSTED_PROXIES", "203.0.113.0/33"),
    ("FLEET_XMLRPC", "1"),
    # Bytes, which WordPress takes for them, and without an end, which PHP does not have here.
    ("WP_MEMORY_LIMIT", "256"),
    ("WP_MAX_MEMORY_LIMIT", "-1"),
]  # fmt: skip


MALFORMED_FOR_INIT = [
    ("FLEET_ADMIN_USER", "admin<script>"),
    ("FLEET_ADMIN_EMAIL", "admin"),
    ("FLEET_TITLE", "x" * 201),
]
MALFORMED_FOR_SCHEMA = [
    ("FLEET_DB_MASTER_USER", "admin'@'%"),
    ("WORDPRESS_DB_NAME", "blog`; DROP"),
]


def test_every_name_is_tried() -> None:
    """A name that joins environment.php joins the lists above."""
    fleet = CONTAINER / "root/usr/local/share/fleet"
    code = (fleet / "environment.php").read_text()
    checked = set(re.findall(r"^\t'([A-Z_]+)' +=> \[", code, re.MULTILINE))
    checked |= set(json.loads((fleet / "settings.json").read_text()))
    tried = {name for name, _ in MALFORMED + MALFORMED_FOR_INIT + MALFORMED_FOR_SCHEMA}
    assert len(checked) > 30
    assert checked <= tried


@pytest.fixture(scope="module")
def containers(shared_site: StagedSite) -> dict[str, Container]:
    """The task's three, each of which only waits: a case is one more start in it."""
    waiting = ["sleep", "infinity"]
    return {name: shared_site.run(name, waiting) for name in ("schema", "init", "wordpress")}


def assert_stops(container: Container, name: str, value: str, command: str) -> None:
    done = container.execute(command, **{name: value})
    assert done.returncode == EX_CONFIG
    lines = done.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"fleet: {name} is ")


@pytest.mark.parametrize("name", REQUIRED)
def test_missing(containers: dict[str, Container], name: str) -> None:
    assert_stops(containers["wordpress"], name, "", "fleet-serve")


@pytest.mark.parametrize(("name", "value"), MALFORMED)
def test_malformed(containers: dict[str, Container], name: str, value: str) -> None:
    assert_stops(containers["wordpress"], name, value, "fleet-serve")


@pytest.mark.parametrize(("name", "value"), MALFORMED_FOR_INIT)
def test_malformed_for_init(containers: dict[str, Container], name: str, value: str) -> None:
    assert_stops(containers["init"], name, value, "fleet-init")


@pytest.mark.parametrize(("name", "value"), MALFORMED_FOR_SCHEMA)
def test_malformed_for_schema(containers: dict[str, Container], name: str, value: str) -> None:
    assert_stops(containers["schema"], name, value, "fleet-schema")


@pytest.mark.parametrize(
    "name",
    ["FLEET_DB_MASTER_USER", "FLEET_DB_MASTER_PASSWORD", "WORDPRESS_DB_USER"],
)
def test_schema_needs_its_own(containers: dict[str, Container], name: str) -> None:
    assert_stops(containers["schema"], name, "", "fleet-schema")


@pytest.mark.parametrize(
    "name", ["FLEET_ADMIN_USER", "FLEET_ADMIN_EMAIL", "FLEET_ADMIN_PASSWORD", "FLEET_TITLE"]
)
def test_init_needs_its_own(containers: dict[str, Container], name: str) -> None:
    assert_stops(containers["init"], name, "", "fleet-init")


def test_every_problem_is_named_at_once(shared_site: StagedSite) -> None:
    """By the container itself, which ends with that status."""
    container = shared_site.run(
        "wordpress", FLEET_PORT="x", FLEET_SITE="", WORDPRESS_DB_PASSWORD=""
    )
    assert container.wait() == EX_CONFIG
    assert [line.split()[1] for line in container.output().splitlines()] == [
        "FLEET_SITE", "FLEET_PORT", "WORDPRESS_DB_PASSWORD",
    ]  # fmt: skip


def test_settings_of_ones_own(make_site: MakeSite) -> None:
    site = make_site(knobs={"WORDPRESS_CONFIG_EXTRA": "define( 'WP_POST_REVISIONS', 7 );"})
    site.init()
    (site.mount / "mu-plugins/show.php").write_text("<?php echo WP_POST_REVISIONS, ' revisions';")
    assert "7 revisions" in site.visitor(site.started()).get("/").text


# PHP's limit, the setting that reaches it, a value, and what PHP says then.
LIMITS = {
    "max_input_vars": ("FLEET_INPUT_VARS", "20000", "20000"),
    "max_file_uploads": ("FLEET_FILES_PER_UPLOAD", "150", "150"),
    "upload_max_filesize": ("FLEET_UPLOAD_MEGABYTES", "512", "512M"),
    "post_max_size": ("FLEET_UPLOAD_MEGABYTES", "512", "512M"),
    "memory_limit": ("FLEET_PHP_MEMORY", "192", "192M"),
    "max_execution_time": ("FLEET_REQUEST_SECONDS", "90", "90"),
}


def test_each_limit_has_its_setting(containers: dict[str, Container]) -> None:
    """Code can't set these, or would have to know of them before it begins."""
    container = containers["wordpress"]
    given = {name: value for name, value, _ in LIMITS.values()}
    assert container.execute("fleet-configure", **given).returncode == 0
    # The command line has no time limit of its own accord; the file says it for requests.
    code = "echo json_encode( parse_ini_file( '/tmp/fleet/php.d/fleet.ini', false, 2 ) );"
    found = json.loads(container.execute("php", "-r", code).stdout)
    assert {name: str(found[name]) for name in LIMITS} == {
        name: said for name, (_, _, said) in LIMITS.items()
    }
    nginx = container.execute("cat", "/tmp/fleet/nginx.conf").stdout  # noqa: S108 - in there
    assert "client_max_body_size 512m;" in nginx
    pools = container.execute("cat", "/tmp/fleet/php-fpm.conf").stdout  # noqa: S108
    assert "request_terminate_timeout = 90s" in pools


@pytest.mark.parametrize(("memory", "said"), [("64", "256M"), ("512", "512M")])
def test_commands_have_the_php_of_requests_and_memory_of_their_own(
    containers: dict[str, Container], memory: str, said: str
) -> None:
    container = containers["wordpress"]
    given = {"FLEET_INPUT_VARS": "20000", "FLEET_PHP_MEMORY": memory}
    assert container.execute("fleet-configure", **given).returncode == 0
    told = json.loads(container.execute("wp", "option", "list", **given).stdout)
    assert told == {"memory_limit": said, "max_input_vars": "20000"}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("define( 'A', 1 );\ndefine( 'B', 1 ", "is no PHP: Unclosed '('"),
        # The parser alone takes it.
        ("function a() {}\n\nfunction a() {}", "is no PHP: Cannot redeclare function a() "),
        ("\ndefine( 'WP_ALLOW_MULTISITE', true );", "networks of sites don't work"),
        ('// no\n\\define("MULTISITE", 1);', "networks of sites don't work"),
        ("\nconst SUBDOMAIN_INSTALL = true;", "networks of sites don't work"),
        ("\n$table_prefix = 'wpx_';", "say table_prefix in the site's entry of sites.yaml"),
    ],
)
def test_code_that_cannot_be(containers: dict[str, Container], code: str, said: str) -> None:
    done = containers["wordpress"].execute("fleet-configure", WORDPRESS_CONFIG_EXTRA=code)
    assert done.returncode == EX_CONFIG
    (line,) = done.stderr.splitlines()
    assert line.startswith("fleet: WORDPRESS_CONFIG_EXTRA is ")
    assert said in line
    assert f"in its line {code.count(chr(10)) + 1}" in line


def test_code_that_may_look_like_it(containers: dict[str, Container]) -> None:
    code = "define( 'MINE', 'MULTISITE' ); // define( 'MULTISITE', true );\nis_multisite();"
    done = containers["wordpress"].execute("fleet-configure", WORDPRESS_CONFIG_EXTRA=code)
    assert done.returncode == 0, done.stderr


SHOW_JIT = "<?php echo json_encode( opcache_get_status( false )['jit'] );"


@pytest.mark.parametrize("jit", ["on", "off"])
def test_jit(make_site: MakeSite, jit: str) -> None:
    site = make_site(knobs={"FLEET_PHP_JIT": jit, "FLEET_PAGE_CACHE": "off"})
    site.init()
    (site.mount / "mu-plugins/show.php").write_text(SHOW_JIT)
    with site.visitor(site.started()) as visitor:
        # Past the counts at which PHP traces.
        pages = [visitor.get("/") for _ in range(40 if jit == "on" else 1)]
        assert {page.status_code for page in pages} == {200}
        assert all("Title of" in page.text for page in pages)
        assert f'"on":{str(jit == "on").lower()}' in pages[-1].text


@pytest.mark.parametrize(
    ("cpu", "memory", "env"),
    [
        (256, 512, {}),
        (512, 1024, {}),
        (512, 1024, {"FLEET_WORKERS": "8", "FLEET_PHP_MEMORY": "96"}),
        (512, 1024, {"WP_MEMORY_LIMIT": "256M"}),
        (512, 1024, {"FLEET_CRON_SECONDS": "900", "FLEET_PHP_JIT": "on"}),
        (512, 1024, {"FLEET_CRON_SECONDS": "900", "WP_MEMORY_LIMIT": "256M"}),
        (512, 1024, {"WP_MAX_MEMORY_LIMIT": "1G"}),
        (1024, 2048, {}),
        (1024, 8192, {"FLEET_CRON_SECONDS": "900"}),
        (4096, 30720, {}),
    ],
)
def test_workers_follow_the_size(
    containers: dict[str, Container], cpu: int, memory: int, env: dict[str, str]
) -> None:
    """As `fleet` counts them, by the same rule in Python."""
    container = containers["wordpress"]
    size = Size(cpu=cpu, memory=memory)
    given = {"FLEET_CPU": str(cpu), "FLEET_MEMORY": str(memory), **env}
    assert container.execute("fleet-configure", **given).returncode == 0
    pools = container.execute("cat", "/tmp/fleet/php-fpm.conf").stdout  # noqa: S108 - in there
    workers, long, *_ = map(int, re.findall(r"^pm.max_children = (\d+)$", pools, re.MULTILINE))
    events = "FLEET_CRON_SECONDS" in env
    assert workers + long + events == php_workers(size, env, events=events)
    limits = re.findall(r"^php_admin_value\[memory_limit\] = (\d+)M$", pools, re.MULTILINE)
    assert limits == [str(request_memory(size, env))] * 3
