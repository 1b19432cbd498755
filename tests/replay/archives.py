"""Small archives that really are what their names say: wheels with METADATA, WHEEL and RECORD, sdists with PKG-INFO.

Built on demand and deterministic. They hold no code worth running; a wheel carries incompressible padding so that a
ranged read of its end is much smaller than the whole, as with real wheels.
"""

import base64
import gzip
import hashlib
import io
import random
import tarfile
import zipfile
from collections.abc import Iterable, Mapping

_EPOCH = (1980, 1, 1, 0, 0, 0)
_PADDING = 96 * 1024
_SOURCES = {"C": ".c", "C++": ".cpp", "Cython": ".pyx", "Rust": ".rs", "Fortran": ".f90"}


def metadata_text(lines: Iterable[tuple[str, str]]) -> bytes:
    """Header lines as a core metadata file."""
    return "".join(f"{header}: {value}\n" for header, value in lines).encode()


def build(filename: str, metadata: bytes | None, members: Mapping[str, bytes], *, padded: bool = True) -> bytes:
    """The archive for a file name: .whl and other zips, .tar.gz; anything else is its padding alone."""
    if filename.endswith(".whl"):
        return _wheel(filename, metadata or b"", members, padded=padded)
    if filename.endswith((".tar.gz", ".tgz")):
        return _sdist_tar(filename.removesuffix(".tar.gz").removesuffix(".tgz"), metadata, members)
    if filename.endswith((".zip", ".egg")):
        base = filename.rsplit(".", 1)[0]
        where = "EGG-INFO" if filename.endswith(".egg") else base
        inside = {f"{base}/{path}": data for path, data in members.items()} if where == base else members
        return _zip({**({f"{where}/PKG-INFO": metadata} if metadata is not None else {}), **inside})
    return _padding(filename)


def sdist_members(filename: str, requires_txt: Iterable[str] | None, build: str) -> dict[str, bytes]:
    """Files of an sdist that has these lines in requires.txt and needs this build: "pure", "compiled: C, Rust"."""
    members = {"setup.py": b"from setuptools import setup\n\nsetup()\n"}
    if requires_txt is not None:
        stem = filename.rpartition("-")[0].replace("-", "_")
        members[f"{stem}.egg-info/requires.txt"] = "".join(f"{line}\n" for line in requires_txt).encode()
    kind, _, languages = build.partition(": ")
    if kind == "compiled":
        members["setup.py"] = b"from setuptools import setup\n\nsetup(ext_modules=[])\n"
    for language in filter(None, languages.split(", ")):
        members[f"src/module{_SOURCES[language]}"] = b""
    return members


def _wheel(filename: str, metadata: bytes, members: Mapping[str, bytes], *, padded: bool) -> bytes:
    parts = filename.removesuffix(".whl").split("-")
    name, version, tags = parts[0], parts[1], parts[-3:]
    info = f"{name}-{version}.dist-info"
    expanded = [
        f"{python}-{abi}-{platform}"
        for python in tags[0].split(".")
        for abi in tags[1].split(".")
        for platform in tags[2].split(".")
    ]
    wheel = "Wheel-Version: 1.0\nGenerator: replay\nRoot-Is-Purelib: false\n"
    wheel += "".join(f"Tag: {tag}\n" for tag in expanded)
    content = {
        f"{name}/__init__.py": b"",
        **({f"{name}/padding.bin": _padding(filename)} if padded else {}),
        **members,
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": wheel.encode(),
    }
    record = "".join(f"{path},{_record_hash(data)},{len(data)}\n" for path, data in content.items())
    content[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    return _zip(content)


def _sdist_tar(base: str, metadata: bytes | None, members: Mapping[str, bytes]) -> bytes:
    content = {f"{base}/{path}": data for path, data in members.items()}
    content.setdefault(f"{base}/pyproject.toml", b'[build-system]\nrequires = ["setuptools"]\n')
    if metadata is not None:
        content[f"{base}/PKG-INFO"] = metadata
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, data in content.items():
            member = tarfile.TarInfo(path)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(plain.getvalue(), mtime=0)


def _zip(content: Mapping[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in content.items():
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return body.getvalue()


def _padding(seed: str) -> bytes:
    return random.Random(seed).randbytes(_PADDING)


def _record_hash(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
