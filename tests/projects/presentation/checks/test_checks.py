"""Results for code hosts: SARIF by its schema, workflow commands and the code quality report."""

import json
from pathlib import PurePosixPath
from typing import Any

import jsonschema

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict, Severity, Verdict
from projects.domain.audit.findings import AuditFinding, FindingKind, SourcePlace
from projects.domain.gate.baseline import FindingKey
from projects.domain.gate.comparison import TargetChange
from projects.presentation.checks.annotations import annotations_text, code_quality_text
from projects.presentation.checks.gate_text import gate_lines
from projects.presentation.checks.of_assessment import assessment_results
from projects.presentation.checks.of_audit import audit_results
from projects.presentation.checks.result import CheckLevel, CheckResult, CheckRule
from projects.presentation.checks.sarif import sarif_text
from tests.cast import make_package

WINDOWS, LINUX = "cp314-win_amd64", "cp314-manylinux_2_28_x86_64"


def closed(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}


TEXT = {"type": "string", "minLength": 1}
MESSAGE = closed(["text"], text=TEXT)
LEVEL = {"enum": ["none", "note", "warning", "error"]}
ARTIFACT = closed(["uri"], uri={"type": "string", "format": "uri-reference"}, uriBaseId=TEXT)
REGION = closed(["startLine"], startLine={"type": "integer", "minimum": 1})
LOCATION = closed(
    ["physicalLocation"], physicalLocation=closed(["artifactLocation"], artifactLocation=ARTIFACT, region=REGION)
)
RESULT = closed(
    ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"],
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=MESSAGE,
    locations={"type": "array", "minItems": 1, "items": LOCATION},
    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
    baselineState={"enum": ["new", "unchanged", "updated", "absent"]},
    properties={"type": "object"},
)
DRIVER = closed(
    ["name", "rules"], name=TEXT, rules={"items": closed(["id", "shortDescription"], id=TEXT, shortDescription=MESSAGE)}
)
RUN = closed(
    ["tool", "results"],
    tool=closed(["driver"], driver=DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results={"type": "array", "items": RESULT},
)
# The part of the SARIF 2.1.0 schema that is written, and nothing that it does not know.
SARIF = closed(
    ["version", "runs"],
    **{"$schema": TEXT, "version": {"const": "2.1.0"}, "runs": {"type": "array", "minItems": 1, "items": RUN}},
)


def a_result(**changes: Any) -> CheckResult:
    given: dict[str, Any] = {
        "rule": CheckRule("blocked", "No version installs."),
        "level": CheckLevel.ERROR,
        "text": "orjson: 100% blocked\nhere",
        "places": (SourcePlace("requirements.txt", 3),),
        "key": "orjson",
        "severity": "critical",
        "targets": (WINDOWS,),
    }
    return CheckResult(**{**given, **changes})


def blocked(name: str, source: str = "a.txt", *paths: tuple[str, ...]) -> PackageResult:
    return make_package(name, verdict=Verdict.BLOCKED, source=source, paths=paths)


def test_sarif_keeps_to_its_schema_and_rules_have_their_index() -> None:
    held = CheckRule("a-rule", "A rule.")
    results = [a_result(), a_result(rule=held, level=CheckLevel.NOTE, places=(SourcePlace("a b.py", 0),), is_new=False)]
    document = json.loads(sarif_text("Wheelway", results))
    jsonschema.validate(document, SARIF)
    (run,) = document["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [rules[one["ruleIndex"]] for one in run["results"]] == ["blocked", "a-rule"]
    assert run["results"][1]["baselineState"] == "unchanged"
    where = run["results"][1]["locations"][0]["physicalLocation"]
    assert where == {"artifactLocation": {"uri": "a%20b.py", "uriBaseId": "%SRCROOT%"}}


def test_a_workflow_command_escapes_what_would_end_it() -> None:
    odd = a_result(places=(SourcePlace("a,b:c.txt", 0),), level=CheckLevel.NOTE)
    text = annotations_text("Wheelway", [odd, a_result(), a_result(is_new=False)])
    assert text.splitlines() == [
        "::error file=requirements.txt,line=3,title=Wheelway%3A blocked::orjson: 100%25 blocked%0Ahere",
        "::notice file=a%2Cb%3Ac.txt,title=Wheelway%3A blocked::orjson: 100%25 blocked%0Ahere",
    ]


def test_the_fingerprint_of_a_result_outlives_a_move_of_its_line_and_a_change_of_words() -> None:
    (entry,) = json.loads(code_quality_text("Wheelway", [a_result()]))
    assert entry["location"] == {"path": "requirements.txt", "lines": {"begin": 3}}
    moved = a_result(places=(SourcePlace("requirements.txt", 9),), text="otherwise")
    assert json.loads(code_quality_text("Wheelway", [moved]))[0]["fingerprint"] == entry["fingerprint"]
    assert json.loads(code_quality_text("Wheelway", [a_result(key="numpy")]))[0]["fingerprint"] != entry["fingerprint"]


def test_paths_are_as_seen_from_the_root_of_the_source() -> None:
    root = PurePosixPath("/work/tree")
    below = a_result(
        places=(SourcePlace("app/main.py", 1), SourcePlace("/work/tree/a.txt", 1), SourcePlace("/b.txt", 1))
    )
    seen = below.below(root / "services/web", root)
    assert [place.path for place in seen.places] == ["services/web/app/main.py", "a.txt", "/b.txt"]


def test_a_package_stands_where_it_is_required_or_where_what_brings_it_is() -> None:
    packages = (
        blocked("direct"),
        blocked("brought", "", ("direct[x]", "brought")),
        blocked("listed", ""),
    )
    found = assessment_results([TargetResult(WINDOWS, ProjectVerdict.NO_GO, packages)], "root.txt")
    assert [one.places[0] for one in found] == [
        SourcePlace("a.txt", 3),
        SourcePlace("a.txt", 3),
        SourcePlace("root.txt", 0),
    ]


def test_a_package_that_stands_alike_on_two_targets_is_one_result() -> None:
    results = [TargetResult(slug, ProjectVerdict.NO_GO, (blocked("orjson"),)) for slug in (LINUX, WINDOWS)]
    (one,) = assessment_results(results, "root.txt")
    assert one.targets == (LINUX, WINDOWS)
    changes = {LINUX: TargetChange(LINUX, new=("orjson",)), WINDOWS: TargetChange(WINDOWS)}
    assert [found.is_new for found in assessment_results(results, "root.txt", changes)] == [True, False]


def test_of_a_finding_the_files_that_a_baseline_does_not_know_are_new() -> None:
    places = (SourcePlace("a.py", 3), SourcePlace("b.py", 1), SourcePlace("a.py", 9))
    finding = AuditFinding(FindingKind.REMOVED_MODULE, Severity.HIGH, "cgi", places, instead="use email")
    found = audit_results([finding], {FindingKey("removed-module", "cgi", "a.py")})
    assert [(one.is_new, [place.line for place in one.places]) for one in found] == [(True, [1]), (False, [3, 9])]
    assert [one.is_new for one in audit_results([finding])] == [None]


def test_a_gate_says_worse_things_first() -> None:
    changes = [
        TargetChange(LINUX, fallen=("numpy",), became_ready=True),
        TargetChange(WINDOWS, new=("lxml", "orjson")),
    ]
    assert gate_lines(changes) == [
        "Since the baseline:",
        f"✕ {WINDOWS}: lxml and orjson block, which is new.",
        f"✓ {LINUX}: numpy blocks no more.",
        f"✓ {LINUX}: nothing blocks the move any more.",
    ]
    assert gate_lines([TargetChange(LINUX)]) == [
        "Since the baseline: nothing new blocks, and nothing that blocked has fallen."
    ]
