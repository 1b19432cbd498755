"""A decision sheet as a page, which HTML, print and Markdown render: the answer first, then options and evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from projects.domain.audit.findings import AuditFinding
from projects.domain.report.decision import DecisionSheet, MoveOption, OptionKind
from projects.presentation.audit.sentences import finding_text, next_step
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
from projects.presentation.report.decision_systems import named, systems
from scanner.domain.phrases import count, join_first, join_words
from scanner.domain.resolution.explain.conflict_text import conflict_lines, ways_out
from scanner.domain.resolution.explain.sentences import plan_cause_text
from scanner.domain.targets.target import Target, parse_target
from scanner.domain.translation import gettext, ngettext, pgettext

_MOST_NAMED = 6
_MOST_FINDINGS = 20
_MOST_PLACES = 3


def decision_page(sheet: DecisionSheet, facts: DecisionFacts) -> ReportPage:
    """Return the page."""
    smallest = sheet.option(OptionKind.SMALLEST)
    assert smallest is not None
    target = parse_target(smallest.targets[0])
    look = {True: "upgrade" if smallest.changes else "ready", False: "blocked", None: "unknown"}[smallest.is_possible]
    sections = {title: found for title, blocks in _sections(sheet, facts, target) if (found := tuple(blocks))}
    return ReportPage(
        title=gettext("{project}: the move to {target}").format(project=facts.project, target=target.label),
        headline=" ".join(filter(None, (_headline(sheet, target), _source_text(facts)))),
        look=look,
        measured=gettext("Measured on {day} against {index}.").format(day=f"{facts.now:%Y-%m-%d}", index=facts.index),
        sections=sections,
    )


def _headline(sheet: DecisionSheet, target: Target) -> str:
    smallest, bridge = sheet.option(OptionKind.SMALLEST), sheet.option(OptionKind.BRIDGE)
    assert smallest is not None
    if smallest.is_possible is None:
        text = gettext("Not known yet: data about some packages on {target} is missing.")
        return text.format(target=target.label)
    if not smallest.is_possible:
        cause = gettext("the requirements contradict each other")
        if smallest.blocked:
            stuck = join_words(smallest.blocked, "or")
            cause = gettext("no version of {packages} installs").format(packages=stuck)
        return gettext("There is no move to {target} yet: {cause}.").format(target=target.label, cause=cause)
    if not smallest.changes:
        text = gettext("The move to {target} needs no other version of any package.")
        return text.format(target=target.label)
    majors = gettext("none by a major version")
    if smallest.majors:
        majors = gettext("{count} of them by a major version").format(count=len(smallest.majors))
    first = gettext("The move to {target} takes {versions}, {majors}").format(
        target=target.label, versions=count(smallest.changes, "other version"), majors=majors
    )
    if bridge is not None and bridge.is_possible:
        text = gettext("{move}; one set holds on both Pythons, so the packages can move before the interpreter does.")
        return text.format(move=first)
    if bridge is not None and bridge.is_possible is False:
        text = gettext("{move}; no set holds on both Pythons, so packages and interpreter move together.")
        return text.format(move=first)
    return f"{first}."


def _source_text(facts: DecisionFacts) -> str:
    if not facts.findings:
        return ""
    number = len(facts.findings)
    text = ngettext(
        "The source has {count} finding to fix first.", "The source has {count} findings to fix first.", number
    )
    return text.format(count=number)


def _sections(sheet: DecisionSheet, facts: DecisionFacts, target: Target) -> Iterator[tuple[str, Iterable[Block]]]:
    yield gettext("The options"), _options(sheet, facts)
    yield gettext("What staying costs"), _staying(sheet, facts)
    yield gettext("Phases and test plan"), phases(sheet, facts)
    yield gettext("Findings in the source"), _findings(facts)
    yield gettext("Contradictions, and the ways out"), _conflict(sheet)
    yield gettext("What the smallest move changes, and why"), _changes(sheet)
    yield gettext("Versions"), _versions(sheet, target)
    yield gettext("Operating systems"), systems(sheet, facts)


def _options(sheet: DecisionSheet, facts: DecisionFacts) -> Iterator[Block]:
    rows: tuple[tuple[str, Callable[[MoveOption], str]], ...] = (
        (gettext("Python"), lambda one: ", ".join(parse_target(slug).label for slug in one.targets)),
        (gettext("Security fixes until"), lambda one: _ends(one, facts)),
        (gettext("A set holds"), possible_text),
        (gettext("Own packages that change"), lambda one: _number(one, one.direct)),
        (gettext("Other packages that change"), lambda one: _number(one, one.transitive)),
        (gettext("By a major version"), lambda one: _number(one, len(one.majors), one.majors)),
        (
            gettext("Added, dropped"),
            lambda one: _number(one, one.added) + f", {one.dropped}" if one.is_possible else "-",
        ),
        (gettext("Held back"), lambda one: named(one.held_back)),
        (gettext("Without a version that installs"), lambda one: named(one.blocked)),
        (gettext("Evidence"), lambda one: _evidence(one, facts)),
        (gettext("Effort"), lambda one: effort_text(one, facts)),
    )
    head = ("", *(gettext(OPTION_NAMES[one.kind]) for one in sheet.options))
    cells = tuple(tuple((text, "") for text in (label, *map(cell, sheet.options))) for label, cell in rows)
    yield Table(gettext("The options side by side"), head, cells)
    if sheet.option(OptionKind.STAY) is None:
        yield Paragraph(gettext("No file says what runs now: without it, staying and a bridge are not compared."))


def _ends(option: MoveOption, facts: DecisionFacts) -> str:
    return ", ".join(dict.fromkeys(support_text(slug, facts.now.date()) for slug in option.targets))


def _number(option: MoveOption, number: int, names: tuple[str, ...] = ()) -> str:
    if option.is_possible is None:
        return "-"
    return f"{number}: {join_first(names, _MOST_NAMED)}" if names else str(number)


def _evidence(option: MoveOption, facts: DecisionFacts) -> str:
    if not option.is_possible or not option.pins:
        return "-"
    declared, read = facts.evidence(option)
    number = len(option.pins)
    measured = ngettext(
        "{count} release with a file that installs", "{count} releases with a file that installs", number
    )
    measured = measured.format(count=number)
    if not read:
        return measured
    python = parse_target(option.targets[-1]).python
    text = gettext("{measured}; {declared} of {read} declare Python {python}")
    return text.format(measured=measured, declared=declared, read=read, python=python.label)


def _staying(sheet: DecisionSheet, facts: DecisionFacts) -> Iterator[Block]:
    stay, today = sheet.option(OptionKind.STAY), facts.now.date()
    if stay is None:
        return
    python = f"Python {parse_target(stay.targets[0]).python.label}"
    lines = []
    end = support_ends(stay.targets[0])
    if end is not None and end < today:
        text = gettext("{python} has had no security fixes since {day}.")
        lines.append(text.format(python=python, day=end.isoformat()))
    elif end is not None:
        months = (end.year - today.year) * 12 + end.month - today.month
        text = ngettext(
            "{python} gets security fixes until {day}, {count} month from now.",
            "{python} gets security fixes until {day}, {count} months from now.",
            months,
        )
        lines.append(text.format(python=python, day=end.isoformat(), count=months))
    if sheet.behind:
        name = gettext("{release} (here {version})")
        names = [name.format(release=f"{one.name} {one.target}", version=one.today) for one in sheet.behind]
        text = ngettext(
            "{count} package has a newer version that {python} cannot take: {releases}.",
            "{count} packages have newer versions that {python} cannot take: {releases}.",
            len(names),
        )
        lines.append(text.format(count=len(names), python=python, releases=join_first(names, 10)))
    elif sheet.behind is not None:
        lines.append(gettext("The newest versions of all packages still install on {python}.").format(python=python))
    if lines:
        yield ItemList(tuple((line, "", None) for line in lines))


def _findings(facts: DecisionFacts) -> Iterator[Block]:
    if facts.findings:
        yield ItemList(
            tuple(
                (f"{finding_text(one)} {next_step(one)}".strip(), _places(one), None)
                for one in facts.findings[:_MOST_FINDINGS]
            ),
            names="notes",
        )
    if facts.findings and len(facts.findings) > _MOST_FINDINGS:
        text = gettext("And {number} more: {command} lists all.")
        yield Paragraph(text.format(number=len(facts.findings) - _MOST_FINDINGS, command="manage.py audit"))


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
            ),
            names="texts",
        )


def _versions(sheet: DecisionSheet, target: Target) -> Iterator[Block]:
    kinds = [one.kind for one in sheet.options if one.kind is not OptionKind.STAY]
    heads = {
        OptionKind.SMALLEST: gettext("Recommended"),
        OptionKind.BRIDGE: gettext("On both"),
        OptionKind.LATEST: gettext("Newest of a set"),
    }
    through = gettext("{package} (through others)")
    rows = tuple(
        (
            (one.name, "name") if one.is_direct else (through.format(package=one.name), ""),
            (one.before, ""),
            (one.lowest or gettext("none"), ""),
            *((one.after.get(kind, "-"), "") for kind in kinds),
        )
        for one in sheet.packages
    )
    if rows:
        text = gettext(
            "The project's own packages, and others that an option changes. Lowest is the lowest version, from the "
            "one in use on, that installs on {target}; Recommended is that of the smallest move."
        )
        yield Paragraph(text.format(target=target.label))
        head = (gettext("Package"), gettext("In use"), pgettext("a version", "Lowest"))
        yield Table(gettext("Versions"), (*head, *(heads[kind] for kind in kinds)), rows)
