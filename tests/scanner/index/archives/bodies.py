"""Archives with known metadata, and where an index serves them."""

import gzip
import io
import tarfile
import zipfile

from scanner.index.transport import Limits
from tests.patience import PATIENCE
from tests.replay import ReplayIndex

LIMITS = Limits(silence=PATIENCE, total=PATIENCE, metadata=10_000, archive=400_000, sdist=400_000)
WHEEL, SDIST = "demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"
TEXT = b"Metadata-Version: 2.4\nName: demo\nVersion: 1.0\nRequires-Dist: numpy>=2\n"


def url(index: ReplayIndex, filename: str) -> str:
    return f"{index.base_url}/files/demo/{filename}"


def a_zip(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", compression) as archive:
        for path, data in members.items():
            archive.writestr(path, data)
        archive.comment = comment
    return body.getvalue()


def a_tar(members: dict[str, bytes]) -> bytes:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w") as archive:
        for path, data in members.items():
            member = tarfile.TarInfo(path)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(body.getvalue(), mtime=0)


METADATA = {"demo-1.0.dist-info/METADATA": TEXT}


def far_metadata() -> bytes:
    """METADATA stands first, then more than a tail of padding."""
    return a_zip({**METADATA, "demo/padding.bin": bytes(range(256)) * 1_000}, zipfile.ZIP_STORED)
