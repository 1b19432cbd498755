"""A decision sheet as a page, which HTML, print and Markdown render: the answer first, then options and evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from projects.domain.audit.findings import AuditFinding
from projects.domain.report.decision import DecisionSheet, MovedSystem, MoveOption, OptionKind
from projects.domain.report.platform_support import build_tools
from projects.presentation.audit.sentences import finding_text, next_step
from projects.presentation.heatmap import LOOKS
from projects.presentation.report.blocks import Block, ItemList, Paragraph, ReportPage, Table
from projects.presentation.report.decision_facts import (
    OPTION_NAMES,
    DecisionFacts,
    effort_text,
    possible_text,
    support_ends,
    support_text,
)
from projects.presentation.report.decision_phases import phases
from projects.presentation.report.page import REACH_TEXTS
from scanner.domain.phrases import agree, count, join_first, join_words
from scanner.domain.resolution.explain.conflict_text import conflict_lines, ways_out
from scanner.domain.resolution.explain.sentences import plan_cause_text
from scanner.domain.targets.platform_tags import System
from scanner.domain.targets.target import Target, parse_target

_MOST_NAMED = 6
_MOST_FINDINGS = 20
_MOST_PLACES = 3
_NOTHING = "none"
_CONSTRAINTS = "written.constraints"


def decision_page(sheet: DecisionSheet, facts: DecisionFacts) -> ReportPage:
    """Return the page."""
    smallest = sheet.option(OptionKind.SMALLEST)
    assert smallest is not None
    target = parse_target(smallest.targets[0])
    look = {True: "upgrade" if smallest.changes else "ready", False: "blocked", None: "unknown"}[smallest.is_possible]
    sections = {title: found for title, blocks in _sections(sheet, facts, target) if (found := tuple(blocks))}
    return ReportPage(
        title=f"{facts.project}: the move to {target.label}",
        headline=" ".join(filter(None, (_headline(sheet, target), _source_text(facts)))),
        look=look,
        measured=f"Measured on {facts.now:%Y-%m-%d} against {facts.index}.",
        sections=sections,
    )


def _headline(sheet: DecisionSheet, target: Target) -> str:
    smallest, bridge = sheet.option(OptionKind.SMALLEST), sheet.option(OptionKind.BRIDGE)
    assert smallest is not None
    if smallest.is_possible is None:
        return f"Not known yet: data about some packages on {target.label} is missing."
    if not smallest.is_possible:
        stuck = f"no version of {join_words(smallest.blocked, 'or')} installs"
        cause = stuck if smallest.blocked else "the requirements contradict each other"
        return f"There is no move to {target.label} yet: {cause}."
    if not smallest.changes:
        return f"The move to {target.label} needs no other version of any package."
    majors = f"{len(smallest.majors)} of them by a major version" if smallest.majors else "none by a major version"
    first = f"The move to {target.label} takes {count(smallest.changes, 'other version')}, {majors}"
    if bridge is not None and bridge.is_possible:
        return f"{first}; one set holds on both Pythons, so the packages can move before the interpreter does."
    if bridge is not None and bridge.is_possible is False:
        return f"{first}; no set holds on both Pythons, so packages and interpreter move together."
    return f"{first}."


def _source_text(facts: DecisionFacts) -> str:
    if not facts.findings:
        return ""
    return f"The source has {count(len(facts.findings), 'finding')} to mend first."


def _sections(sheet: DecisionSheet, facts: DecisionFacts, target: Target) -> Iterator[tuple[str, Iterable[Block]]]:
    yield "The options", _options(sheet, facts)
    yield "What staying costs", _staying(sheet, facts)
    yield "Phases and test plan", phases(sheet, facts)
    yield "Findings in the source", _findings(facts)
    yield "Contradictions, and the ways out", _conflict(sheet)
    yield "What the smallest move changes, and why", _changes(sheet)
    yield "Versions", _versions(sheet, target)
    yield "Operating systems", _systems(sheet, facts)


def _options(sheet: DecisionSheet, facts: DecisionFacts) -> Iterator[Block]:
    rows: tuple[tuple[str, Callable[[MoveOption], str]], ...] = (
        ("Python", lambda one: ", ".join(parse_target(slug).label for slug in one.targets)),
        ("Security fixes until", lambda one: _ends(one, facts)),
        ("A set holds", possible_text),
        ("Own packages that change", lambda one: _number(one, one.direct)),
        ("Other packages that change", lambda one: _number(one, one.transitive)),
        ("By a major version", lambda one: _number(one, len(one.majors), one.majors)),
        ("Added, dropped", lambda one: _number(one, one.added) + f", {one.dropped}" if one.is_possible else "-"),
        ("Held back", lambda one: _named(one.held_back)),
        ("Without a version that installs", lambda one: _named(one.blocked)),
        ("Evidence", lambda one: _evidence(one, facts)),
        ("Effort", lambda one: effort_text(one, facts)),
    )
    head = ("", *(OPTION_NAMES[one.kind] for one in sheet.options))
    cells = tuple(tuple((text, "") for text in (label, *map(cell, sheet.options))) for label, cell in rows)
    yield Table("The options side by side", head, cells)
    if sheet.option(OptionKind.STAY) is None:
        yield Paragraph("No file says what runs now: without it, staying and a bridge are not compared.")


def _ends(option: MoveOption, facts: DecisionFacts) -> str:
    return ", ".join(dict.fromkeys(support_text(slug, facts.now.date()) for slug in option.targets))


def _number(option: MoveOption, number: int, names: tuple[str, ...] = ()) -> str:
    if option.is_possible is None:
        return "-"
    return f"{number}: {join_first(names, _MOST_NAMED)}" if names else str(number)


def _named(names: tuple[str, ...]) -> str:
    return join_first(names, _MOST_NAMED) or _NOTHING


def _evidence(option: MoveOption, facts: DecisionFacts) -> str:
    if not option.is_possible or not option.pins:
        return "-"
    declared, read = facts.evidence(option)
    measured = f"{count(len(option.pins), 'release')} with a file that installs"
    if not read:
        return measured
    python = parse_target(option.targets[-1]).python
    return f"{measured}; {declared} of {read} declare Python {python.label}"


def _staying(sheet: DecisionSheet, facts: DecisionFacts) -> Iterator[Block]:
    stay, today = sheet.option(OptionKind.STAY), facts.now.date()
    if stay is None:
        return
    python = f"Python {parse_target(stay.targets[0]).python.label}"
    lines = []
    end = support_ends(stay.targets[0])
    if end is not None and end < today:
        lines.append(f"{python} has had no security fixes since {end.isoformat()}.")
    elif end is not None:
        months = (end.year - today.year) * 12 + end.month - today.month
        lines.append(f"{python} gets security fixes until {end.isoformat()}, {count(months, 'month')} from now.")
    if sheet.behind:
        names = [f"{one.name} {one.target} (here {one.today})" for one in sheet.behind]
        verb = agree(len(names), "has a newer version", "have newer versions")
        lines.append(f"{count(len(names), 'package')} {verb} that {python} cannot take: {join_first(names, 10)}.")
    elif sheet.behind is not None:
        lines.append(f"The newest versions of all packages still install on {python}.")
    if lines:
        yield ItemList(tuple((line, "", None) for line in lines))


def _findings(facts: DecisionFacts) -> Iterator[Block]:
    if facts.findings:
        yield ItemList(
            tuple(
                (f"{finding_text(one)} {next_step(one)}".strip(), _places(one), None)
                for one in facts.findings[:_MOST_FINDINGS]
            )
        )
    if facts.findings and len(facts.findings) > _MOST_FINDINGS:
        yield Paragraph(f"And {len(facts.findings) - _MOST_FINDINGS} more: manage.py audit lists all.")


def _places(finding: AuditFinding) -> str:
    return join_first([f"{one.path}:{one.line}" for one in finding.places], _MOST_PLACES)


def _conflict(sheet: DecisionSheet) -> Iterator[Block]:
    if sheet.conflict is None:
        return
    yield Paragraph(" ".join(conflict_lines(sheet.conflict, lambda _: "")))
    yield ItemList(tuple((line, "", None) for line in ways_out(sheet.conflict)))


def _changes(sheet: DecisionSheet) -> Iterator[Block]:
    if sheet.changes:
        yield ItemList(
            tuple(
                (f"{one.name} {one.before} → {one.after}", plan_cause_text(one.reason, lambda _: ""), None)
                for one in sheet.changes
            )
        )


def _versions(sheet: DecisionSheet, target: Target) -> Iterator[Block]:
    kinds = [one.kind for one in sheet.options if one.kind is not OptionKind.STAY]
    heads = {
        OptionKind.SMALLEST: "Recommended",
        OptionKind.BRIDGE: "On both",
        OptionKind.LATEST: "Newest of a set",
    }
    rows = tuple(
        tuple(
            (text, "")
            for text in (
                one.name if one.is_direct else f"{one.name} (through others)",
                one.before,
                one.lowest or _NOTHING,
                *(one.after.get(kind, "-") for kind in kinds),
            )
        )
        for one in sheet.packages
    )
    if rows:
        yield Paragraph(
            f"The project's own packages, and others that an option changes. Lowest is the lowest version, from the "
            f"one in use on, that installs on {target.label}; Recommended is that of the smallest move."
        )
        yield Table("Versions", ("Package", "In use", "Lowest", *(heads[kind] for kind in kinds)), rows)


def _systems(sheet: DecisionSheet, facts: DecisionFacts) -> Iterator[Block]:
    rows = tuple(
        (
            (parse_target(one.target).platform.label, ""),
            (REACH_TEXTS[one.verdict], LOOKS[one.verdict]),
            (str(one.changes), ""),
            (_named(one.blocked), ""),
            (_builds(one), ""),
            (_install_line(one, facts), "code"),
        )
        for one in sheet.systems
    )
    head = ("System", "Verdict", "Changes", "Without a version", "Built there", "To install")
    yield Table("Operating systems", head, rows)
    if any(one.changes for one in sheet.systems):
        yield Paragraph(
            "The constraints are the whole set. The JSON of each system's report has them:", "written.constraints"
        )


def _builds(system: MovedSystem) -> str:
    target = parse_target(system.target)
    compiled = [(name, detail) for name, detail in system.builds if detail != "pure"]
    pure = [name for name, detail in system.builds if detail == "pure"]
    needs = dict.fromkeys(tool for name, detail in compiled for tool in build_tools(name, detail, target))
    parts = [f"{join_first([name for name, _ in compiled], _MOST_NAMED)}: needs {'; '.join(needs)}"] if compiled else []
    parts += [f"{join_first(pure, _MOST_NAMED)}: pure Python, no compiler"] if pure else []
    return "; ".join(parts) or "nothing: all are wheels"


def _install_line(system: MovedSystem, facts: DecisionFacts) -> str:
    target = parse_target(system.target)
    version = target.python.label
    python = f"py -{version}" if target.platform.system is System.WINDOWS else f"python{version}"
    files = " ".join(f"-r {path}" for path in facts.files) or "-r requirements.txt"
    constraints = f" -c constraints-{system.target}.txt" if system.changes else ""
    return f"{python} -m pip install {files}{constraints}"
