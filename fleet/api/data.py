"""A site's data: archives, exports, imports, clones. Needs AWS credentials when it is called."""

from fleet.operations.data.archive import Archive, Manifest, store_of
from fleet.operations.data.clone import clone_site
from fleet.operations.data.dump import dump_site, load_site, undo_load
from fleet.operations.data.export import Exported, export_site
from fleet.operations.data.importing import import_site
from fleet.operations.data.incoming.report import Finding, Report
from fleet.operations.data.leaving import Purged, export_leaving, purge_site
from fleet.operations.data.move import move_site
from fleet.operations.data.push import push_code
from fleet.operations.data.steps import Step
from fleet.operations.declared import Declared, read_declared
from fleet.operations.problem import OperationError
from fleet.operations.target import Target

__all__ = [
    "Archive",
    "Declared",
    "Exported",
    "Finding",
    "Manifest",
    "OperationError",
    "Purged",
    "Report",
    "Step",
    "Target",
    "clone_site",
    "dump_site",
    "export_leaving",
    "export_site",
    "import_site",
    "load_site",
    "move_site",
    "purge_site",
    "push_code",
    "read_declared",
    "store_of",
    "undo_load",
]
