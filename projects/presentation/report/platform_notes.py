"""What a report says about its target's Python and platform."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from projects.domain.assessment.package_result import PackageResult
from projects.domain.report.platform_support import build_requirements, compiler, served_runtimes
from projects.presentation.report.target import ReportTarget
from projects.presentation.report.values import PythonChange, RemovedModules
from scanner.domain.matching.availability import Availability
from scanner.domain.releases.python_changes import PythonVersion, changes_since, removed_since
from scanner.domain.targets.pythons import PYTHON_BRANCHES, Implementation
from scanner.domain.targets.target import Target
from scanner.domain.translation import gettext, pgettext


def removed_modules(current: PythonVersion | None, target: Target) -> tuple[RemovedModules, ...]:
    """Return the standard modules that the project loses on the way from its current Python."""
    return tuple(
        RemovedModules(dotted(module.removed_in), module.name, module.instead, module.source)
        for module in removed_since(current, target.python.version)
    )


def python_changes(current: PythonVersion | None, target: Target) -> tuple[PythonChange, ...]:
    """Return the other incompatible changes on the way."""
    return tuple(
        PythonChange(dotted(change.python), change.text, change.source)
        for change in changes_since(current, target.python.version)
    )


def end_of_life(target: Target, now: datetime) -> str:
    """Return how long the target's Python gets security fixes; empty where that is not published."""
    branch = PYTHON_BRANCHES.get(target.python.version)
    if branch is None or target.python.implementation is not Implementation.CPYTHON:
        return ""
    if branch.released is None:
        text = gettext("Python {python} is not released yet: this report is about {version}.")
        return text.format(python=target.python.label, version=target.python.full_version)
    if branch.end_of_life is None:
        return ""
    text = gettext("Python {version} was released on {released}; its security fixes end on {end}.")
    if branch.end_of_life < now.date():
        text = gettext("Python {version} was released on {released}; its security fixes ended on {end}.")
    return text.format(version=dotted(target.python.version), released=branch.released, end=branch.end_of_life)


def platform_notes(entry: ReportTarget) -> Iterator[str]:
    """Yield where the verdict holds, and what a build from source needs there."""
    target = entry.target
    if served := list(served_runtimes(target)):
        yield gettext("The verdict holds for {systems}.").format(systems="; ".join(served))
    if floor := target.platform.floor_label:
        text = gettext("It is computed for {floor}: newer systems are served too, older ones may not be.")
        yield text.format(floor=floor)
    if target.python.free_threaded:
        yield gettext(
            "This is a free-threaded build: wheels for the default build do not install on it, and importing an "
            "extension module that does not support free threading enables the GIL again."
        )
    building = [package for package in entry.result.packages if package.availability is Availability.SOURCE]
    compiled = [package for package in building if package.build_detail != "pure"]
    if compiled:
        text = gettext("Built as required today, {packages} would need {compiler}.")
        yield text.format(packages=_names(compiled), compiler=compiler(target))
    for package in compiled:
        if needs := list(build_requirements(package.name, package.build_detail or "", target)):
            between = f", {pgettext('between the last words of a list', 'and')} "
            yield gettext("{package} would also need {needs}.").format(package=package.name, needs=between.join(needs))
    if pure := [package for package in building if package.build_detail == "pure"]:
        text = gettext("Only an sdist of pure Python, which needs no compiler: {packages}.")
        yield text.format(packages=_names(pure))


def dotted(version: PythonVersion) -> str:
    """Return a Python version as text: "3.13"."""
    return f"{version[0]}.{version[1]}"


def _names(packages: Sequence[PackageResult]) -> str:
    return ", ".join(package.name for package in packages)
