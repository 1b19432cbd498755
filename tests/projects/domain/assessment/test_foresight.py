"""What searches will probably need: the newest releases that the requirements admit, and what they lead to."""

from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.assessment.foresight import Foresight
from projects.domain.assessment.index_snapshot import IndexSnapshot
from projects.domain.assessment.request import AssessmentRequest
from scanner.domain.resolution.model.policy import BuildPolicy
from tests.projects.known import NOW, Releases, SmallIndex, requirements, targets

LINUX, WINDOWS = "cp313-manylinux_2_28_x86_64", "cp313-win_amd64"


def wheels(name: str, *versions: str, needs: list[str] | None = None) -> Releases:
    return {one: ([f"{name}-{one}-py3-none-any.whl"], needs) for one in versions}


def request(text: str, *on: str) -> AssessmentRequest:
    return AssessmentRequest(requirements(text), targets(*on), BuildPolicy(), NOW)


def likely(asked: AssessmentRequest, known: dict[str, Releases]) -> tuple[set[str], set[str]]:
    found = Foresight(asked, SmallIndex(known, asked.targets).snapshot).look()
    return set(found.likely_packages), {f"{name} {version}" for name, version in found.likely}


def test_first_the_pages_of_what_the_project_requires_on_any_target() -> None:
    asked = request("app\nwin ; sys_platform == 'win32'\nmac ; sys_platform == 'darwin'\n", LINUX, WINDOWS)
    assert likely(asked, {}) == ({"app", "win"}, set())


def test_then_the_metadata_of_the_newest_release_that_is_admitted_and_installs() -> None:
    releases = {
        **wheels("app", "1.0", "2.0", "4.0rc1"),
        "3.0": (["app-3.0-cp39-cp39-win_amd64.whl"], None),
        "5.0": (["app-5.0-py3-none-any.whl"], None),
    }
    assert likely(request("app<5\n", LINUX), {"app": releases}) == (set(), {"app 2.0"})


def test_the_metadata_of_a_pinned_release_is_needed_in_any_case() -> None:
    releases = {"3.0": (["app-3.0-cp39-cp39-win_amd64.whl"], None), **wheels("app", "4.0")}
    asked = request("app==3.0\n", LINUX)
    found = Foresight(asked, SmallIndex({"app": releases}, asked.targets).snapshot).look()
    assert (found.releases, found.likely) == ((("app", Version("3.0")),), ())


def test_then_what_that_leads_to_with_the_extras_that_are_asked_for() -> None:
    needs = ["left", "right ; extra == 'more'", "never ; extra == 'less'", "other ; python_version < '3'"]
    known = {"app": wheels("app", "1.0", needs=needs), "left": wheels("left", "1.0")}
    assert likely(request("app[more]\n", LINUX), known) == ({"right"}, {"left 1.0"})


def test_each_guess_is_named_once_and_goes_on_when_more_is_known() -> None:
    asked = request("app\n", LINUX)
    snapshot = IndexSnapshot({}, asked.targets)
    foresight = Foresight(asked, snapshot)
    assert foresight.look().likely_packages == ("app",)
    assert not foresight.look([NormalizedName("app")]).likely_packages
    snapshot.update(SmallIndex({"app": wheels("app", "1.0", needs=["deep"])}, asked.targets).snapshot.packages)
    assert foresight.look([NormalizedName("app")]).likely_packages == ("deep",)
    assert not foresight.look([NormalizedName("app")]).likely_packages
