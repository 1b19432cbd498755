"""The view model of a package page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from packaging.version import Version

from projects.presentation.columns import Column
from projects.presentation.freshness import is_stale
from projects.presentation.known_breaks import BreakRow
from projects.presentation.package.comparison import ComparisonText
from projects.presentation.package.files import FileList
from projects.presentation.package.history import HistoryLine, history_lines
from projects.presentation.package.matrix import MatrixRow, matrix_row
from projects.presentation.package.status import status_word
from projects.presentation.package.timeline import Timeline
from projects.presentation.package.uses import PackageUses, UseRow, use_rows
from projects.presentation.portfolio.headlines import Headline
from projects.presentation.target_names import describe_targets
from scanner.domain.next_poll import due_text
from scanner.domain.releases.package_details import PackageDetails, ReleaseOffers
from scanner.domain.translation import ngettext

_HISTORY_LINES = 30
# An index at the root of its host: "https://host/simple".
_ROOT_SLASHES = 3


class PackagePage(Struct, frozen=True):
    """A package page. `columns` are the shown targets of `all_columns`, and `rows` the shown releases on them.

    `answer` says where the newest release runs. `file_list` and `project_page` are links to the index, "" for none.
    `breaks` are releases that are known to break.
    """

    details: PackageDetails
    columns: tuple[Column, ...]
    all_columns: tuple[Column, ...]
    rows: tuple[MatrixRow, ...]
    history: tuple[HistoryLine, ...]
    is_stale: bool
    answer: str
    uses: tuple[UseRow, ...]
    headlines: tuple[Headline, ...]
    timeline: Timeline | None
    comparison: ComparisonText | None
    files: FileList | None
    file_list: str
    project_page: str
    breaks: tuple[BreakRow, ...]

    @property
    def status_text(self) -> str:
        """The status on the index as a word."""
        return status_word(self.details.status)

    @property
    def due_reason(self) -> str:
        """Why the next poll is when it is, as a clause after "because"; "" where nothing says it."""
        return due_text(self.details.due_reason)

    @property
    def regressions(self) -> tuple[HistoryLine, ...]:
        """The releases without a target that the one before them had."""
        return tuple(line for line in self.history if line.kind == "regression")

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions of the shown releases, newest first."""
        return tuple(row.version for row in self.rows)


def package_page(
    details: PackageDetails,
    columns: Sequence[Column],
    all_columns: Sequence[Column],
    now: datetime,
    *,
    index_url: str,
    uses: PackageUses,
    timeline: Timeline | None,
    comparison: ComparisonText | None,
    files: FileList | None,
    breaks: Sequence[BreakRow],
) -> PackagePage:
    """Return the page of a package whose releases have offers for `columns`."""
    links = index_links(index_url, details.name)
    return PackagePage(
        details=details,
        columns=tuple(columns),
        all_columns=tuple(all_columns),
        rows=tuple(matrix_row(release) for release in details.releases),
        history=history_lines(details.events, [column.slug for column in all_columns], _HISTORY_LINES),
        is_stale=is_stale(details.checked_at, now),
        answer=_answer(details, columns),
        uses=use_rows(uses),
        headlines=uses.headlines,
        timeline=timeline,
        comparison=comparison,
        files=files,
        file_list=links[0],
        project_page=links[1],
        breaks=tuple(breaks),
    )


def index_links(index_url: str, name: str) -> tuple[str, str]:
    """Return the addresses of a package's file list and of its page for people on an index, "" for none.

    The public index, and what runs the same software, has its pages beside "/simple/".
    """
    url = index_url.rstrip("/")
    if not url.startswith(("https://", "http://")):
        return "", ""
    page = f"{url.removesuffix('/simple')}/project/{name}/" if url.count("/") == _ROOT_SLASHES else ""
    return f"{url}/{name}/", page if url.endswith("/simple") else ""


def newest_release(details: PackageDetails) -> ReleaseOffers | None:
    """Return the newest release that is not a pre-release."""
    return next((one for one in details.releases if not Version(one.version).is_prerelease), None)


def _answer(details: PackageDetails, columns: Sequence[Column]) -> str:
    """Return where the newest release that is not a pre-release runs, of the shown targets."""
    release = newest_release(details)
    if release is None or not columns:
        return ""
    pairs = list(zip(columns, release.offers, strict=True))
    served = [column for column, offer in pairs if offer.availability.installs_wheel and not offer.yanked]
    others = describe_targets(column.slug for column in columns if column not in served)
    if others:
        text = ngettext(
            "{version}, the newest release, has a wheel for {count} of {total} target; none for {others}.",
            "{version}, the newest release, has a wheel for {count} of {total} targets; none for {others}.",
            len(columns),
        )
    else:
        text = ngettext(
            "{version}, the newest release, has a wheel for {count} of {total} target.",
            "{version}, the newest release, has a wheel for {count} of {total} targets.",
            len(columns),
        )
    return text.format(version=release.version, count=len(served), total=len(columns), others=others)
