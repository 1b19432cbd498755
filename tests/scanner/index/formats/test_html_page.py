"""Links of HTML pages: what is read, what is skipped and reported, what makes a page unreadable."""

from datetime import UTC, datetime

import pytest

from scanner.domain.index_page.page import ProjectStatus
from scanner.index.errors import InvalidIndexPage
from scanner.index.formats.read import read_page
from tests.scanner.index.formats.small_pages import HTML, NAME, PLAIN, SHA, URL, from_html, html_body, html_link


def test_an_html_link_becomes_the_same_file() -> None:
    assert from_html(html_link()).files == (PLAIN,)


def test_every_fact_of_an_html_link_is_read() -> None:
    link = html_link(
        'data-requires-python="&gt;=3.9" data-yanked="broken build" data-upload-time="2024-02-03T06:05:06+02:00" '
        f'data-core-metadata="sha256={SHA}" data-dist-info-metadata="false" data-provenance="https://index.example/p"'
    )
    head = '<meta name="pypi:project-status" content="archived"><meta name="pypi:project-status-reason" content="done">'
    page = from_html(link, "<!--SERIAL 77-->", head=head)
    (file,) = page.files
    assert (file.requires_python, file.yanked, file.yanked_reason) == (">=3.9", True, "broken build")
    assert (file.has_metadata, file.metadata_sha256) == (True, SHA)
    assert file.uploaded_at == datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert (page.status, page.status_reason, page.serial) == (ProjectStatus.ARCHIVED, "done", 77)


@pytest.mark.parametrize("attribute", ["data-yanked", 'data-yanked=""'])
def test_a_yank_in_html_needs_no_reason(attribute: str) -> None:
    (file,) = from_html(html_link(attribute)).files
    assert (file.yanked, file.yanked_reason) == (True, None)


def test_another_major_api_version_in_html_is_refused() -> None:
    with pytest.raises(InvalidIndexPage, match=r"pypi:repository-version.*API version 2\.0"):
        from_html(html_link(), head='<meta name="pypi:repository-version" content="2.0">')


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body><form>sign in</form></body></html>",
        b'<html><body><a href="/login">Sign in</a></body></html>',
        html_body(html_link(), html_link(filename="demo-2.0.tar.gz"))[:-30],
        html_body(html_link())[:80],
        b"<!-- never ended",
        b'<a href="/files/demo-1.0.tar.gz',
        b'<a href="/files/demo-1.0.tar.gz">demo',
        b"<script>var x = 1;",
    ],
)
def test_what_is_no_whole_html_page_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidIndexPage):
        read_page(HTML, body, NAME, URL)


@pytest.mark.parametrize(
    ("link", "filename", "url"),
    [
        ('<A HREF="demo-1.0.tar.gz">x</A>', "demo-1.0.tar.gz", URL + "demo-1.0.tar.gz"),
        ("<a href=../../p/demo-1.0.zip>x</a>", "demo-1.0.zip", "https://index.example/p/demo-1.0.zip"),
        (
            "<a class='x' href='//files.example/demo-1.0.zip'>x</a>",
            "demo-1.0.zip",
            "https://files.example/demo-1.0.zip",
        ),
        ('<a href="demo-1.0%2Bl-py3-none-any.whl">x</a>', "demo-1.0+l-py3-none-any.whl", None),
        ('<a href="get?id=5">demo-1.0.tar.gz</a>', "demo-1.0.tar.gz", URL + "get?id=5"),
        ('<a href="a&amp;b/demo-1.0.egg">x</a>', "demo-1.0.egg", URL + "a&b/demo-1.0.egg"),
        ('<a href="../">..</a><a href="demo-1.0.exe">x</a>', "demo-1.0.exe", URL + "demo-1.0.exe"),
        (
            '<base href="https://b.example/"><a href="demo-1.0.zip">x</a>',
            "demo-1.0.zip",
            "https://b.example/demo-1.0.zip",
        ),
    ],
)
def test_addresses_in_html_may_be_written_in_many_ways(link: str, filename: str, url: str | None) -> None:
    (file,) = from_html(link).files
    assert file.filename == filename
    assert url is None or file.url == url


def test_a_link_that_is_no_file_is_reported_and_the_rest_counts() -> None:
    page = from_html('<a href="https://project.example/home">home</a>', html_link())
    assert page.files == (PLAIN,)
    assert [problem.place for problem in page.problems] == ["link 1.href"]


def test_links_in_comments_scripts_and_titles_are_not_links() -> None:
    hidden = html_link(filename="demo-9.tar.gz")
    page = from_html(f"<!-- {hidden} --><script>'{hidden}'</script>", html_link(), head=f"<title>{hidden}</title>")
    assert page.files == (PLAIN,)


def test_the_character_set_of_an_html_page_is_kept() -> None:
    body = html_body(html_link('data-yanked="größer"')).decode().encode("latin-1")
    assert read_page("text/html; charset=latin-1", body, NAME, URL).files[0].yanked_reason == "größer"
    with pytest.raises(InvalidIndexPage, match="character set"):
        read_page("text/html; charset=nonsense", body, NAME, URL)
