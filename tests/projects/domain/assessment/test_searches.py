"""The searches of all targets together: which goes first, and that each result is found once."""

from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.searches import TargetSearches
from scanner.domain.files.sdist_metadata import ReleaseMetadata
from scanner.domain.resolution.model.missing import Missing, Search, SharedSearch
from scanner.domain.resolution.model.policy import BuildPolicy
from tests.projects.known import NOW, Releases, SmallIndex, pure, requirements, targets, wheels

LINUX, WINDOWS = "cp313-manylinux_2_28_x86_64", "cp313-win_amd64"
TEXT = "app\nwin ; sys_platform == 'win32'\n"


def searches_of(*known: str) -> TargetSearches:
    on = targets(LINUX, WINDOWS)
    request = AssessmentRequest(requirements(TEXT), on, BuildPolicy(), NOW)
    index = SmallIndex({name: {"1.0": (pure(name, "1.0"), [])} for name in known}, on, request.foreign)
    return TargetSearches(request, index.snapshot)


def test_the_first_target_asks_for_nothing_that_only_others_need() -> None:
    searches = searches_of()
    assert searches.advance_first().packages == ("app",)
    assert searches.advance().packages == ("app", "win")


def test_the_first_target_has_its_result_before_the_others_begin() -> None:
    searches = searches_of("app")
    assert not searches.advance_first()
    assert [one.target.slug for one in searches.finished] == [LINUX]
    assert searches.advance().packages == ("win",)


def test_once_there_is_a_result_no_target_goes_first() -> None:
    searches = searches_of("app")
    searches.advance_first()
    searches.advance_first()
    assert [one.slug for one in searches.unfinished] == [WINDOWS]


def test_a_first_target_that_lacks_something_again_and_again_does_not_hold_up_the_others() -> None:
    searches = searches_of()
    while searches.advance_first():
        pass
    assert searches.advance().packages == ("app", "win")


def test_a_target_that_comes_late_to_the_present_one_has_its_result_too() -> None:
    """The search of the present target still says what it lacked and what has been given up."""
    on = targets(WINDOWS, "cp312-win_amd64")
    releases: Releases = {
        "1.0": (pure("app", "1.0"), None),
        "2.0": (wheels("app", "2.0", "cp312-cp312-win_amd64"), []),
    }
    text = "app\ngone ; python_version < '3.13'\n"
    request = AssessmentRequest(requirements(text), on, BuildPolicy(), NOW, present=on[1])
    index = SmallIndex({"app": releases}, on, request.foreign)
    searches = TargetSearches(request, index.snapshot)
    searches.cache.give_up(Missing(searches.advance().packages))
    index.snapshot.learn_metadata("app", {Version("1.0"): ReleaseMetadata(())})
    assert not searches.advance()
    assert not searches.unfinished


def test_a_search_that_several_wait_for_runs_once_and_asks_each_of_them_for_what_it_lacks() -> None:
    steps = []

    def search() -> Search[str]:
        for name in ("a", "b"):
            steps.append(name)
            yield Missing((NormalizedName(name),))
        return "found"

    shared = SharedSearch(search())
    first, second = shared.wait(), shared.wait()
    assert [next(first).packages, next(second).packages] == [("a",), ("a",)]
    assert [next(first).packages, next(second).packages] == [("b",), ("b",)]
    assert [list(first), list(second), list(shared.wait())] == [[], [], []]
    assert steps == ["a", "b"]
