"""The result of a target: its verdict, blockers, conflict and plan, on a small index in memory."""

import pytest

from projects.domain.assessment.package_result import AvailableVersion
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.presentation.formats.text import headline
from tests.projects.domain.assessment.small_assessment import CORE, LINUX, NEW, OLD, WINDOWS, ask, package
from tests.projects.known import LONG_AGO, Releases, pure, wheels


def test_a_set_that_installs_as_written_is_go() -> None:
    (answer,) = ask({"plain": {"1.0": (pure("plain", "1.0"), [])}}, "plain==1.0", LINUX)
    assert answer.verdict is ProjectVerdict.GO
    assert answer.counts == dict.fromkeys(answer.counts, 0) | {"ready": 1}
    assert answer.plan is None


def test_a_transitive_package_without_a_wheel_is_the_blocker_and_the_plan_moves_its_parent() -> None:
    (answer,) = ask(CORE, "shell==1.0", WINDOWS)
    assert answer.verdict is ProjectVerdict.CONDITIONAL
    assert answer.blockers == ("core",)
    assert package(answer, "core").provenance.paths == (("shell", "core"),)
    assert package(answer, "core").verdict == "upgrade"
    assert package(answer, "core").first_available == AvailableVersion("2.0", f"core-2.0-{NEW}.whl", LONG_AGO)
    assert package(answer, "core").latest_available == AvailableVersion("3.0", f"core-3.0-{NEW}.whl", LONG_AGO)
    assert package(answer, "shell").verdict == "ready"
    assert answer.plan is not None
    assert [(change.name, str(change.after)) for change in answer.plan.changes] == [("shell", "2.0"), ("core", "2.0")]


def test_every_blocker_is_named_at_once_and_what_hangs_behind_one_is_judged_too() -> None:
    packages: dict[str, Releases] = {
        "first": {"1.0": (wheels("first", "1.0", OLD), ["behind"])},
        "second": {"1.0": (wheels("second", "1.0", OLD), [])},
        "behind": {"1.0": (wheels("behind", "1.0", OLD), [])},
    }
    (answer,) = ask(packages, "first\nsecond", WINDOWS)
    assert answer.verdict is ProjectVerdict.NO_GO
    assert set(answer.blockers) == {"first", "second", "behind"}
    assert package(answer, "behind").provenance.paths == (("first", "behind"),)
    assert package(answer, "first").severity == "critical"


def test_requirements_that_contradict_each_other_are_a_conflict_with_both_sides() -> None:
    packages: dict[str, Releases] = {
        "left": {"1.0": (pure("left", "1.0"), ["shared<2"])},
        "right": {"1.0": (pure("right", "1.0"), ["shared>=2"])},
        "shared": {"1.0": (pure("shared", "1.0"), []), "2.0": (pure("shared", "2.0"), [])},
    }
    (answer,) = ask(packages, "left==1.0\nright==1.0", LINUX)
    assert answer.verdict is ProjectVerdict.NO_GO
    assert answer.conflict is not None
    assert answer.conflict.exhausted == "shared"
    assert [line.requirement for line in answer.conflict.lines][-2:] == ["shared<2", "shared>=2"]
    edits = [edit for way in answer.conflict.relaxations for edit in way.edits]
    assert [(edit.before, edit.source, edit.line) for edit in edits] == [
        ("left==1.0", "requirements.txt", 1),
        ("right==1.0", "requirements.txt", 2),
    ]
    assert [line.line for line in answer.conflict.lines] == [1, 2, None, None]


def test_a_package_whose_version_that_installs_another_one_does_not_admit_is_a_conflict_that_names_both() -> None:
    packages: dict[str, Releases] = {
        "driver": {"1.0": (pure("driver", "1.0"), ["socket<2"]), "2.0": (pure("driver", "2.0"), ["socket<2"])},
        "socket": {"1.0": (wheels("socket", "1.0", OLD), []), "2.0": (pure("socket", "2.0"), [])},
    }
    (answer,) = ask(packages, "driver==1.0", WINDOWS)
    assert (answer.verdict, package(answer, "socket").verdict) == (ProjectVerdict.NO_GO, Verdict.UPGRADE)
    assert answer.conflict is not None
    first, needs, lacks = answer.conflict.lines
    # A plan may take driver 2.0, which does not help either. What the project states is shown.
    assert (first.requirement, first.source, first.line) == ("driver==1.0", "requirements.txt", 1)
    assert (needs.name, needs.versions, needs.requirement) == ("driver", "1.0", "socket<2")
    assert (lacks.name, lacks.versions) == ("socket", "1.0")
    assert "no go. The requirements of 2 packages cannot hold together.\nYou ask for driver==1.0." in headline(answer)


@pytest.mark.parametrize("text", ["six==1.17.0\nsix==1.16.0", "six==1.16.0\nsix==1.17.0"])
def test_two_pins_of_a_package_are_a_conflict_and_one_change_in_either_order(text: str) -> None:
    packages: dict[str, Releases] = {"six": {version: (pure("six", version), []) for version in ("1.16.0", "1.17.0")}}
    (answer,) = ask(packages, text, LINUX)
    assert answer.verdict is ProjectVerdict.CONDITIONAL
    assert answer.conflict is not None
    assert answer.plan is not None
    changes = [(change.name, str(change.before), str(change.after)) for change in answer.plan.changes]
    assert changes == [("six", "1.16.0", "1.17.0")]


def test_a_set_of_which_nothing_can_be_judged_is_unknown() -> None:
    (answer,) = ask({}, "thing @ git+https://files.example/thing.git", LINUX)
    assert answer.verdict is ProjectVerdict.UNKNOWN


UNREAD: dict[str, Releases] = {
    "core": {"1.0": (wheels("core", "1.0", OLD), []), "2.0": (pure("core", "2.0"), None)},
    "closed": {"1.0": (wheels("closed", "1.0", OLD), [])},
}


def test_a_target_whose_plan_hangs_on_a_release_that_was_not_read_names_it() -> None:
    (answer,) = ask(UNREAD, "core==1.0", WINDOWS)
    assert answer.verdict is ProjectVerdict.UNKNOWN
    assert headline(answer).endswith("is not complete: what core 2.0 requires was not read yet.")


def test_where_no_set_holds_whatever_was_not_read_requires_the_target_is_no_go() -> None:
    (answer,) = ask(UNREAD, "core==1.0\nclosed", WINDOWS)
    assert (answer.verdict, package(answer, "closed").verdict) == (ProjectVerdict.NO_GO, Verdict.BLOCKED)
