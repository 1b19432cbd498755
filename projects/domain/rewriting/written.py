"""A plan as JSON (design §10) with all that is made of it: new files, patch, constraints, lines to paste. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from packaging.version import Version

from projects.domain.dependency_files.values import Format, ParsedFiles
from projects.domain.rewriting.moves import Moves
from projects.domain.rewriting.pasting import constraints, pip_lines, uv_lines
from projects.domain.rewriting.rewriting import main_text, rewrite
from scanner.domain.targets.target import Target

PlanDocument = Mapping[str, Any]
_PIP_READS = {Format.REQUIREMENTS, Format.PIP_COMPILE, Format.PIP_FREEZE}


def hashed_pins(plans: Iterable[PlanDocument], parsed: ParsedFiles) -> set[tuple[str, str]]:
    """The releases whose file digests `write_plan` needs: none where the files hold no hashes."""
    if not any(requirement.hashes for requirement in parsed.requirements):
        return set()
    return {
        (name, plan["pins"][name])
        for plan in plans
        for name in (*(change["name"] for change in plan["changes"]), *plan["added"])
        if name in plan["pins"]
    }


def write_plan(
    plan: PlanDocument,
    *,
    files: Mapping[str, bytes],
    parsed: ParsedFiles,
    roots: Sequence[str],
    targets: Sequence[Target],
    digests: Mapping[tuple[str, str], Sequence[str]],
) -> dict[str, Any]:
    """The plan with `requirements` (the root file's new text; of several, the first that changes) and beside it:

    `files` (path → new text of every file that changes), `patch` (a unified diff of all), `constraints` (the whole set
    as a constraints file), `pip` and `uv` (lines to paste), `commands` (they make the locks again), and
    `rewriting_problems`.
    """
    moves = _moves(plan, targets, digests)
    rewriting = rewrite(files, parsed, moves)
    slug = "-and-".join(target.slug for target in targets)
    moved = {name: moves.pins[name] for name in (*moves.before, *moves.added) if name in moves.pins}
    direct = {change["name"]: _extras(parsed, change["name"]) for change in plan["changes"] if change["direct"]}
    read_by_pip = [source.path for source in parsed.sources if source.format in _PIP_READS and source.path in roots]
    title = f"the whole set for {slug}, as planned"
    return {
        **plan,
        "requirements": main_text(rewriting, roots),
        "files": {file.path: file.after for file in rewriting.changed},
        "patch": rewriting.patch,
        "constraints": constraints(moves.pins, title) if moves.pins else "",
        "pip": pip_lines(read_by_pip, slug) if moves.pins else "",
        "uv": uv_lines([target.marker_environment for target in targets], moved, direct),
        "commands": list(rewriting.commands),
        "rewriting_problems": [
            {"path": trouble.path, "line": trouble.line, "message": trouble.message} for trouble in rewriting.troubles
        ],
    }


def _extras(parsed: ParsedFiles, name: str) -> str:
    extras = sorted({extra for one in parsed.requirements if one.name == name for extra in one.extras})
    return f"[{','.join(extras)}]" if extras else ""


def _moves(plan: PlanDocument, targets: Sequence[Target], digests: Mapping[tuple[str, str], Sequence[str]]) -> Moves:
    pins = {name: Version(version) for name, version in plan["pins"].items()}
    return Moves(
        pins=pins,
        before={change["name"]: Version(change["from"]) for change in plan["changes"] if change["name"] in pins},
        environments=[target.marker_environment for target in targets],
        added=tuple(plan["added"]),
        digests={
            name: digests[name, str(version)] for name, version in pins.items() if (name, str(version)) in digests
        },
    )
