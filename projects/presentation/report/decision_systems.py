"""A move on all operating systems of a project: the verdict, what changes, what is built, and how it is installed."""

from __future__ import annotations

from collections.abc import Iterator

from projects.domain.report.decision import DecisionSheet, MovedSystem
from projects.domain.report.platform_support import build_tools
from projects.presentation.heatmap import LOOKS
from projects.presentation.report.blocks import Block, Paragraph, Table
from projects.presentation.report.decision_facts import DecisionFacts
from projects.presentation.report.page import REACH_TEXTS
from scanner.domain.phrases import join_first
from scanner.domain.targets.platform_tags import System
from scanner.domain.targets.target import parse_target
from scanner.domain.translation import gettext

_MOST_NAMED = 6
_CONSTRAINTS = "written.constraints"


def named(names: tuple[str, ...]) -> str:
    """Return the first names, "none" without any."""
    return join_first(names, _MOST_NAMED) or gettext("none")


def systems(sheet: DecisionSheet, facts: DecisionFacts) -> Iterator[Block]:
    """Yield the table of the systems, and where their constraints are."""
    rows = tuple(
        (
            (parse_target(one.target).platform.label, "name"),
            (gettext(REACH_TEXTS[one.verdict]), LOOKS[one.verdict]),
            (str(one.changes), ""),
            (named(one.blocked), ""),
            (_builds(one), ""),
            (_install_line(one, facts), "code"),
        )
        for one in sheet.systems
    )
    head = (
        gettext("System"),
        gettext("Verdict"),
        gettext("Changes"),
        gettext("Without a version"),
        gettext("Built there"),
        gettext("To install"),
    )
    yield Table(gettext("Operating systems"), head, rows)
    if any(one.changes for one in sheet.systems):
        text = gettext("The constraints are the whole set. The JSON of each system's report has them:")
        yield Paragraph(text, _CONSTRAINTS)


def _builds(system: MovedSystem) -> str:
    target = parse_target(system.target)
    compiled = [(name, detail) for name, detail in system.builds if detail != "pure"]
    pure = [name for name, detail in system.builds if detail == "pure"]
    needs = dict.fromkeys(tool for name, detail in compiled for tool in build_tools(name, detail, target))
    parts = []
    if compiled:
        names = join_first([name for name, _ in compiled], _MOST_NAMED)
        parts.append(gettext("{packages}: needs {tools}").format(packages=names, tools="; ".join(needs)))
    if pure:
        names = join_first(pure, _MOST_NAMED)
        parts.append(gettext("{packages}: pure Python, no compiler").format(packages=names))
    return "; ".join(parts) or gettext("nothing: all are wheels")


def _install_line(system: MovedSystem, facts: DecisionFacts) -> str:
    target = parse_target(system.target)
    version = target.python.label
    python = f"py -{version}" if target.platform.system is System.WINDOWS else f"python{version}"
    files = " ".join(f"-r {path}" for path in facts.files) or "."
    constraints = f" -c constraints-{system.target}.txt" if system.changes else ""
    return f"{python} -m pip install {files}{constraints}"
