"""What Poetry's ways to say "or" ask of the resolver, from the file to the chosen version."""

from collections.abc import Mapping

import pytest

from projects.domain.assessment.explained_targets import explain_targets
from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.dependency_files import read
from scanner.domain.resolution.model.policy import BuildPolicy
from tests.projects.known import NOW, Releases, SmallIndex, pure, resolve_targets, targets, wheels

DEMO: Mapping[str, Releases] = {
    "demo": {
        "1.5": (pure("demo", "1.5"), []),
        "2.0": (pure("demo", "2.0"), []),
        "3.1": (wheels("demo", "3.1", "cp314-cp314-win_amd64"), []),
        "4.0": (pure("demo", "4.0"), []),
    }
}


def chosen(dependency: str, *slugs: str) -> list[tuple[str, str | None, str]]:
    """(the project's verdict, the version, its verdict) on each target for one line of tool.poetry.dependencies."""
    text = f'[tool.poetry]\nname = "app"\n[tool.poetry.dependencies]\npython = ">=3.9"\ndemo = {dependency}\n'
    parsed = read({"pyproject.toml": text.encode()}, ["pyproject.toml"])
    assert not parsed.problems
    on = targets(*slugs)
    request = AssessmentRequest(parsed.requirements, on, BuildPolicy(), NOW)
    index = SmallIndex(DEMO, on, request.foreign)
    answers = explain_targets(
        request, resolve_targets(request, index.snapshot), index.snapshot, WheelExplanations(index.files_of)
    )
    return [
        (answer.verdict.value, package.version, package.verdict)
        for answer in answers
        for package in answer.packages
        if package.name == "demo"
    ]


def test_a_union_takes_the_newest_part_that_installs() -> None:
    union = '"^1.2 || ^3"'
    assert chosen(union, "cp314-win_amd64", "cp313-win_amd64") == [("go", "3.1", "ready"), ("go", "1.5", "ready")]


@pytest.mark.parametrize(
    ("slug", "wanted"),
    [("cp39-win_amd64", ("go", "1.5", "ready")), ("cp314-win_amd64", ("go", "4.0", "ready"))],
)
def test_each_entry_of_a_list_asks_where_its_own_marker_holds(slug: str, wanted: tuple[str, str, str]) -> None:
    listed = '[{version = "^1", python = "<3.10"}, {version = "^4", python = ">=3.10"}]'
    assert chosen(listed, slug) == [wanted]


def test_entries_whose_markers_hold_together_both_count() -> None:
    listed = '[{version = ">=1.2"}, {version = "<3", markers = "sys_platform == \'win32\'"}]'
    assert chosen(listed, "cp313-win_amd64", "cp313-musllinux_1_2_x86_64") == [
        ("go", "2.0", "ready"),
        ("go", "4.0", "ready"),
    ]


def test_an_entry_that_holds_nowhere_leaves_the_package_out() -> None:
    listed = '[{version = "^1", python = "<3.10"}, {version = "^4", python = ">=3.10,<3.12"}]'
    assert chosen(listed, "cp313-win_amd64") == [("go", None, "inactive")]
