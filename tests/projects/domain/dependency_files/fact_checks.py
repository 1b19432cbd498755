"""One check for each of the corpus' formats: a list of differences in words, empty where every fact is met."""

import hashlib
from collections import Counter
from collections.abc import Callable
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from projects.domain.dependency_files import ParsedFiles, ParsedRequirement, RequirementOrigin, RequirementScope
from tests.projects.domain.dependency_files.facts import main, of, pep508_differences, same_marker, same_specifier


def _sha(text: str | None) -> str | None:
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()


def requirements(parsed: ParsedFiles, expected: dict[str, Any]) -> list[str]:
    found = []
    named = {one.line: one for one in parsed.requirements}
    unnamed = {one.line: one for one in parsed.unnamed}
    problems = {one.line for one in parsed.problems}
    for fact in expected["requirements"]:
        line = fact["line"]
        if fact.get("invalid"):
            if line not in problems or line in named:
                found.append(f"line {line}: taken, though pip refuses it")
        elif fact["name"] is None:
            if line not in unnamed:
                found.append(f"line {line}: named {named[line].name if line in named else None}, facts have no name")
        elif line not in named:
            found.append(f"line {line}: {fact['name']} is missing")
        else:
            found += line_differences(named[line], fact)
    facts = {fact["line"] for fact in expected["requirements"]}
    found += [f"line {line}: not in the facts" for line in (named.keys() | unnamed.keys()) if line not in facts]
    found += _options(parsed, expected)
    return found


def line_differences(one: ParsedRequirement, fact: dict[str, Any]) -> list[str]:
    found = []
    pairs = [
        ("name", one.name, fact["name"]),
        ("specifier", one.specifier, fact.get("specifier")),
        ("extras", sorted(one.extras), sorted(fact["extras"]) if fact.get("extras") is not None else None),
        ("origin", one.origin.value, fact["kind"]),
        ("editable", one.editable, fact["editable"]),
        ("pinned", one.pinned, fact.get("pinned")),
        ("hashes", dict(Counter(text.partition(":")[0] for text in one.hashes)), fact.get("hashes")),
    ]
    if "pinned" not in fact:
        pairs = [pair for pair in pairs if pair[0] != "pinned"]
    found += [
        f"line {one.line}: {key} {ours!r} instead of {theirs!r}"
        for key, ours, theirs in pairs
        if theirs is not None and ours != theirs
    ]
    if not same_marker(one.marker, fact.get("marker")):
        found.append(f"line {one.line}: marker {one.marker!r} instead of {fact['marker']!r}")
    url = fact.get("url")
    if url and url["url_sha256"] and not url["has_credentials"] and _sha(one.url) != url["url_sha256"]:
        found.append(f"line {one.line}: url {one.url!r} is another one")
    return found


def _options(parsed: ParsedFiles, expected: dict[str, Any]) -> list[str]:
    found = []
    for name, values in expected["options"].items():
        option = {"extra_index_urls": "extra-index-url"}.get(name, name.replace("_", "-"))
        ours = [one.value for one in parsed.options if one.name == option]
        for value in values if isinstance(values, list) else [values]:
            if value is True:
                if not ours:
                    found.append(f"option {option} is missing")
            elif value["url_sha256"] not in [_sha(text) for text in ours] and not any("****" in text for text in ours):
                found.append(f"option {option}: {ours}")
    includes = {(one["line"], one["target"]) for one in expected["includes"]}
    told = {(one.line, one.text) for one in parsed.problems}
    return found + [f"include {one} is not told" for one in includes - told]


def conda(parsed: ParsedFiles, expected: dict[str, Any]) -> list[str]:
    found = []
    pip = expected["pip"] or []
    named = [fact for fact in pip if fact["name"] is not None]
    ours = [one.name for one in parsed.requirements]
    if ours != [fact["name"] for fact in named]:
        return [f"names {ours}"]
    for one, fact in zip(parsed.requirements, named, strict=True):
        found += line_differences(one, fact)
    if len(parsed.unnamed) != len(pip) - len(named):
        found.append(f"{len(parsed.unnamed)} without a name")
    if expected["conda_count"] and not any(
        one.message.startswith(f"{expected['conda_count']} conda") for one in parsed.problems
    ):
        found.append("the conda packages are not named as not judged")
    return found


def cyclonedx(parsed: ParsedFiles, expected: dict[str, Any]) -> list[str]:
    ours = Counter((one.name, one.pinned) for one in parsed.requirements)
    theirs = Counter((one["name"], one["version"]) for one in expected["packages"])
    found = [] if ours == theirs else [f"packages {ours - theirs} and {theirs - ours}"]
    foreign = Counter(one.name for one in parsed.requirements if one.origin is not RequirementOrigin.INDEX)
    told = Counter(one["name"] for one in expected["packages"] if one["purl_qualifiers"])
    return found if foreign == told else [*found, f"from elsewhere: {foreign} instead of {told}"]


