"""What the URL of a requirement says without a request: version control, the name in #egg=, the file name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from msgspec import Struct
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    NormalizedName,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

from projects.domain.dependency_files.values import RequirementOrigin

_VERSION_CONTROL = ("git", "hg", "svn", "bzr")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]{0,40}):")
_EGG = re.compile(r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._\-]{0,200}[A-Za-z0-9])?)\s*(?:\[(?P<extras>[^\]]{0,500})\])?")
_ARCHIVES = (".whl", ".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tlz", ".tar.lz")


class DirectReference(Struct, frozen=True):
    """The parts of a URL or path; name and version are None where only a build could determine them."""

    origin: RequirementOrigin
    name: NormalizedName | None = None
    version: str | None = None
    extras: tuple[str, ...] = ()


def is_url(text: str) -> bool:
    """Return whether `text` starts as a URL for pip (http, https, ftp, file or version control)."""
    found = _SCHEME.match(text)
    if not found:
        return False
    scheme = found[1].lower()
    return scheme in {"http", "https", "ftp", "file"} or scheme.split("+")[0] in _VERSION_CONTROL or "://" in text


def is_archive(text: str) -> bool:
    """Return whether the file name is that of an archive that pip unpacks."""
    return text.lower().endswith(_ARCHIVES)


def origin_of(url: str) -> RequirementOrigin:
    """Return the origin by the scheme: version control, a local file or a remote one."""
    scheme = url.partition(":")[0].lower()
    if scheme.split("+")[0] in _VERSION_CONTROL:
        return RequirementOrigin.VCS
    return RequirementOrigin.PATH if scheme == "file" else RequirementOrigin.URL


def parse_direct_reference(url: str) -> DirectReference:
    """Return the parts of `url` (or of an archive's path). Never raises, never opens it."""
    origin = origin_of(url) if is_url(url) else RequirementOrigin.PATH
    address, _, fragment = url.partition("#")
    for part in fragment.split("&"):
        key, _, value = part.partition("=")
        found = _EGG.match(unquote(value)) if key == "egg" else None
        if found:
            extras = tuple(extra.strip() for extra in (found["extras"] or "").split(",") if extra.strip())
            return DirectReference(origin, canonicalize_name(found["name"]), None, extras)
    if origin is RequirementOrigin.VCS:
        return DirectReference(origin)
    name, version = _from_file_name(unquote(address.partition("?")[0]).replace("\\", "/").rpartition("/")[2])
    return DirectReference(origin, name, version)


def _from_file_name(file_name: str) -> tuple[NormalizedName | None, str | None]:
    if len(file_name) > 500 or not is_archive(file_name):
        return None, None
    try:
        if file_name.lower().endswith(".whl"):
            wheel_name, wheel_version, _, _ = parse_wheel_filename(file_name)
            return wheel_name, str(wheel_version)
        if file_name.endswith((".tar.gz", ".zip")):
            sdist_name, sdist_version = parse_sdist_filename(file_name)
            # "repo-1.2.zip" is an sdist by name; "v1.2.zip" and "main.zip" are archives of a ref.
            return sdist_name, str(sdist_version)
    except (InvalidWheelFilename, InvalidSdistFilename, ValueError):
        return None, None
    return None, None


def remote_origin(kind: str, address: str, ref: str | None = None) -> tuple[RequirementOrigin, str]:
    """Return origin and URL of a package that is not from an index; `kind` is the file's own word for its source."""
    if kind in _VERSION_CONTROL:
        prefix = "" if address.startswith(f"{kind}+") else f"{kind}+"
        suffix = f"@{ref}" if ref and "@" not in address.rpartition("/")[2] else ""
        return RequirementOrigin.VCS, f"{prefix}{address}{suffix}"
    if kind in {"path", "file", "directory", "editable", "virtual"}:
        return RequirementOrigin.PATH, address
    return origin_of(address), address


def version_control_origin(fields: Mapping[str, object], *refs: str) -> tuple[RequirementOrigin, str] | None:
    """Return origin and URL of a table like {git = "https://…", rev = "…"}; `refs` are the keys of the revision."""
    for system in _VERSION_CONTROL:
        address = fields.get(system)
        if isinstance(address, str):
            values = (fields.get(key) for key in refs)
            return remote_origin(system, address, next((ref for ref in values if isinstance(ref, str) and ref), None))
    return None
