"""What a release in use declares of a target's Python, and which later release is the first that does."""

import pytest
from packaging.version import Version

from projects.domain.assessment import explained_wheels
from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.index_snapshot import PackageSnapshot
from projects.domain.assessment.run_evidence import NO_EVIDENCE, RunEvidence, evidence_of, first_declaring
from scanner.domain.evidence.declared import Declaration
from scanner.domain.resolution.model.candidate_list import Candidate, CandidateList
from scanner.domain.targets.pythons import Python
from scanner.domain.targets.target import parse_target

PYTHON = parse_target("cp313-manylinux_2_28_x86_64").python


def package(**declared: str) -> PackageSnapshot:
    candidates = [
        Candidate(Version(one.removeprefix("v").replace("_", ".")), "", declared=text) for one, text in declared.items()
    ]
    return PackageSnapshot("orm", True, True, "", "active", None, CandidateList.of(candidates))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", NO_EVIDENCE),
        ("-", RunEvidence(Declaration.NOT_STATED)),
        ("3.12 3.13 t2", RunEvidence(Declaration.CLASSIFIER, "3.13", free_threading=2)),
        ("3.11 3.12", RunEvidence(Declaration.UNDECLARED, "3.12")),
        ("<3.12 <3.13", RunEvidence(Declaration.REQUIRES_PYTHON, "3.13")),
    ],
)
def test_the_release_in_use_says_which_pythons_it_is_for(text: str, expected: RunEvidence) -> None:
    found = package(v1=text)
    assert evidence_of(found.candidates[0], found, PYTHON) == expected


def test_the_releases_after_it_are_read_once_for_all_platforms_of_a_python(monkeypatch: pytest.MonkeyPatch) -> None:
    found = package(v1="3.12", v2="3.13")
    looked = []

    def counted(release: Candidate | None, package: PackageSnapshot | None, python: Python) -> RunEvidence:
        looked.append(python)
        return evidence_of(release, package, python)

    monkeypatch.setattr(explained_wheels, "evidence_of", counted)
    explanations = WheelExplanations(lambda release: ())
    pythons = [PYTHON, parse_target("cp313-win_amd64").python, parse_target("cp312-win_amd64").python]
    told = [explanations.evidence(found.candidates[0], found, python).declared_from for python in pythons]
    assert (told, len(looked)) == (["2", "2", ""], 2)
    assert explanations.evidence(None, found, PYTHON) == NO_EVIDENCE


def test_without_a_release_nothing_is_known() -> None:
    assert evidence_of(None, package(v1="3.13"), PYTHON) == NO_EVIDENCE


@pytest.mark.parametrize(
    ("releases", "expected"),
    [
        ({"v1": "3.12", "v2": "3.12", "v3": "3.13", "v4": "3.13"}, "3"),
        # The one before was not read: it may declare it too.
        ({"v1": "3.12", "v2": "", "v3": "3.13"}, ""),
        ({"v1": "3.12", "v2_0rc1": "3.13", "v2": "3.13"}, "2"),
        ({"v1": "3.12", "v2": "3.12"}, ""),
        ({"v0_9": "3.13", "v1": "-", "v2": "3.13"}, "2"),
    ],
)
def test_the_first_later_release_that_declares_it_is_named_where_its_neighbours_were_read(
    releases: dict[str, str], expected: str
) -> None:
    assert first_declaring(package(**releases), Version("1"), PYTHON) == expected


@pytest.mark.parametrize("evidence", [NO_EVIDENCE, RunEvidence(Declaration.UNDECLARED, "3.12", "2.0", 3)])
def test_evidence_is_read_as_it_was_written(evidence: RunEvidence) -> None:
    assert RunEvidence.from_json(evidence.to_json()) == evidence


def test_a_row_of_an_earlier_version_has_no_evidence() -> None:
    assert RunEvidence.from_json({"name": "orm"}) == NO_EVIDENCE
