"""What really runs: status, logs, commands in a site's task. Needs AWS credentials when called."""

from fleet.operations.declared import Declared, read_declared
from fleet.operations.live.execute import execute
from fleet.operations.live.logs import LogLine, site_log
from fleet.operations.live.status import SiteStatus, StackStatus, fleet_status
from fleet.operations.problem import OperationError
from fleet.operations.target import Target

__all__ = [
    "Declared",
    "LogLine",
    "OperationError",
    "SiteStatus",
    "StackStatus",
    "Target",
    "execute",
    "fleet_status",
    "read_declared",
    "site_log",
]
