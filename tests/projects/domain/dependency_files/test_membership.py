"""Conditions on extras and dependency groups in the markers of locks: each lock's own way to write who chooses."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import Marker

from projects.domain.dependency_files import RequirementScope, read, select
from projects.domain.dependency_files.membership import MarkerCase, fulfil_membership, split_marker
from projects.domain.dependency_files.pep508 import normalize_marker

MAIN, EXTRA, GROUP = RequirementScope.MAIN, RequirementScope.EXTRA, RequirementScope.GROUP


def split(marker: str, *defaults: str) -> list[tuple[RequirementScope, tuple[str, ...], str | None]]:
    return [(case.scope, case.names, case.marker) for case in split_marker(normalize_marker(marker), defaults)]


@pytest.mark.parametrize(
    ("marker", "cases"),
    [
        ("os_name == 'nt'", [(MAIN, (), 'os_name == "nt"')]),
        ("'dev' in dependency_groups", [(GROUP, ("dev",), None)]),
        ("extra == 'Fast_IO'", [(EXTRA, ("fast-io",), None)]),
        ("python_version >= '3.6' and 'tls' in extras", [(EXTRA, ("tls",), 'python_version >= "3.6"')]),
        ("'a' in extras or extra == 'b'", [(EXTRA, ("a", "b"), None)]),
        ("'x' in extras or 'dev' in dependency_groups", [(EXTRA, ("x",), None), (GROUP, ("dev",), None)]),
        (
            "python_version < '3.9' and extra == 'a' or extra == 'b'",
            [(EXTRA, ("a",), 'python_version < "3.9"'), (EXTRA, ("b",), None)],
        ),
        ("os_name == 'nt' or 'x' in extras", [(MAIN, (), 'os_name == "nt"'), (EXTRA, ("x",), None)]),
        ("'a' not in extras", [(MAIN, (), None)]),
        # What only several choices together fulfil counts always: a package must not be lost.
        ("'a' in extras and 'b' in extras and os_name == 'nt'", [(MAIN, (), 'os_name == "nt"')]),
        ("platform_version == 'x and extra'", [(MAIN, (), 'platform_version == "x and extra"')]),
    ],
)
def test_a_marker_is_split_into_its_cases(
    marker: str, cases: list[tuple[RequirementScope, tuple[str, ...], str | None]]
) -> None:
    assert split(marker) == cases


def test_a_default_group_is_always_chosen() -> None:
    assert split("os_name == 'posix' and 'default' in dependency_groups", "default") == [
        (MAIN, (), 'os_name == "posix"')
    ]


def test_a_huge_marker_is_not_followed_name_by_name() -> None:
    marker = " or ".join(f"extra == 'n{number}'" for number in range(30))
    assert len(split(marker)[0][1]) == 30
    # Within the limit of one marker, but each name would take a pass over all of it.
    assert split(" or ".join(f"extra == 'n{number}'" for number in range(2_000))) == [(MAIN, (), None)]


PIPFILE_LOCK = b"""{"_meta": {}, "develop":
{"six": {"version": "==1.17.0", "markers": "python_version >= '3.9' and 'dev' in dependency_groups"}}}"""
PYLOCK = b"""\
lock-version = "1.0"
created-by = "pdm"
default-groups = ["default"]
[[packages]]
name = "six"
version = "1.17.0"
marker = 'python_version >= "3.9" and %s'
"""
POETRY = b"""\
[[package]]
name = "numpy"
version = "2.1.0"
%s
[extras]
fast = ["numpy"]
[metadata]
lock-version = "%s"
python-versions = ">=3.9"
content-hash = "x"
"""
PDM = b"""\
[metadata]
lock_version = "2"
content_hash = "x"
[[package]]
name = "six"
version = "1.17.0"
sections = ["dev"]
"""
# (file, content, groups, extras, whether the package counts with these and without)
LOCKS = [
    ("Pipfile.lock", PIPFILE_LOCK, ["dev"], [], True, False),
    ("pylock.toml", PYLOCK % b'"tls" in extras', [], ["tls"], True, False),
    ("pylock.toml", PYLOCK % b'"default" in dependency_groups', [], [], True, True),
    ("pylock.toml", PYLOCK % b'"dev" in dependency_groups', ["dev"], [], True, False),
    (
        "poetry.lock",
        POETRY % (b'optional = true\ngroups = ["main"]\nmarkers = "extra == \\"fast\\""', b"2.1"),
        [],
        ["fast"],
        True,
        False,
    ),
    # Poetry 1: the extra is that of the dependent, and poetry-core takes it as fulfilled.
    (
        "poetry.lock",
        POETRY % (b'category = "main"\noptional = false\nmarker = "extra == \\"filecache\\""', b"1.0"),
        [],
        [],
        True,
        True,
    ),
    ("pdm.lock", PDM, ["dev"], [], True, False),
]


@pytest.mark.parametrize(("path", "content", "groups", "extras", "chosen", "default"), LOCKS)
def test_a_locked_package_counts_when_its_group_or_extra_is_chosen(
    path: str, content: bytes, groups: list[str], extras: list[str], chosen: bool, default: bool
) -> None:
    parsed = read({path: content}, [path])
    assert parsed.problems == () or path == "pylock.toml"
    assert bool(select(parsed, groups, extras)) is chosen
    assert bool(select(parsed)) is default


def test_a_package_chosen_twice_counts_once() -> None:
    content = PYLOCK % b'("x" in extras or "dev" in dependency_groups)'
    assert len(select(read({"pylock.toml": content}, ["pylock.toml"]), ["dev"], ["x"])) == 1


conditions = st.sampled_from(
    [
        '"a" in extras',
        '"b" not in extras',
        'extra == "a"',
        'extra != "c"',
        '"dev" in dependency_groups',
        'os_name == "nt"',
        'python_version >= "3.10"',
        'sys_platform in "linux darwin"',
    ]
)
markers = st.recursive(
    conditions,
    lambda inner: st.builds(
        lambda left, word, right: f"({left} {word} {right})", inner, st.sampled_from(["and", "or"]), inner
    ),
    max_leaves=6,
)


@given(markers)
def test_no_case_of_a_marker_mentions_extras_or_groups(text: str) -> None:
    cases = split_marker(normalize_marker(text))
    assert cases
    for case in cases:
        assert case.marker is None or not re.search("extra|dependency_groups", case.marker)
    assert "extra" not in (fulfil_membership(normalize_marker(text)) or "")


@given(markers, st.sets(st.sampled_from(["a", "b", "c"])), st.booleans())
def test_what_the_marker_admits_one_of_its_cases_admits(text: str, extras: set[str], dev: bool) -> None:
    """Compare with packaging: a package that the marker admits is never lost; more than that may count."""
    groups = {"dev"} if dev else set()
    environment = {"os_name": "posix", "python_version": "3.12", "sys_platform": "linux"}
    # packaging evaluates `extra` as one name and `extras` as a set, so each extra is tried.
    admitted = any(
        Marker(text).evaluate({**environment, "extra": one, "extras": extras, "dependency_groups": groups}, "lock_file")
        for one in extras or {""}
    )

    def counts(case: MarkerCase) -> bool:
        chosen = case.scope is MAIN or bool(set(case.names) & (extras if case.scope is EXTRA else groups))
        return chosen and (case.marker is None or Marker(case.marker).evaluate(environment))

    if admitted and len(extras) + len(groups) <= 1:
        assert any(counts(case) for case in split_marker(normalize_marker(text)))
