"""The move of a project's files to a target: what its plan writes, and the places that name its Python."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.domain.python_places.excerpts import FileExcerpt
from projects.domain.python_places.read import read_places
from projects.domain.python_places.values import PythonPlace
from projects.domain.python_places.whole_move import MoveSource, WholeMove, whole_move
from projects.domain.rewriting.edits import RewriteProblem
from projects.domain.rewriting.written_plan import WrittenPlan
from projects.models import Project, Snapshot, SourceAudit
from projects.selectors import upgrade_state
from projects.services.audit.tree import path_below, place_paths, read_texts
from projects.services.indexes import indexes_of
from projects.services.plan_files import FileContents, read_contents, write_plans
from projects.services.reading import ReadingLimitReached, run_limited
from scanner.domain.targets.pythons import Implementation
from scanner.domain.targets.target import Target, parse_target

MOVABLE = frozenset({ProjectVerdict.GO, ProjectVerdict.CONDITIONAL})


class ProjectMove(Struct, frozen=True):
    """A move to `target`. Nothing changes where the verdict is neither go nor conditional.

    - snapshot: whose files change. What its logins were has marks, also in patches (plan_files.restore_logins).
    - commands: for locks, which only their own tools write; problems: what the plan could not write.
    - has_source: whether the repository's other files were read, so that all its places are known.
    """

    target: Target
    result: TargetResult
    snapshot: Snapshot
    source: MoveSource
    move: WholeMove
    commands: Sequence[str] = ()
    problems: Sequence[RewriteProblem] = ()
    has_source: bool = False

    @property
    def plan(self) -> UpgradePlan:
        """The plan that the files are rewritten by, without changes where there is none."""
        return self.result.plan or UpgradePlan()

    def leaving(self, skipped: Collection[str]) -> ProjectMove:
        """Return the move that leaves these as they are, by the names that `whole_move` takes."""
        return replace(self, move=whole_move(self.source, skipped))


def project_move(project: Project, slug: str, *, even_blocked: bool = False) -> ProjectMove | None:
    """Return the move of a project's newest files to a target that it has; None before these are assessed.

    - even_blocked: where the target is neither go nor conditional, the places move and the requirements stay.
    """
    state = upgrade_state(project, slug)
    if state.snapshot is None or not state.stored.is_assessed:
        return None
    target, result = parse_target(slug), state.stored.result
    audit = SourceAudit.objects.filter(snapshot=state.snapshot, error="").first()
    is_movable = result.verdict in MOVABLE
    if not is_movable and not even_blocked:
        nothing = MoveSource({}, {}, (), None)
        return ProjectMove(target, result, state.snapshot, nothing, WholeMove((), ()), has_source=audit is not None)
    given = read_contents(state.snapshot)
    plan = result.plan or UpgradePlan()
    written = WrittenPlan()
    if is_movable:
        (written,) = write_plans([(plan, [slug])], given, lambda: indexes_of(project))
    texts, places = _of_snapshot(given)
    if audit is not None:
        others = [PythonPlace.from_json(one) for one in audit.places]
        places += [place for place in others if place.path not in given.contents]
        texts = {one.path: one.text for one in map(FileExcerpt.from_json, audit.excerpts)} | texts
    source = MoveSource(texts, written.files, places, moved_minor(target))
    return ProjectMove(
        target,
        result,
        state.snapshot,
        source,
        whole_move(source),
        written.commands,
        written.problems,
        audit is not None,
    )


def moved_minor(target: Target) -> int | None:
    """Return the minor version that places are moved to; None for Pythons that are not named like CPython."""
    python = target.python
    is_usual = python.implementation is Implementation.CPYTHON and not python.free_threaded
    return python.version[1] if is_usual else None


def folder_move(root: Path, written: WrittenPlan | None, target: Target, skipped: Collection[str] = ()) -> WholeMove:
    """Return the move of the files below a folder, given the plan as written into its dependency files."""
    planned = {path_below(root, path): text for path, text in (written.files if written is not None else {}).items()}
    texts = read_texts(root, planned)
    return whole_move(MoveSource(texts, planned, _read_places(texts), moved_minor(target)), skipped)


def _read_places(texts: Mapping[str, str]) -> list[PythonPlace]:
    """Return the places of these files. Reading them is limited."""
    try:
        return run_limited(read_places, {path: text.encode() for path, text in texts.items()})
    except ReadingLimitReached:
        return []


def _of_snapshot(given: FileContents) -> tuple[dict[str, str], list[PythonPlace]]:
    """Return the texts of a snapshot's files, and the places in them."""
    texts = {path: text for path in given.contents if (text := given.text(path))}
    return texts, _read_places({path: texts[path] for path in place_paths(texts)})
