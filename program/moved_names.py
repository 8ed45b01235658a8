"""A host that moves to another site keeps its record, its certificate and what proves it.

As resources of the new site they would be made before those of the old one go: Route 53 refuses a
record that is there, and what the old one's end takes away would be the new one's. So they are the
old resources under a new name, which changes nothing in AWS.
"""

import re
from collections.abc import Iterable

import pulumi

from program.held import SITE_TYPE, Held

_TYPES = (
    "aws:acm/certificate:Certificate",
    "aws:lb/listenerCertificate:ListenerCertificate",
    "aws:route53/record:Record",
)
# Type, what it is to the host, and the host.
_Subject = tuple[str, str, str]


def moved_names(held: Held, sites: Iterable[str]) -> pulumi.ResourceTransformation:
    """A transformation that tells the engine which name a host's resource had before."""
    known = [*_held_sites(held), *sites]
    before: dict[_Subject, str] = {}
    for urn, resource in held.items():
        name = urn.rsplit("::", 1)[1]
        if subject := _subject(resource["type"], name, known):
            before[subject] = name

    def transform(
        args: pulumi.ResourceTransformationArgs,
    ) -> pulumi.ResourceTransformationResult | None:
        subject = _subject(args.type_, args.name, known)
        name = before.get(subject) if subject else None
        if name is None or name == args.name:
            return None
        alias = pulumi.ResourceOptions(aliases=[pulumi.Alias(name=name)])
        return pulumi.ResourceTransformationResult(
            args.props, pulumi.ResourceOptions.merge(args.opts, alias)
        )

    return transform


def _held_sites(held: Held) -> list[str]:
    return [
        urn.rsplit("::", 1)[1] for urn, resource in held.items() if resource["type"] == SITE_TYPE
    ]


def _subject(type_: str, name: str, sites: Iterable[str]) -> _Subject | None:
    """What a resource is of which host, whatever site it stands below."""
    if type_ not in _TYPES:
        return None
    for site in sites:
        # A certificate of several hosts has a number, and so have its proofs.
        found = re.fullmatch(rf"{re.escape(site)}-(certificate-)?(?:\d+-)?([^.]+\..+)", name)
        if found:
            return type_, found.group(1) or "", found.group(2)
    return None
