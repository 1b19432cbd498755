"""Parse HTML pages of the simple API (PEP 503 with the data attributes of PEP 592, 658 and 714).

HTML has no sizes or upload times, except for `data-upload-time` that some proxies add. A file without the
metadata attribute has no metadata file only on a page where another file has the attribute; otherwise it is unknown.
"""

import re
from urllib.parse import unquote, urljoin, urlsplit

from msgspec import Struct, field
from packaging.utils import NormalizedName, canonicalize_name

from scanner.domain.index_page.page import IndexFile, IndexPage
from scanner.index.errors import InvalidIndexPage
from scanner.index.formats import rows
from scanner.index.formats.json_page import check_api_version
from scanner.index.formats.markup import UnclosedMarkup, attributes, tokens
from scanner.index.formats.rows import InvalidRow, Problems

_ARCHIVES = (
    ".whl", ".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tar.z", ".tar", ".egg", ".exe", ".msi",
    ".rpm", ".deb", ".dmg",
)  # fmt: skip
_SERIAL = re.compile(r"\s*SERIAL\s+(\d{1,19})\s*\Z")


class _Page(Struct):
    """What one pass over the tags collects."""

    meta: dict[str, str] = field(default_factory=dict)
    links: list[tuple[dict[str, str], str]] = field(default_factory=list)
    serial: int | None = None
    base: str | None = None
    words: list[str] = field(default_factory=list)


class _PageContext(Struct, frozen=True):
    """What the files of a page share. any_metadata: whether any of them has the metadata attribute."""

    any_metadata: bool
    problems: Problems


def read_page(text: str, name: NormalizedName, url: str, max_files: int) -> IndexPage:
    """Return one package's page. Raises InvalidIndexPage with the place if it is none, ends early or is too large."""
    page = _gather(text, url, max_files)
    if "pypi:repository-version" in page.meta:
        check_api_version(page.meta["pypi:repository-version"], url, "pypi:repository-version")
    base = _base(page, url)
    any_metadata = any("data-core-metadata" in link or "data-dist-info-metadata" in link for link, _ in page.links)
    problems = Problems()
    context = _PageContext(any_metadata, problems)
    files: list[tuple[str, IndexFile]] = []
    for number, (link, label) in enumerate(page.links, start=1):
        place, filename = f"link {number}", None
        if link["href"].endswith("/") or not link["href"]:
            continue
        try:
            filename = rows.filename_of(_filename(link["href"], label))
            files.append((place, _file(link, filename, base, context, place)))
        except InvalidRow as error:
            problems.row(place, error, filename)
    if not files:
        _check_empty(page, problems, name, url)
    return IndexPage(
        name=name,
        files=rows.unique(files, problems),
        serial=page.serial,
        status=rows.status_of(page.meta.get("pypi:project-status"), problems),
        status_reason=rows.reason_of(page.meta.get("pypi:project-status-reason", "")),
        problems=problems.all(),
    )


def _gather(text: str, url: str, max_files: int) -> _Page:
    check_whole(text, url)
    page = _Page()
    link: dict[str, str] | None = None
    label: list[str] = []
    try:
        for token in tokens(text):
            if token.kind == "text":
                (page.words if link is None else label).append(token.text)
            elif token.kind == "start" and token.text == "a":
                link, label = attributes(token), []
            elif token.kind == "end" and token.text == "a" and link is not None:
                if "href" in link:
                    page.links.append((link, "".join(label)))
                if len(page.links) > max_files:
                    raise InvalidIndexPage(url, "links", f"no more than {max_files:,} files are read")
                link = None
            elif token.kind == "start" and token.text == "meta":
                found = attributes(token)
                page.meta.setdefault(found.get("name", ""), found.get("content", ""))
            elif token.kind == "start" and token.text == "base" and page.base is None:
                page.base = attributes(token).get("href")
            elif token.kind == "comment" and (serial := _SERIAL.match(token.text)):
                page.serial = rows.serial_of(serial.group(1))
    except UnclosedMarkup as error:
        raise InvalidIndexPage(url, f"character {error.position}", f"{error.what} does not end") from None
    if link is not None:
        raise InvalidIndexPage(url, f"link {len(page.links) + 1}", "the link does not end")
    return page


def _base(page: _Page, url: str) -> str:
    try:
        return url if page.base is None else urljoin(url, page.base)
    except ValueError as error:
        raise InvalidIndexPage(url, "base", f"the address cannot be read: {error}") from None


def check_whole(text: str, url: str) -> None:
    """Check that the page has its end: a page cut between two links looks like one with fewer files."""
    head, tail = text[:2000].lower(), text[-2000:].lower()
    if "<html" in head and "</html" not in tail and "</body" not in tail:
        raise InvalidIndexPage(url, f"character {len(text)}", "the page ends early: <html> is not closed")


def _check_empty(page: _Page, problems: Problems, name: NormalizedName, url: str) -> None:
    """Check that a page without files is an index page: a sign-in form has no files either."""
    if problems.skipped:
        raise InvalidIndexPage(url, problems.found[0].place, f"no link can be read: {problems.found[0].message}")
    if "pypi:repository-version" in page.meta:
        return
    if any(name in canonicalize_name(word) for word in " ".join(page.words)[:20_000].split()):
        return
    raise InvalidIndexPage(url, "page", "no link to a file, and nothing that marks an index page")


def _filename(href: str, label: str) -> str:
    """Return the last part of the address, as pip does, or the label if the address ends in something else."""
    try:
        path = urlsplit(href).path
    except ValueError as error:
        raise InvalidRow("href", href, f"the address cannot be read: {error}") from None
    for candidate in (unquote(path.rpartition("/")[2]), label.strip()):
        if candidate.lower().endswith(_ARCHIVES):
            return candidate
    raise InvalidRow("href", href, "neither the address nor the label is a file name")


def _file(link: dict[str, str], filename: str, base: str, context: _PageContext, place: str) -> IndexFile:
    digests = dict(part.partition("=")[::2] for part in link["href"].partition("#")[2].split("&"))
    has_metadata, metadata_sha256 = _metadata(link, context, place)
    yanked = link.get("data-yanked")
    return IndexFile(
        filename=filename,
        url=rows.url_of(link["href"], base),
        sha256=rows.sha256_of(digests.get("sha256")),
        requires_python=rows.requires_python_of(link.get("data-requires-python")),
        uploaded_at=rows.time_of(link.get("data-upload-time"), context.problems, place),
        yanked=yanked is not None,
        yanked_reason=rows.reason_of(yanked or ""),
        has_metadata=has_metadata,
        metadata_sha256=metadata_sha256,
    )


def _metadata(link: dict[str, str], context: _PageContext, place: str) -> tuple[bool | None, str | None]:
    # PEP 714: the new attribute takes precedence.
    mark = link.get("data-core-metadata", link.get("data-dist-info-metadata"))
    if mark is None:
        return (False if context.any_metadata else None), None
    algorithm, _, digest = mark.partition("=")
    if algorithm != "sha256":
        return mark.lower() != "false", None
    try:
        return True, rows.sha256_of(digest)
    except InvalidRow as error:
        context.problems.fact(f"{place}.data-core-metadata", error.value, error.message)
        return True, None
