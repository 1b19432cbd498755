"""All files of a project after a plan: text formats in place, locks by the command that writes them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from projects.domain.dependency_files.values import Format, ParsedFiles, SourceFile
from projects.domain.rewriting.commands import commands
from projects.domain.rewriting.in_place import IN_PLACE, rewrite_in_place
from projects.domain.rewriting.moves import Moves, Trouble
from projects.domain.rewriting.pasting import patch
from projects.domain.rewriting.requirement_lines import rewrite_lines
from projects.domain.rewriting.texts import open_text

_LINES = {Format.REQUIREMENTS, Format.CONSTRAINTS, Format.PIP_COMPILE, Format.PIP_FREEZE}
_LOCKED = {Format.PIP_COMPILE, Format.PIP_FREEZE}
_ONLY_THEIR_TOOL = {Format.UV_LOCK, Format.POETRY_LOCK, Format.PDM_LOCK, Format.PIPFILE_LOCK, Format.PYLOCK}


@dataclass(frozen=True, slots=True)
class RewrittenFile:
    """One file that the plan changes, before and after."""

    path: str
    before: str
    after: str
    content: bytes

    @property
    def patch(self) -> str:
        """The change as a unified diff."""
        return patch(self.path, self.before, self.after)


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What the plan makes of a project's files. `texts` has every text file that was read, changed or not."""

    changed: tuple[RewrittenFile, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    troubles: tuple[Trouble, ...] = ()
    commands: tuple[str, ...] = ()

    @property
    def patch(self) -> str:
        """All changes as one diff."""
        return "".join(file.patch for file in self.changed)


def rewrite(files: Mapping[str, bytes], parsed: ParsedFiles, moves: Moves) -> Rewriting:
    """The files after the plan. `files` are those that `intake` was read from; one that is not there is passed by."""
    changed: list[RewrittenFile] = []
    texts: dict[str, str] = {}
    troubles: list[Trouble] = []
    for source in parsed.sources:
        data = _content(files, source.path)
        opened = open_text(data) if data is not None else None
        if opened is None:
            continue
        after, told = _rewritten(opened.text, source, parsed, moves)
        troubles += told
        if source.format in _LINES or source.format in IN_PLACE:
            texts[source.path] = after
        if after != opened.text:
            changed.append(RewrittenFile(source.path, opened.text, after, opened.write(after)))
    return Rewriting(tuple(changed), texts, tuple(troubles), tuple(commands(parsed.sources, moves)))


def main_text(rewriting: Rewriting, roots: Sequence[str]) -> str | None:
    """The text of the one file that was given; of several, of the first that the plan changes."""
    readable = [path for path in roots if path in rewriting.texts]
    changed = {file.path for file in rewriting.changed}
    first = next((path for path in readable if path in changed), readable[0] if readable else None)
    return None if first is None else rewriting.texts[first]


def _rewritten(text: str, source: SourceFile, parsed: ParsedFiles, moves: Moves) -> tuple[str, tuple[Trouble, ...]]:
    if source.format in _LINES:
        return rewrite_lines(text, source.path, moves, locked=source.format in _LOCKED)
    own = [requirement for requirement in parsed.requirements if requirement.source == source.path]
    if source.format in IN_PLACE:
        return rewrite_in_place(text, source.path, source.format, own, moves)
    if source.format in _ONLY_THEIR_TOOL or not own:
        return text, ()
    message = f"a file of this kind ({source.format.value}) is not rewritten: its tool has to make it again"
    return text, (Trouble(source.path, None, message),)


def _content(files: Mapping[str, bytes], path: str) -> bytes | None:
    try:
        return files[path]
    except KeyError:
        return None
