"""Pages of one package in both wire forms."""

import json
from typing import Any

from packaging.utils import NormalizedName

from scanner.domain.index_page.page import IndexFile, IndexPage
from scanner.index.formats.read import JSON_TYPE, read_page

NAME = NormalizedName("demo")
URL = "https://index.example/simple/demo/"
SHA = "ab" * 32
HTML = "text/html"
PLAIN = IndexFile("demo-1.0.tar.gz", "https://index.example/files/demo-1.0.tar.gz", SHA)


def json_body(*files: object, **changes: object) -> bytes:
    page: dict[str, object] = {"meta": {"api-version": "1.1"}, "name": "demo", "files": list(files), **changes}
    return json.dumps(page).encode()


def json_row(**changes: object) -> dict[str, Any]:
    return {"filename": "demo-1.0.tar.gz", "url": "/files/demo-1.0.tar.gz", "hashes": {"sha256": SHA}, **changes}


def html_body(*links: str, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{'<br/>'.join(links)}</body></html>".encode()


def html_link(attributes: str = "", filename: str = "demo-1.0.tar.gz") -> str:
    return f'<a href="/files/{filename}#sha256={SHA}" {attributes}>{filename}</a>'


def from_json(*files: object, **changes: object) -> IndexPage:
    return read_page(JSON_TYPE, json_body(*files, **changes), NAME, URL)


def from_html(*links: str, head: str = "") -> IndexPage:
    return read_page(HTML, html_body(*links, head=head), NAME, URL)
