"""The page of a project's audit: findings with their lines, and the places that name the Python."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from projects.domain.assessment.verdicts import SEVERITIES, Severity
from projects.domain.audit.findings import AuditFinding, FindingKind
from projects.domain.python_places.disagreements import disagreements
from projects.domain.python_places.pythons_named import target_of
from projects.domain.python_places.values import PythonPlace
from projects.presentation.audit.places import disagreement_text, kind_word
from projects.presentation.audit.sentences import finding_text, next_step
from projects.presentation.target_names import describe_targets
from scanner.domain.phrases import join_first, join_words
from scanner.domain.translation import gettext, ngettext

_SHOWN_PLACES = 5
_SHOWN_NEW = 5
_LOOKS = {Severity.CRITICAL: "blocked", Severity.HIGH: "blocked", Severity.MODERATE: "upgrade"}
_PROVIDED_BY_NOTHING = {FindingKind.NOT_REQUIRED}


class FindingRow(Struct, frozen=True):
    """One finding. `is_new`: the audit of the snapshot before did not have it."""

    look: str
    severity: str
    severity_word: str
    text: str
    step: str
    where: str
    targets: str
    is_new: bool


class PlaceRow(Struct, frozen=True):
    """One place that names a Python, and the target that it stands for, empty where it names none."""

    where: str
    kind: str
    value: str
    target: str
    label: str


class ProposedTarget(Struct, frozen=True):
    """A target that a place stands for and the project lacks."""

    slug: str
    text: str


class AuditPage(Struct, frozen=True):
    """An audit as its page shows it. `news`: what this push imports and nothing provides.

    `has_source`: a Python file was read; `is_partly_read`: there were more files than are read.
    """

    made_at: datetime
    commit: str
    archive: str
    read: str
    has_source: bool
    is_partly_read: bool
    error: str
    findings: tuple[FindingRow, ...]
    news: str
    places: tuple[PlaceRow, ...]
    disagreements: tuple[str, ...]
    proposals: tuple[ProposedTarget, ...]


def audit_page(
    *,
    made_at: datetime,
    commit: str,
    archive: str,
    files: int,
    left_out: int,
    error: str,
    targets: Sequence[str],
    findings: Sequence[AuditFinding],
    before: Sequence[AuditFinding] | None,
    places: Sequence[PythonPlace],
    known_targets: Sequence[str],
) -> AuditPage:
    """Return the page. before: the findings of the audit before, None without one; known_targets: of the project."""
    new = _new(findings, before)
    read = ngettext("{count} file read", "{count} files read", files).format(count=files)
    if left_out:
        more = ngettext(
            "{read}; {count} more file not read: there are too many",
            "{read}; {count} more files not read: there are too many",
            left_out,
        )
        read = more.format(read=read, count=left_out)
    return AuditPage(
        made_at,
        commit[:7],
        archive,
        read,
        files > 0,
        left_out > 0,
        gettext(error),
        tuple(_finding(one, targets, is_new=one in new) for one in findings),
        pushed_text(new),
        tuple(_place(one) for one in places),
        tuple(disagreement_text(one) for one in disagreements(places)),
        tuple(_proposals(places, known_targets)),
    )


class SourceSummary(Struct, frozen=True):
    """What a project's page says of its audit. `new` are findings that the last one did not have, `left` more."""

    look: str
    text: str
    news: str
    new: tuple[FindingRow, ...]
    left: int


def source_summary(
    findings: Sequence[AuditFinding],
    before: Sequence[AuditFinding] | None,
    places: Sequence[PythonPlace],
    targets: Sequence[str],
) -> SourceSummary | None:
    """Return the summary; None where nothing was found."""
    grave = [one for one in findings if one.severity in _LOOKS]
    contradictions = disagreements(places)
    if not grave and not contradictions:
        return None
    new = [one for one in _new(findings, before) if one.severity in _LOOKS]
    parts = []
    if number := len(grave):
        parts.append(ngettext("{count} finding above low", "{count} findings above low", number).format(count=number))
    if number := len(contradictions):
        text = ngettext(
            "{count} contradiction between places of its Python",
            "{count} contradictions between places of its Python",
            number,
        )
        parts.append(text.format(count=number))
    look = next((_LOOKS[one.severity] for one in sorted(grave, key=_gravest)), "upgrade")
    rows = tuple(_finding(one, targets, is_new=True) for one in new[:_SHOWN_NEW])
    return SourceSummary(look, join_words(parts), pushed_text(new), rows, len(new) - len(rows))


def pushed_text(new: Sequence[AuditFinding]) -> str:
    """Return what the new findings of a push say of its imports; empty where nothing is missing."""
    names = [one.subject for one in new if one.kind in _PROVIDED_BY_NOTHING]
    if not names:
        return ""
    return gettext("This push imports {modules}, which nothing provides.").format(modules=join_first(names, 3))


def _new(findings: Sequence[AuditFinding], before: Sequence[AuditFinding] | None) -> list[AuditFinding]:
    old = {_identity(one) for one in before or ()}
    return [one for one in findings if before is not None and _identity(one) not in old]


def _gravest(finding: AuditFinding) -> int:
    return -SEVERITIES.index(finding.severity)


def _identity(finding: AuditFinding) -> tuple[str, str]:
    return finding.kind.value, finding.subject


def _finding(finding: AuditFinding, targets: Sequence[str], *, is_new: bool) -> FindingRow:
    shown = [f"{place.path}:{place.line}" for place in finding.places[:_SHOWN_PLACES]]
    where, more = ", ".join(shown), len(finding.places) - len(shown)
    if more:
        where = gettext("{places} and {number} more").format(places=where, number=more)
    everywhere = set(finding.targets) >= set(targets)
    return FindingRow(
        _LOOKS.get(finding.severity, "unknown"),
        finding.severity.value,
        gettext(finding.severity.value),
        finding_text(finding),
        next_step(finding),
        where,
        "" if everywhere else describe_targets(finding.targets),
        is_new,
    )


def _place(place: PythonPlace) -> PlaceRow:
    target = target_of(place)
    where = f"{place.path}:{place.line}"
    slug, label = (target.slug, target.label) if target is not None else ("", "")
    return PlaceRow(where, kind_word(place.kind), place.value, slug, label)


def _proposals(places: Sequence[PythonPlace], known: Sequence[str]) -> list[ProposedTarget]:
    """Return each target that a place stands for and the project does not have, with the first such place."""
    found: dict[str, ProposedTarget] = {}
    for place in places:
        target = target_of(place)
        if target is not None and target.slug not in known:
            text = gettext("{target}, from {path} line {line} ({value})").format(
                target=target.label, path=place.path, line=place.line, value=place.value
            )
            found.setdefault(target.slug, ProposedTarget(target.slug, text))
    return list(found.values())
