"""AWS Certificate Manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator import happenings
from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import OWN_CERTIFICATE, RECORD, VALIDATION

if TYPE_CHECKING:
    from tests.engine.simulator.samples import Samples


def _validation(samples: Samples) -> dict[str, Any]:
    """Of a certificate whose record stands."""
    certificate = samples.make(OWN_CERTIFICATE)
    (option,) = certificate["domainValidationOptions"]
    zone = happenings.host_zone(samples.aws.world, "example.com")
    samples.make(
        RECORD,
        zoneId=zone.id,
        name=option["resourceRecordName"].removesuffix("."),
        records=[option["resourceRecordValue"]],
    )
    return {"certificateArn": certificate["arn"]}


INPUTS: Inputs = {
    OWN_CERTIFICATE: lambda s: {
        "domainName": f"site-{s.count}.example.com",
        "validationMethod": "DNS",
    },
    VALIDATION: _validation,
}
