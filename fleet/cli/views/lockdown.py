"""A site that was shut, on the terminal."""

from __future__ import annotations

from dataclasses import asdict

from rich.text import Text

from fleet.cli.screen import ERR, OUT, print_json
from fleet.cli.table import table, text, word
from fleet.cli.times import exact
from fleet.cli.views.logs import harmless
from fleet.operations.data.lockdown import Lockdown


def print_lockdown(done: Lockdown, environment: str, *, as_json: bool) -> None:
    """What was found, what is shut, what is left to do. Names in it may be an attacker's."""
    if as_json:
        findings = [each.model_dump() for each in done.findings]
        print_json({**asdict(done), "findings": findings})
        return
    shown = table(word("What"), text("Which"), text(f"Since {exact(done.since)}"))
    for each in done.findings:
        shown.add_row(each.kind, *(Text(harmless(told)) for told in (each.name, each.what)))
    if done.findings:
        OUT.print(shown)
    for line in _lines(done, environment):
        OUT.print(harmless(line), soft_wrap=True, markup=False)
    if done.back:
        ERR.print(
            f"{', '.join(map(harmless, done.back))}: off, and could change the site again after "
            "that; go on looking, and lock it again",
            markup=False,
        )


def _lines(done: Lockdown, environment: str) -> list[str]:
    site, off = done.site, sorted({*done.off, *done.back})
    opened = f"fleet run --env {environment} {site} -- wp fleet lock open LOGIN"
    code = f"like {done.code}" if done.code else "as it was; --code-back-to WHEN takes it back"
    return [
        f"off    {', '.join(off) or 'nobody'}",
        f"ended  {done.sessions} users' sessions, application passwords of "
        f"{done.application_passwords} users",
        "new    database password, keys and salts; admin_password in its secret",
        f"code   {code}",
        f"stays  {done.kept}; files, posts and options as they were: look at those above",
        f"open   {opened}",
    ]
