"""A plan written into a project's files: new files, a patch, constraints, and lines for pip and uv."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from packaging.version import Version

from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.dependency_files.redaction import without_credentials
from projects.domain.dependency_files.values import Format, ParsedFiles
from projects.domain.rewriting.edits import PlannedVersions, RewriteProblem
from projects.domain.rewriting.exports import constraints, constraints_file, pip_command, uv_table
from projects.domain.rewriting.rewriting import main_text, rewrite
from scanner.domain.resolution.explain.plan_reason import PlanReasonKind
from scanner.domain.resolution.model.plans import VersionChange
from scanner.domain.targets.target import Target

_PIP_READS = {Format.REQUIREMENTS, Format.PIP_COMPILE, Format.PIP_FREEZE}
Digests = Mapping[tuple[str, str], Sequence[str]]


class WrittenPlan(Struct, frozen=True):
    """What people take away from a plan.

    `requirements` is the new text of the root file (of several, of the first that changes), `files` maps each changed
    path to its new text, `patch` is a unified diff of all, `constraints` the whole set as a constraints file, `pip` and
    `uv` are lines to paste, `commands` bring the lock files to the plan.
    """

    requirements: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    patch: str = ""
    constraints: str = ""
    pip: str = ""
    uv: str = ""
    commands: tuple[str, ...] = ()
    problems: tuple[RewriteProblem, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the keys that a written plan adds to schema 1's `plan`, without logins that the files have."""
        return {
            "requirements": self.requirements and without_credentials(self.requirements),
            "files": {path: without_credentials(text) for path, text in self.files.items()},
            "patch": without_credentials(self.patch),
            "constraints": self.constraints,
            "pip": self.pip,
            "uv": self.uv,
            "commands": list(self.commands),
            "rewriting_problems": [
                {"path": problem.path, "line": problem.line, "message": problem.message} for problem in self.problems
            ],
        }


def hashed_pins(plans: Iterable[UpgradePlan], parsed: ParsedFiles) -> set[tuple[str, str]]:
    """Return the releases whose file digests `write_plan` needs: none where the files hold no hashes."""
    if not any(requirement.hashes for requirement in parsed.requirements):
        return set()
    return {
        (name, plan.pins[name])
        for plan in plans
        for name in (*(one.name for one in plan.changes), *plan.added, *(one.package for one in plan.limits))
        if name in plan.pins
    }


def write_plan(
    plan: UpgradePlan,
    *,
    files: Mapping[str, bytes],
    parsed: ParsedFiles,
    roots: Sequence[str],
    targets: Sequence[Target],
    digests: Digests,
) -> WrittenPlan:
    """Write the plan into the files that `intake` was read from; `roots` are those that the project names."""
    environments = [target.marker_environment for target in targets]
    slug = "-and-".join(target.slug for target in targets)
    pins = {name: Version(version) for name, version in plan.pins.items()}
    versions = PlannedVersions(
        pins=pins,
        before={change.name: change.before for change in plan.changes if change.name in pins},
        environments=environments,
        added=plan.added,
        digests={name: digests[name, text] for name, text in plan.pins.items() if (name, text) in digests},
        limits=plan.limits,
        capped=frozenset(one.name for one in plan.changes if _is_capped(one)),
        constraints_file=constraints_file(slug),
    )
    rewriting = rewrite(files, parsed, versions)
    read_by_pip = [source.path for source in parsed.sources if source.format in _PIP_READS and source.path in roots]
    direct = {str(change.name): _extras(parsed, change.name) for change in plan.direct_changes}
    return WrittenPlan(
        requirements=main_text(rewriting, roots),
        files={file.path: file.after for file in rewriting.changed},
        patch=rewriting.patch,
        constraints=constraints(pins, f"the whole set for {slug}, as planned") if pins else "",
        pip=pip_command(read_by_pip, slug) if pins else "",
        uv=uv_table(environments, versions.moved, direct),
        commands=rewriting.commands,
        problems=rewriting.problems,
    )


def _is_capped(change: VersionChange) -> bool:
    """Return whether an installer would take the newer release, in place of the older one of the plan."""
    if change.reason.kind is PlanReasonKind.KNOWN_BREAK:
        return change.after < change.before
    return change.reason.kind is PlanReasonKind.HELD_BACK


def _extras(parsed: ParsedFiles, name: str) -> str:
    extras = sorted({extra for one in parsed.requirements if one.name == name for extra in one.extras})
    return f"[{','.join(extras)}]" if extras else ""
