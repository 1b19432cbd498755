"""Newest first, and never silently old: what installs only by going back is held back, and shown at its newest."""

import pytest

from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.presentation.sentences import describe_reason
from tests.projects.domain.assessment.small_assessment import LINUX, NEW, OLD, WINDOWS, ask, package
from tests.projects.known import Releases, pure, wheels

SHELL: dict[str, Releases] = {
    "shell": {
        "1.10.27": (pure("shell", "1.10.27"), []),
        "2.0.0": (pure("shell", "2.0.0"), ["core==2.0"]),
        "2.9.0": (pure("shell", "2.9.0"), ["core==2.9"]),
    },
    "core": {"2.0": (wheels("core", "2.0", OLD), []), "2.9": (wheels("core", "2.9", OLD), [])},
}


def held(answer: TargetResult) -> dict[str, tuple[str | None, str | None]]:
    return {one.name: (one.version, one.held_at) for one in answer.packages if one.verdict == "held-back"}


def test_a_package_that_installs_only_by_an_earlier_major_version_is_held_back_and_capped() -> None:
    (answer,) = ask(SHELL, "shell", WINDOWS)
    assert answer.verdict is ProjectVerdict.CONDITIONAL
    assert held(answer) == {"shell": ("2.9.0", "1.10.27")}
    assert describe_reason(package(answer, "shell")) == (
        "it needs core 2.9: no wheel for cp313; has cp312; only 1.10.27 installs here"
    )
    assert answer.plan is not None
    assert [(one.name, str(one.before), str(one.after)) for one in answer.plan.changes] == [
        ("shell", "2.9.0", "1.10.27")
    ]
    assert answer.plan.pins == {"shell": "1.10.27"}


@pytest.mark.parametrize("text", ["shell<2", "shell==1.10.27", "shell\n-c constraints.txt"])
def test_what_the_project_itself_limits_is_not_held_back(text: str) -> None:
    packages = {**SHELL, "other": {"1.0": (pure("other", "1.0"), ["shell<2"])}}
    (answer,) = ask(packages, text.replace("-c constraints.txt", "other"), WINDOWS)
    assert answer.verdict is ProjectVerdict.GO
    assert held(answer) == {}


def test_going_back_within_a_major_version_and_a_year_is_no_news() -> None:
    packages: dict[str, Releases] = {
        "core": {"2.8": (wheels("core", "2.8", NEW), []), "2.9": (wheels("core", "2.9", OLD), [])}
    }
    (answer,) = ask(packages, "core", WINDOWS)
    assert answer.verdict is ProjectVerdict.GO
    assert package(answer, "core").version == "2.8"


STEPS: dict[str, Releases] = {
    "core": {
        "2.7": (pure("core", "2.7"), []),
        "2.8": (wheels("core", "2.8", OLD), []),
        "2.9": (wheels("core", "2.9", "cp311-cp311-win_amd64"), []),
    },
    "same": {"1.0": (pure("same", "1.0"), []), "2.0": (wheels("same", "2.0", "cp311-cp311-win_amd64"), [])},
}


def test_what_the_present_target_has_in_a_newer_release_is_held_back_however_near_it_is() -> None:
    here, present = ask(STEPS, "core\nsame", WINDOWS, "cp312-win_amd64", present="cp312-win_amd64")
    assert held(here) == {"core": ("2.8", "2.7")}
    assert here.verdict is ProjectVerdict.CONDITIONAL
    assert describe_reason(package(here, "core")).endswith(
        "only 2.7 installs here, 2.8 on Python 3.12 on Windows x64, which runs now"
    )
    assert held(present) == {}
    assert present.verdict is ProjectVerdict.GO


def test_the_present_target_counts_whether_it_is_one_of_the_targets_or_not() -> None:
    both, _ = ask(STEPS, "core\nsame", WINDOWS, "cp312-win_amd64", present="cp312-win_amd64")
    assert ask(STEPS, "core\nsame", WINDOWS, present="cp312-win_amd64") == [both]
    assert held(ask(STEPS, "core\nsame", WINDOWS)[0]) == {"same": ("2.0", "1.0")}


