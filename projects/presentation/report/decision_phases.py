"""The phases of a move with their test plan, as a checklist. Only what was measured is ticked."""

from __future__ import annotations

from collections.abc import Iterator

from projects.domain.report.decision import DecisionSheet, MoveOption, OptionKind
from projects.presentation.report.blocks import Block, Item, ItemList, Subheading
from projects.presentation.report.decision_facts import DecisionFacts, support_ends
from scanner.domain.evidence.declared import read_declared
from scanner.domain.phrases import count, join_first
from scanner.domain.targets.target import parse_target

_MOST_NAMED = 8


def phases(sheet: DecisionSheet, facts: DecisionFacts) -> Iterator[Block]:
    """Yield the phases, each with its steps; nothing where there is no move."""
    smallest = sheet.option(OptionKind.SMALLEST)
    if smallest is None or not smallest.is_possible:
        return
    bridge = sheet.option(OptionKind.BRIDGE)
    parts = {
        "Before the switch": list(_before(smallest, bridge, facts)),
        "The switch": list(_switch(smallest, facts)),
        "The test plan": list(_tests(sheet, smallest, facts)),
        "Afterwards": list(_afterwards(sheet, smallest, facts)),
    }
    number = 0
    for title, steps in parts.items():
        if steps:
            number += 1
            yield Subheading(title, f"Phase {number}", "")
            yield ItemList(tuple(steps))


def _before(smallest: MoveOption, bridge: MoveOption | None, facts: DecisionFacts) -> Iterator[Item]:
    if bridge is not None and bridge.is_possible:
        yield "One set holds on both Pythons", f"{count(len(bridge.pins), 'version')} resolved over both", True
        if bridge.changes:
            text = f"Release the project with that set on the present Python: {count(bridge.changes, 'change')}"
            yield text, "each can be taken back alone", False
    if smallest.majors:
        names = join_first(smallest.majors, _MOST_NAMED)
        yield f"Read the change logs of {names}", "they take a major step", False
    if facts.findings is not None:
        mended = "Nothing in the source is known to break on that Python"
        open_text = f"Mend {count(len(facts.findings), 'finding')} of the audit in the source"
        yield open_text if facts.findings else mended, "audited", not facts.findings
    elif facts.removed:
        names = join_first(list(facts.removed), _MOST_NAMED)
        yield f"Search the source for modules that are removed: {names}", "manage.py audit", False


def _switch(smallest: MoveOption, facts: DecisionFacts) -> Iterator[Item]:
    yield "One set of versions holds on the target", f"{count(len(smallest.pins), 'version')} resolved", True
    if smallest.direct or facts.places:
        what = [count(smallest.direct, "requirement")] if smallest.direct else []
        what += [count(facts.places, "place") + " of the Python"] if facts.places else []
        yield f"Apply the patch of the move: {' and '.join(what)}", "manage.py move; it has a way back", False
    if facts.by_hand:
        yield f"Change {count(facts.by_hand, 'file')} by hand", "the patch names them", False


def _tests(sheet: DecisionSheet, smallest: MoveOption, facts: DecisionFacts) -> Iterator[Item]:
    target = parse_target(smallest.targets[0])
    if facts.has_run:
        yield "The set was installed, and every module of it imported", "proof", True
    else:
        yield "Install the set on the target and import every module of it", "manage.py prove", False
    yield f"Run the project's own tests on {target.label}", "no index can tell", False
    for one in sheet.systems[1:]:
        yield f"Run them on {parse_target(one.target).platform.label}", "", False
    declared, read = facts.evidence(smallest)
    if read and declared == read:
        yield (
            f"All {count(read, 'release')} declare Python {target.python.label}",
            "classifiers or Requires-Python",
            True,
        )
    elif read:
        names = [
            name
            for (name, version) in smallest.pins.items()
            if (standing := facts.standings.get((name, version))) is not None
            and standing.declared
            and not read_declared(standing.declared).on(target.python).is_declared
        ]
        text = f"Look first at what does not declare Python {target.python.label}: {join_first(names, _MOST_NAMED)}"
        yield text, f"{declared} of {count(read, 'release')} declare it", False


def _afterwards(sheet: DecisionSheet, smallest: MoveOption, facts: DecisionFacts) -> Iterator[Item]:
    stay, latest = sheet.option(OptionKind.STAY), sheet.option(OptionKind.LATEST)
    if stay is not None:
        python = parse_target(stay.targets[0]).python.label
        yield f"Take Python {python} out of the test matrix and of requires-python", "", False
    if latest is not None and latest.is_possible and latest.changes > smallest.changes:
        more = latest.changes - smallest.changes
        yield f"Move on to the latest versions: {count(more, 'more package')}", "in small steps", False
    end = support_ends(smallest.targets[0])
    if end is not None:
        yield f"That Python gets security fixes until {end.isoformat()}", "its schedule", end > facts.now.date()
