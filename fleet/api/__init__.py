"""What other programs may import: the files of a fleet, checked, changed, planned.

`fleet.api.deploy` has the verbs of deployment, `fleet.api.live` what really runs, `fleet.api.data`
what moves a site's data. These four are stable (docs/stability.md); every other module may change
at any time.
"""

from fleet.plan.cells import Cell
from fleet.plan.from_files import PlannedFile, environment_cells, plan_file
from fleet.plan.plan import Plan
from fleet.problems import FleetError, Position, Problem
from fleet.settings.load import load_settings
from fleet.settings.model import Settings
from fleet.site.model import Site
from fleet.sites_file.check import Check, check_file
from fleet.sites_file.edits import Edit, add_site, pause_site, resume_site, retire_site
from fleet.sites_file.load import Fleet, load_fleet
from fleet.sites_file.written import WrittenValue, show_site

__all__ = [
    "Cell",
    "Check",
    "Edit",
    "Fleet",
    "FleetError",
    "Plan",
    "PlannedFile",
    "Position",
    "Problem",
    "Settings",
    "Site",
    "WrittenValue",
    "add_site",
    "check_file",
    "environment_cells",
    "load_fleet",
    "load_settings",
    "pause_site",
    "plan_file",
    "resume_site",
    "retire_site",
    "show_site",
]
