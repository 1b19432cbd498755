"""A requirements file in which planned packages change version and every other character stays.

Lines are joined as in `projects.domain.dependency_files.lines`, with the position of each character, so that an edit of
a logical line changes the right characters of the file whatever continuations it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct, field

from projects.domain.dependency_files.line_options import split_options
from projects.domain.rewriting.edits import PlannedVersions, RewriteProblem, TextEdit, apply_edits
from projects.domain.rewriting.requirement_text import locate_specifier, requirement_edits
from scanner.domain.translation import gettext

_COMMENT_LINE = re.compile(r"\s*#")
_COMMENT = re.compile(r"(?:^|(?<=\s))#")
_HASH = re.compile(r"--hash(?:=|[ \t]+)([\"']?)(?:sha\d+):[0-9A-Za-z]+\1")
_SEPARATOR = " \\\n    "


class LocatedLine(Struct):
    """One logical line without its comment; `positions[i]` is the position of `text[i]` in the file."""

    number: int
    text: str = ""
    positions: list[int] = field(default_factory=list)

    def add(self, text: str, start: int) -> None:
        """Join the text that begins at `start` in the file."""
        self.text += text
        self.positions += range(start, start + len(text))

    def in_file(self, edit: TextEdit) -> TextEdit:
        """Return the edit in the file's positions."""
        if edit.start == edit.end:
            position = self.positions[edit.start] if edit.start < len(self.positions) else self.positions[-1] + 1
            return TextEdit(position, position, edit.text)
        return TextEdit(self.positions[edit.start], self.positions[edit.end - 1] + 1, edit.text)


def logical_lines(content: str) -> Iterator[LocatedLine]:
    """Yield the logical lines that hold more than a comment, in order."""
    current: LocatedLine | None = None
    start = 0
    for number, whole in enumerate(content.splitlines(keepends=True), start=1):
        line = whole.splitlines()[0] if whole else whole
        is_comment = _COMMENT_LINE.match(line) is not None
        if line.endswith("\\") and not is_comment:
            current = current or LocatedLine(number)
            # As pip and the file reader do, backslashes at both ends go.
            left = len(line) - len(line.lstrip("\\"))
            current.add(line.strip("\\"), start + left)
        else:
            if current is None:
                current = LocatedLine(number)
            if not is_comment:
                current.add(line, start)
            yield from _without_comment(current)
            current = None
        start += len(whole)
    if current is not None:
        yield from _without_comment(current)


def _without_comment(line: LocatedLine) -> Iterator[LocatedLine]:
    comment = _COMMENT.search(line.text)
    if comment is not None:
        line.text = line.text[: comment.start()]
    if line.text.strip():
        yield line


def rewrite_lines(
    content: str, path: str, versions: PlannedVersions, *, locked: bool
) -> tuple[str, tuple[RewriteProblem, ...]]:
    """Return the file after the plan. A locked one holds the whole set and also gets the packages that are added."""
    edits: list[TextEdit] = []
    problems: list[RewriteProblem] = []
    present: set[str] = set()
    hashed = changed = False
    for line in logical_lines(content):
        text, _ = split_options(line.text)
        # split_options strips the white space that begins the line.
        lead = len(line.text) - len(line.text.lstrip())
        has_hashes = _HASH.search(line.text) is not None
        hashed = hashed or has_hashes
        found = locate_specifier(text)
        if found is None:
            continue
        present.add(found.name)
        own = requirement_edits(text, versions)
        if not own and not (has_hashes and found.name in versions.renewed and versions.digests.get(found.name)):
            continue
        changed = True
        edits += (line.in_file(edit.shifted(lead)) for edit in own)
        if has_hashes:
            digests = versions.digests.get(found.name, ())
            edits += _hash_edits(line, content, digests, lead + len(text))
            if not digests:
                release = f"{found.name} {versions.pins[found.name]}"
                text = gettext("the hashes of {package} are removed: the index gives no digests of {release}")
                message = text.format(package=found.name, release=release)
                problems.append(RewriteProblem(path, line.number, message))
    text = apply_edits(content, edits)
    if locked and changed:
        text = _with_added(text, versions, present, hashed=hashed)
    return text, tuple(problems)


def _hash_edits(line: LocatedLine, content: str, digests: Sequence[str], after: int) -> Iterator[TextEdit]:
    """Yield the edits that put new hashes in place of the old ones, in the same layout."""
    found = list(_HASH.finditer(line.text, after))
    if not found:
        return
    first = found[0]
    separator = content[line.positions[after - 1] + 1 : line.positions[first.start()]]
    if len(found) > 1:
        separator = content[line.positions[first.end() - 1] + 1 : line.positions[found[1].start()]]
    if separator.strip(" \t\r\n\\"):
        separator = " "
    removed = found
    if digests:
        option = line.text[first.start() : first.end()].partition("sha")[0]
        quote = first[1]
        hashes = separator.join(f"{option}sha256:{digest}{quote}" for digest in sorted(digests))
        yield line.in_file(TextEdit(first.start(), first.end(), hashes))
        removed = found[1:]
    for option_match in removed:
        # The white space and continuation before a removed option go too.
        start = option_match.start()
        while start > after and line.text[start - 1] in " \t":
            start -= 1
        yield TextEdit(line.positions[start - 1] + 1, line.positions[option_match.end() - 1] + 1, "")


def _with_added(text: str, versions: PlannedVersions, present: set[str], *, hashed: bool) -> str:
    """Append a line for each package that the changes add."""
    names = [name for name in versions.added if name not in present and name in versions.pins]
    if not names:
        return text
    newline = "\r\n" if "\r\n" in text else "\n"
    separator = _SEPARATOR.replace("\n", newline)
    lines = []
    for name in names:
        digests = sorted(versions.digests.get(name, ())) if hashed else ()
        line = separator.join((f"{name}=={versions.pins[name]}", *(f"--hash=sha256:{digest}" for digest in digests)))
        lines.append(line + newline)
    return text + ("" if not text or text.endswith(("\n", "\r")) else newline) + "".join(lines)
