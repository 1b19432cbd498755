from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.files.filenames import Kind
from scanner.domain.files.release_profile import Offered, Shape

wheels = st.builds(
    Offered,
    st.sampled_from(["py3-none-any", "cp313-cp313-win_amd64", "cp315-abi3.abi3t-win_arm64"]),
    st.just(Kind.WHEEL),
    st.none() | st.text(max_size=12),
    st.booleans(),
)
others = st.builds(
    Offered,
    st.none(),
    st.sampled_from([kind for kind in Kind if kind is not Kind.WHEEL]),
    st.none() | st.text(max_size=12),
    st.booleans(),
)
shapes = st.lists(wheels | others, max_size=12)


@given(shapes)
def test_a_shapes_text_parses_back_to_it(files: list[Offered]) -> None:
    shape = Shape.of(files)
    assert Shape.parse(shape.text) == Shape.stored(shape.text) == shape
    assert shape.text.isascii()


@given(shapes, st.randoms())
def test_order_and_repetition_do_not_change_a_shape(files: list[Offered], random: Random) -> None:
    mixed = [*files, *files[:3]]
    random.shuffle(mixed)
    assert Shape.of(mixed) == Shape.of(files)
    assert Shape.of(mixed).text == Shape.of(files).text
    assert hash(Shape.of(mixed)) == hash(Shape.of(files))


@given(shapes, shapes)
def test_different_shapes_have_different_texts(one: list[Offered], other: list[Offered]) -> None:
    assert (Shape.of(one) == Shape.of(other)) is (Shape.of(one).text == Shape.of(other).text)


def test_the_text_of_a_shape_is_stable() -> None:
    shape = Shape.of(
        [
            Offered(None, Kind.SDIST, ">=3.9"),
            Offered("cp313-cp313-win_amd64", Kind.WHEEL, ">=3.9"),
            Offered("py3-none-any", Kind.WHEEL, None, yanked=True),
        ]
    )
    assert shape.text == '[[null,1,["py3-none-any"]],[">=3.9",0,["=sdist","cp313-cp313-win_amd64"]]]'


@pytest.mark.parametrize("text", ["", "{", "7", "[7]", "[[null,0,[7]]]", '[[null,0,["=ship"]]]', "[[null,0]]", "null"])
def test_a_text_that_no_shape_has_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Shape.parse(text)


@pytest.mark.parametrize(("tag_set", "kind"), [(None, Kind.WHEEL), ("py3-none-any", Kind.SDIST)])
def test_only_wheels_have_tags(tag_set: str | None, kind: Kind) -> None:
    with pytest.raises(ValueError, match="wheels have tags"):
        Offered(tag_set, kind)
