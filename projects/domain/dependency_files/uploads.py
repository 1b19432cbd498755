"""The body of a signed upload from CI."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping

from msgspec import Struct

FILES_MAX = 60
PATH_MAX = 300
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\\\ud800-\udfff]")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_REF_MAX = 200


class InvalidUpload(ValueError):
    """A body that is not an upload; `reason` says what to correct."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Upload(Struct, frozen=True):
    """Files by path, the roots among them, and the commit and ref that CI names."""

    files: Mapping[str, bytes]
    roots: tuple[str, ...]
    commit: str = ""
    ref: str = ""

    def to_json(self) -> bytes:
        """Return the upload in the form that `read_upload` reads."""
        files = {path: {"base64": base64.b64encode(content).decode()} for path, content in self.files.items()}
        return json.dumps({"files": files, "roots": self.roots, "commit": self.commit, "ref": self.ref}).encode()


def read_upload(body: bytes, content_type: str, path: str = "") -> Upload:
    """Read JSON, or with any other content type one requirement file called `path`. Raises InvalidUpload.

    The JSON is `{"files": {path: text or {"base64": …}}, "roots": […], "commit": …, "ref": …}`; only "files" is
    required, and without "roots" every file is a root.
    """
    if content_type.partition(";")[0].strip().lower() != "application/json":
        name = _checked_path(path or "requirements.txt")
        return Upload({name: body}, (name,))
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidUpload("the body is not JSON") from None
    if not isinstance(document, dict) or not isinstance(document.get("files"), dict):
        raise InvalidUpload('expected an object with "files"')
    if not 0 < len(document["files"]) <= FILES_MAX:
        raise InvalidUpload(f"expected 1 to {FILES_MAX} files")
    files = {_checked_path(name): _content(name, value) for name, value in document["files"].items()}
    roots = document.get("roots") or list(files)
    if not isinstance(roots, list) or not all(isinstance(root, str) and root in files for root in roots):
        raise InvalidUpload('"roots" must list paths of "files"')
    return Upload(files, tuple(roots), _text(document, "commit", _COMMIT), _text(document, "ref", None))


def read_stored_upload(stored: bytes) -> Upload:
    """Return the upload that `Upload.to_json` wrote."""
    return read_upload(stored, "application/json")


def read_sent_upload(content_type: str, path: str, body: bytes) -> tuple[Upload, bytes]:
    """Return the upload in the body of a request, and its form to store. Raises InvalidUpload."""
    upload = read_upload(body, content_type, path)
    return upload, upload.to_json()


def check_upload(upload: Upload) -> Upload:
    """Return an upload whose paths and roots are usable. Raises InvalidUpload."""
    for path in upload.files:
        _checked_path(path)
    if not all(root in upload.files for root in upload.roots):
        raise InvalidUpload('"roots" must list paths of "files"')
    return upload


def _checked_path(path: str) -> str:
    segments = path.split("/")
    climbs = any(segment in ("", ".", "..") for segment in segments)
    if climbs or len(path) > PATH_MAX or _UNPRINTABLE.search(path):
        raise InvalidUpload("a path must be relative to the root of the repository, without . and ..")
    return path


def _content(path: str, value: object) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, dict) and isinstance(encoded := value.get("base64"), str):
        try:
            return base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            raise InvalidUpload(f"{path} is not base64") from None
    raise InvalidUpload(f'{path} must be a string or {{"base64": …}}')


def _text(document: Mapping[str, object], name: str, pattern: re.Pattern[str] | None) -> str:
    value = document.get(name) or ""
    usable = isinstance(value, str) and len(value) <= _REF_MAX and not _UNPRINTABLE.search(value)
    if not isinstance(value, str) or not usable or (value and pattern and not pattern.fullmatch(value)):
        raise InvalidUpload(f'"{name}" is not usable')
    return value
