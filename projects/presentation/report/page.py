"""The sections of a report, from its value: the words that Markdown and HTML share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from projects.domain.assessment.verdicts import ProjectVerdict
from projects.domain.report.planned_set import PinnedFile
from projects.presentation.evidence import declaration_word, gil_level_text
from projects.presentation.heatmap import LOOKS
from projects.presentation.known_targets import read_target
from projects.presentation.report.blocks import Block, Cell, CodeBlock, ItemList, Paragraph, ReportPage, Table
from projects.presentation.report.values import MigrationReport
from scanner.domain.evidence.declared import Declaration
from scanner.domain.matching.availability import Availability
from scanner.domain.phrases import join_words
from scanner.domain.resolution.loosen import Step
from scanner.domain.translation import gettext, noop, pgettext

REACH_TEXTS = {
    ProjectVerdict.GO: noop("✓ reachable as it is"),
    ProjectVerdict.CONDITIONAL: noop("↑ with upgrades"),
    ProjectVerdict.NO_GO: noop("✕ not yet"),
    ProjectVerdict.UNKNOWN: noop("? not known"),
}


def report_page(report: MigrationReport) -> ReportPage:
    """Return the page of a report."""
    indexes, sources = join_words([report.index, *report.extra_indexes]), ", ".join(report.sources)
    sections = {title: found for title, blocks in _sections(report) if (found := tuple(blocks))}
    return ReportPage(
        title=gettext("Can {project} move to {target}?").format(project=report.project, target=report.target_label),
        headline=report.headline,
        look=LOOKS[ProjectVerdict(report.verdict)],
        measured=gettext("Measured on {day} against {indexes}, from {sources}.").format(
            day=report.generated_at[:10], indexes=indexes, sources=sources
        ),
        sections=sections,
    )


def _sections(report: MigrationReport) -> Iterator[tuple[str, Iterable[Block]]]:
    checks = tuple((check.text, check.proof, check.done) for check in report.checks)
    yield gettext("Key findings"), _bullets(report.findings)
    yield gettext("Which Python is reachable on this platform"), _reachable(report)
    yield gettext("Checklist"), [ItemList(checks)]
    yield gettext("What must change"), _changes(report)
    yield gettext("The new requirements"), _requirements(report)
    yield gettext("Issues"), _issues(report)
    yield gettext("What changes in that Python"), _python(report)
    yield gettext("The platform"), _bullets(report.platform_notes)
    yield gettext("The set, with its files"), _set(report)
    yield gettext("What could not be read"), _bullets(report.problems, names="texts")
    yield gettext("How long this holds"), _bullets(report.valid)


def _bullets(lines: Iterable[str], names: Literal["", "texts"] = "") -> Iterator[Block]:
    """Yield a list if it has lines. What the reader of files says stays as it is: `names` are its texts."""
    if items := tuple((line, "", None) for line in lines):
        yield ItemList(items, names)


def _table(
    label: str,
    head: tuple[str, ...],
    rows: Iterable[tuple[str | Cell, ...]],
    here: int | None = None,
    code: int | None = None,
) -> Iterator[Block]:
    """Yield a table if it has rows. `code` is the column whose cells are code."""
    styles = ["code" if column == code else "" for column in range(len(head))]
    found = tuple(
        tuple(cell if isinstance(cell, tuple) else (cell, style) for cell, style in zip(row, styles, strict=True))
        for row in rows
    )
    if found:
        yield Table(label, head, found, here)


def _changes(report: MigrationReport) -> Iterator[Block]:
    if report.no_path:
        text = f"{_capital(report.no_path)}."
        yield Paragraph(f"{text} {gettext('The other changes would be:')}" if report.moves else text)
    in_files, as_dependency = gettext("in the files"), gettext("as a dependency")
    yield from _table(
        gettext("What must change"),
        (
            gettext("Package"),
            pgettext("a version", "From"),
            pgettext("a version", "To"),
            gettext("Step"),
            pgettext("where a package is named", "Named"),
            gettext("Why"),
        ),
        (
            (
                (one.name, "name"),
                one.before,
                one.after,
                _step(one.size),
                in_files if one.direct else as_dependency,
                one.why,
            )
            for one in report.moves
        ),
    )
    if report.added:
        yield Paragraph(gettext("Added to the set: {packages}.").format(packages=", ".join(report.added)))
    if report.dropped:
        yield Paragraph(gettext("No longer needed: {packages}.").format(packages=", ".join(report.dropped)))


def _requirements(report: MigrationReport) -> Iterator[Block]:
    written = report.written
    if written is None or not (written.patch or written.commands):
        return
    if written.patch:
        yield CodeBlock(written.patch, "diff")
    for command in written.commands:
        yield Paragraph(gettext("Update the lock with its own tool:"), command)
    for problem in written.problems:
        yield Paragraph(gettext("Note: {problem}.").format(problem=problem))
    if written.pip:
        yield Paragraph(gettext("To try it with pip, on the target; the constraints are among the report's JSON:"))
        yield CodeBlock(written.pip, "sh")


def _issues(report: MigrationReport) -> Iterator[Block]:
    """Yield what does not install and has no change of its own, whose reason would say the same."""
    moved = {one.name for one in report.moves} if not report.no_path else set()
    yield from _table(
        gettext("Issues"),
        (gettext("Package"), gettext("Severity"), gettext("Why"), gettext("Required by"), gettext("Works from")),
        (
            (
                (f"{one.name} {one.version}", "name"),
                (gettext(one.severity), one.verdict),
                _capital(one.reason),
                one.arrives,
                one.clears or gettext("no version yet"),
            )
            for one in report.issues
            if one.name not in moved
        ),
    )


def _reachable(report: MigrationReport) -> Iterator[Block]:
    if len(report.ladder) < 2:
        return
    verdicts = [ProjectVerdict(one.reach) for one in report.ladder]
    yield from _table(
        gettext("Which Python is reachable"),
        (gettext("Python"), gettext("Reachable"), gettext("How"), gettext("Security fixes until")),
        (
            (one.python, (gettext(REACH_TEXTS[verdict]), LOOKS[verdict]), one.text, one.end_of_life)
            for one, verdict in zip(report.ladder, verdicts, strict=True)
        ),
        here=next((number for number, one in enumerate(report.ladder) if one.is_this), None),
    )


def _python(report: MigrationReport) -> Iterator[Block]:
    if report.end_of_life:
        yield Paragraph(report.end_of_life)
    removed: dict[tuple[str, str], list[str]] = {}
    for module in report.removed:
        removed.setdefault((module.python, module.source), []).append(module.name)
    lost = gettext("{python} no longer has {modules}")
    lines = [
        (lost.format(python=python, modules=join_words(names)), source) for (python, source), names in removed.items()
    ]
    lines += [(f"{one.python}: {gettext(one.text)}", one.source) for one in report.changes]
    if lines:
        yield ItemList(tuple((text, source, None) for text, source in lines), names="notes")


def _set(report: MigrationReport) -> Iterator[Block]:
    """Yield every package of the set once: those with a remark or without a file in a table, of the others the file."""
    evidence = {one.name: one for one in report.evidence}
    rows: list[tuple[str | Cell, ...]] = []
    plain: list[PinnedFile] = []
    for category in report.categories:
        for one in category.packages:
            if one.name in report.dropped:
                continue
            file = evidence.pop(one.name, None)
            is_changed = file is not None and file.version != one.version
            gil = _without_gil(report, file)
            reason = "" if category.look == "ready" or is_changed else one.reason
            # A reason has those of the metadata in it.
            flags = [flag for flag in one.flags if flag not in reason]
            remark = "; ".join(filter(None, (*flags, *gil, reason)))
            if file is not None and file.file and not remark:
                plain.append(file)
            else:
                rows.append(_row_of(one.name, one.version, file, remark))
    plain += [file for file in evidence.values() if file.file]
    rows += [_row_of(file.name, "", file, gettext("added")) for file in evidence.values() if not file.file]
    if rows or plain:
        text = gettext(
            "The file that an installer takes on {target}, its date, and whether the release declares that Python."
        )
        yield Paragraph(text.format(target=report.target_label))
    head = (gettext("Package"), gettext("Version"), gettext("File"), gettext("Uploaded"), gettext("Declared"))
    yield from _table(gettext("The set"), (*head, gettext("Remarks")), rows, code=2)
    if plain:
        words = [_declared(one) for one in plain]
        width = max(10, *map(len, words))
        lines = (
            f"{one.uploaded or gettext('unknown'):10}  {word:{width}}  {one.file}"
            for one, word in zip(plain, words, strict=True)
        )
        yield CodeBlock("\n".join(lines), "text")


def _row_of(name: str, before: str, file: PinnedFile | None, remark: str) -> tuple[str | Cell, ...]:
    if file is None:
        return (name, "name"), before, "", "", "", remark
    version = f"{before} → {file.version}" if before and before != file.version else file.version
    return (name, "name"), version, file.file, file.uploaded, _declared(file), remark


def _without_gil(report: MigrationReport, file: PinnedFile | None) -> tuple[str, ...]:
    """Return what a compiled release of the set says of running without the GIL, on a target that has none."""
    target = read_target(report.target)
    is_compiled = file is not None and file.availability in {Availability.NATIVE, Availability.ABI3}
    if target is None or not target.python.free_threaded or file is None:
        return ()
    return (gil_level_text(file.free_threading),) if is_compiled or file.free_threading is not None else ()


def _declared(file: PinnedFile) -> str:
    return declaration_word(Declaration(file.declared or "not-read"))


def _step(size: str) -> str:
    words = {
        Step.PATCH.value: pgettext("size of a step", "patch"),
        Step.MINOR.value: pgettext("size of a step", "minor"),
        Step.MAJOR.value: pgettext("size of a step", "major"),
    }
    return words.get(size, size)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
