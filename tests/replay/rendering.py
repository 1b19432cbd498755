"""Index pages in their wire forms (JSON simple API 1.4, PEP 503 HTML), and which one an Accept header asks for."""

import gzip
import hashlib
import html
import json
from collections.abc import Iterable, Sequence
from urllib.parse import quote

import msgspec
from msgspec import Struct

from tests.replay.packages import ReplayFile, ReplayPackage

JSON = "application/vnd.pypi.simple.v1+json"
HTML = "application/vnd.pypi.simple.v1+html"
TEXT = "text/html"
_OFFERS = (TEXT, HTML, JSON)
_ALIASES = {
    "application/vnd.pypi.simple.latest+json": JSON,
    "application/vnd.pypi.simple.latest+html": HTML,
}


class Style(Struct):
    """How this index answers; change any of it while it runs.

    json: offers JSON at all. html_upload_times: the data-upload-time that some proxies add. announces_metadata:
    core-metadata marks, with digests unless metadata_digests is off. relative_urls: file addresses relative to the
    page. validator: "etag", "last-modified" or "none". serials: `_last-serial` and X-PyPI-Last-Serial.
    """

    json: bool = True
    html_upload_times: bool = False
    announces_metadata: bool = True
    metadata_digests: bool = True
    relative_urls: bool = False
    validator: str = "etag"
    serials: bool = True
    gzip: bool = True
    api_version: str = "1.4"


class Page(Struct, frozen=True):
    """A page ready to be sent."""

    body: bytes
    packed: bytes
    etag: str
    serial: int
    last_modified: str


def choose(accept: str | None, style: Style) -> str | None:
    """The content type to answer with, None for 406. As the public index: best q, HTML on a tie."""
    offers = [offer for offer in _OFFERS if style.json or offer != JSON]
    if not accept:
        return TEXT
    best, best_q = None, 0.0
    for offer in offers:
        q = _quality(offer, accept)
        if q > best_q:
            best, best_q = offer, q
    return best


def _quality(offer: str, accept: str) -> float:
    """q of the most specific range that covers the offer."""
    found, rank = 0.0, -1
    for part in accept.split(","):
        fields = [piece.strip() for piece in part.split(";")]
        media = _ALIASES.get(fields[0].lower(), fields[0].lower())
        q = 1.0
        for parameter in fields[1:]:
            if parameter.startswith("q="):
                try:
                    q = float(parameter[2:])
                except ValueError:
                    q = 0.0
        specific = {"*/*": 0, offer.split("/", maxsplit=1)[0] + "/*": 1, offer: 2}.get(media, -1)
        if specific > rank:
            found, rank = q, specific
    return found


def project_page(package: ReplayPackage, as_of: str | None, form: str, style: Style, base_url: str) -> bytes:
    files = package.files(as_of)
    prefix = f"../../files/{package.name}/" if style.relative_urls else f"{base_url}/files/{package.name}/"
    if form == JSON:
        return _project_json(package, files, package.serial(as_of), style, prefix)
    return _project_html(package, files, package.serial(as_of), style, prefix)


def _project_json(package: ReplayPackage, files: Sequence[ReplayFile], serial: int, style: Style, prefix: str) -> bytes:
    meta: dict[str, object] = {"api-version": style.api_version}
    if style.serials:
        meta["_last-serial"] = serial
    status = {"status": package.status}
    if package.status_reason:
        status["reason"] = package.status_reason
    rows = []
    for file in files:
        row = file.row
        digest = file.metadata_sha256 if style.announces_metadata else None
        metadata: object = ({"sha256": digest} if style.metadata_digests else True) if digest else False
        entry: dict[str, object] = {
            "core-metadata": metadata,
            "data-dist-info-metadata": metadata,
            "filename": row.filename,
            "hashes": {"sha256": file.sha256} if file.sha256 else {},
            "provenance": None,
            "requires-python": row.requires_python,
            "size": file.size,
            "upload-time": row.uploaded_at,
            "url": prefix + quote(row.filename),
            "yanked": (row.yanked_reason or True) if row.yanked else False,
        }
        if not style.announces_metadata:
            del entry["core-metadata"], entry["data-dist-info-metadata"]
        rows.append(entry)
    page = {
        "alternate-locations": [],
        "files": rows,
        "meta": meta,
        "name": package.name,
        "project-status": status,
        "versions": list(dict.fromkeys(file.row.version for file in files)),
    }
    body = msgspec.json.encode(page)
    # The other is ten times as slow, but writes letters beyond ASCII as the escapes that an index sends.
    return body if body.isascii() else json.dumps(page, separators=(",", ":")).encode()


def _project_html(package: ReplayPackage, files: Sequence[ReplayFile], serial: int, style: Style, prefix: str) -> bytes:
    lines = [
        "<!DOCTYPE html>",
        "<html>",
        "  <head>",
        f'    <meta name="pypi:repository-version" content="{style.api_version}">',
        f'    <meta name="pypi:project-status" content="{html.escape(package.status)}">',
    ]
    if package.status_reason:
        lines.append(f'    <meta name="pypi:project-status-reason" content="{html.escape(package.status_reason)}">')
    lines += [
        f"    <title>Links for {package.name}</title>",
        "  </head>",
        "  <body>",
        f"    <h1>Links for {package.name}</h1>",
    ]
    for file in files:
        row = file.row
        fragment = f"#sha256={file.sha256}" if file.sha256 else ""
        attributes = [f'href="{html.escape(prefix + quote(row.filename))}{fragment}"']
        if row.requires_python:
            attributes.append(f'data-requires-python="{html.escape(row.requires_python)}"')
        if row.yanked:
            attributes.append(f'data-yanked="{html.escape(row.yanked_reason or "")}"')
        digest = file.metadata_sha256 if style.announces_metadata else None
        if digest:
            mark = f"sha256={digest}" if style.metadata_digests else "true"
            attributes += [f'data-dist-info-metadata="{mark}"', f'data-core-metadata="{mark}"']
        if style.html_upload_times:
            attributes.append(f'data-upload-time="{row.uploaded_at}"')
        lines.append(f"<a {' '.join(attributes)}>{html.escape(row.filename)}</a><br />")
    lines += ["</body>", "</html>"]
    if style.serials:
        lines.append(f"<!--SERIAL {serial}-->")
    return "\n".join(lines).encode()


def root_page(serials: Iterable[tuple[str, int]], last_serial: int, form: str, style: Style) -> bytes:
    """Every package; only the JSON form carries each one's serial."""
    if form == JSON:
        projects = [
            {"_last-serial": serial, "name": name} if style.serials else {"name": name} for name, serial in serials
        ]
        meta: dict[str, object] = {"api-version": style.api_version}
        if style.serials:
            meta["_last-serial"] = last_serial
        return json.dumps({"meta": meta, "projects": projects}, separators=(",", ":")).encode()
    lines = [
        "<!DOCTYPE html>",
        "<html>",
        "  <head>",
        f'    <meta name="pypi:repository-version" content="{style.api_version}">',
        "    <title>Simple index</title>",
        "  </head>",
        "  <body>",
    ]
    lines += [f'    <a href="/simple/{name}/">{name}</a>' for name, _ in serials]
    lines += ["  </body>", "</html>"]
    if style.serials:
        lines.append(f"<!--SERIAL {last_serial}-->")
    return "\n".join(lines).encode()


def ready(body: bytes, serial: int, last_modified: str) -> Page:
    """With its ETag, and packed as it is sent to who takes gzip."""
    packed = gzip.compress(body, compresslevel=1, mtime=0)
    return Page(body, packed, f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"', serial, last_modified)
