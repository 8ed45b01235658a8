"""`fleet status`, `logs`, `exec`, `dns`, `purge`, `mail` and `cron`: what really runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fleet.cli.options import (
    SITES_FILE,
    AsJson,
    Cell,
    Command,
    Environment,
    File,
    SiteName,
    declared_of,
    duration,
)

# boto3 takes a quarter of a second to import: each command does so when it runs.

PANEL = "See and reach what runs"

Sites = Annotated[list[str] | None, typer.Argument(metavar="SITE", help="Only these sites.")]
Watch = Annotated[bool, typer.Option("--watch", "-w", help="Look again and again, until Ctrl-C.")]
Follow = Annotated[bool, typer.Option("--follow", "-f", help="Go on with new lines, until Ctrl-C.")]
Since = Annotated[str, typer.Option("--since", metavar="TIME", help="Begin so long ago: 90s, 2h.")]
Check = Annotated[bool, typer.Option("--check", help="Ask resolvers, and say what is wrong.")]
Resolver = Annotated[
    str | None,
    typer.Option(
        "--resolver", metavar="IP[:PORT]", help="The resolver to ask. Unset = this machine's."
    ),
]
Page = Annotated[
    Path | None, typer.Option("--page", metavar="FILE", help="Write them as a page for a browser.")
]
Serve = Annotated[
    bool, typer.Option("--serve", help="Show them to this machine's browsers, until Ctrl-C.")
]
Trial = Annotated[
    str | None,
    typer.Option("--test", metavar="ADDRESS", help="Send a mail there from one of its tasks."),
]
Paths = Annotated[
    list[str] | None,
    typer.Argument(metavar="PATH", help="Only these paths; a * at the end is any letters."),
]
Tags = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="TAG", help="Only pages that show this, such as post-12."),
]
Bind = Annotated[bool, typer.Option("--bind", help="What you must make, as lines of a zone file.")]


def register(app: typer.Typer) -> None:
    """Adds the commands to `app`."""
    app.command(rich_help_panel=PANEL)(status)
    app.command(rich_help_panel=PANEL)(logs)
    app.command("exec", rich_help_panel=PANEL)(execute)
    app.command(rich_help_panel=PANEL)(dns)
    app.command(rich_help_panel=PANEL)(purge)
    app.command(rich_help_panel=PANEL)(mail)
    app.command(rich_help_panel=PANEL)(cron)


def status(
    env: Environment,
    sites: Sites = None,
    cell: Cell = None,
    file: File = SITES_FILE,
    watch: Watch = False,
    as_json: AsJson = False,
) -> None:
    """Show what really runs: tasks, health, the last deployment, databases, files."""
    from fleet.cli.views.status import show_status
    from fleet.operations.live.status import fleet_status

    declared = declared_of(file, env, cell)
    complete = show_status(
        lambda: fleet_status(declared, sites or ()), watch=watch, as_json=as_json
    )
    raise typer.Exit(0 if complete else 1)


def logs(
    site: SiteName,
    env: Environment,
    file: File = SITES_FILE,
    follow: Follow = False,
    since: Since = "10m",
) -> None:
    """Show what a site's containers write, requests in a readable form."""
    from fleet.cli.views.logs import show_log
    from fleet.operations.live.logs import site_log

    declared = declared_of(file, env)
    show_log(site_log(declared, site, since=duration(since, "--since"), follow=follow))


def execute(site: SiteName, command: Command, env: Environment, file: File = SITES_FILE) -> None:
    """Run a command in one of the site's tasks, and exit with its status.

    For example: fleet exec --env prod blog -- wp plugin list
    """
    from fleet.cli.interrupts import left_to_the_command
    from fleet.operations.live.execute import carry, open_command

    opened = open_command(declared_of(file, env), site, command)
    with left_to_the_command():
        exit_status = carry(opened)
    raise typer.Exit(exit_status)


