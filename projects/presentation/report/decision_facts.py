"""What a decision sheet says beside its options, and the words of these options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct, field

from projects.domain.audit.findings import AuditFinding
from projects.domain.report.decision import MoveOption, OptionKind
from scanner.domain.evidence.declared import read_declared
from scanner.domain.releases.standing import ReleaseStanding
from scanner.domain.targets.pythons import PYTHON_BRANCHES
from scanner.domain.targets.target import parse_target
from scanner.domain.translation import gettext, ngettext, noop

OPTION_NAMES = {
    OptionKind.STAY: noop("Stay"),
    OptionKind.SMALLEST: noop("Smallest move"),
    OptionKind.BRIDGE: noop("Bridge: one set on both"),
    OptionKind.LATEST: noop("Latest versions"),
}


class DecisionFacts(Struct, frozen=True):
    """What is known of a project beside its options; None where nothing was read for it.

    - files: the requirement files that pip reads, for its command line.
    - standings: of the releases of the options' sets.
    - places: how many texts of the repository the move changes; by_hand: how many are left to people.
    - findings: what the audit of the source found for the target, above low; removed: the modules that the way loses.
    - has_run: whether the current set was installed and imported on the target.
    """

    project: str
    index: str
    now: datetime
    files: Sequence[str] = ()
    standings: Mapping[tuple[str, str], ReleaseStanding] = field(default_factory=dict)
    places: int | None = None
    by_hand: int = 0
    findings: Sequence[AuditFinding] | None = None
    removed: Sequence[str] = ()
    has_run: bool | None = None

    def evidence(self, option: MoveOption) -> tuple[int, int]:
        """Return how many releases of an option's set name its last target's Python, and how many were read for it."""
        python = parse_target(option.targets[-1]).python
        read = [
            read_declared(standing.declared).on(python).is_declared
            for pin in option.pins.items()
            if (standing := self.standings.get(pin)) is not None and standing.declared
        ]
        return sum(read), len(read)


def support_ends(slug: str) -> date | None:
    """Return when the security fixes of a target's Python end, where that is set."""
    branch = PYTHON_BRANCHES.get(parse_target(slug).python.version)
    return branch.end_of_life if branch is not None else None


def support_text(slug: str, today: date) -> str:
    """Return until when a target's Python gets security fixes."""
    end = support_ends(slug)
    if end is None:
        return gettext("not set")
    return gettext("ended {day}").format(day=end.isoformat()) if end < today else end.isoformat()


def possible_text(option: MoveOption) -> str:
    """Return whether an option's set holds."""
    if option.is_possible is None:
        return gettext("not known yet")
    if option.kind is OptionKind.STAY:
        return gettext("yes") if option.is_possible else gettext("no, as required today")
    return gettext("yes") if option.is_possible else gettext("no")


def effort_text(option: MoveOption, facts: DecisionFacts) -> str:
    """Return what there is to do, in counts."""
    if not option.is_possible:
        return "-"
    if option.kind is OptionKind.STAY:
        return gettext("nothing")
    return ", ".join(_efforts(option, facts)) or gettext("no file changes")


def _efforts(option: MoveOption, facts: DecisionFacts) -> Iterator[str]:
    if number := option.direct:
        yield ngettext("{count} requirement to write", "{count} requirements to write", number).format(count=number)
    if number := len(option.majors):
        yield ngettext("{count} change log to read", "{count} change logs to read", number).format(count=number)
    if number := facts.places or 0:
        text = ngettext(
            "{count} place of the Python, by the patch", "{count} places of the Python, by the patch", number
        )
        yield text.format(count=number)
    if number := facts.by_hand:
        yield ngettext("{count} file by hand", "{count} files by hand", number).format(count=number)
    if number := len(facts.findings or ()):
        yield ngettext("{count} finding in the source", "{count} findings in the source", number).format(count=number)
