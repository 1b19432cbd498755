"""Dependency groups of PEP 735, and what they include."""

import pytest
from packaging.dependency_groups import resolve_dependency_groups

from projects.domain.dependency_files import (
    select,
)
from tests.projects.domain.dependency_files.one_file import pyproject


def test_included_groups_are_those_that_packaging_resolves() -> None:
    groups: dict[str, list[str | dict[str, str]]] = {
        "a": ["a1", {"include-group": "b"}],
        "b": [{"include-group": "c"}, {"include-group": "d"}],
        "c": ["c1", {"include-group": "d"}],
        "d": ["d1"],
    }
    lines = []
    for name, content in groups.items():
        items = [
            f"'{item}'" if isinstance(item, str) else f"{{include-group = '{item['include-group']}'}}"
            for item in content
        ]
        lines.append(f"{name} = [{', '.join(items)}]")
    parsed = pyproject("[dependency-groups]\n" + "\n".join(lines))
    for group in groups:
        ours = {one.name for one in select(parsed, groups=[group])}
        assert ours == set(resolve_dependency_groups(groups, group))


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ('a = [{include-group = "a"}, "x"]', "includes itself"),
        ('a = [{include-group = "b"}, "x"]\nb = [{include-group = "a"}]', "includes itself"),
        ('a = [{include-group = "no"}, "x"]', "no such dependency group"),
        ('a = [{include = "no"}, "x"]', "neither a requirement nor"),
        ('a = "x"\nb = ["x"]', "must be an array"),
        ('a = [1, "x"]', "must be a string"),
        ('a-b = ["x"]\nA_b = []', "same name"),
    ],
)
def test_a_bad_group_is_a_problem_and_its_readable_entries_count(groups: str, message: str) -> None:
    parsed = pyproject(f"[dependency-groups]\n{groups}\n")
    assert [one.name for one in parsed.requirements] == ["x"]
    assert any(message in one.message for one in parsed.problems)


def test_broken_includes_do_not_cost_their_number_of_ways() -> None:
    groups = "".join(f"g{n} = [{{include-group = 'g{n + 1}'}}, {{include-group = 'g{n + 1}'}}]\n" for n in range(60))
    parsed = pyproject(f"[dependency-groups]\n{groups}g60 = ['x', {{include-group = 'g0'}}]\n")
    assert [one.name for one in parsed.requirements] == ["x"]
