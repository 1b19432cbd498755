"""The commands that bring a lock to a plan: only its own tool writes a lock.

Each was run with the tool (tests/oracles/test_lockers.py), and the lock that it wrote installs on the plan's target.
"""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Iterator, Mapping

from msgspec import Struct
from packaging.version import Version

from projects.domain.dependency_files.target_limits import LimitKind
from projects.domain.dependency_files.values import Format, ParsedFiles, RequirementScope, SourceFile
from projects.domain.rewriting.compile_command import compile_command
from projects.domain.rewriting.edits import PlannedVersions, RewriteProblem
from scanner.domain.matching.availability import accepts_python
from scanner.domain.translation import gettext, noop

_NEWEST = noop(
    "{tool} locks the newest releases that fit, not those of the plan: hold its lock against the constraints below"
)
_PDM = noop("PDM takes the constraints below from a file; what they do not name it locks at its newest")
_OLDER_PYTHONS = noop(
    "uv locks for every Python of requires-python: if it refuses a release for older ones, give it a marker: {example}"
)
_FOREIGN_NOTE = noop("no command is known for this lock: lock again with the constraints below")
_BY_LOCK = {Format.UV_LOCK, Format.POETRY_LOCK, Format.PDM_LOCK, Format.PIPFILE_LOCK, Format.PYLOCK, Format.PIP_COMPILE}


class LockCommands(Struct, frozen=True):
    """Lines for a shell, in the order of the files, and what they cannot express."""

    commands: tuple[str, ...] = ()
    problems: tuple[RewriteProblem, ...] = ()


def lock_commands(parsed: ParsedFiles, texts: Mapping[str, str], versions: PlannedVersions) -> LockCommands:
    """Return the command of each lock that the plan changes; `texts` are the files as they are."""
    commands: list[str] = []
    problems: list[RewriteProblem] = []
    limited = {posixpath.dirname(limit.path) for limit in versions.limits}
    for source in parsed.sources:
        if source.format not in _BY_LOCK:
            continue
        moved = _moved(parsed, source, versions)
        if not moved and posixpath.dirname(source.path) not in limited:
            continue
        found, note = _command(parsed, source, texts.get(source.path, ""), moved, versions)
        if found is not None:
            folder = posixpath.dirname(source.path)
            commands.append(f"cd {shlex.quote(folder)} && {found}" if folder else found)
        notes = [note] if note is not None else []
        notes += _other_notes(parsed, source, versions) if found is not None else []
        problems += (RewriteProblem(source.path, None, text) for text in notes)
    return LockCommands(tuple(commands), tuple(problems))


def _other_notes(parsed: ParsedFiles, source: SourceFile, versions: PlannedVersions) -> list[str]:
    """Return what else its tool needs to write this lock."""
    notes = []
    if source.format is Format.PIPFILE_LOCK and any(not limit.is_locked for limit in versions.limits):
        if versions.python:
            text = gettext("Pipenv locks for the Python that it runs on: it needs Python {version}")
            notes.append(text.format(version=versions.python))
        else:
            notes.append(gettext("Pipenv locks for the Python that it runs on: it needs Python of the target"))
    if source.format in {Format.UV_LOCK, Format.PDM_LOCK}:
        dates = [option.value for option in parsed.options if option.name == "exclude-newer"]
        text = gettext("exclude-newer leaves out what came after {date}: raise it if the plan is newer")
        notes += (text.format(date=date) for date in dates)
    return notes


def _moved(parsed: ParsedFiles, source: SourceFile, versions: PlannedVersions) -> dict[str, Version]:
    """Return the new versions of the packages in this lock, and of those that come with them."""
    locked = {one.name for one in parsed.requirements if one.source == source.path}
    changed = {name: version for name, version in versions.moved.items() if name in locked}
    changed |= {name: versions.pins[name] for name in versions.renewed if name in locked}
    if changed:
        changed |= {name: versions.pins[name] for name in versions.added if name in versions.pins}
    return dict(sorted(changed.items()))


