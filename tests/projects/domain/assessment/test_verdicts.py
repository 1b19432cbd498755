"""The tables of docs/verdicts.md, row by row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from projects.domain.assessment.verdicts import (
    SEVERITIES,
    ProjectVerdict,
    Severity,
    Verdict,
    count_verdicts,
    judge_package,
    judge_project,
    judge_severity,
)
from scanner.domain.matching.availability import Availability
from scanner.domain.resolution.loosen import step_between
from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy

details = st.sampled_from([None, "pure", "compiled", "compiled: Rust", "unseen"])
policies = st.builds(BuildPolicy, st.sampled_from(SourcePolicy))


@pytest.mark.parametrize(
    ("availability", "detail", "source", "helped", "verdict"),
    [
        (Availability.NATIVE, None, SourcePolicy.NEVER, None, Verdict.READY),
        (Availability.ABI3, None, SourcePolicy.NEVER, None, Verdict.READY),
        (Availability.PURE, None, SourcePolicy.NEVER, None, Verdict.READY),
        (Availability.FALLBACK, None, SourcePolicy.NEVER, None, Verdict.DEGRADED),
        (Availability.SOURCE, "pure", SourcePolicy.PURE, False, Verdict.DEGRADED),
        (Availability.SOURCE, "pure", SourcePolicy.NEVER, False, Verdict.BLOCKED),
        (Availability.SOURCE, "compiled: C", SourcePolicy.ANY, False, Verdict.DEGRADED),
        (Availability.SOURCE, "compiled: C", SourcePolicy.PURE, True, Verdict.UPGRADE),
        (Availability.SOURCE, "unseen", SourcePolicy.PURE, False, Verdict.UNKNOWN),
        (Availability.SOURCE, "unseen", SourcePolicy.PURE, True, Verdict.UNKNOWN),
        (Availability.SOURCE, "unreadable: no tar.gz", SourcePolicy.PURE, True, Verdict.NOT_JUDGED),
        (Availability.SOURCE, "unreadable: no tar.gz", SourcePolicy.NEVER, False, Verdict.BLOCKED),
        (Availability.EXCLUDED, None, SourcePolicy.ANY, True, Verdict.UPGRADE),
        (Availability.EXCLUDED, None, SourcePolicy.ANY, False, Verdict.BLOCKED),
        (Availability.NONE, None, SourcePolicy.PURE, False, Verdict.BLOCKED),
        (Availability.NONE, None, SourcePolicy.PURE, None, Verdict.UNKNOWN),
        (Availability.ABSENT, None, SourcePolicy.PURE, False, Verdict.BLOCKED),
        (Availability.UNKNOWN, None, SourcePolicy.ANY, True, Verdict.UNKNOWN),
        (Availability.INACTIVE, None, SourcePolicy.ANY, None, Verdict.INACTIVE),
    ],
)
def test_the_verdict_of_a_package_follows_the_table(
    availability: Availability, detail: str | None, source: SourcePolicy, helped: bool | None, verdict: Verdict
) -> None:
    assert judge_package(availability, detail, BuildPolicy(source), helped=helped) is verdict


@given(st.sampled_from(Availability), details, policies, st.sampled_from([True, False, None]))
def test_nothing_is_ready_that_an_installer_could_not_install_from_a_wheel(
    availability: Availability, detail: str | None, policy: BuildPolicy, helped: bool | None
) -> None:
    verdict = judge_package(availability, detail, policy, helped=helped)
    if verdict is Verdict.READY:
        assert availability.installs_wheel
    if verdict is Verdict.DEGRADED:
        assert policy.installs(availability, detail)


@pytest.mark.parametrize(
    ("direct", "major", "share", "severity"),
    [
        (None, False, 0.0, Severity.MODERATE),
        (True, False, 0.0, Severity.MODERATE),
        (True, True, 0.0, Severity.HIGH),
        (False, False, 0.0, Severity.HIGH),
        (True, False, 0.1, Severity.HIGH),
        (False, True, 0.0, Severity.CRITICAL),
        (False, True, 0.5, Severity.CRITICAL),
    ],
)
def test_an_upgrade_weighs_more_for_a_big_step_a_long_way_and_many_dependents(
    direct: bool | None, major: bool, share: float, severity: Severity
) -> None:
    assert judge_severity(Verdict.UPGRADE, direct=direct, major_step=major, dependents_share=share) is severity


@given(st.booleans(), st.booleans(), st.floats(0, 1))
def test_a_blocked_package_is_critical_and_a_ready_one_is_nothing(direct: bool, major: bool, share: float) -> None:
    def of(verdict: Verdict) -> Severity:
        return judge_severity(verdict, direct=direct, major_step=major, dependents_share=share)

    assert of(Verdict.BLOCKED) is SEVERITIES[-1]
    assert of(Verdict.READY) is of(Verdict.INACTIVE) is SEVERITIES[0]


@pytest.mark.parametrize(
    ("verdicts", "holds", "incomplete", "plan", "expected"),
    [
        ([Verdict.READY, Verdict.DEGRADED], True, False, None, ProjectVerdict.GO),
        ([Verdict.READY, Verdict.UNKNOWN], True, False, None, ProjectVerdict.UNKNOWN),
        ([Verdict.READY], False, True, None, ProjectVerdict.UNKNOWN),
        ([Verdict.UPGRADE], False, False, True, ProjectVerdict.CONDITIONAL),
        ([Verdict.UPGRADE], False, False, False, ProjectVerdict.NO_GO),
        ([Verdict.BLOCKED], False, False, False, ProjectVerdict.NO_GO),
        ([Verdict.UNKNOWN], False, False, False, ProjectVerdict.UNKNOWN),
        ([Verdict.UNKNOWN, Verdict.BLOCKED], False, False, None, ProjectVerdict.UNKNOWN),
        ([Verdict.READY, Verdict.NOT_JUDGED], False, False, False, ProjectVerdict.CONDITIONAL),
        ([Verdict.BLOCKED, Verdict.NOT_JUDGED], False, False, False, ProjectVerdict.NO_GO),
        ([Verdict.UNKNOWN, Verdict.BLOCKED], False, False, False, ProjectVerdict.NO_GO),
        ([Verdict.READY], False, False, False, ProjectVerdict.NO_GO),
        ([], True, False, None, ProjectVerdict.GO),
        ([Verdict.READY, Verdict.HELD_BACK], True, False, None, ProjectVerdict.CONDITIONAL),
        ([Verdict.READY, Verdict.NOT_JUDGED], True, False, None, ProjectVerdict.CONDITIONAL),
        ([Verdict.READY, Verdict.NOT_JUDGED, Verdict.UNKNOWN], True, False, None, ProjectVerdict.UNKNOWN),
        ([Verdict.NOT_JUDGED, Verdict.INACTIVE], True, False, None, ProjectVerdict.UNKNOWN),
    ],
)
def test_the_verdict_of_a_project_follows_the_table(
    verdicts: list[Verdict], holds: bool, incomplete: bool, plan: bool | None, expected: ProjectVerdict
) -> None:
    assert judge_project(verdicts, holds=holds, incomplete=incomplete, plan_found=plan) is expected


@given(st.lists(st.sampled_from(Verdict)))
def test_counts_add_up_to_the_packages_that_the_target_needs(verdicts: list[Verdict]) -> None:
    counts = count_verdicts(verdicts)
    assert sum(counts.values()) == sum(verdict is not Verdict.INACTIVE for verdict in verdicts)
    assert "inactive" not in counts


@pytest.mark.parametrize(
    ("before", "after", "size"),
    [
        ("2.6.1", "2.6.2", "patch"),
        ("2.6.1", "2.8.0", "minor"),
        ("2.3.2", "3.1.0", "major"),
        ("1!1.0", "2!1.0", "major"),
        ("1.0", "1.0.post1", "patch"),
    ],
)
def test_a_step_is_named_after_the_first_number_that_differs(before: str, after: str, size: str) -> None:
    assert step_between(Version(before), Version(after)) == size
