"""The shape of sites.yaml: where the fields of a site may stand."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fleet.fields.doc import Doc, keys_of
from fleet.fields.types import HostName, Model, ShortName, StackPart
from fleet.site.model import DOMAINS, DOMAINS_DOC, SiteFields

_Domains = Annotated[
    list[HostName], Field(min_length=DOMAINS[0], max_length=DOMAINS[1]), DOMAINS_DOC
]


_Fields = Annotated[
    SiteFields,
    Doc("fields of sites", f"a map of {keys_of(SiteFields)}", {"scaling": {"min": 2}}),
]


class SiteOverride(SiteFields):
    """What a site has otherwise in one environment."""

    domains: _Domains = Field(default_factory=list[str])


class SiteEntry(SiteFields):
    """A site as the file has it."""

    domains: _Domains
    profile: Annotated[
        str | None,
        Doc("set of fields from `profiles`", "the name of a profile", "shop", built_in="none"),
    ] = None
    environments: Annotated[
        dict[
            StackPart,
            Annotated[
                SiteOverride,
                Doc("an override", f"a map of {keys_of(SiteOverride)}", {"state": "paused"}),
            ],
        ],
        Doc(
            "fields of this site in one environment",
            "a map of environments to fields of a site",
            {"dev": {"domains": ["blog.dev.example.com"]}},
            built_in="none",
        ),
    ] = Field(default_factory=dict[str, SiteOverride])


class SitesFile(Model):
    """The whole file."""

    version: Annotated[int, Field(ge=1, le=1), Doc("version of the file's format", "1", 1)]
    defaults: Annotated[
        SiteFields,
        Doc(
            "fields of every site",
            "a map of fields of a site, but `domains`",
            {"scaling": {"min": 2}},
            built_in="none",
        ),
    ] = SiteFields()
    profiles: Annotated[
        dict[ShortName, _Fields],
        Doc(
            "named sets of fields for sites that ask for them with `profile`",
            "a map of names to fields of a site, but `domains`",
            {"shop": {"scaling": {"min": 4, "max": 20}}},
            built_in="none",
        ),
    ] = Field(default_factory=dict[str, SiteFields])
    environments: Annotated[
        dict[StackPart, _Fields],
        Doc(
            "fields of every site in one environment",
            "a map of environments to fields of a site, but `domains`",
            {"dev": {"scaling": {"min": 1, "max": 1}}},
            built_in="none",
        ),
    ] = Field(default_factory=dict[str, SiteFields])
    sites: Annotated[
        dict[
            ShortName,
            Annotated[
                SiteEntry,
                Doc("a site", f"a map of {keys_of(SiteEntry)}", {"domains": ["blog.example.com"]}),
            ],
        ],
        Doc(
            "the sites",
            "a map of names to fields of a site",
            {"blog": {"domains": ["blog.example.com"]}},
        ),
    ]
