"""What `fleet export` wrote comes in by `fleet import`: the verbs and the image together."""

from pathlib import Path

from fleet.operations.data.archive import Archive, Store
from fleet.operations.data.export import export_site
from fleet.operations.data.incoming.known import recognised
from fleet.operations.data.incoming.report import examine
from fleet.operations.data.incoming.upload import upload
from fleet.operations.declared import read_declared
from fleet.operations.target import Target
from tests.operations.stage.project import SETTINGS
from tests.runtime.conftest import sites
from tests.runtime.stage import shop
from tests.runtime.stage.bucket import NAME, Bucket
from tests.runtime.stage.database import Database
from tests.runtime.stage.site import StagedSite

ACCOUNT = "000000000000"
FLEET = """
version: 1
defaults: {admin: {email: web@example.com}}
sites:
  sender: {domains: [sender.example.com]}
  receiver: {domains: [receiver.example.net]}
"""


def work(site: StagedSite, store: Bucket, *words: str) -> None:
    """Runs a command of the image in a task of its own, to its end."""
    command = ["fleet-task", "--kind", "data", "--wait", "60", "--", *words]
    done = site.run("wordpress", command, **store.environment)
    assert done.wait() == 0, done.output()


def test_an_export_comes_in_at_another_site(
    image: str, database: Database, store: Bucket, tmp_path: Path
) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites.yaml").write_text(FLEET)
    (tmp_path / "Pulumi.prod.yaml").write_text(SETTINGS)
    target = Target(folder=tmp_path, environment="prod")
    declared = read_declared(target)
    place = Store(target=target, bucket=NAME, account=ACCOUNT, s3=store.client, days=35)
    first, second = (
        Archive(place, name, "20261129T180000Z-0001") for name in ("sender", "receiver")
    )
    with sites(image, database, tmp_path / "sites") as make:
        source = make(name="sender", domains=["sender.example.com"])
        copy = make(name="receiver", domains=["receiver.example.net"])
        source.init()
        shop.filled(source)
        picture = "uploads/2026/a b'\u00fc.jpg"
        (source.mount / picture).parent.mkdir(parents=True)
        (source.mount / picture).write_bytes(b"\xff\xd8 a picture")
        copy.init()
        work(source, store, "fleet-dump", first.url)
        folder = tmp_path / "out"
        export_site(declared, "sender", str(folder), on_step=print, archive=first)
        with recognised(folder, None) as export:
            report = examine(export, declared.site("receiver"))
            assert report.tables.home == source.home
            upload(export, report, second, print)
        work(copy, store, "fleet-load", second.url)
        there, here = shop.state(source), shop.state(copy)
        assert {name for name in there if there[name] != here.get(name)} == {
            *("wp_options", "wp_posts", "wp_users")
        }
        found = shop.read(copy)
        assert found["bad"] == []
        assert found["shop"]["deep"]["url"] == f"{copy.home}/shop"
        assert (copy.mount / picture).read_bytes() == b"\xff\xd8 a picture"
