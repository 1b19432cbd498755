"""A requirements file in which planned packages move and every other character stays where it is.

Lines are joined as in `projects.domain.dependency_files.lines`, with the place of each character, so that an edit
of a joined line falls on the right characters of the file whatever continuations it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from projects.domain.dependency_files.line_options import split_options
from projects.domain.rewriting.moves import Edit, Moves, Trouble, apply
from projects.domain.rewriting.requirement_text import edits_of, find

_COMMENT_LINE = re.compile(r"\s*#")
_COMMENT = re.compile(r"(?:^|(?<=\s))#")
_HASH = re.compile(r"--hash(?:=|[ \t]+)([\"']?)(?:sha\d+):[0-9A-Za-z]+\1")
_SEPARATOR = " \\\n    "


@dataclass(slots=True)
class JoinedLine:
    """One logical line without its comment; `places[i]` is where `text[i]` stands in the file."""

    number: int
    text: str = ""
    places: list[int] = field(default_factory=list)

    def add(self, text: str, start: int) -> None:
        """Join what begins at `start` in the file."""
        self.text += text
        self.places += range(start, start + len(text))

    def on_file(self, edit: Edit) -> Edit:
        """The edit in the file's own positions."""
        if edit.start == edit.end:
            at = self.places[edit.start] if edit.start < len(self.places) else self.places[-1] + 1
            return Edit(at, at, edit.text)
        return Edit(self.places[edit.start], self.places[edit.end - 1] + 1, edit.text)


def joined_lines(content: str) -> Iterator[JoinedLine]:
    """The logical lines that hold anything but a comment, in order."""
    current: JoinedLine | None = None
    start = 0
    for number, whole in enumerate(content.splitlines(keepends=True), start=1):
        line = whole.splitlines()[0] if whole else whole
        is_comment = _COMMENT_LINE.match(line) is not None
        if line.endswith("\\") and not is_comment:
            current = current or JoinedLine(number)
            # As intake does it, and so as pip: backslashes at both ends go.
            left = len(line) - len(line.lstrip("\\"))
            current.add(line.strip("\\"), start + left)
        else:
            if current is None:
                current = JoinedLine(number)
            if not is_comment:
                current.add(line, start)
            yield from _finished(current)
            current = None
        start += len(whole)
    if current is not None:
        yield from _finished(current)


def _finished(line: JoinedLine) -> Iterator[JoinedLine]:
    comment = _COMMENT.search(line.text)
    if comment is not None:
        line.text = line.text[: comment.start()]
    if line.text.strip():
        yield line


def rewrite_lines(content: str, path: str, moves: Moves, *, locked: bool) -> tuple[str, tuple[Trouble, ...]]:
    """The file after the plan. A locked one, which holds the whole set, also gets the packages that are added."""
    edits: list[Edit] = []
    troubles: list[Trouble] = []
    present: set[str] = set()
    hashed: JoinedLine | None = None
    moved = False
    for line in joined_lines(content):
        text, _ = split_options(line.text)
        # split_options strips: what it leaves stands after the line's own white space.
        lead = len(line.text) - len(line.text.lstrip())
        written = find(text)
        if written is not None:
            present.add(written.name)
        if hashed is None and _HASH.search(line.text):
            hashed = line
        found = edits_of(text, moves)
        if found is None:
            continue
        moved = True
        name = found[0].name
        edits += (line.on_file(Edit(edit.start + lead, edit.end + lead, edit.text)) for edit in found[1])
        if _HASH.search(line.text):
            digests = moves.digests.get(name, ())
            edits += _hash_edits(line, content, digests, lead + len(text))
            if not digests:
                message = f"the hashes of {name} are taken out: those of {moves.pins[name]} are not known here"
                troubles.append(Trouble(path, line.number, message))
    text = apply(content, edits)
    if locked and moved:
        text = _with_added(text, moves, present, content if hashed is not None else None)
    return text, tuple(troubles)


def _hash_edits(line: JoinedLine, content: str, digests: Sequence[str], after: int) -> Iterator[Edit]:
    """New hashes where the old ones stood, laid out as those were."""
    found = list(_HASH.finditer(line.text, after))
    if not found:
        return
    first = found[0]
    separator = content[line.places[after - 1] + 1 : line.places[first.start()]]
    if len(found) > 1:
        separator = content[line.places[first.end() - 1] + 1 : line.places[found[1].start()]]
    if separator.strip(" \t\r\n\\"):
        separator = " "
    if digests:
        form = line.text[first.start() : first.end()].partition("sha")[0]
        quote = first[1]
        hashes = separator.join(f"{form}sha256:{digest}{quote}" for digest in sorted(digests))
        yield line.on_file(Edit(first.start(), first.end(), hashes))
        gone = found[1:]
    else:
        gone = found
    for hash_option in gone:
        # White space and continuation before it go with it, back to the word before.
        start = hash_option.start()
        while start > after and line.text[start - 1] in " \t":
            start -= 1
        yield Edit(line.places[start - 1] + 1, line.places[hash_option.end() - 1] + 1, "")


def _with_added(text: str, moves: Moves, present: set[str], hashed: str | None) -> str:
    """The file with a line at its end for each package that comes with the changes."""
    names = [name for name in moves.added if name not in present and name in moves.pins]
    if not names:
        return text
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = []
    for name in names:
        line = f"{name}=={moves.pins[name]}"
        if hashed is not None:
            digests = [f"--hash=sha256:{digest}" for digest in sorted(moves.digests.get(name, ()))]
            line = _SEPARATOR.replace("\n", newline).join((line, *digests))
        lines.append(line + newline)
    return text + ("" if not text or text.endswith(("\n", "\r")) else newline) + "".join(lines)
