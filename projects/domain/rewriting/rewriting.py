"""All files of a project after a plan: text formats are edited, locks get the command that writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from projects.domain.dependency_files.values import Format, ParsedFiles, SourceFile
from projects.domain.rewriting.edits import PlannedVersions, RewriteProblem
from projects.domain.rewriting.embedded_requirements import EMBEDDING_FORMATS, rewrite_embedded
from projects.domain.rewriting.exports import patch
from projects.domain.rewriting.lock_commands import lock_commands
from projects.domain.rewriting.python_line import rewrite_python
from projects.domain.rewriting.requirements_file import rewrite_lines
from projects.domain.rewriting.text_encoding import decode_text
from scanner.domain.translation import gettext

_LOCKED = {Format.PIP_COMPILE, Format.PIP_FREEZE}
_LINES = {Format.REQUIREMENTS, Format.CONSTRAINTS} | _LOCKED
_LOCK_FILES = {Format.UV_LOCK, Format.POETRY_LOCK, Format.PDM_LOCK, Format.PIPFILE_LOCK, Format.PYLOCK}


class RewrittenFile(Struct, frozen=True):
    """One file that the plan changes, before and after."""

    path: str
    before: str
    after: str
    content: bytes

    @property
    def patch(self) -> str:
        """Return the change as a unified diff."""
        return patch(self.path, self.before, self.after)


class Rewriting(Struct, frozen=True):
    """A project's files after a plan. `texts` has every text file that was read, changed or not."""

    changed: tuple[RewrittenFile, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[RewriteProblem, ...] = ()
    commands: tuple[str, ...] = ()

    @property
    def patch(self) -> str:
        """Return all changes as one diff."""
        return "".join(file.patch for file in self.changed)


def rewrite(files: Mapping[str, bytes], parsed: ParsedFiles, versions: PlannedVersions) -> Rewriting:
    """Rewrite for the plan the files that `intake` was read from; a missing one is skipped."""
    changed: list[RewrittenFile] = []
    texts: dict[str, str] = {}
    before: dict[str, str] = {}
    problems: list[RewriteProblem] = []
    for source in parsed.sources:
        data = files.get(source.path)
        decoded = decode_text(data) if data is not None else None
        if decoded is None:
            continue
        before[source.path] = decoded.text
        after, found = _rewritten(decoded.text, source, parsed, versions)
        after, refused = rewrite_python(after, source.path, versions.limits)
        problems += (*found, *refused)
        if source.format in _LINES or source.format in EMBEDDING_FORMATS:
            texts[source.path] = after
        if after != decoded.text:
            changed.append(RewrittenFile(source.path, decoded.text, after, decoded.encode(after)))
    locks = lock_commands(parsed, before, versions)
    return Rewriting(tuple(changed), texts, (*problems, *locks.problems), locks.commands)


def main_text(rewriting: Rewriting, roots: Sequence[str]) -> str | None:
    """Return the text of the first root file that the plan changes, else of the first root; None where no text is."""
    readable = [path for path in roots if path in rewriting.texts]
    changed = {file.path for file in rewriting.changed}
    first = next((path for path in readable if path in changed), readable[0] if readable else None)
    return None if first is None else rewriting.texts[first]


def _rewritten(
    text: str, source: SourceFile, parsed: ParsedFiles, versions: PlannedVersions
) -> tuple[str, tuple[RewriteProblem, ...]]:
    if source.format in _LINES:
        return rewrite_lines(text, source.path, versions, locked=source.format in _LOCKED)
    own = [requirement for requirement in parsed.requirements if requirement.source == source.path]
    if source.format in EMBEDDING_FORMATS:
        return rewrite_embedded(text, source.path, source.format, own, versions)
    if source.format in _LOCK_FILES or not own:
        return text, ()
    message = gettext("files of this format ({format}) are not rewritten: run the tool that writes it")
    return text, (RewriteProblem(source.path, None, message.format(format=source.format.value)),)
