"""Which hosts outside of the zones have their certificate by now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pulumi_aws as aws

from fleet.settings.edge import EDGE_REGION, at_edge
from fleet.settings.model import Settings
from fleet.site.certificate import owners_certificate_name, owners_certificates
from fleet.site.dns import label_of
from fleet.site.model import Site
from program.held import Held

_CERTIFICATE = "aws:acm/certificate:Certificate"
_DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
_LISTED = "aws:lb/listenerCertificate:ListenerCertificate"
# How the provider ends a search that found nothing.
_NONE = "no ACM Certificate"


def issued_hosts(site: Site, settings: Settings, held: Held) -> list[str]:
    """The foreign hosts whose certificate serves already, or that ACM issued since the last run.

    At the edge all hosts of the certificate to serve by: the one for the site's hosts of now, or,
    while that waits, the one that serves. Each that waits is asked for in ACM. A question that AWS
    refuses ends the run: taken for a no, it would take a host off the air.
    """
    wanted = owners_certificates(site, settings)
    if at_edge(settings):
        return next(_for_distribution(site, wanted, held), [])
    return [host for (host,) in wanted if _is_issued(host, held)]


def _is_issued(host: str, held: Held) -> bool:
    # What a site of the stack, be it another, has for the host.
    end = f"-certificate-{label_of(host)}"
    if list(_outputs(_LISTED, end, held)):
        return True
    arns = {str(outputs.get("arn")) for outputs in _outputs(_CERTIFICATE, end, held)}
    return bool(arns) and _newest_issued(host) in arns


def _for_distribution(
    site: Site, wanted: Sequence[tuple[str, ...]], held: Held
) -> Iterator[list[str]]:
    serving = {
        str(outputs.get("viewerCertificate", {}).get("acmCertificateArn"))
        for outputs in _outputs(_DISTRIBUTION, f"::{site.name}", held)
    }
    for hosts in wanted:
        end = f"::{owners_certificate_name(site.name, hosts)}"
        arns = {str(outputs.get("arn")) for outputs in _outputs(_CERTIFICATE, end, held)}
        if arns & serving or (arns and _newest_issued(hosts[0], EDGE_REGION) in arns):
            yield list(hosts)
        for urn, resource in held.items():
            outputs = resource["outputs"]
            if resource["type"] == _CERTIFICATE and outputs.get("arn") in serving:
                names = [outputs["domainName"], *outputs["subjectAlternativeNames"]]
                names = list(dict.fromkeys(map(str, names)))
                if urn.endswith(f"::{owners_certificate_name(site.name, names)}"):
                    yield names


def _newest_issued(host: str, region: str | None = None) -> str | None:
    """The ARN; None for none. ACM issues ours after any that somebody else has for the host."""
    try:
        found = aws.acm.get_certificate(
            domain=host,
            statuses=["ISSUED"],
            types=["AMAZON_ISSUED"],
            most_recent=True,
            region=region,
        )
    except Exception as error:
        # Pulumi has no class of its own for an answer that is an error.
        if _NONE in str(error):
            return None
        raise
    return found.arn


def _outputs(type_: str, end: str, held: Held) -> Iterator[dict[str, Any]]:
    for urn, resource in held.items():
        if resource["type"] == type_ and urn.endswith(end):
            yield dict(resource["outputs"])
