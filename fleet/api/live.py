"""What really runs: status, logs, challenges, commands in a site's task or in a task of their own.

Needs AWS credentials when it is called.
"""

from fleet.operations.data.ending import Ending
from fleet.operations.data.run import run
from fleet.operations.declared import Declared, read_declared
from fleet.operations.live.defence import Defence, defend, end_defence
from fleet.operations.live.execute import execute
from fleet.operations.live.logs import LogLine, site_log
from fleet.operations.live.status import SiteStatus, StackStatus, fleet_status
from fleet.operations.problem import OperationError
from fleet.operations.target import Target

__all__ = [
    "Declared",
    "Defence",
    "Ending",
    "LogLine",
    "OperationError",
    "SiteStatus",
    "StackStatus",
    "Target",
    "defend",
    "end_defence",
    "execute",
    "fleet_status",
    "read_declared",
    "run",
    "site_log",
]
