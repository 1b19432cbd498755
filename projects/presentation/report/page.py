"""The sections of a report, from its value: the words that Markdown and HTML share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from projects.domain.assessment.verdicts import ProjectVerdict
from projects.presentation.evidence import declaration_word
from projects.presentation.heatmap import LOOKS
from projects.presentation.report.blocks import (
    Block,
    Cell,
    CodeBlock,
    ItemList,
    Paragraph,
    ReportPage,
    Subheading,
    Table,
)
from projects.presentation.report.values import MigrationReport, PackageCategory, ReportedIssue
from scanner.domain.evidence.declared import Declaration
from scanner.domain.phrases import count, join_words

REACH_TEXTS = {
    ProjectVerdict.GO: "✓ reachable as it is",
    ProjectVerdict.CONDITIONAL: "↑ with upgrades",
    ProjectVerdict.NO_GO: "✕ not yet",
    ProjectVerdict.UNKNOWN: "? not known",
}


_SUMMARY = ("Key findings", "Which Python is reachable on this platform", "Checklist")


def report_page(report: MigrationReport) -> ReportPage:
    """Return the page of a report."""
    indexes, sources = join_words([report.index, *report.extra_indexes]), ", ".join(report.sources)
    sections = {title: found for title, blocks in _sections(report) if (found := tuple(blocks))}
    return ReportPage(
        title=f"Can {report.project} move to {report.target_label}?",
        headline=report.headline,
        look=LOOKS[ProjectVerdict(report.verdict)],
        measured=f"Measured on {report.generated_at[:10]} against {indexes}, from {sources}.",
        sections=sections,
        last_of_summary=next((title for title in reversed(_SUMMARY) if title in sections), ""),
    )


def _sections(report: MigrationReport) -> Iterator[tuple[str, Iterable[Block]]]:
    checks = tuple((check.text, check.proof, check.done) for check in report.checks)
    yield "Key findings", _bullets(report.findings)
    yield "Which Python is reachable on this platform", _reachable(report)
    yield "Checklist", [ItemList(checks)]
    yield "What must change", _changes(report)
    yield "The new requirements", _requirements(report)
    yield "Issues", (block for issue in report.issues for block in _issue(issue))
    yield "All packages", (block for category in report.categories for block in _category(category))
    yield "What changes in that Python", _python(report)
    yield "The platform", _bullets(report.platform_notes)
    yield "Evidence", _evidence(report)
    yield "What could not be read", _bullets(report.problems)
    yield "How long this holds", _bullets(report.valid)


def _bullets(lines: Iterable[str]) -> Iterator[Block]:
    if items := tuple((line, "", None) for line in lines):
        yield ItemList(items)


def _table(
    label: str, head: tuple[str, ...], rows: Iterable[tuple[str | Cell, ...]], here: int | None = None
) -> Iterator[Block]:
    """Yield a table if it has rows. The cells of "File" and "Module" are code."""
    styles = ["code" if name in ("File", "Module") else "" for name in head]
    found = tuple(
        tuple(cell if isinstance(cell, tuple) else (cell, style) for cell, style in zip(row, styles, strict=True))
        for row in rows
    )
    if found:
        yield Table(label, head, found, here)


def _changes(report: MigrationReport) -> Iterator[Block]:
    if report.no_path:
        yield Paragraph(f"{_capital(report.no_path)}." + (" The other changes would be:" if report.moves else ""))
    yield from _table(
        "What must change",
        ("Package", "From", "To", "Step", "Named", "Why"),
        (
            (one.name, one.before, one.after, one.size, "in the files" if one.direct else "as a dependency", one.why)
            for one in report.moves
        ),
    )
    if report.added:
        yield Paragraph(f"Added to the set: {', '.join(report.added)}.")


def _requirements(report: MigrationReport) -> Iterator[Block]:
    written = report.written
    if written is None or not (written.patch or written.commands):
        return
    if written.patch:
        yield CodeBlock(written.patch, "diff")
    for command in written.commands:
        yield Paragraph("Update the lock with its own tool:", command)
    for problem in written.problems:
        yield Paragraph(f"Note: {problem}.")
    if written.pip:
        yield Paragraph("To try it with pip, on the target:")
        yield CodeBlock(written.pip, "sh")
        yield CodeBlock(written.constraints, summary=f"constraints-{report.target}.txt")
        yield Paragraph("To try it with uv, before you change a requirement:")
        yield CodeBlock(written.uv, "toml")


def _issue(issue: ReportedIssue) -> Iterator[Block]:
    yield Subheading(f"{issue.name} {issue.version}", issue.severity, issue.verdict)
    arrives = "" if issue.arrives == "as written" else f" It is required by {issue.arrives}."
    clears = f"Works from {issue.clears}." if issue.clears else "No version works there yet."
    yield Paragraph(f"{_capital(issue.reason)}.{arrives} {clears}")
    if issue.error:
        yield Paragraph("An installer prints:", issue.error)
    if issue.diff:
        yield CodeBlock(issue.diff, "diff")


def _reachable(report: MigrationReport) -> Iterator[Block]:
    if len(report.ladder) < 2:
        return
    verdicts = [ProjectVerdict(one.reach) for one in report.ladder]
    yield from _table(
        "Which Python is reachable",
        ("Python", "Reachable", "How", "Security fixes until"),
        (
            (one.python, (REACH_TEXTS[verdict], LOOKS[verdict]), one.text, one.end_of_life)
            for one, verdict in zip(report.ladder, verdicts, strict=True)
        ),
        here=next((number for number, one in enumerate(report.ladder) if one.is_this), None),
    )


def _category(category: PackageCategory) -> Iterator[Block]:
    yield Subheading(count(len(category.packages), "package"), category.title, category.look)
    yield Paragraph(f"{_capital(category.meaning)}.")
    yield from _table(
        category.title,
        ("Package", "Version", "File", "Uploaded", "Remarks"),
        (
            (
                one.name,
                one.version,
                one.file,
                one.uploaded,
                "; ".join((*one.flags, *(() if category.look == "ready" else (one.reason,)))),
            )
            for one in category.packages
        ),
    )


def _python(report: MigrationReport) -> Iterator[Block]:
    if report.end_of_life:
        yield Paragraph(report.end_of_life)
    if report.removed:
        yield Paragraph(f"Modules removed since Python {report.today or '3.9'}:")
    yield from _table(
        "Removed modules",
        ("Module", "Removed in", "Instead", "Source"),
        ((one.name, one.python, one.instead, one.source) for one in report.removed),
    )
    if report.changes:
        yield ItemList(tuple((f"{one.python}: {one.text}", one.source, None) for one in report.changes))


def _evidence(report: MigrationReport) -> Iterator[Block]:
    if report.evidence:
        label = report.target_label
        files = f"For each version of the set, the file that an installer takes on {label}"
        yield Paragraph(f"{files}, and whether the release names that Python.")
    yield from _table(
        "Evidence",
        ("Package", "Version", "File", "Uploaded", "Declared"),
        (
            (one.name, one.version, one.file, one.uploaded, declaration_word(Declaration(one.declared or "not-read")))
            for one in report.evidence
        ),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
