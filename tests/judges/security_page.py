"""docs/security.md, made of exceptions.yaml and controls.yaml.

Run `python -m tests.judges.security_page` after a change of either.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from tests.judges.exceptions import Exemption, exemptions

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
CONTROLS = Path(__file__).with_name("controls.yaml")
HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html"
COMMAND = ".venv/bin/python -m tests.judges.security_page"

HEAD = f"""\
# Security: what is met, and what is done otherwise on purpose

Everything that the program makes is judged in `make test`: as a CloudFormation template by \
[cfn-lint](https://github.com/aws-cloudformation/cfn-lint) (AWS's own resource schemas) and \
[checkov](https://www.checkov.io), its policies by \
[parliament](https://github.com/duo-labs/parliament), the calls that it implies by \
[botocore](https://github.com/boto/botocore)'s models of AWS's API. \
The judged fleets are the sample on `local`, \
a production one with every field and setting in use, one in a network that was there before, and \
a few that are drawn. Nothing may be found but what stands in the first table. IDs such as RDS.6 \
are controls of \
[AWS Security Hub]({HUB}); \
a control that no tool can check stands here just the same.

This page is made of `tests/judges/exceptions.yaml` and `tests/judges/controls.yaml`.
"""
OTHERWISE = """\
## Done otherwise

An account where Security Hub is on shows these as failed; suppress them with the reason.

| asked for | control | check | why not |
| --- | --- | --- | --- |
"""
MET = """\
## Met

| control | how |
| --- | --- |
"""


def page() -> str:
    """The whole page."""
    otherwise = "".join(map(_row, exemptions()))
    met = "".join(f"| {control} | {how} |\n" for control, how in controls().items())
    return "\n".join([HEAD, OTHERWISE + otherwise, MET + met])


def controls() -> dict[str, str]:
    """Controls that are met -> how, by service and number."""
    return dict(
        sorted(yaml.safe_load(CONTROLS.read_text()).items(), key=lambda item: order(item[0]))
    )


def order(control: str) -> tuple[str, int]:
    """RDS.9 before RDS.10."""
    service, number = control.split(".")
    return service, int(number)


def _row(own: Exemption) -> str:
    cells = (own.what, ", ".join(own.controls), ", ".join(own.checks), own.reason)
    return "| " + " | ".join(re.sub(r"\s+", " ", cell).strip() for cell in cells) + " |\n"


if __name__ == "__main__":
    PAGE.write_text(page())
