"""The indexes of one project for its pages, without logins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Count, Max, Q
from msgspec import Struct

from projects.domain.indexes.named_indexes import IndexNotice, find_notices
from projects.models import IndexRole, Project, ProjectIndex, ProjectPackage, Snapshot, Subscription
from projects.presentation.indexes import IndexCounts, IndexLine, describe_state, login_text
from scanner.domain.index_address import InvalidAddress, normalize_address, without_credentials
from scanner.domain.index_faults import index_fault_text
from scanner.domain.translation import gettext, noop
from scanner.sealed import SealBroken, Sealed
from scanner.services.indexes import configured_index_url, public_index_url
from scanner.services.rate_limits import throttled_hosts

_OPERATORS = noop("set by the operator")
_DEFAULT = noop("default index of this installation")
_ROLES = {IndexRole.PRIMARY: noop("replaces the default index"), IndexRole.EXTRA: noop("additional index")}


class IndexLosses(Struct, frozen=True):
    """What removing an index deletes: the data of packages, and watches. The data of a shared index is kept."""

    is_shared: bool
    packages: int
    watches: int


def index_lines(project: Project, now: datetime) -> list[IndexLine]:
    """Return the project's indexes in the installer's order. Four queries at most."""
    rows = list(ProjectIndex.objects.filter(project=project).select_related("index"))
    rows.sort(key=lambda row: (row.role != IndexRole.PRIMARY, row.position, row.pk))
    counts = _counts(project)
    throttled = {host.host: host.until for host in throttled_hosts(now)}
    lines = [
        _line(row, counts.get(row.index_id if row.index.scope else None, IndexCounts()), throttled) for row in rows
    ]
    if not any(row.role == IndexRole.PRIMARY for row in rows):
        lines.insert(0, _default_line(counts.get(None, IndexCounts()), throttled))
    return lines


def index_notices(project: Project) -> tuple[IndexNotice, ...]:
    """Return the indexes that the newest files name and the project does not use. Two queries."""
    newest = Snapshot.objects.filter(project=project).order_by("-pk").only("options").first()
    return notices_of(project, newest) if newest is not None else ()


def notices_of(project: Project, snapshot: Snapshot) -> tuple[IndexNotice, ...]:
    """Return the same for a given snapshot. One query if its files name any index, else none."""
    named: Sequence[Mapping[str, Any]] = snapshot.options.get("indexes", [])
    if not named:
        return ()
    own = ProjectIndex.objects.filter(project=project).values_list("index__url", flat=True)
    return find_notices(named, known_addresses(own))


def index_losses(row: ProjectIndex) -> IndexLosses:
    """Return what removing an index deletes. Two queries."""
    if not row.index.scope:
        return IndexLosses(is_shared=True, packages=0, watches=0)
    mine = {"project": row.project_id, "package__index": row.index_id}
    return IndexLosses(
        is_shared=False,
        packages=ProjectPackage.objects.filter(**mine, package__state="current").count(),
        watches=Subscription.objects.active().filter(**mine).count(),
    )


def known_addresses(own: Iterable[str]) -> set[str]:
    """Return the addresses that need no notice: the project's own, the installation's, and the public index."""
    found = set()
    for url in (*own, configured_index_url(), public_index_url()):
        try:
            found.add(normalize_address(url))
        except InvalidAddress:
            continue
    return found


def _counts(project: Project) -> dict[int | None, IndexCounts]:
    """Return the counts of the project's packages by index id, None for the shared index. Two queries."""
    mine = ProjectPackage.objects.filter(project=project)
    failing = mine.filter(package__failures__gt=0).order_by("-package__failures", "package")
    errors: dict[int, str] = {}
    for index, error in failing.values_list("package__index", "package__last_error")[:500]:
        errors.setdefault(index, error)
    totals = mine.values("package__index", "package__index__scope").annotate(
        total=Count("pk"),
        present=Count("pk", filter=Q(package__state="current")),
        waiting=Count("pk", filter=Q(package__state="pending")),
        failing=Count("pk", filter=Q(package__failures__gt=0)),
        answered=Max("package__checked_at"),
    )
    return {
        row["package__index"] if row["package__index__scope"] else None: IndexCounts(
            row["total"],
            row["present"],
            row["waiting"],
            row["failing"],
            row["answered"],
            index_fault_text(errors.get(row["package__index"], "")),
        )
        for row in totals
    }


def _line(row: ProjectIndex, count: IndexCounts, throttled: Mapping[str, datetime]) -> IndexLine:
    look, words = describe_state(count)
    is_own = bool(row.index.scope)
    login = login_text(is_set=bool(row.index.login), opens=_opens(row.index.login))
    return IndexLine(
        pk=row.index_id,
        url=row.index.url,
        role=gettext(_ROLES[IndexRole(row.role)]),
        login=login if is_own else gettext(_OPERATORS),
        takes_login=is_own,
        closes_releases=row.index.closes_releases,
        look=look,
        state_text=words,
        error=count.error,
        answered_at=count.answered_at,
        throttled_until=throttled.get(urlsplit(row.index.url).netloc.lower()),
    )


def _default_line(count: IndexCounts, throttled: Mapping[str, datetime]) -> IndexLine:
    url = without_credentials(configured_index_url())
    look, words = describe_state(count)
    return IndexLine(
        pk=None,
        url=url,
        role=gettext(_DEFAULT),
        login=gettext(_OPERATORS),
        takes_login=False,
        closes_releases=True,
        look=look,
        state_text=words,
        error=count.error,
        answered_at=count.answered_at,
        throttled_until=throttled.get(urlsplit(url).netloc.lower()),
    )


def _opens(login: Sealed) -> bool:
    try:
        login.reveal()
    except SealBroken:
        return False
    return True
