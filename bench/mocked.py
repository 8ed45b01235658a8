"""Registers a fleet, or as many plain resources, against Pulumi's mocks, in this process.

    python -m bench.mocked program SITES.yaml
    python -m bench.mocked aws COUNT
    python -m bench.mocked plain COUNT

Prints JSON: resources, CPU seconds of registering (without imports), MB that the process peaked at.
"""

import asyncio
import json
import resource
import runpy
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, Settings, configure
from pulumi.runtime.mocks import MockEngine, MockMonitor

from fleet.names import PROJECT

ROOT = Path(__file__).parents[1]
STACK = "bench"
CONFIG = {
    "adminEmail": "web@example.com",
    "allowHttp": "true",
    "image": "docker.io/library/wordpress:6.8",
    "network": json.dumps(
        {
            "vpcId": "vpc-0123456789abcdef0",
            "publicSubnetIds": ["subnet-0123456a", "subnet-0123456b"],
            "privateSubnetIds": ["subnet-0123456c", "subnet-0123456d"],
            "isolatedSubnetIds": ["subnet-0123456e", "subnet-0123456f"],
        }
    ),
}
# What the program reads of a resource beyond its id; the same for each, to cost nothing.
COMPUTED = {
    "arn": "arn:aws:service:us-east-1:123456789012:thing/name",
    "arnSuffix": "app/name/0123456789abcdef",
    "dnsName": "name.us-east-1.elb.amazonaws.com",
    "endpoint": "name.cluster-abc.us-east-1.rds.amazonaws.com",
    "masterUserSecrets": [
        {"secretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds"}
    ],
    "name": "name",
    "result": "x" * 512,
    "zoneId": "Z35SXDOTRQ7X7K",
}
FUNCTIONS = {
    "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "123456789012"},
    "aws:index/getPartition:getPartition": {"partition": "aws", "dnsSuffix": "amazonaws.com"},
    "aws:index/getRegion:getRegion": {"region": "us-east-1", "name": "us-east-1"},
}


class Answers(Mocks):
    """The cheapest answers that the program can go on with."""

    def __init__(self) -> None:
        self.resources = 0

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.resources += 1
        return f"{args.name}-id", {**COMPUTED, **args.inputs}

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        return {**FUNCTIONS.get(args.token, {"outputs": {}})}, []


class Plain(pulumi.CustomResource):
    """As little as a resource can be."""

    def __init__(self, name: str) -> None:
        super().__init__("bench:index:Plain", name, {"text": "value", "number": 1})


def run(program: Callable[[], object]) -> dict[str, float]:
    """Registers what `program` does and waits for the last answer."""
    answers = Answers()
    seconds = asyncio.run(_registering(program, answers))
    # Linux counts in KiB.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    return {"resources": answers.resources, "seconds": seconds, "megabytes": peak}


async def _registering(program: Callable[[], object], answers: Answers) -> float:
    """CPU seconds that it takes. The SDK ties itself to the event loop it is set up in."""
    monitor, engine = MockMonitor(answers), MockEngine(None)
    configure(Settings(PROJECT, STACK, monitor=monitor, engine=engine, dry_run=False))
    pulumi.runtime.set_all_config({f"{PROJECT}:{key}": value for key, value in CONFIG.items()})

    def body() -> None:
        program()

    start = time.process_time()
    await pulumi.runtime.run_in_stack(body)
    return time.process_time() - start


def run_fleet(sites_file: Path) -> dict[str, float]:
    """The program of the project, with its modules loaded before the clock starts."""
    import components  # noqa: F401

    with tempfile.TemporaryDirectory() as name:
        # The program looks for sites.yaml beside itself.
        main = shutil.copy(ROOT / "__main__.py", name)
        shutil.copy(sites_file, Path(name) / "sites.yaml")
        return run(lambda: runpy.run_path(str(main), run_name="__main__"))


def run_aws(count: int) -> dict[str, float]:
    """`count` small resources of the AWS SDK, with a tag: what the program's are made of."""
    from pulumi_aws.cloudwatch import LogGroup

    tags = {"Project": "bench"}
    return run(lambda: [LogGroup(f"group-{number}", tags=tags) for number in range(count)])


def run_plain(count: int) -> dict[str, float]:
    """`count` resources of two properties, without the AWS SDK."""
    return run(lambda: [Plain(f"plain-{number}") for number in range(count)])


def main() -> None:
    """What is asked for, as JSON."""
    kind, argument = sys.argv[1:]
    runs = {"aws": run_aws, "plain": run_plain}
    print(json.dumps(runs[kind](int(argument)) if kind in runs else run_fleet(Path(argument))))


if __name__ == "__main__":
    main()
