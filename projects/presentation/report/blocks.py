"""The blocks of a report's page, which Markdown and HTML render. `kind` names the block in the template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from msgspec import Struct

# Text, a note in brackets, and whether a step is done; None in a list that is no checklist.
Item = tuple[str, str, bool | None]
# Text, and its style: "", "code", "name" for what no language translates, or a verdict that gives the color of a badge.
Cell = tuple[str, str]
_SHORT = 20
_DIFF_KINDS = {"+": "plus", "-": "minus", "@": "place"}


class Subheading(Struct, frozen=True):
    """A heading below a section's, after a badge in the color of `look`."""

    kind: ClassVar[str] = "heading"
    text: str
    badge: str
    look: str


class Paragraph(Struct, frozen=True):
    """A sentence or two; `code` follows as code."""

    kind: ClassVar[str] = "paragraph"
    text: str
    code: str = ""


class ItemList(Struct, frozen=True):
    """A bullet list or a checklist. `names` tells whether its texts or its notes are names, which stay as they are."""

    kind: ClassVar[str] = "list"
    items: tuple[Item, ...]
    names: Literal["", "texts", "notes"] = ""


class Table(Struct, frozen=True):
    """A table with a label for screen readers. `here` is the index of the row that is about the report's target."""

    kind: ClassVar[str] = "table"
    label: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    here: int | None = None


class CodeBlock(Struct, frozen=True):
    """Preformatted text. With a `summary` it is folded in HTML."""

    kind: ClassVar[str] = "code"
    text: str
    language: str = ""
    summary: str = ""

    @property
    def length(self) -> str:
        """The class in HTML: "long" for so many lines that paper takes them in two columns."""
        return "long" if self.text.count("\n") > _SHORT else ""

    @property
    def diff_lines(self) -> Iterator[tuple[str, str]]:
        """Yield each line of a diff after its kind: plus, minus, place or same."""
        for line in self.text.splitlines():
            yield "place" if line.startswith(("+++", "---")) else _DIFF_KINDS.get(line[:1], "same"), line


Block = Subheading | Paragraph | ItemList | Table | CodeBlock


class ReportPage(Struct, frozen=True):
    """A report ready to be rendered: its sections by title, the answer first."""

    title: str
    headline: str
    look: str
    measured: str
    sections: dict[str, tuple[Block, ...]]