def test_what_nothing_requires_on_the_present_target_is_compared_with_the_newest_release() -> None:
    text = "core ; python_version > '3.12'\nsame ; python_version > '3.12'\nother"
    packages = {**STEPS, "other": {"1.0": (pure("other", "1.0"), [])}}
    (answer,) = ask(packages, text, WINDOWS, present="cp312-win_amd64")
    assert held(answer) == {"same": ("2.0", "1.0")}


def test_going_back_because_of_the_projects_own_requirements_is_not_the_targets_doing() -> None:
    packages: dict[str, Releases] = {
        "top": {"1.0": (pure("top", "1.0"), []), "2.0": (pure("top", "2.0"), ["base>=2"])},
        "base": {"1.0": (pure("base", "1.0"), []), "2.0": (pure("base", "2.0"), [])},
    }
    (answer,) = ask(packages, "top\nbase<2", LINUX)
    assert package(answer, "top").version == "1.0"
    assert answer.verdict is ProjectVerdict.GO


def test_a_blocked_package_is_shown_at_the_newest_that_the_requirements_admit() -> None:
    packages: dict[str, Releases] = {
        "big": {
            "1.14": (wheels("big", "1.14", "cp27-cp27m-win_amd64"), []),
            "2.21": (wheels("big", "2.21", OLD), ["small<2"]),
        },
        "small": {"1.0": (pure("small", "1.0"), []), "2.0": (pure("small", "2.0"), [])},
    }
    (answer,) = ask(packages, "big\nsmall>=2", WINDOWS)
    assert package(answer, "big").version == "2.21"
    assert package(answer, "big").verdict == "blocked"


def test_an_extra_whose_dependencies_do_not_install_holds_its_package_back() -> None:
    packages: dict[str, Releases] = {
        "hash": {
            "1.6": (pure("hash", "1.6"), ['native; extra == "fast"']),
            "2.0": (pure("hash", "2.0"), ['native>=2; extra == "fast"']),
        },
        "native": {"1.0": (pure("native", "1.0"), []), "2.0": (wheels("native", "2.0", OLD), [])},
    }
    (answer,) = ask(packages, "hash[fast]", WINDOWS)
    assert held(answer) == {"hash": ("2.0", "1.6"), "native": ("2.0", "1.0")}
    assert answer.verdict is ProjectVerdict.CONDITIONAL


def test_a_release_without_the_requested_extra_does_not_meet_the_request() -> None:
    packages: dict[str, Releases] = {
        "hash": {"1.6": (pure("hash", "1.6"), []), "1.7": (pure("hash", "1.7"), ['native; extra == "fast"'])},
        "native": {"2.0": (wheels("native", "2.0", OLD), [])},
    }
    (answer,) = ask(packages, "hash[fast]", WINDOWS, extras={"hash": {"1.6": (), "1.7": ("fast",)}})
    assert (package(answer, "hash").verdict, package(answer, "hash").version) == ("blocked", "1.7")
    assert describe_reason(package(answer, "hash")).endswith("only 1.6 installs here, without the extra fast")
    assert (answer.verdict, answer.blockers) == (ProjectVerdict.NO_GO, ("hash",))
    (pinned,) = ask(packages, "hash[fast]==1.6", LINUX, extras={"hash": {"1.6": (), "1.7": ("fast",)}})
    assert package(pinned, "hash").verdict == "upgrade"
    assert describe_reason(package(pinned, "hash")) == "it has no extra fast, which is required"
    assert pinned.verdict is ProjectVerdict.CONDITIONAL


def test_an_extra_that_the_newest_release_dropped_is_shown_and_every_installer_goes_on() -> None:
    packages: dict[str, Releases] = {"web": {"2.0": (pure("web", "2.0"), [])}}
    (answer,) = ask(packages, "web[secure]", LINUX, extras={"web": {"2.0": ()}})
    assert package(answer, "web").verdict == "degraded"
    assert answer.verdict is ProjectVerdict.GO
