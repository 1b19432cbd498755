"""The report in Markdown. Pure: every section of the value once, empty ones left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from projects.presentation.report.values import MigrationReport, PackageCategory, ReportedIssue, ReportedPackage

REACH = {"go": "✓ reachable as it is", "conditional": "↑ with upgrades", "no-go": "✕ not yet", "unknown": "? not known"}


def as_markdown(report: MigrationReport) -> str:
    """The whole document, one blank line between its parts."""
    against = " and ".join((report.index, *report.extra_indexes))
    parts: list[str] = [
        f"# Can {report.project} move to {report.target_label}?",
        f"**{report.headline}**",
        f"Measured on {report.generated_at[:10]} against {against}, from {', '.join(report.sources)}.",
    ]
    for title, body in _sections(report):
        if body:
            parts.append(f"## {title}\n\n{body}")
    return "\n\n".join(parts) + "\n"


def _sections(report: MigrationReport) -> Iterator[tuple[str, str]]:
    yield "Key findings", _bullets(report.findings)
    yield (
        "Check list",
        "\n".join(
            f"- [{'x' if check.done else ' '}] {check.text}" + (f" ({check.proof})" if check.proof else "")
            for check in report.checks
        ),
    )
    yield "What must move", _moves(report)
    yield "The new requirements", _written(report)
    yield "Issues", "\n\n".join(_issue(issue) for issue in report.issues)
    yield (
        "Which Python is reachable on this platform",
        _table(
            ("Python", "Reachable", "How", "Security fixes until"),
            (
                (f"**{rung.python}**" if rung.is_this else rung.python, REACH[rung.reach], rung.text, rung.end_of_life)
                for rung in report.ladder
            ),
        ),
    )
    yield (
        "All packages",
        "\n\n".join(
            f"### {category.title} ({len(category.packages)})\n\n{_capital(category.meaning)}.\n\n"
            + _table(
                ("Package", "Version", "File", "Uploaded", "Remarks"),
                (
                    (
                        package.name,
                        package.version,
                        package.file or "none",
                        package.uploaded,
                        remarks(category, package),
                    )
                    for package in category.packages
                ),
            )
            for category in report.categories
        ),
    )
    yield "What changes in that Python", _python(report)
    yield "The platform", _bullets(report.platform_notes)
    yield (
        "Evidence",
        _table(
            ("Package", "Version", "File that installs there", "Uploaded"),
            ((one.name, one.version, one.file or "none", one.uploaded) for one in report.evidence),
        ),
    )
    yield "What could not be read", _bullets(report.problems)
    yield "How long this holds", _bullets(report.valid)


def remarks(category: PackageCategory, package: ReportedPackage) -> str:
    """Flags, and why the package stands where it does when that is not the good case."""
    reason = () if category.look == "ready" else (package.reason,)
    return "; ".join((*package.flags, *reason))


def _moves(report: MigrationReport) -> str:
    parts = []
    if report.no_path:
        parts.append(f"{_capital(report.no_path)}. The rest would move so:")
    parts.append(
        _table(
            ("Package", "From", "To", "Step", "Written", "Why"),
            (
                (
                    move.name,
                    move.before,
                    move.after,
                    move.size,
                    "in the files" if move.direct else "comes along",
                    move.why,
                )
                for move in report.moves
            ),
        )
    )
    if report.added:
        parts.append(f"New in the set: {', '.join(report.added)}.")
    return "\n\n".join(part for part in parts if part)


def _issue(issue: ReportedIssue) -> str:
    lines = [f"### {issue.name} {issue.version}: {issue.severity}", f"{_capital(issue.reason)}."]
    if issue.arrives != "as written":
        lines.append(f"It arrives by {issue.arrives}.")
    lines.append(f"Works from {issue.clears}." if issue.clears else "No version works there yet.")
    if issue.error:
        lines.append(_fenced(issue.error))
    if issue.diff:
        lines.append(_fenced(issue.diff, "diff"))
    return "\n\n".join(lines)


def _written(report: MigrationReport) -> str:
    written = report.written
    if written is None or not (written.patch or written.commands):
        return ""
    parts = [_fenced(written.patch, "diff")] if written.patch else []
    parts += [f"Let the tool write the lock again: `{command}`" for command in written.commands]
    parts += [f"Mind: {problem}." for problem in written.problems]
    if written.pip:
        parts.append("To try it with pip, on the target:\n\n" + _fenced(written.pip, "sh"))
        parts.append(f"where `constraints-{report.target}.txt` holds:\n\n" + _fenced(written.constraints))
        parts.append("To try it with uv, before a requirement is touched:\n\n" + _fenced(written.uv, "toml"))
    return "\n\n".join(parts)


def _python(report: MigrationReport) -> str:
    since = f"Coming from Python {report.today}:" if report.today else "Coming from Python 3.9 or later:"
    removed = _table(
        ("Gone in", "Module", "Instead", "Source"),
        ((one.python, f"`{one.name}`", one.instead, one.source) for one in report.removed),
    )
    changes = _bullets(f"{one.python}: {one.text} ({one.source})" for one in report.changes)
    return "\n\n".join(part for part in (report.end_of_life, since, removed, changes) if part)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    body = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(head) + " |", "|" + " --- |" * len(head), *body]) if body else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _fenced(text: str, language: str = "") -> str:
    fence = "```" if "```" not in text else "~~~~"
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"
