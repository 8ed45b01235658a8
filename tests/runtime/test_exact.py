"""A restore to the second: the site's own task dumps a server as it was, and its load brings it.

RDS's part, a cluster as of a moment, is played by a second server, made of a dump and the first
one's binary log up to that second.
"""

import subprocess
from dataclasses import replace

from fleet.operations.data.exact import PREPARING, dump_words
from tests.runtime.conftest import MakeSite
from tests.runtime.stage.bucket import Bucket
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.data import ended, run
from tests.runtime.stage.database import MASTER, SOCKET, Database
from tests.runtime.stage.site import StagedSite

# Of the copy alone, as the verb gives it one.
OF_COPY = {"FLEET_RESTORED_PASSWORD": "of-the-copy", "FLEET_DB_MASTER_PASSWORD": "of-now"}


def test_between_two_orders_the_first_is_there_and_the_second_is_not(
    make_site: MakeSite, database: Database, own_database: Database, store: Bucket
) -> None:
    site = make_site(name="exact", knobs={"FLEET_LOAD_SETTLE_SECONDS": "1"})
    site.init()
    site.sql("CREATE TABLE wp_wc_orders (id INT PRIMARY KEY, date_updated_gmt DATETIME)")
    site.sql("FLUSH BINARY LOGS")
    log = database.sql("SHOW BINARY LOGS").splitlines()[-1].split("\t")[0]
    whole = ["--single-transaction", "--set-gtid-purged=OFF", "--databases", site.schema]
    own_database.sql(asked(database, "mysqldump", "-uroot", f"--socket={SOCKET}", *whole))

    site.sql("INSERT INTO wp_wc_orders VALUES (1, UTC_TIMESTAMP())")
    ordered = now(database)
    wait_until(lambda: now(database) > ordered, "the next second")
    at = now(database)
    site.sql("INSERT INTO wp_wc_orders VALUES (2, UTC_TIMESTAMP())")

    until = [f"--database={site.schema}", f"--stop-datetime={at}", f"/var/lib/mysql/{log}"]
    own_database.sql(asked(database, "mysqlbinlog", *until))
    password = OF_COPY["FLEET_RESTORED_PASSWORD"]
    own_database.sql(f"ALTER USER '{MASTER}'@'%' IDENTIFIED BY '{password}'")

    then, place = replace(site, database=own_database), store.place(site.name, 1)
    opened = then.run("schema", PREPARING["schema"], **OF_COPY)
    assert opened.wait() == 0, opened.output()
    ended(run(then, store, *dump_words(place, 35)))
    assert orders(site) == ["1", "2"]
    ended(run(site, store, "fleet-load", place, "--only", "database"))
    assert orders(site) == ["1"]
    ended(run(site, store, "fleet-load", "undo"))
    assert orders(site) == ["1", "2"]


def orders(site: StagedSite) -> list[str]:
    return site.sql("SELECT id FROM wp_wc_orders ORDER BY id").split()


def now(database: Database) -> str:
    return database.sql("SELECT NOW()")


def asked(database: Database, program: str, *words: str) -> str:
    """What a program beside the server prints."""
    command = ["podman", "exec", database.name, program, "--no-defaults", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
