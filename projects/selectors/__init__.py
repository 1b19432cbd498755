"""What each page of the team's side reads: frozen rows, each function with a fixed number of queries."""

from projects.selectors.indexes import IndexLosses, index_lines, index_losses, index_notices
from projects.selectors.messages import messages_health
from projects.selectors.notes import NoteLine, UpstreamSection, open_notes, upstream_of
from projects.selectors.package_uses import package_uses
from projects.selectors.packages import PackagePlace, package_list, package_places, targets_in_use, upstream_links
from projects.selectors.portfolio import portfolio_state
from projects.selectors.projects import (
    is_watching,
    own_requirement,
    package_result,
    package_results,
    project_state,
    stored_confusions,
)
from projects.selectors.repositories import DeliveryLine, RepositoryLine, repository_lines
from projects.selectors.search import search_by_name
from projects.selectors.targets import target_packages, target_standing, watched_on
from projects.selectors.upgrades import UpgradeState, upgrade_state
from projects.selectors.uses import uses_of

__all__ = [
    "DeliveryLine",
    "IndexLosses",
    "NoteLine",
    "PackagePlace",
    "RepositoryLine",
    "UpgradeState",
    "UpstreamSection",
    "index_lines",
    "index_losses",
    "index_notices",
    "is_watching",
    "messages_health",
    "open_notes",
    "own_requirement",
    "package_list",
    "package_places",
    "package_result",
    "package_results",
    "package_uses",
    "portfolio_state",
    "project_state",
    "repository_lines",
    "search_by_name",
    "stored_confusions",
    "target_packages",
    "target_standing",
    "targets_in_use",
    "upgrade_state",
    "upstream_links",
    "upstream_of",
    "uses_of",
    "watched_on",
]