def locked(parsed: ParsedFiles, expected: dict[str, Any]) -> list[str]:
    """poetry.lock, pdm.lock, pylock.toml and uv.lock: name, version, extras, marker and group of each package."""
    found = []
    own = set(parsed.project_names)
    ours: dict[tuple[str, str | None, tuple[str, ...]], list[ParsedRequirement]] = {}
    for one in parsed.requirements:
        # Facts of a uv.lock name no extras: they are those of the project's own requirement.
        extras = one.extras if any("extras" in fact for fact in expected["packages"]) else ()
        ours.setdefault((one.name, one.pinned, extras), []).append(one)
    theirs = {
        (one["name"], one["version"] and str(Version(one["version"])), tuple(one.get("extras", ()))): one
        for one in expected["packages"]
        if one["name"] not in own
    }
    if set(ours) != set(theirs):
        return [f"packages {sorted(set(ours) ^ set(theirs), key=str)}"]
    for key, fact in theirs.items():
        found += [f"{key}: {difference}" for difference in _locked_differences(ours[key], fact)]
    return found


def _locked_differences(parts: list[ParsedRequirement], fact: dict[str, Any]) -> list[str]:
    found = _marker_differences(parts, fact.get("marker"))
    groups = fact.get("groups") or ([fact["category"]] if "category" in fact else [])
    is_main = any(one.scope is not RequirementScope.GROUP for one in parts)
    if groups and is_main != bool({"main", "default"} & set(groups)):
        found.append(f"groups {groups}")
    source = fact.get("source")
    if isinstance(source, str) and (source == "registry") != all(
        one.origin is RequirementOrigin.INDEX for one in parts
    ):
        found.append(f"source {source}")
    if fact.get("resolution_markers") and any(one.marker is None for one in parts):
        found.append("the fork's markers are lost")
    return found


def _marker_differences(parts: list[ParsedRequirement], markers: str | dict[str, str] | None) -> list[str]:
    if isinstance(markers, dict):
        return [
            f"the marker of group {group}"
            for group, marker in markers.items()
            if not any(
                same_marker(one.marker, marker) and (group in one.groups or one.scope is RequirementScope.MAIN)
                for one in parts
            )
        ]
    if markers and "dependency_groups" in markers:
        return [] if all(one.groups == ("dev",) for one in parts) else ["groups"]
    if markers and not all(same_marker(one.marker, markers) for one in parts):
        return [f"marker {[one.marker for one in parts]}"]
    return []


def pipfile(parsed: ParsedFiles, expected: dict[str, Any]) -> list[str]:
    found = []
    for section, facts in expected["sections"].items():
        group = {"packages": "", "default": "", "dev-packages": "dev", "develop": "dev"}.get(section, section)
        ours = of(parsed, RequirementScope.GROUP, group) if group else main(parsed)
        if [one.name for one in ours] != [fact["name"] for fact in facts]:
            found.append(f"{section}: {[one.name for one in ours]}")
            continue
        for one, fact in zip(ours, facts, strict=True):
            version = fact["version"] or ""
            expected_specifier = "" if version == "*" else f"=={version}" if version[:1].isdigit() else version
            if not same_specifier(one.specifier, expected_specifier):
                found.append(f"{section} {one.name}: {one.specifier!r} instead of {version!r}")
            if (one.origin.value, one.editable, sorted(one.extras)) != (
                fact["kind"],
                fact["editable"],
                sorted(fact["extras"]),
            ):
                found.append(f"{section} {one.name}: {one.origin} {one.editable} {one.extras}")
            if "marker" in fact and not same_marker(one.marker, fact["marker"]):
                found.append(f"{section} {one.name}: marker {one.marker!r}")
            if isinstance(fact.get("hashes"), int) and len(one.hashes) != fact["hashes"]:
                found.append(f"{section} {one.name}: {len(one.hashes)} hashes")
    return found


def setup_cfg(parsed: ParsedFiles, expected: dict[str, Any]) -> list[str]:
    found = pep508_differences(main(parsed), expected["install_requires"] or [], "install_requires")
    built = of(parsed, RequirementScope.BUILD, "setup_requires")
    found += pep508_differences(built, expected["setup_requires"] or [], "setup_requires")
    tests = of(parsed, RequirementScope.EXTRA, "tests-require")
    found += pep508_differences(tests, expected["tests_require"] or [], "tests_require")
    for extra, facts in (expected["extras_require"] or {}).items():
        found += pep508_differences(of(parsed, RequirementScope.EXTRA, canonicalize_name(extra)), facts, extra)
    python = [one.value for one in parsed.hints if one.kind == "python"]
    if python != ([expected["requires_python"]] if expected["requires_python"] else []):
        found.append(f"python {python}")
    if expected["pbr"] and not any("pbr" in one.message for one in parsed.problems):
        found.append("pbr is not named")
    return found


