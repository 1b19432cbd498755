"""The report of a small project: its contents, and that its three forms have the same contents."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils.html import escape
from msgspec.structs import replace

from projects.domain.assessment.explained_targets import explain_targets
from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.record import AssessmentRecord
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.searches import TargetSearches
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import Verdict
from projects.domain.dependency_files import read
from projects.domain.report.planned_set import PinnedFile, PlannedSet
from projects.domain.rewriting.written_plan import hashed_pins, write_plan
from projects.presentation.formats.schema import assessment_document
from projects.presentation.report.build import build_report
from projects.presentation.report.page import report_page
from projects.presentation.report.rendering import render_json, render_markdown
from projects.presentation.report.target import report_targets
from projects.presentation.report.values import MigrationReport
from projects.presentation.sentences import describe_flags
from scanner.domain.resolution.loosen import Step
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.targets.target import parse_target
from tests.plans import change, plan_of
from tests.projects.known import NOW, Releases, SmallIndex, pure, wheels

WINDOWS, OLDER, NEWER = "cp313-win_amd64", "cp312-win_amd64", "cp314-win_amd64"
PACKAGES: dict[str, Releases] = {
    "shell": {
        "1.0": (pure("shell", "1.0"), ["core==1.0"]),
        "2.0": (pure("shell", "2.0"), ["core==2.0"]),
    },
    "core": {
        "1.0": (wheels("core", "1.0", "cp312-cp312-win_amd64"), []),
        "2.0": (wheels("core", "2.0", "cp312-cp312-win_amd64", "cp313-cp313-win_amd64"), []),
    },
    "enum34": {"1.1": (pure("enum34", "1.1"), [])},
}
TEXT = "# the shell\nshell==1.0\nenum34==1.1  # old\n"


def assessed(text: str, *slugs: str, packages: dict[str, Releases] = PACKAGES, **wishes: Any) -> AssessmentRecord:
    """Assess these requirements for targets, and write the plans."""
    files = {"requirements.txt": text.encode(), "Dockerfile": b"FROM python:3.11-slim\n"}
    parsed = read(files, list(files))
    on = [parse_target(slug) for slug in slugs]
    request = AssessmentRequest(parsed.requirements, on, BuildPolicy(), NOW, **wishes)
    index = SmallIndex(packages, on, request.foreign)
    searches = TargetSearches(request, index.snapshot)
    searches.finish()
    results = explain_targets(request, searches.finished, index.snapshot, WheelExplanations(index.files_of))
    return AssessmentRecord(
        parsed,
        results,
        NOW,
        "https://index.example/simple",
        bridge=UpgradePlan.of(searches.bridge, request.strategy) if searches.bridge is not None else None,
        bridge_targets=slugs,
        written={
            result.target: write_plan(
                result.plan,
                files=files,
                parsed=parsed,
                roots=["requirements.txt"],
                targets=[parse_target(result.target)],
                digests={},
            )
            for result in results
            if result.plan is not None
        },
    )


def report(record: AssessmentRecord, slug: str = WINDOWS, **more: Any) -> MigrationReport:
    entry = next(entry for entry in report_targets(record) if entry.result.target == slug)
    files = [PinnedFile(name, version, f"{name}.whl", "2024-01-01", "pure") for name, version in entry.pins.items()]
    planned = more.pop("planned", PlannedSet(files))
    return build_report(record, parse_target(slug), project="demo", now=NOW, planned=planned, **more)


@pytest.fixture(scope="module")
def whole() -> AssessmentRecord:
    return assessed(TEXT, OLDER, WINDOWS, NEWER)


def test_a_conditional_report_lists_the_changes_and_writes_them(whole: AssessmentRecord) -> None:
    found = report(whole)

    assert found.headline == (
        "Ready after changes: on Python 3.13 on Windows x64, 1 of 3 packages needs an upgrade; a plan with 2 changes, "
        "1 of them in the project's own files, clears all."
    )
    assert [(move.name, move.before, move.after, move.direct) for move in found.moves] == [
        ("shell", "1.0", "2.0", True),
        ("core", "1.0", "2.0", False),
    ]
    assert found.written is not None
    assert found.written.text == TEXT.replace("shell==1.0", "shell==2.0")
    assert "-shell==1.0\n+shell==2.0\n" in found.written.patch
    assert found.written.constraints.splitlines()[1:] == ["core==2.0", "enum34==1.1", "shell==2.0"]
    assert [(issue.name, issue.arrives, issue.diff) for issue in found.issues] == [
        ("core", "shell → core", "-shell==1.0\n+shell==2.0")
    ]
    assert "core is not in the requirements; it is required by shell → core." in found.findings


def test_every_python_of_the_platform_is_listed_oldest_first(whole: AssessmentRecord) -> None:
    assert [(one.python, one.reach, one.text, one.is_this) for one in report(whole).ladder] == [
        ("3.12", "go", "no change", False),
        ("3.13", "conditional", "with 2 changes, 1 of them in the project's files", True),
        ("3.14", "no-go", "not: core", False),
    ]


def test_only_what_is_proven_is_ticked(whole: AssessmentRecord) -> None:
    ticked = {check.text: check.done for check in report(whole).checks}
    assert ticked["One set of versions holds together on the target"]
    assert ticked["Every version of that set has a file that installs there"]
    assert ticked["No release in use is yanked"]
    assert not ticked["Check what the standard library means for enum34"]
    assert not ticked["Write the new requirements: shell"]

    stuck = {check.text: check.done for check in report(whole, NEWER).checks}
    assert not stuck["Every version of that set has a file that installs there"]


def test_a_target_without_a_path_names_the_blocker(whole: AssessmentRecord) -> None:
    found = report(whole, NEWER)

    assert found.headline == "Not yet: on Python 3.14 on Windows x64 no version of core installs."
    assert found.no_path.startswith("no path: ")
    assert found.valid[-1].startswith("A new release")


def test_the_python_in_use_is_read_from_the_files_and_decides_what_changes(whole: AssessmentRecord) -> None:
    found = report(whole)
    assert found.today == "3.11"
    assert {module.python for module in found.removed} == {"3.12", "3.13"}
    assert report(whole, current=(3, 12)).removed[0].python == "3.13"


def test_open_releases_bound_the_validity(whole: AssessmentRecord) -> None:
    planned = PlannedSet(uploaded={("core", "2.0"): NOW - timedelta(days=3)})
    assert any("core 2.0 (until " in line for line in report(whole, planned=planned).valid)


@pytest.mark.parametrize("slug", [OLDER, WINDOWS, NEWER])
def test_the_three_forms_have_the_same_contents(whole: AssessmentRecord, slug: str) -> None:
    found = report(whole, slug)
    markdown = render_markdown(found)
    data = json.loads(render_json(found))
    page = render_to_string("projects/_report.html", {"page": report_page(found)})

    for text in (data["headline"], *data["findings"], *data["valid"], *(check["text"] for check in data["checks"])):
        assert text in markdown
        assert escape(text) in page
    for row in (one for kind in data["categories"] for one in kind["packages"]):
        assert row["name"] in markdown
        assert row["name"] in page
    for file in data["evidence"]:
        assert markdown.count(file["file"]) == page.count(file["file"]) == 1
    assert "\n\n\n" not in markdown


def test_a_package_that_the_plan_drops_is_not_of_the_set() -> None:
    packages = {**PACKAGES, "shell": {**PACKAGES["shell"], "1.0": (pure("shell", "1.0"), ["core==1.0", "old"])}}
    packages["old"] = {"1.0": (pure("old", "1.0"), [])}
    found = report(assessed(TEXT, WINDOWS, packages=packages))

    assert found.dropped == ("old",)
    assert "No longer needed: old." in render_markdown(found)
    sections = report_page(found).sections
    rows = [row for block in sections["The set, with its files"] for row in getattr(block, "rows", ())]
    assert [name for (name, _), *_ in rows] == ["enum34"]


def test_a_flag_does_not_change_the_verdict(whole: AssessmentRecord) -> None:
    package = next(package for package in whole.results[0].packages if package.name == "enum34")

    assert describe_flags(package, OLDER) == ("the standard library does this since Python 3.4: enum (PEP 435)",)
    assert package.verdict is Verdict.READY


def test_what_the_reason_of_a_package_says_is_no_remark_of_its_own() -> None:
    def stated(result: TargetResult) -> TargetResult:
        packages = tuple(replace(one, has_stated_needs=one.name == "core") for one in result.packages)
        return replace(result, packages=packages)

    record = assessed("core==2.0\n", NEWER)
    record = replace(record, results=[stated(one) for one in record.results])
    lines = [
        line.count("what it requires is from its sdist") for line in render_markdown(report(record, NEWER)).splitlines()
    ]
    # In the finding, among the issues and in the set.
    assert [number for number in lines if number] == [1, 1, 1]


@pytest.mark.parametrize(("slug", "said"), [(WINDOWS, False), ("cp314t-win_amd64", True)])
def test_what_compiled_releases_declare_of_the_gil_stands_beside_them_where_there_is_none(
    whole: AssessmentRecord, slug: str, said: bool
) -> None:
    found = report(whole)
    compiled = tuple(replace(one, availability="native", free_threading=2) for one in found.evidence)
    shown = render_markdown(replace(found, target=slug, evidence=compiled))
    assert ("level 2, beta" in shown) is said


def test_a_bridge_is_one_set_for_all_targets() -> None:
    whole = assessment_document(assessed(TEXT, OLDER, WINDOWS, bridge=True))

    assert whole["bridge"]["targets"] == [OLDER, WINDOWS]
    assert whole["bridge"]["pins"] == {"core": "2.0", "enum34": "1.1", "shell": "2.0"}
    assert assessment_document(assessed(TEXT, OLDER, WINDOWS))["bridge"] is None


@pytest.mark.parametrize("wishes", [{"holds": frozenset({"shell"})}, {"step": Step.PATCH}])
def test_holds_and_steps_bound_the_plan(wishes: dict[str, Any]) -> None:
    (entry,) = assessment_document(assessed(TEXT, WINDOWS, **wishes))["assessments"]

    assert (entry["verdict"], entry["plan"]["feasible"]) == ("no-go", False)
    assert entry["plan"]["requirements"] == TEXT


def test_digests_are_asked_for_only_where_the_files_hold_hashes() -> None:
    plan = replace(plan_of([change("shell", "1.0", "2.0")], pins={"shell": "2.0", "new": "1"}), added=("new",))
    plain = read({"r.txt": b"shell==1.0\n"}, ["r.txt"])
    hashed = read({"r.txt": b"shell==1.0 --hash=sha256:" + b"a" * 64}, ["r.txt"])

    assert hashed_pins([plan], plain) == set()
    assert hashed_pins([plan], hashed) == {("shell", "2.0"), ("new", "1")}
