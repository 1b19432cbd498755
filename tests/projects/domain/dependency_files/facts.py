"""The corpus' expected facts and our reading of the same file, brought into one shape: comparable lists."""

import json
from pathlib import Path
from typing import Any

from msgspec import Struct
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet

from projects.domain.dependency_files import ParsedFiles, ParsedRequirement, RequirementScope, read

FOLDER = "corpus/dependency-files"
# The facts' own keys for what they hold against each other.
ENVIRONMENTS = [
    {"python_version": python, "python_full_version": f"{python}.{patch}", "sys_platform": platform}
    for python in ("2.7", "3.4", "3.6", "3.8", "3.10", "3.12", "3.14")
    for patch in ("0", "9")
    for platform in ("linux", "win32")
]


class Case(Struct, frozen=True):
    key: str
    format: str
    expected: dict[str, Any]

    @property
    def name(self) -> str:
        return self.key.partition("/")[2]


def cases(shared: Path) -> list[Case]:
    """Every file with bytes, in the order of the facts."""
    found = []
    for facts in sorted((shared / FOLDER / "facts").glob("*.json")):
        for key, content in json.loads(facts.read_text()).items():
            if not key.startswith("sha256:"):
                found.append(Case(key, facts.stem, content["expected"]))
    return found


def reading(shared: Path, case: Case) -> ParsedFiles:
    """Read the file alone, as the facts describe it."""
    return read({case.name: (shared / FOLDER / case.key).read_bytes()}, [case.name])


def same_marker(ours: str | None, theirs: str | None) -> bool:
    """Whether two markers hold on the same environments; spelling aside."""
    if ours is None or theirs is None:
        return ours == theirs
    if ours == theirs or str(Marker(theirs)) == str(Marker(ours)):
        return True
    return all(
        Marker(ours).evaluate({**environment, "extra": ""}) == Marker(theirs).evaluate({**environment, "extra": ""})
        for environment in ENVIRONMENTS
    )


def same_specifier(ours: str, theirs: str) -> bool:
    """Whether two texts are the same alternatives of the same clauses."""
    return sorted(str(SpecifierSet(part)) for part in ours.split("||")) == sorted(
        str(SpecifierSet(part)) for part in theirs.split("||")
    )


def pep508_differences(ours: list[ParsedRequirement], theirs: list[dict[str, Any]], label: str) -> list[str]:
    """List the differences between our requirements and a list of {name, specifier, extras, marker, url}, in order."""
    found = []
    left, right = [one.name for one in ours], [one["name"] for one in theirs]
    if left != right:
        return [f"{label}: names {left} instead of {right}"]
    for one, fact in zip(ours, theirs, strict=True):
        if one.specifier != (fact["specifier"] or ""):
            found.append(f"{label} {one.name}: specifier {one.specifier!r} instead of {fact['specifier']!r}")
        if sorted(one.extras) != sorted(fact["extras"]):
            found.append(f"{label} {one.name}: extras {one.extras}")
        if not same_marker(one.marker, fact["marker"]):
            found.append(f"{label} {one.name}: marker {one.marker!r} instead of {fact['marker']!r}")
        if fact["url"] and not one.url:
            found.append(f"{label} {one.name}: url {one.url!r}")
    return found


def main(parsed: ParsedFiles) -> list[ParsedRequirement]:
    return [one for one in parsed.requirements if one.scope is RequirementScope.MAIN]


def of(parsed: ParsedFiles, scope: RequirementScope, group: str) -> list[ParsedRequirement]:
    return [one for one in parsed.requirements if one.scope is scope and one.group == group]
