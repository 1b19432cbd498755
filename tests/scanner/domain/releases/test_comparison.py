"""What differs between two releases of a package."""

from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.files.filenames import FileKind
from scanner.domain.matching.availability import Availability, Offer, ReleaseFileFacts
from scanner.domain.releases.comparison import ComparedRelease, compare_releases

WHEEL, NONE = Offer(Availability.NATIVE, yanked=False), Offer(Availability.NONE, yanked=False)
YANKED = Offer(Availability.NATIVE, yanked=True)


def release(
    version: str, *offers: Offer, tags: tuple[str, ...] = (), needs: tuple[str, ...] | None = (), python: str = ""
) -> ComparedRelease:
    files = tuple(
        ReleaseFileFacts(f"a-{version}-{tag}.whl", FileKind.WHEEL, tag, requires_python=python) for tag in tags
    )
    return ComparedRelease(version, offers, files, needs)


def test_targets_are_gained_and_lost_and_a_yanked_wheel_serves_none() -> None:
    found = compare_releases(release("1", WHEEL, NONE, WHEEL, WHEEL), release("2", NONE, WHEEL, WHEEL, YANKED))
    assert (found.gained, found.lost) == ((1,), (0, 3))


def test_tags_and_dependencies_are_compared_as_written() -> None:
    old = release("1", tags=("cp38-cp38-win32", "py3-none-any"), needs=("b<2", "c"))
    new = release("2", tags=("cp39-cp39-win32", "py3-none-any"), needs=("b<3", "c"))
    found = compare_releases(old, new)
    assert (found.tags_added, found.tags_dropped) == (("cp39-cp39-win32",), ("cp38-cp38-win32",))
    assert (found.dependencies_added, found.dependencies_dropped) == (("b<3",), ("b<2",))


def test_dependencies_that_are_not_known_are_not_compared() -> None:
    found = compare_releases(release("1", needs=None), release("2", needs=("b",)))
    assert (found.dependencies_added, found.dependencies_dropped) == ((), ())


def test_each_python_requirement_of_the_files_is_named_once() -> None:
    assert release("1", tags=("cp38-cp38-win32", "cp39-cp39-win32"), python=">=3.8").requires_python == (">=3.8",)


@given(st.lists(st.sampled_from([WHEEL, NONE, YANKED]), max_size=8))
def test_a_release_does_not_differ_from_itself(offers: list[Offer]) -> None:
    one = release("1", *offers, tags=("py3-none-any",), needs=("b",))
    found = compare_releases(one, one)
    assert (found.gained, found.lost, found.tags_added, found.dependencies_added) == ((), (), (), ())
