"""What the search field of every page takes somebody to."""

from __future__ import annotations

import pytest

from projects.presentation.search import SHOWN, SearchResults

API, API_2, SHOP = ("api", "API"), ("api-2", "API 2"), ("shop", "Web shop")


@pytest.mark.parametrize(
    ("text", "projects", "packages", "project", "package"),
    [
        ("api", [API, API_2], [], "api", None),
        ("API 2", [API_2], [], "api-2", None),
        ("SHOP", [SHOP], ["webshop"], "shop", None),
        ("sho", [SHOP], [], "shop", None),
        ("ap", [API, API_2], [], None, None),
        ("num", [], ["numpy"], None, "numpy"),
        ("num", [], ["numpy", "numba"], None, None),
        ("NumPy", [], ["numpy", "numpydoc"], None, "numpy"),
        ("ruamel_yaml", [], ["ruamel-yaml", "ruamel-yaml-clib"], None, "ruamel-yaml"),
        ("api", [API], ["api"], None, None),
        ("sh", [SHOP], ["sh-tools"], None, None),
        ("nothing", [], [], None, None),
    ],
)
def test_what_is_called_exactly_so_or_is_all_there_is_is_meant(
    text: str, projects: list[tuple[str, str]], packages: list[str], project: str | None, package: str | None
) -> None:
    found = SearchResults(text, projects, packages)
    assert (found.project, found.package) == (project, package)


def test_a_list_that_is_full_says_that_there_may_be_more() -> None:
    assert SearchResults("a", [], [f"a{number}" for number in range(SHOWN)]).is_cut
    assert not SearchResults("a", [API], ["a"]).is_cut
