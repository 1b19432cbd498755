"""The phases of a move with their test plan, as a checklist. Only what was measured is ticked."""

from __future__ import annotations

from collections.abc import Iterator

from projects.domain.report.decision import DecisionSheet, MoveOption, OptionKind
from projects.presentation.report.blocks import Block, Item, ItemList, Subheading
from projects.presentation.report.checklist import declared_text
from projects.presentation.report.decision_facts import DecisionFacts, support_ends
from scanner.domain.evidence.declared import read_declared
from scanner.domain.phrases import count, join_first, join_words
from scanner.domain.targets.target import parse_target
from scanner.domain.translation import gettext, ngettext

_MOST_NAMED = 8


def phases(sheet: DecisionSheet, facts: DecisionFacts) -> Iterator[Block]:
    """Yield the phases, each with its steps; nothing where there is no move."""
    smallest = sheet.option(OptionKind.SMALLEST)
    if smallest is None or not smallest.is_possible:
        return
    bridge = sheet.option(OptionKind.BRIDGE)
    parts = {
        gettext("Before the switch"): list(_before(smallest, bridge, facts)),
        gettext("The switch"): list(_switch(smallest, facts)),
        gettext("The test plan"): list(_tests(sheet, smallest, facts)),
        gettext("Afterwards"): list(_afterwards(sheet, smallest, facts)),
    }
    number = 0
    for title, steps in parts.items():
        if steps:
            number += 1
            yield Subheading(title, gettext("Phase {number}").format(number=number), "")
            yield ItemList(tuple(steps))


def _before(smallest: MoveOption, bridge: MoveOption | None, facts: DecisionFacts) -> Iterator[Item]:
    if bridge is not None and bridge.is_possible:
        number = len(bridge.pins)
        note = ngettext("{count} version resolved over both", "{count} versions resolved over both", number)
        yield gettext("One set holds on both Pythons"), note.format(count=number), True
        if bridge.changes:
            text = gettext("Release the project with that set on the present Python: {changes}")
            yield text.format(changes=count(bridge.changes, "change")), gettext("each can be taken back alone"), False
    if smallest.majors:
        text = gettext("Read the change logs of {packages}").format(packages=join_first(smallest.majors, _MOST_NAMED))
        yield text, gettext("they take a major step"), False
    if facts.findings is not None:
        text = gettext("Nothing in the source is known to break on that Python")
        if number := len(facts.findings):
            text = ngettext(
                "Fix {count} finding of the source audit",
                "Fix {count} findings of the source audit",
                number,
            ).format(count=number)
        yield text, gettext("audited"), not facts.findings
    elif facts.removed:
        text = gettext("Search the source for modules that are removed: {modules}")
        yield text.format(modules=join_first(list(facts.removed), _MOST_NAMED)), gettext("manage.py audit"), False


def _switch(smallest: MoveOption, facts: DecisionFacts) -> Iterator[Item]:
    number = len(smallest.pins)
    note = ngettext("{count} version resolved", "{count} versions resolved", number).format(count=number)
    yield gettext("One set of versions holds on the target"), note, True
    if smallest.direct or facts.places:
        what = [count(smallest.direct, "requirement")] if smallest.direct else []
        if facts.places:
            places = ngettext("{count} place of the Python", "{count} places of the Python", facts.places)
            what.append(places.format(count=facts.places))
        text = gettext("Apply the patch of the move: {changes}").format(changes=join_words(what))
        yield text, gettext("{command}; it has a way back").format(command="manage.py move"), False
    if facts.by_hand:
        text = ngettext("Change {count} file by hand", "Change {count} files by hand", facts.by_hand)
        yield text.format(count=facts.by_hand), gettext("the patch names them"), False


def _tests(sheet: DecisionSheet, smallest: MoveOption, facts: DecisionFacts) -> Iterator[Item]:
    target = parse_target(smallest.targets[0])
    if facts.has_run:
        yield gettext("The set was installed, and every module of it imported"), gettext("proof"), True
    else:
        yield gettext("Install the set on the target and import every module of it"), gettext("manage.py prove"), False
    text = gettext("Run the project's own tests on {target}").format(target=target.label)
    yield text, gettext("no index can tell"), False
    for one in sheet.systems[1:]:
        yield gettext("Run them on {system}").format(system=parse_target(one.target).platform.label), "", False
    declared, read = facts.evidence(smallest)
    if read and declared == read:
        text = ngettext(
            "All {count} release declare Python {python}", "All {count} releases declare Python {python}", read
        )
        yield text.format(count=read, python=target.python.label), gettext("classifiers or Requires-Python"), True
    elif read:
        names = [
            name
            for (name, version) in smallest.pins.items()
            if (standing := facts.standings.get((name, version))) is not None
            and standing.declared
            and not read_declared(standing.declared).on(target.python).is_declared
        ]
        text = gettext("Look first at what does not declare Python {python}: {packages}")
        text = text.format(python=target.python.label, packages=join_first(names, _MOST_NAMED))
        yield text, declared_text(declared, read), False


def _afterwards(sheet: DecisionSheet, smallest: MoveOption, facts: DecisionFacts) -> Iterator[Item]:
    stay, latest = sheet.option(OptionKind.STAY), sheet.option(OptionKind.LATEST)
    if stay is not None:
        python = parse_target(stay.targets[0]).python.label
        text = gettext("Take Python {python} out of the test matrix and of requires-python").format(python=python)
        yield text, "", False
    if latest is not None and latest.is_possible and latest.changes > smallest.changes:
        more = latest.changes - smallest.changes
        text = gettext("Move on to the latest versions: {packages}").format(packages=count(more, "more package"))
        yield text, gettext("in small steps"), False
    end = support_ends(smallest.targets[0])
    if end is not None:
        text = gettext("That Python gets security fixes until {day}").format(day=end.isoformat())
        yield text, gettext("its schedule"), end > facts.now.date()
