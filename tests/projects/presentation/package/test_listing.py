"""The query of the list of packages."""

import pytest

from projects.presentation.package.listing import PackageListQuery


@pytest.mark.parametrize("page", ["", "0", "-3", "x", "²", "9" * 30])
def test_a_strange_page_is_the_first(page: str) -> None:
    assert PackageListQuery.parse({"page": [page]}).page == 1


def test_defaults_are_left_out_of_the_address() -> None:
    assert PackageListQuery.parse({}).encode() == ""
    query = PackageListQuery.parse({"q": [" YAML "], "sort": ["name"], "page": ["3"]})
    assert query.encode() == "q=yaml&sort=name&page=3"
    assert PackageListQuery.parse({"sort": ["nonsense"]}).sort == "projects"
