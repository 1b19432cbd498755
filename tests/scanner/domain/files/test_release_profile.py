from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.files.filenames import FileKind
from scanner.domain.files.release_profile import ProfileFile, ReleaseProfile

wheels = st.builds(
    ProfileFile,
    st.sampled_from(["py3-none-any", "cp313-cp313-win_amd64", "cp315-abi3.abi3t-win_arm64"]),
    st.just(FileKind.WHEEL),
    st.none() | st.text(max_size=12),
    st.booleans(),
)
others = st.builds(
    ProfileFile,
    st.none(),
    st.sampled_from([kind for kind in FileKind if kind is not FileKind.WHEEL]),
    st.none() | st.text(max_size=12),
    st.booleans(),
)
profiles = st.lists(wheels | others, max_size=12)


@given(profiles)
def test_a_shapes_text_parses_back_to_it(files: list[ProfileFile]) -> None:
    profile = ReleaseProfile.of(files)
    assert ReleaseProfile.parse(profile.text) == ReleaseProfile.stored(profile.text) == profile
    assert profile.text.isascii()


@given(profiles, st.randoms())
def test_order_and_repetition_do_not_change_a_shape(files: list[ProfileFile], random: Random) -> None:
    mixed = [*files, *files[:3]]
    random.shuffle(mixed)
    assert ReleaseProfile.of(mixed) == ReleaseProfile.of(files)
    assert ReleaseProfile.of(mixed).text == ReleaseProfile.of(files).text
    assert hash(ReleaseProfile.of(mixed)) == hash(ReleaseProfile.of(files))


@given(profiles, profiles)
def test_different_shapes_have_different_texts(one: list[ProfileFile], other: list[ProfileFile]) -> None:
    assert (ReleaseProfile.of(one) == ReleaseProfile.of(other)) is (
        ReleaseProfile.of(one).text == ReleaseProfile.of(other).text
    )


def test_the_text_of_a_shape_is_stable() -> None:
    profile = ReleaseProfile.of(
        [
            ProfileFile(None, FileKind.SDIST, ">=3.9"),
            ProfileFile("cp313-cp313-win_amd64", FileKind.WHEEL, ">=3.9"),
            ProfileFile("py3-none-any", FileKind.WHEEL, None, yanked=True),
        ]
    )
    assert profile.text == '[[null,1,["py3-none-any"]],[">=3.9",0,["=sdist","cp313-cp313-win_amd64"]]]'


@pytest.mark.parametrize("text", ["", "{", "7", "[7]", "[[null,0,[7]]]", '[[null,0,["=ship"]]]', "[[null,0]]", "null"])
def test_a_text_that_no_shape_has_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        ReleaseProfile.parse(text)


@pytest.mark.parametrize(("tag_set", "kind"), [(None, FileKind.WHEEL), ("py3-none-any", FileKind.SDIST)])
def test_only_wheels_have_tags(tag_set: str | None, kind: FileKind) -> None:
    with pytest.raises(ValueError, match="wheels have tags"):
        ProfileFile(tag_set, kind)
