"""What holds for every test."""

import os
import signal

import pytest
from hypothesis import settings

# A machine that is busy makes a slow example, not a wrong one.
settings.register_profile("fleet", deadline=None)
settings.load_profile("fleet")

# The simulated environment stays a file where a test doesn't ask for its containers: tests/local.
os.environ["FLEET_CONTAINERS"] = "off"

# The engine's CLI lives for seconds: a tenth of its time went into collecting garbage.
os.environ["GOGC"] = "400"

# A shell starts what it puts in the background with Ctrl-C ignored, and so would everything that
# the tests start and then interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    """The SDKs warn of their own old classes when a provider answers with a resource."""
    for package in ("pulumi_aws", "pulumi_awsx"):
        config.addinivalue_line("filterwarnings", f"ignore::DeprecationWarning:{package}.*")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: engines and containers are waited for much of the time."""
    return (os.cpu_count() or 1) + 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What failed at the first try is told even if the second one passed: it is a fault to mend."""
    for report in terminalreporter.getreports("rerun"):
        terminalreporter.write_sep("_", f"failed at the first try: {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)
