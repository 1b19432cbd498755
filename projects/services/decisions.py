"""Decision sheets: of a project, from what is stored, and of a command's assessment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import Severity
from projects.domain.audit.findings import AuditFinding
from projects.domain.current_runtime import find_current_runtime, likely_targets
from projects.domain.dependency_files import ParsedFiles
from projects.domain.dependency_files.values import Format
from projects.domain.python_places.whole_move import WholeMove
from projects.domain.report.decision import DecisionSheet, MoveAnswers, decision_sheet
from projects.models import Assessment, Project, Snapshot, SourceAudit, TargetAssessment
from projects.presentation.report.decision_facts import DecisionFacts
from projects.presentation.upgrade.query import UpgradeQuery
from projects.presentation.upgrade.values import StoredUpgrade
from projects.selectors.evidence import proof_of
from projects.services.indexes import indexes_of
from projects.services.moves import project_move
from projects.services.plan_files import read_contents
from projects.services.upgrades import compare_options
from scanner.domain.releases.python_changes import removed_since
from scanner.domain.releases.standing import ReleaseStanding
from scanner.domain.resolution.upgrade import Strategy
from scanner.domain.targets.target import Target, parse_target
from scanner.selectors.releases import release_standings

_READ_BY_PIP = {Format.REQUIREMENTS, Format.PIP_COMPILE, Format.PIP_FREEZE}
_GRAVE = {Severity.CRITICAL, Severity.HIGH, Severity.MODERATE}


class ProjectDecision(Struct, frozen=True):
    """A sheet with its facts. `missing` are the queries, each with its target, that lack data of the index."""

    sheet: DecisionSheet
    facts: DecisionFacts
    missing: tuple[tuple[str, UpgradeQuery], ...] = ()


def project_decision(project: Project, slug: str, now: datetime) -> ProjectDecision | None:
    """Return the decision sheet of a project for one of its targets; None before it is assessed.

    Searches with what is stored, for a few seconds at most.
    """
    snapshot = Snapshot.objects.filter(project=project).order_by("-pk").first()
    assessment = Assessment.objects.filter(snapshot=snapshot).newest_first().first() if snapshot is not None else None
    if snapshot is None or assessment is None:
        return None
    rows = {row.target: row for row in TargetAssessment.objects.filter(assessment=assessment)}
    if slug not in rows:
        return None
    given = read_contents(snapshot)
    target = parse_target(slug)
    today = next(
        (one for one in likely_targets(find_current_runtime(given.parsed.hints), list(rows)) if one != slug), None
    )
    alike = [one for one in rows if one != slug and parse_target(one).python == target.python]
    wanted = {one: rows[one].to_result() for one in dict.fromkeys([slug, *([today] if today else []), *alike])}
    questions = [(slug, UpgradeQuery(strategy=Strategy.LATEST))]
    if today is not None:
        questions += [(slug, UpgradeQuery(together=(today,))), (today, UpgradeQuery(strategy=Strategy.LATEST))]
    plans = compare_options(project, given, questions, StoredUpgrade(wanted[slug], assessment.missing), now)
    latest, bridge, latest_today = (*(one.plan for one in plans), None, None)[:3]
    answers = MoveAnswers(
        wanted[slug],
        wanted[today] if today is not None else None,
        latest,
        bridge,
        latest_today,
        [wanted[one] for one in alike],
    )
    sheet = decision_sheet(answers)
    audit = SourceAudit.objects.filter(snapshot=snapshot, error="").defer("excerpts").first()
    move = project_move(project, slug)
    proof = proof_of(project, slug, answers.target.installed_set)
    facts = DecisionFacts(
        project=project.name,
        index=assessment.index_url,
        now=now,
        files=pip_files(given.parsed, given.roots),
        standings=standings_of(sheet, indexes_of(project).keys),
        places=moved_places(move.move) if move is not None and move.has_source else None,
        by_hand=len(move.move.by_hand) if move is not None else 0,
        findings=grave_findings(map(AuditFinding.from_json, audit.findings), slug) if audit is not None else None,
        removed=removed_names(answers.today, target),
        has_run=proof.proof.ran if proof is not None and proof.is_current else None,
    )
    missing = tuple(
        question for question, one in zip(questions, plans, strict=True) if one.plan is None and one.missing
    )
    return ProjectDecision(sheet, facts, missing)


def pip_files(parsed: ParsedFiles, roots: Sequence[str]) -> list[str]:
    """Return the named files that pip reads."""
    return [source.path for source in parsed.sources if source.format in _READ_BY_PIP and source.path in roots]


def standings_of(sheet: DecisionSheet, index_ids: Sequence[int]) -> dict[tuple[str, str], ReleaseStanding]:
    """Return the age and the Pythons of all releases of the options' sets. One query for each 2,000 names."""
    return release_standings(index_ids, {pin for option in sheet.options for pin in option.pins.items()})


def moved_places(move: WholeMove) -> int:
    """Return how many places a move changes."""
    return sum(len(file.moves) for file in move.files)


def grave_findings(findings: Iterable[AuditFinding], slug: str) -> list[AuditFinding]:
    """Return the findings of a target that are above low."""
    return [one for one in findings if one.severity in _GRAVE and (not one.targets or slug in one.targets)]


def removed_names(today: TargetResult | None, target: Target) -> list[str]:
    """Return the modules that the standard library loses on the way to a target."""
    current = parse_target(today.target).python.version if today is not None else None
    return [module.name for module in removed_since(current, target.python.version)]
