"""Whose certificate the image takes for the database's."""

import re

import pytest

from tests.runtime.stage.container import Container
from tests.runtime.stage.site import StagedSite

MAKE_BUNDLE = """
for region in eu-central-1 eu-central-2 us-east-1; do
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null \\
        -subj "/CN=Amazon RDS $region Root CA ECC384 G1" 2>/dev/null
done > /tmp/bundle.pem
"""


@pytest.fixture(scope="module")
def waiting(shared_site: StagedSite) -> Container:
    """A task's container that only waits, with a list as Amazon's."""
    container = shared_site.run("wordpress", ["sleep", "infinity"])
    assert container.execute("sh", "-c", MAKE_BUNDLE).returncode == 0
    return container


@pytest.mark.parametrize(
    ("host", "left"),
    [
        ("blog.cluster-abc.eu-central-1.rds.amazonaws.com:3306", ["eu-central-1"]),
        ("blog.cluster-abc.us-east-1.rds.amazonaws.com", ["us-east-1"]),
        (
            "blog.cluster-abc.xy-new-1.rds.amazonaws.com",
            ["eu-central-1", "eu-central-2", "us-east-1"],
        ),
        ("db.example.com:3306", ["eu-central-1", "eu-central-2", "us-east-1"]),
    ],
)
def test_only_the_authorities_of_the_region_stay(
    waiting: Container, host: str, left: list[str]
) -> None:
    """PHP reads them for each connection, and Amazon's list has those of all regions."""
    given = {"WORDPRESS_DB_HOST": host, "FLEET_DB_CA": "/tmp/bundle.pem"}  # noqa: S108 - in there
    assert waiting.execute("fleet-configure", **given).returncode == 0
    words = ["openssl", "storeutl", "-noout", "-text", "-certs", "/tmp/fleet/database-ca.pem"]  # noqa: S108
    found = re.findall(r"Subject: CN ?= ?Amazon RDS (\S+)", waiting.execute(*words).stdout)
    assert found == left
