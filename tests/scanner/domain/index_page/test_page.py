"""Values of an index page."""

import pytest
from packaging.utils import NormalizedName

from scanner.domain.index_page.page import IndexFile, IndexPage, ProjectStatus, RootPage


def test_the_values_of_a_file_are_unknown_unless_given() -> None:
    file = IndexFile("demo-1.0.tar.gz", "https://index.example/demo-1.0.tar.gz")
    assert (file.sha256, file.size, file.requires_python, file.uploaded_at) == (None, None, None, None)
    assert (file.yanked, file.has_metadata) == (False, None)


def test_a_page_of_an_index_without_status_markers_is_active() -> None:
    assert IndexPage(NormalizedName("demo")).status is ProjectStatus.ACTIVE


@pytest.mark.parametrize("value", [IndexFile("a", "b"), IndexPage(NormalizedName("demo"))])
def test_values_can_be_compared_and_kept_in_sets(value: object) -> None:
    assert len({value, value}) == 1


def test_roots_do_not_share_their_names() -> None:
    assert RootPage().serials is not RootPage().serials