def dns(
    site: SiteName,
    env: Environment,
    file: File = SITES_FILE,
    check: Check = False,
    resolver: Resolver = None,
    bind: Bind = False,
    as_json: AsJson = False,
) -> None:
    """Show the DNS records that a site's names need, or with --check whether they are right.

    Those in the setting `zones` are made by `up`; the others are for whoever owns the domain.
    Exits with 1 when a record isn't right.
    """
    from fleet.cli.screen import print_json
    from fleet.cli.views import dns as view
    from fleet.operations.live.caa import forbidden
    from fleet.operations.live.dns import check as check_records
    from fleet.operations.live.dns import resolver_at, site_dns
    from fleet.site.certificate import certified_hosts

    declared = declared_of(file, env)
    records = site_dns(declared, site)
    if check:
        asked = resolver_at(resolver)
        certified = certified_hosts(declared.site(site), declared.settings)
        findings = [*check_records(records, asked), *forbidden(certified, asked)]
        print_json(view.finding_maps(findings)) if as_json else view.print_findings(findings)
        raise typer.Exit(0 if all(each.is_right for each in findings) else 1)
    if as_json:
        print_json(view.record_maps(records))
    elif bind:
        view.print_zone_file(records)
    else:
        view.print_records(records)


def purge(
    site: SiteName,
    env: Environment,
    paths: Paths = None,
    tag: Tags = None,
    file: File = SITES_FILE,
    as_json: AsJson = False,
) -> None:
    """Drop what CloudFront keeps of a site: all of it, or some paths or tags.

    What changes in WordPress drops its pages by itself, here and in the tasks.
    """
    from fleet.cli.screen import OUT, print_json
    from fleet.operations.live.edge import purge as purge_edge

    done = purge_edge(declared_of(file, env), site, paths=paths or (), tags=tag or ())
    if as_json:
        print_json({"distribution": done.distribution, "id": done.id, "paths": list(done.paths)})
    else:
        what = "all of it" if done.whole else ", ".join(done.paths)
        OUT.print(f"{site}: {done.distribution} drops {what} within seconds ({done.id})")


def mail(
    site: SiteName,
    env: Environment,
    file: File = SITES_FILE,
    since: Since = "1d",
    test: Trial = None,
    page: Page = None,
    serve: Serve = False,
    as_json: AsJson = False,
) -> None:
    """Show what became of a site's mails, and what keeps them from being sent.

    Those that an environment doesn't send are shown with their text.
    """
    from fleet.cli.interrupts import left_to_the_command
    from fleet.cli.screen import OUT, print_json
    from fleet.cli.views.mail import mail_map, print_mail
    from fleet.cli.views.mail_page import mail_page, serve_mails
    from fleet.operations.live.execute import carry, open_command
    from fleet.operations.live.mail import page_address, sending, site_mail

    declared = declared_of(file, env)
    if test is not None:
        opened = open_command(declared, site, ["fleet-mail", test])
        with left_to_the_command():
            raise typer.Exit(carry(opened))
    ago = duration(since, "--since")
    if serve:
        serve_mails(site, lambda: site_mail(declared, site, since=ago))
        return
    events = site_mail(declared, site, since=ago)
    if page is not None:
        page.write_text(mail_page(site, events), encoding="utf-8")
        OUT.print(f"written: {page}, for a browser", soft_wrap=True)
        return
    found, shown = sending(declared, site), page_address(declared, site)
    print_json(mail_map(found, events)) if as_json else print_mail(found, events, shown)


def cron(
    site: SiteName,
    env: Environment,
    file: File = SITES_FILE,
    since: Since = "1d",
    as_json: AsJson = False,
) -> None:
    """Show which of a site's events ran and failed, and which come next.

    From the site's log: no database is woken for it.
    """
    from fleet.cli.screen import print_json
    from fleet.cli.views.cron import cron_map, print_cron
    from fleet.operations.live.cron import site_cron

    declared = declared_of(file, env)
    runs = site_cron(declared, site, since=duration(since, "--since"))
    if as_json:
        print_json(cron_map(runs))
    else:
        found = declared.site(site)
        print_cron(runs, found.cron.seconds if found.state == "live" else None)
