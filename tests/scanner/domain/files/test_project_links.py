"""Links of core metadata: kinds by their labels, and nothing but plain web addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.files.core_metadata import parse_core_metadata
from scanner.domain.files.project_links import (
    MOST_LINKS,
    LinkKind,
    ProjectLink,
    is_web_address,
    links_from_json,
    read_project_links,
)

METADATA = """Metadata-Version: 2.4
Name: attrs
Home-page: https://www.attrs.example/
Project-URL: Documentation, https://www.attrs.example/docs
Project-URL: Change Log, https://www.attrs.example/changelog.html
Project-URL: GitHub, https://code.example/attrs
Project-URL: Bug Tracker, https://code.example/attrs/issues
Project-URL: Funding, https://fund.example/attrs

Project-URL: Not a header, https://description.example/
"""


def test_links_are_read_from_the_header_and_listed_by_kind() -> None:
    links = parse_core_metadata(METADATA).links
    assert [(link.kind.value, link.label) for link in links] == [
        ("homepage", "Homepage"),
        ("source", "GitHub"),
        ("tracker", "Bug Tracker"),
        ("changelog", "Change Log"),
        ("documentation", "Documentation"),
        ("other", "Funding"),
    ]


@pytest.mark.parametrize(
    "url",
    [
        *(
            "javascript:alert(1)",
            "JavaScript://x/%0aalert(1)",
            "data:text/html,x",
            "//host/path",
            "/path",
            "",
            "https://",
        ),
        *(
            "ftp://host/",
            "file:///etc/passwd",
            "https://user:secret@host/",
            "https://host\\@evil.example/",
            "https://[::1",
        ),
        *(
            "https://host/\u202egpj.exe",
            "https://host/a b",
            "https://host:port/",
            f"https://host/{'x' * 500}",
            "UNKNOWN",
        ),
    ],
)
def test_what_is_no_plain_web_address_is_left_out(url: str) -> None:
    assert not is_web_address(url)
    assert read_project_links([f"Homepage, {url}"], url) == ()


def test_the_same_address_is_listed_once_and_labels_are_short() -> None:
    links = read_project_links(
        ["Homepage, https://one.example", f"{'long ' * 30}, https://two.example"], "https://one.example/"
    )
    assert [link.url for link in links] == ["https://one.example", "https://two.example"]
    assert len(links[1].label) <= 60


@given(st.lists(st.text(max_size=80), max_size=20), st.text(max_size=80))
def test_any_values_give_a_few_safe_links(values: list[str], home: str) -> None:
    links = read_project_links([*values, *(f"Label {n}, https://{n}.example" for n in range(20))], home)
    assert len(links) <= MOST_LINKS
    assert all(is_web_address(link.url) and link.label for link in links)


def test_stored_links_are_checked_again() -> None:
    good = ProjectLink(LinkKind.SOURCE, "Source", "https://code.example/")
    assert links_from_json([list(good), ["other", "Bad", "javascript:x"]]) == (good,)