def pyproject(parsed: ParsedFiles, expected: dict[str, Any]) -> list[str]:
    found = pep508_differences(
        of(parsed, RequirementScope.BUILD, "build-system"), expected["build_requires"], "build-system"
    )
    project, poetry = expected.get("project") or {}, expected.get("poetry")
    if not poetry:
        plain = [one for one in main(parsed) if not one.constraint and not one.override]
        found += pep508_differences(plain, project.get("dependencies") or [], "dependencies")
    for extra, facts in (project.get("optional_dependencies") or {}).items():
        found += pep508_differences(of(parsed, RequirementScope.EXTRA, canonicalize_name(extra)), facts, extra)
    found += _groups(parsed, expected.get("dependency_groups") or {}, hybrid=bool(poetry))
    if project.get("dependencies_dynamic") and not any(one.text == "dependencies" for one in parsed.problems):
        found.append("dynamic dependencies are not told")
    for name, kinds in ((expected.get("uv") or {}).get("sources") or {}).items():
        if kinds[0] in {"workspace", "git"}:
            origins = {
                one.origin
                for one in parsed.requirements
                if one.name == name and one.scope is not RequirementScope.BUILD
            }
            if RequirementOrigin.INDEX in origins:
                found.append(f"{name}: taken from the index in spite of its source")
    if poetry:
        found += _poetry(parsed, poetry, project)
    return found


def _groups(parsed: ParsedFiles, groups: dict[str, list[dict[str, Any]]], *, hybrid: bool) -> list[str]:
    found = []
    for group, facts in groups.items():
        ours = of(parsed, RequirementScope.GROUP, canonicalize_name(group))
        if not hybrid:
            found += pep508_differences(ours, [fact for fact in facts if "name" in fact], group)
        for name in [fact["include_group"] for fact in facts if "include_group" in fact]:
            inside = of(parsed, RequirementScope.GROUP, canonicalize_name(name))
            if not all(canonicalize_name(group) in one.groups for one in inside):
                found.append(f"{group}: does not include {name}")
    return found


def _poetry(parsed: ParsedFiles, poetry: dict[str, Any], project: dict[str, Any]) -> list[str]:
    found = []
    sections = [(None, poetry["dependencies"]), ("dev", poetry["dev_dependencies_legacy"]), *poetry["groups"].items()]
    standard = len(project.get("dependencies") or [])
    for group, facts in sections:
        if group is None:
            ours = [one for one in parsed.requirements if one.scope in {RequirementScope.MAIN, RequirementScope.EXTRA}][
                standard:
            ]
        else:
            ours = of(parsed, RequirementScope.GROUP, group)
        rows = [(fact["name"], constraint) for fact in facts for constraint in fact["constraints"]]
        if group == "dev" and not rows:
            continue
        if [one.name for one in ours] != [name for name, _ in rows]:
            found.append(f"{group}: {[one.name for one in ours]}")
            continue
        for one, (name, fact) in zip(ours, rows, strict=True):
            constraint = fact["constraint"] or "" if fact.get("constraint") != "*" else ""
            spelled = " || ".join(f"=={part}" if part[:1].isdigit() else part for part in constraint.split(" || "))
            if not same_specifier(one.specifier, spelled):
                found.append(f"{name}: {one.specifier!r} instead of {spelled!r}")
            if not same_marker(one.marker, fact["marker"]):
                found.append(f"{name}: marker {one.marker!r} instead of {fact['marker']!r}")
            if sorted(one.extras) != sorted(fact["extras"]) or one.origin.value != fact["kind"]:
                found.append(f"{name}: {one.extras} {one.origin}")
            if fact["optional"] and one.scope is not RequirementScope.EXTRA:
                found.append(f"{name}: optional, yet always required")
    return found


CHECKS: dict[str, Callable[[ParsedFiles, dict[str, Any]], list[str]]] = {
    "requirements-txt": requirements,
    "constraints": requirements,
    "pip-compile": requirements,
    "conda-env": conda,
    "cyclonedx-json": cyclonedx,
    "poetry-lock": locked,
    "pdm-lock": locked,
    "pylock": locked,
    "uv-lock": locked,
    "pipfile": pipfile,
    "pipfile-lock": pipfile,
    "setup-cfg": setup_cfg,
    "pyproject": pyproject,
}
