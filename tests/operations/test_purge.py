"""`fleet purge`: what CloudFront keeps of a site is dropped."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest
from typer.testing import CliRunner, Result

from fleet.cli.main import app
from fleet.names import edge_name
from tests.operations.stage.project import REGION, SETTINGS, SITES

EDGE = f"""
config:
  aws:region: {REGION}
  wordpress-fleet:zones: [example.com]
  wordpress-fleet:edge: cloudfront
  wordpress-fleet:sharedDatabase: {{minAcu: 0.5, maxAcu: 4}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: wordpress-fleet\nruntime: python\n")
    (tmp_path / "Pulumi.prod.yaml").write_text(EDGE)
    (tmp_path / "sites.yaml").write_text(SITES)
    return tmp_path


@pytest.fixture
def distribution(aws: boto3.Session) -> str:
    """The blog's, in an account where there are others."""
    cloudfront = aws.client("cloudfront")
    found = ""
    for site in ("docs", "blog"):
        made = cloudfront.create_distribution(
            DistributionConfig={
                "CallerReference": site,
                "Comment": edge_name("prod", None, site),
                "Enabled": True,
                "Origins": {
                    "Quantity": 1,
                    "Items": [
                        {
                            "Id": "site",
                            "DomainName": "origin.example.com",
                            "CustomOriginConfig": {
                                "HTTPPort": 80,
                                "HTTPSPort": 443,
                                "OriginProtocolPolicy": "https-only",
                            },
                        }
                    ],
                },
                "DefaultCacheBehavior": {
                    "TargetOriginId": "site",
                    "ViewerProtocolPolicy": "redirect-to-https",
                },
            }
        )
        found = made["Distribution"]["Id"]
    return found


def purge(project: Path, *words: str, site: str = "blog") -> Result:
    arguments = ["purge", site, "--env", "prod", "--file", str(project / "sites.yaml"), *words]
    return CliRunner().invoke(app, arguments)


def invalidated(aws: boto3.Session, distribution: str) -> list[list[str]]:
    cloudfront = aws.client("cloudfront")
    listed = cloudfront.list_invalidations(DistributionId=distribution)["InvalidationList"]
    return [
        cloudfront.get_invalidation(DistributionId=distribution, Id=each["Id"])["Invalidation"][
            "InvalidationBatch"
        ]["Paths"]["Items"]
        for each in listed["Items"]
    ]


@pytest.mark.parametrize(
    ("words", "paths"),
    [
        ((), ["/*"]),
        (("/blog/*", "/feed/"), ["/blog/*", "/feed/"]),
        (("--tag", "post-12", "--tag", "list-post"), ["#post-12", "#list-post"]),
    ],
)
def test_all_of_it_or_paths_or_tags(
    project: Path, aws: boto3.Session, distribution: str, words: tuple[str, ...], paths: list[str]
) -> None:
    result = purge(project, *words)
    assert result.exit_code == 0, result.output
    assert distribution in result.output
    assert sorted(paths) in [sorted(each) for each in invalidated(aws, distribution)]


def test_a_path_that_is_none_and_an_environment_without_an_edge_are_told(project: Path) -> None:
    for path in ("blog/*", "/a*b", "/b\u00fcro", "/a b", ""):
        wrong = purge(project, path)
        assert wrong.exit_code == 1
        assert f'"{path}" is no path to purge' in wrong.output
    for tag in ("#post-1", "post 1", "post-1,post-2", "post-*"):
        assert f'"{tag}" is no tag of a page' in purge(project, "--tag", tag).output
    (project / "Pulumi.prod.yaml").write_text(SETTINGS)
    assert "prod has no edge" in purge(project).output


def test_before_the_first_up_there_is_none(project: Path, aws: boto3.Session) -> None:
    assert (
        "news has no distribution yet; run `fleet up --env prod`"
        in purge(project, site="news").output
    )
