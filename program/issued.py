"""Which hosts outside of the zones have their certificate by now."""

from typing import Any

import pulumi_aws as aws

from fleet.settings.model import Settings
from fleet.site.certificate import foreign_hosts
from fleet.site.dns import label_of
from fleet.site.model import Site
from program.held import Held

_CERTIFICATE = "aws:acm/certificate:Certificate"
_LISTED = "aws:lb/listenerCertificate:ListenerCertificate"
# How the provider ends a search that found nothing.
_NONE = "no ACM Certificate"


def issued_hosts(site: Site, settings: Settings, held: Held) -> list[str]:
    """The foreign hosts whose certificate serves already, or that ACM issued since the last run.

    Each that waits is asked for in ACM. A question that AWS refuses ends the run: taken for a no,
    it would take a host off the air.
    """
    return [host for host in foreign_hosts(site, settings) if _is_issued(host, held)]


def _is_issued(host: str, held: Held) -> bool:
    if _of_host(_LISTED, host, held):
        return True
    arns = {str(outputs.get("arn")) for outputs in _of_host(_CERTIFICATE, host, held)}
    return bool(arns) and _newest_issued(host) in arns


def _newest_issued(host: str) -> str | None:
    """The ARN; None for none. ACM issues ours after any that somebody else has for the host."""
    try:
        found = aws.acm.get_certificate(
            domain=host, statuses=["ISSUED"], types=["AMAZON_ISSUED"], most_recent=True
        )
    except Exception as error:
        # Pulumi has no class of its own for an answer that is an error.
        if _NONE in str(error):
            return None
        raise
    return found.arn


def _of_host(type_: str, host: str, held: Held) -> list[dict[str, Any]]:
    """The outputs of what a site of the stack, be it another, has for the host."""
    end = f"-certificate-{label_of(host)}"
    return [
        dict(resource["outputs"])
        for urn, resource in held.items()
        if resource["type"] == type_ and urn.endswith(end)
    ]
