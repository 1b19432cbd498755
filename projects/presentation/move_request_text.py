"""Title and text of the change request of a move: verdict, what changes and why, what is left, evidence, checklist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from projects.domain.assessment.verdicts import ProjectVerdict
from projects.domain.python_places.whole_move import WholeMove
from projects.presentation.audit.move_text import change_lines, hand_lines
from projects.presentation.host_markdown import bullets, code, cut, plain
from projects.presentation.report.values import MigrationReport, ReportedIssue
from scanner.domain.phrases import count
from scanner.domain.translation import noop

_MOST_LINES = 60
_BLOCKED = (ProjectVerdict.NO_GO.value, ProjectVerdict.UNKNOWN.value)
OTHERS_COMMITTED = noop(
    "Someone else committed to this branch. Wheelway does not touch it any more; this text says what held before."
)


def request_title(report: MigrationReport) -> str:
    """Return the title; it says how many packages block a move that cannot be merged yet."""
    title = f"Move to {report.target_label}"
    if report.verdict not in _BLOCKED:
        return title
    blocked = [one for one in report.issues if one.verdict == "blocked"]
    return f"{title}: waits for {count(len(blocked), 'package')}" if blocked else f"{title}: not yet"


def request_body(
    report: MigrationReport, move: WholeMove, commands: Sequence[str], problems: Sequence[str], page: str
) -> str:
    """Return the text in Markdown; `page` is the address of the move's page."""
    return cut("\n\n".join(_parts(report, move, commands, problems, page)) + "\n")


def commit_message(report: MigrationReport, move: WholeMove) -> str:
    """Return the message of the commit."""
    return "\n".join([f"Move to {report.target_label}", "", *change_lines(move)[:_MOST_LINES]]) + "\n"


def _parts(
    report: MigrationReport, move: WholeMove, commands: Sequence[str], problems: Sequence[str], page: str
) -> Iterator[str]:
    yield f"**{plain(report.headline)}**"
    if report.verdict in _BLOCKED:
        yield (
            "Do not merge this yet. The branch has the places that name the Python, so that CI can try it; the "
            "requirements follow when the target is reachable."
        )
    yield f"[All of it in Wheelway]({page}). Text and branch follow the facts until someone else commits to the branch."
    if move.files:
        yield "## What changes"
        yield bullets(map(plain, change_lines(move)), _MOST_LINES)
    if report.issues:
        yield "## What does not install as required"
        yield bullets(map(_issue, report.issues), _MOST_LINES)
    if left := [*hand_lines(move), *problems]:
        yield "## Left to you"
        yield bullets(map(plain, left), _MOST_LINES)
    if commands:
        yield "## Locks"
        yield "Only the tool of a lock writes it. Run on this branch:"
        yield bullets(map(code, commands), _MOST_LINES)
    yield "## Evidence"
    yield bullets(map(plain, report.findings), _MOST_LINES)
    if report.evidence and report.verdict not in _BLOCKED:
        rows = [f"| {plain(one.name)} | {plain(one.version)} | {code(one.file)} |" for one in report.evidence]
        table = "\n".join(["| Package | Version | File |", "| --- | --- | --- |", *rows[:_MOST_LINES]])
        more = f"\n\n… and {len(rows) - _MOST_LINES} more." if len(rows) > _MOST_LINES else ""
        summary = f"<summary>What an installer takes: {count(len(rows), 'file')}</summary>"
        yield f"<details>{summary}\n\n{table}{more}\n\n</details>"
    yield "## Checklist"
    yield "\n".join(
        f"- [{'x' if one.done else ' '}] {plain(one.text)}{f' ({plain(one.proof)})' if one.proof else ''}"
        for one in report.checks
    )


def _issue(one: ReportedIssue) -> str:
    clears = f" Installs from {plain(one.clears)} on." if one.clears else ""
    arrives = f" ({plain(one.arrives)})" if one.arrives else ""
    return f"**{plain(one.name)}** {plain(one.version)}{arrives}: {plain(one.reason)}{clears}"
