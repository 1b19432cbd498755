"""What each page of the team's side reads: frozen rows, each function with a fixed number of queries."""

from projects.selectors.finding import found_by_name
from projects.selectors.packages import PackageLine, package_list, targets_in_use, uses_package
from projects.selectors.projects import (
    ProjectLine,
    SummaryPart,
    is_watching,
    project_list,
    project_state,
    stored_cell,
)
from projects.selectors.repositories import DeliveryLine, RepositoryLine, repository_lines
from projects.selectors.upgrades import UpgradeState, upgrade_state

__all__ = [
    "DeliveryLine",
    "PackageLine",
    "ProjectLine",
    "RepositoryLine",
    "SummaryPart",
    "UpgradeState",
    "found_by_name",
    "is_watching",
    "package_list",
    "project_list",
    "project_state",
    "repository_lines",
    "stored_cell",
    "targets_in_use",
    "upgrade_state",
    "uses_package",
]
