import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from projects.domain.dependency_files.poetry_versions import alternatives
from projects.domain.rewriting.edits import apply_edits
from projects.domain.rewriting.specifiers import rewrite_poetry, specifier_edits


def move(specifier: str, goal: str, rises: bool = True) -> str:
    return apply_edits(specifier, specifier_edits(specifier, Version(goal), rises=rises))


@pytest.mark.parametrize(
    ("written", "goal", "moved"),
    [
        ("==2.6.1", "2.8.0", "==2.8.0"),
        ("== 2.6.1", "2.8.0", "== 2.8.0"),
        ("===2.6.1", "2.8.0", "===2.8.0"),
        ("==2.6.1+cu118", "2.8.0", "==2.8.0"),
        (" >= 2.0 , <2.7", "2.8.1", " >= 2.8.1 , <2.9"),
        ("<2.7,>=2.0", "2.6.5", "<2.7,>=2.6.5"),
        ("<2.0.0", "2.8.0", "<3.0.0"),
        ("<0.100.0,>=0.95.0", "0.115.3", "<0.116.0,>=0.115.3"),
        ("<=2.6.1", "2.8.0", "<=2.8.0"),
        (">2.6", "2.8", ">=2.8"),
        ("~=2.6.1", "2.8.0", "~=2.8.0"),
        ("~=2.6", "3.1.2", "~=3.1"),
        ("==2.6.*", "2.8.0", "==2.8.*"),
        ("!=2.7,>=2.6", "2.8", "!=2.7,>=2.8"),
        ("~=1.0", "2.0rc1", "~=2.0rc1"),
        ("<2", "1!2.0", "<1!3"),
        ("", "2.8.0", ""),
    ],
)
def test_a_specifier_moves_in_the_style_in_which_it_is_written(written: str, goal: str, moved: str) -> None:
    assert move(written, goal) == moved


@pytest.mark.parametrize("written", ["==2.8.0", ">=2", "<3,>=2", "~=2.7", "==2.*", ""])
def test_what_admits_the_version_stays_unless_the_package_rises(written: str) -> None:
    assert move(written, "2.8.0", rises=False) == written


@pytest.mark.parametrize(
    ("written", "goal", "moved"),
    [
        ("^2.6", "2.8.0", "^2.8"),
        ("^2.6.1", "3.1.4", "^3.1.4"),
        ("~2.6", "2.8.0", "~2.8"),
        ("2.6.*", "2.8.0", "2.8.*"),
        ("2.6.1", "2.8.0", "2.8.0"),
        (">=2.0 <2.7", "2.8.0", ">=2.8.0 <2.9"),
        ("^1 || ^2.6", "2.8.0", "^1 || ^2.6"),
        ("^0.9 | ^1.2", "2.8.0", "^0.9 | ^2.8"),
        ("*", "2.8.0", "*"),
    ],
)
def test_poetrys_constraints_move_too(written: str, goal: str, moved: str) -> None:
    assert rewrite_poetry(written, Version(goal), rises=True) == moved


_numbers = st.lists(st.integers(0, 30), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))
_clauses = st.one_of(
    st.tuples(st.sampled_from(["==", "===", ">=", "<=", "<", ">", " >= ", "<= "]), _numbers).map("".join),
    _numbers.map("=={}.*".format),
    st.tuples(st.integers(0, 9), _numbers).map(lambda pair: f"~={pair[0]}.{pair[1]}"),
)
_specifiers = st.lists(_clauses, min_size=1, max_size=3).map(",".join)


@given(specifier=_specifiers, goal=_numbers.map(Version), rises=st.booleans())
def test_the_moved_specifier_always_admits_the_version(specifier: str, goal: Version, rises: bool) -> None:
    moved = apply_edits(specifier, specifier_edits(specifier, goal, rises=rises))

    assert SpecifierSet(moved).contains(goal, prereleases=True)


_poetry = st.one_of(
    st.tuples(st.sampled_from(["^", "~", "", "==", ">=", "<", "^ "]), _numbers).map("".join),
    _numbers.map("{}.*".format),
)


@given(constraint=st.lists(_poetry, min_size=1, max_size=3).map(" || ".join), goal=_numbers.map(Version))
def test_the_moved_poetry_constraint_always_admits_the_version(constraint: str, goal: Version) -> None:
    moved = rewrite_poetry(constraint, goal, rises=True)

    assert any(SpecifierSet(part).contains(goal, prereleases=True) for part in alternatives(moved))
