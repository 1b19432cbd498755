"""The report as Markdown and as JSON."""

from __future__ import annotations

import json

from msgspec import to_builtins

from projects.presentation.report.blocks import Block, Item, ItemList, Paragraph, ReportPage, Subheading, Table
from projects.presentation.report.page import report_page
from projects.presentation.report.values import MigrationReport


def render_json(report: MigrationReport) -> str:
    """Return the report as JSON, schema 1 of reports."""
    return json.dumps(to_builtins(report), indent=2, ensure_ascii=False) + "\n"


def render_markdown(report: MigrationReport) -> str:
    """Return the whole report."""
    return render_page(report_page(report))


def render_page(page: ReportPage) -> str:
    """Return a whole page as Markdown, with one blank line between its parts."""
    parts = [f"# {page.title}", f"**{page.headline}**", page.measured]
    for title, blocks in page.sections.items():
        parts += [f"## {title}", *map(_block, blocks)]
    return "\n\n".join(parts) + "\n"


def _block(block: Block) -> str:
    match block:
        case Subheading():
            return f"### {block.badge}: {block.text}"
        case Paragraph():
            return f"{block.text} `{block.code}`" if block.code else block.text
        case ItemList():
            return "\n".join(map(_item, block.items))
        case Table():
            return _table(block)
        case _:
            fence = "```" if "```" not in block.text else "~~~~"
            summary = f"`{block.summary}`:\n\n" if block.summary else ""
            return f"{summary}{fence}{block.language}\n{block.text.rstrip()}\n{fence}"


def _item(item: Item) -> str:
    text, note, done = item
    box = "" if done is None else "[x] " if done else "[ ] "
    return f"- {box}{text}" + (f" ({note})" if note else "")


def _table(table: Table) -> str:
    lines = ["| " + " | ".join(table.head) + " |", "|" + " --- |" * len(table.head)]
    for number, row in enumerate(table.rows):
        cells = [f"`{text}`" if style == "code" and text else text for text, style in row]
        if number == table.here:
            cells[0] = f"**{cells[0]}**"
        lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines)
