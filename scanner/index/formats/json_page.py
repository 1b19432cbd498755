"""Parse JSON pages of the simple API (PEP 691 with PEP 592, 700, 714 and 792)."""

import json
import re
from collections.abc import Sequence
from typing import Any

from packaging.utils import NormalizedName, canonicalize_name

from scanner.domain.index_page.page import IndexFile, IndexPage
from scanner.index.errors import InvalidIndexPage
from scanner.index.formats import rows, usual_rows
from scanner.index.formats.rows import InvalidRow, Problems

_API_VERSION = re.compile(r"(\d{1,4})\.(\d{1,6})\Z")


def read_page(body: bytes, name: NormalizedName, url: str, max_files: int) -> IndexPage:
    """Return one package's page. Raises InvalidIndexPage if it is none, of another package, or too large."""
    usual = usual_rows.decode(body)
    if usual is not None:
        meta = check_meta(usual.meta, url)
        _check_name(usual.name, name, url)
        _check_number(usual.files, max_files, url)
        # A control character can only be written with a backslash.
        printable = body.isascii() and b"\\" not in body and b"\x7f" not in body
        files = usual_rows.read_files(usual.files, url, printable=printable)
        if files is not None:
            return _page(name, files, meta, usual.status, Problems())
    return read_document(read_any(body, url), name, url, max_files)


def read_document(document: dict[str, Any], name: NormalizedName, url: str, max_files: int) -> IndexPage:
    """Return the page of a JSON document, whose rows may have anything in any place."""
    _check_name(document.get("name"), name, url)
    entries = document.get("files")
    if not isinstance(entries, list):
        raise InvalidIndexPage(url, "files", "there is no list of files")
    _check_number(entries, max_files, url)
    problems = Problems()
    files: list[tuple[str, IndexFile]] = []
    for position, entry in enumerate(entries):
        place = f"files[{position}]"
        filename = None
        try:
            filename = _filename(entry)
            files.append((place, _file(entry, filename, url, problems, place)))
        except InvalidRow as error:
            problems.row(place, error, filename)
    if entries and not files:
        raise InvalidIndexPage(url, problems.found[0].place, f"no row can be read: {problems.found[0].message}")
    return _page(name, rows.unique(files, problems), document["meta"], document.get("project-status"), problems)


def _page(
    name: NormalizedName, files: tuple[IndexFile, ...], meta: dict[str, Any], status: object, problems: Problems
) -> IndexPage:
    known, reason = _status(status, problems)
    serial = rows.serial_of(meta.get("_last-serial"))
    return IndexPage(name, files, serial, known, reason, problems.all())


def check_document(document: dict[str, Any], url: str) -> dict[str, Any]:
    """Return the document if its API version is supported. Raises InvalidIndexPage."""
    check_meta(document.get("meta"), url)
    return document


def check_meta(meta: object, url: str) -> dict[str, Any]:
    """Return the meta mapping of a page if its API version is supported. Raises InvalidIndexPage."""
    if not isinstance(meta, dict):
        raise InvalidIndexPage(url, "meta", "there is no meta mapping")
    check_api_version(meta.get("api-version"), url, "meta.api-version")
    return meta


def check_api_version(value: object, url: str, place: str) -> None:
    """Check the API version (PEP 629): another major version is an error, a newer minor one is not."""
    found = _API_VERSION.match(value) if isinstance(value, str) else None
    if found is None:
        raise InvalidIndexPage(url, place, "there is no API version")
    if found.group(1) != "1":
        raise InvalidIndexPage(url, place, f"API version {value}; only 1.x can be read")


def read_any(body: bytes, url: str) -> dict[str, Any]:
    """Return the body's JSON mapping if its API version is supported. Raises InvalidIndexPage with the place."""
    try:
        document = json.loads(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidIndexPage(url, f"byte {error.start}", "not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise InvalidIndexPage(url, f"line {error.lineno} column {error.colno}", f"not JSON: {error.msg}") from None
    except RecursionError:
        raise InvalidIndexPage(url, "page", "nested too deeply") from None
    except ValueError:
        raise InvalidIndexPage(url, "page", "a number with too many digits") from None
    if not isinstance(document, dict):
        raise InvalidIndexPage(url, "page", "not a JSON mapping")
    return check_document(document, url)


def _check_name(given: object, name: NormalizedName, url: str) -> None:
    if not isinstance(given, str):
        raise InvalidIndexPage(url, "name", "there is no name")
    if canonicalize_name(given[:300]) != name:
        raise InvalidIndexPage(url, "name", f"the page of another package: {given[:100]!r}")


def _check_number(entries: Sequence[object], most: int, url: str) -> None:
    if len(entries) > most:
        raise InvalidIndexPage(url, "files", f"{len(entries):,} files; no more than {most:,} are read")


def _filename(entry: object) -> str:
    if not isinstance(entry, dict):
        raise InvalidRow("", entry, "not a mapping")
    return rows.filename_of(entry.get("filename"))


def _file(entry: dict[str, Any], filename: str, url: str, problems: Problems, place: str) -> IndexFile:
    hashes = entry.get("hashes")
    if hashes is not None and not isinstance(hashes, dict):
        raise InvalidRow("hashes", hashes, "not a mapping of digests")
    yanked, reason = rows.yank_of(entry.get("yanked"))
    # PEP 714: the new key takes precedence.
    announced = entry["core-metadata"] if "core-metadata" in entry else entry.get("data-dist-info-metadata")
    has_metadata, metadata_sha256 = _metadata(announced, problems, place)
    return IndexFile(
        filename=filename,
        url=rows.url_of(entry.get("url"), url),
        sha256=rows.sha256_of(hashes.get("sha256")) if hashes else None,
        size=rows.size_of(entry.get("size"), problems, place),
        requires_python=rows.requires_python_of(entry.get("requires-python")),
        uploaded_at=rows.time_of(entry.get("upload-time"), problems, place),
        yanked=yanked,
        yanked_reason=reason,
        has_metadata=has_metadata,
        metadata_sha256=metadata_sha256,
    )


def _metadata(announced: object, problems: Problems, place: str) -> tuple[bool | None, str | None]:
    """Return whether there is a metadata file and its digest; (None, None) if the index announces nothing."""
    if announced is None or isinstance(announced, bool):
        return announced, None
    if isinstance(announced, dict):
        try:
            return True, rows.sha256_of(announced.get("sha256"))
        except InvalidRow as error:
            problems.fact(f"{place}.core-metadata", error.value, error.message)
            return True, None
    problems.fact(f"{place}.core-metadata", announced, "neither true, false nor digests")
    return None, None


def _status(value: object, problems: Problems) -> tuple[Any, str | None]:
    if value is None:
        return rows.status_of(None, problems), None
    if not isinstance(value, dict):
        problems.fact("project-status", value, "not a mapping")
        return rows.status_of(None, problems), None
    reason = value.get("reason")
    return rows.status_of(value.get("status"), problems), rows.reason_of(reason) if isinstance(reason, str) else None
