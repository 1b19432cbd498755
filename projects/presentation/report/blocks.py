"""The blocks of a report's page, which Markdown and HTML render. `kind` names the block in the template."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

_DIFF_KINDS = {"+": "plus", "-": "minus", "@": "place"}


@dataclass(frozen=True, slots=True)
class Subheading:
    """A heading below a section's, with a badge in the color of `look` before it."""

    kind: ClassVar[str] = "heading"
    text: str
    badge: str
    look: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence or two; `code` follows as code."""

    kind: ClassVar[str] = "paragraph"
    text: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class ListItem:
    """An item of a list. `note` follows in brackets; `done` is None in a list that is no checklist."""

    text: str
    note: str = ""
    done: bool | None = None


@dataclass(frozen=True, slots=True)
class ItemList:
    """A bullet list, or a checklist."""

    kind: ClassVar[str] = "list"
    items: tuple[ListItem, ...]
    is_checklist: bool = False


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell: plain text, code, or a badge in the color of `look`."""

    text: str
    is_code: bool = False
    look: str = ""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row, whose first cell is its heading. `is_here` marks the row of the report's own target."""

    cells: tuple[TableCell, ...]
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `label` names it for screen readers."""

    kind: ClassVar[str] = "table"
    label: str
    head: tuple[str, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a diff; `kind` is plus, minus, place or same."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Preformatted text. With a `summary` it is folded in HTML."""

    kind: ClassVar[str] = "code"
    text: str
    language: str = ""
    summary: str = ""

    @property
    def diff_lines(self) -> Iterator[DiffLine]:
        """Yield the lines of a diff with their kinds."""
        for line in self.text.splitlines():
            place = line.startswith(("+++", "---"))
            yield DiffLine("place" if place else _DIFF_KINDS.get(line[:1], "same"), line)


Block = Subheading | Paragraph | ItemList | Table | CodeBlock


@dataclass(frozen=True, slots=True)
class ReportSection:
    """A titled part of the report."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The report ready to be rendered: sections without blocks are left out."""

    title: str
    headline: str
    look: str
    measured: str
    sections: tuple[ReportSection, ...] = field(default_factory=tuple)
