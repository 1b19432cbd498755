"""Archives of files, in memory."""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Mapping


def zip_of(files: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED, *, comment: bytes = b"") -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.comment = comment
    return body.getvalue()


def tar_of(files: Mapping[str, bytes | tarfile.TarInfo], mode: str = "w") -> bytes:
    """Return a tar of files, and of links and devices as they are."""
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode=mode) as archive:  # type: ignore[call-overload]  # the modes of the cases
        for name, content in files.items():
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
                continue
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return body.getvalue()


def tar_gz_of(files: Mapping[str, bytes | tarfile.TarInfo]) -> bytes:
    """Return a packed tar of files, equal for equal files."""
    return gzip.compress(tar_of(files), mtime=0)