def _command(
    parsed: ParsedFiles, source: SourceFile, text: str, moved: Mapping[str, Version], versions: PlannedVersions
) -> tuple[str | None, str | None]:
    """Return the command for a lock, run in its folder, and what it cannot express."""
    match source.format:
        case Format.UV_LOCK:
            return " ".join(["uv lock", *_upgrades(moved)]), _older_pythons(parsed, source, moved, versions.python)
        case Format.POETRY_LOCK:
            if not moved:
                return "poetry lock", None
            return f"poetry update --lock {' '.join(moved)}", gettext(_NEWEST).format(tool="Poetry")
        case Format.PDM_LOCK:
            return _pdm(source, moved, versions), gettext(_PDM) if moved else None
        case Format.PIPFILE_LOCK:
            if not moved:
                return "pipenv lock", None
            return " && ".join(_pipenv(parsed, source, moved)), gettext(_NEWEST).format(tool="Pipenv")
    found = compile_command(text, posixpath.basename(source.path), versions.python)
    if found is None:
        # A compiled file is rewritten itself.
        return None, gettext(_FOREIGN_NOTE) if source.format is Format.PYLOCK else None
    return " ".join([found.command, *_upgrades(moved), *found.then]), found.note


def _older_pythons(
    parsed: ParsedFiles, source: SourceFile, moved: Mapping[str, Version], python: str | None
) -> str | None:
    """Return what helps where a release of the plan is not for older Pythons, for which uv locks too.

    `python` is that of the plan, "3.14". None if the lock is for no older one.
    """
    if not moved or python is None:
        return None
    major, minor = python.split(".")
    older = [Version(f"{major}.{number}.99") for number in range(int(minor))]
    stated = [one for one in parsed.limits if one.source == source.path and one.kind is LimitKind.LOCK_PYTHON]
    if not any(accepts_python(text, one) for limit in stated for text in limit.specifiers for one in older):
        return None
    name, version = next(iter(moved.items()))
    example = shlex.quote(f'{name}=={version} ; python_version >= "{python}"')
    return gettext(_OLDER_PYTHONS).format(example=example)


def _upgrades(moved: Mapping[str, Version]) -> Iterator[str]:
    return (f"--upgrade-package {_pin(name, version)}" for name, version in moved.items())


def _pin(name: str, version: Version) -> str:
    return f"'{name}=={version}'"


def _pdm(source: SourceFile, moved: Mapping[str, Version], versions: PlannedVersions) -> str:
    """Return the command for a pdm.lock: the constraints of the plan in place of what the lock has.

    With --update-reuse a version that the lock has wins over one that is demanded. The targets of the lock stay, unless
    others are named.
    """
    command = f"pdm lock --override {shlex.quote(versions.constraints_file)}" if moved else "pdm lock --update-reuse"
    if any(limit.path == source.path and limit.is_locked for limit in versions.limits):
        wider = (
            limit.after for limit in versions.limits if not limit.is_locked and _is_beside(limit.path, source.path)
        )
        python = next((text for text in wider if text is not None), f"=={versions.python}.*")
        command += f" --python {shlex.quote(python)}"
    return command


def _is_beside(path: str, other: str) -> bool:
    return posixpath.dirname(path) == posixpath.dirname(other)


def _pipenv(parsed: ParsedFiles, source: SourceFile, moved: Mapping[str, Version]) -> Iterator[str]:
    """Yield a command for each category of the lock that changes."""
    categories: dict[str, list[str]] = {}
    for one in parsed.requirements:
        if one.source == source.path and one.name in moved:
            category = "" if one.scope is RequirementScope.MAIN else one.group or ""
            names = categories.setdefault(category, [])
            if one.name not in names:
                names.append(one.name)
    for category, names in categories.items():
        option = {"": "", "dev": "--dev "}.get(category, f"--categories {shlex.quote(category)} ")
        yield f"pipenv upgrade {option}--lock-only {' '.join(sorted(names))}"
