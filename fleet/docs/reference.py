"""Writes docs/sites-yaml.md from the models: `python -m fleet.docs.reference`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from fleet.fields.doc import bare, doc_of, fields_of, model_in
from fleet.fields.spelling import SITE_NAME_CHARACTERS, STACK_PART_CHARACTERS, name_rule
from fleet.fields.tags import RESERVED_KEYS
from fleet.fields.variables import RESERVED_NAMES, RESERVED_PREFIXES
from fleet.names import PROJECT
from fleet.quotas import FARGATE_MEMORY
from fleet.settings.model import Settings
from fleet.site.model import SiteFields
from fleet.site.size import memory_series
from fleet.sites_file.model import SiteEntry, SitesFile
from fleet.wording import yaml_example

PAGE = Path(__file__).parents[2] / "docs" / "sites-yaml.md"

ERROR = (
    "sites.yaml:5:20: sites.blog.scaling.min: found min 5 above max 2; allowed is min up to max; "
    "for example scaling: {min: 2, max: 5}"
)

_PAGE = """\
# sites.yaml

<!-- Written by `python -m fleet.docs.reference` from the models in fleet/. Edit those. -->

One file describes every site. The shortest one that works, where the settings have an
`adminEmail`:

```yaml
version: 1
sites:
  blog:
    domains: [blog.example.com]
```

`fleet validate` says everything that is wrong with the file and with the settings beside it, each
with its line, what was found, what is allowed and an example:

```
{error}
```

For an editor that completes and checks while you type, run `fleet schema > sites.schema.json` and
begin the file with `# yaml-language-server: $schema=sites.schema.json`.

## The file

{file}

## Layers

A field of a site can be written in several places. The later in this list wins: built in,
`defaults`, the site's `profile`, the site, `environments` of the fleet, `environments` of the site.
Maps merge key by key; lists and single values replace. `null` takes back a field that is built in
as none.

`database: {{placement: shared}}` leaves aside what weaker layers say of a dedicated database, so
one line moves a whole environment into its shared cluster.

With the setting `domainSuffix`, a site is served at `SITE.SUFFIX` instead of its domains, unless
`environments` of the site gives it others.

An exact domain of one site may lie under a wildcard of another, and wins. Of two wildcards the one
with more labels wins.

## Fields of a site

{site}

Names of sites, profiles and schedules: {site_name}.
Names of environments and cells: {stack_part}.

| `size.cpu` | `size.memory` |
| --- | --- |
{sizes}

Neither `env` nor `secrets` may hold what the fleet and ECS set: {variables}.
Nor may `tags`: {tags}.

Doc without quotes that YAML takes for something else are refused, not guessed at: `no`, `on`
(booleans), `8.10` (8.1), `0777` (511), `12:30` (750), `2026-11-22` (a date). Write them in quotes.

## Settings of an environment

They stand in `Pulumi.ENV.yaml` under `config`, each with `{project}:` in front.

{settings}
"""


def page() -> str:
    """The text of docs/sites-yaml.md."""
    return _PAGE.format(
        error=ERROR,
        file=_table(_rows(SitesFile)),
        site=_table([*_rows(SiteEntry, only=_beyond(SiteFields)), *_rows(SiteFields)]),
        settings=_table(_rows(Settings)),
        site_name=name_rule(SITE_NAME_CHARACTERS),
        stack_part=name_rule(STACK_PART_CHARACTERS),
        sizes="\n".join(f"| {cpu} | {memory_series(mib)} |" for cpu, mib in FARGATE_MEMORY.items()),
        variables=_code([*(f"{prefix}…" for prefix in RESERVED_PREFIXES), *RESERVED_NAMES]),
        tags=_code(RESERVED_KEYS),
        project=PROJECT,
    )


def _code(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in sorted(words))


def _beyond(base: type[BaseModel]) -> frozenset[str]:
    return frozenset(fields_of(SiteEntry)) - frozenset(fields_of(base))


def _rows(
    model: type[BaseModel], above: str = "", only: frozenset[str] = frozenset()
) -> Iterator[tuple[str, str, str, str, str]]:
    """Field, built-in value, meaning, what is allowed and an example, groups written out."""
    for name, field in fields_of(model).items():
        if only and name not in only:
            continue
        doc = doc_of(model, name)
        group = model_in(field.annotation) or _model_of_values(field.annotation)
        written_out = group is not None and not issubclass(group, SiteFields)
        if not written_out or field.default is None:
            built_in = doc.built_in or _built_in(field.get_default(call_default_factory=True))
            example = f"`{yaml_example(name, doc.example)}`"
            yield f"`{above}{name}`", built_in, doc.about, doc.allowed, example
        if group is not None and written_out:
            between = "" if model_in(field.annotation) else "NAME."
            yield from _rows(group, f"{above}{name}.{between}")


def _model_of_values(annotation: Any) -> type[BaseModel] | None:
    """The model of a free map's values: `schedules` has schedules by name."""
    arguments = getattr(bare(annotation), "__args__", ())
    return model_in(arguments[-1]) if arguments else None


def _built_in(value: Any) -> str:
    if value is None or repr(value) == "PydanticUndefined":
        return "required"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _table(rows: Iterator[tuple[str, ...]] | list[tuple[str, ...]]) -> str:
    head = ("field", "built in", "what it is", "allowed", "example")
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page())
