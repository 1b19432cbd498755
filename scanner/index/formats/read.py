"""Parse the answers of an index by content type. What cannot be read raises InvalidIndexPage.

Standards: PEP 503 (HTML), 691 (JSON), 700 (size, upload time), 592 (yank), 658/714 (metadata), 792 (status). Parsers
take time proportional to the body and raise nothing else.
"""

from collections.abc import Collection
from email.message import Message

from packaging.utils import NormalizedName

from scanner.domain.index_page.page import IndexPage, RootPage
from scanner.index.errors import InvalidIndexPage
from scanner.index.formats import html_page, json_page, page_delta, root_page
from scanner.index.formats.page_delta import PageDelta

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
# JSON first, then HTML. Versions are named, so that an unsupported one is never sent.
ACCEPT = f"{JSON_TYPE}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
MAX_FILES = 100_000
MAX_NAMES = 5_000_000
_HTML_TYPES = ("application/vnd.pypi.simple.v1+html", "text/html", "application/xhtml+xml")


def read_page(
    content_type: str, body: bytes, name: NormalizedName, url: str, *, max_files: int = MAX_FILES
) -> IndexPage:
    """Return one package's page. url: where the body came from, the base of relative addresses."""
    media, charset = _media(content_type)
    if media == JSON_TYPE:
        return json_page.read_page(body, name, url, max_files)
    if media in _HTML_TYPES:
        return html_page.read_page(_decoded(body, charset, url), name, url, max_files)
    raise _wrong_type(url, content_type)


def compare(content_type: str, body: bytes, known: bytes) -> PageDelta | None:
    """Return the difference from the page with the checksums `known`; None if the whole page must be parsed."""
    return page_delta.compare(body, known) if _media(content_type)[0] == JSON_TYPE else None


def read_changes(delta: PageDelta, name: NormalizedName, url: str) -> IndexPage | None:
    """Return the page with the rows of `delta` alone; None if the whole page must be parsed."""
    if not delta.pays:
        return None
    try:
        document = json_page.check_document(delta.document(), url)
        page = json_page.read_document(document, name, url, MAX_FILES)
    except (InvalidIndexPage, ValueError, TypeError, RecursionError):
        # Cut in the wrong place, or invalid: parsing the whole page shows which, with the right place in its message.
        return None
    # A row that cannot be read may be that of a stored file; only the whole page shows which.
    return None if page.problems else page


def read_root(
    content_type: str,
    body: bytes,
    url: str,
    *,
    above: int | None = None,
    among: Collection[NormalizedName] | None = None,
    max_names: int = MAX_NAMES,
) -> RootPage:
    """Return the page of all packages. Only JSON has their serials.

    above: only rows with a higher serial, and those whose serial cannot be read. among: only these names.
    """
    media, charset = _media(content_type)
    if media == JSON_TYPE:
        return root_page.read_json(body, url, above=above, among=among, max_names=max_names)
    if media in _HTML_TYPES:
        return root_page.read_html(_decoded(body, charset, url), url, among=among, max_names=max_names)
    raise _wrong_type(url, content_type)


def _media(content_type: str) -> tuple[str, str]:
    message = Message()
    message["Content-Type"] = "".join(content_type.splitlines())
    return message.get_content_type() if "/" in content_type else "", message.get_content_charset() or "utf-8"


def _decoded(body: bytes, charset: str, url: str) -> str:
    try:
        return body.decode(charset, errors="replace")
    except LookupError:
        raise InvalidIndexPage(url, "Content-Type", f"unknown character set {charset[:40]!r}") from None


def _wrong_type(url: str, content_type: str) -> InvalidIndexPage:
    given = f"{content_type[:80]!r}" if content_type else "none"
    return InvalidIndexPage(url, "Content-Type", f"neither a JSON nor an HTML index page (content type: {given})")
