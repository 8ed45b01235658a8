"""A site's data: archives, moves, backups, drills. Needs AWS credentials when it is called."""

from fleet.operations.data.archive import Archive, Manifest, store_of
from fleet.operations.data.backups import SiteBackups, back_up, backups_of
from fleet.operations.data.clone import clone_site
from fleet.operations.data.drill import Drill, drill, last_drills, overdue_ones
from fleet.operations.data.dump import dump_site, load_site, undo_load
from fleet.operations.data.exact import ExactPlan, plan_exact, restore_exact
from fleet.operations.data.export import Exported, export_site
from fleet.operations.data.importing import import_site
from fleet.operations.data.incoming.report import Finding, Report
from fleet.operations.data.leaving import Purged, export_leaving, purge_site
from fleet.operations.data.lockdown import lock_site
from fleet.operations.data.move import move_site
from fleet.operations.data.push import push_code, push_tables
from fleet.operations.data.restore import RestorePlan, plan_restore, restore_site
from fleet.operations.data.restore_cell import plan_cell, restore_cell
from fleet.operations.data.rotation import rotate, rotate_all
from fleet.operations.data.steps import Step
from fleet.operations.declared import Declared, read_declared
from fleet.operations.problem import OperationError
from fleet.operations.target import Target

__all__ = [
    "Archive",
    "Declared",
    "Drill",
    "ExactPlan",
    "Exported",
    "Finding",
    "Manifest",
    "OperationError",
    "Purged",
    "Report",
    "RestorePlan",
    "SiteBackups",
    "Step",
    "Target",
    "back_up",
    "backups_of",
    "clone_site",
    "drill",
    "dump_site",
    "export_leaving",
    "export_site",
    "import_site",
    "last_drills",
    "load_site",
    "lock_site",
    "move_site",
    "overdue_ones",
    "plan_cell",
    "plan_exact",
    "plan_restore",
    "purge_site",
    "push_code",
    "push_tables",
    "read_declared",
    "restore_cell",
    "restore_exact",
    "restore_site",
    "rotate",
    "rotate_all",
    "store_of",
    "undo_load",
]
