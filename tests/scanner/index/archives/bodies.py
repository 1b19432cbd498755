"""Archives with known metadata, and where an index serves them."""

import zipfile

from scanner.index.transport import Limits
from tests.archives import zip_of
from tests.patience import PATIENCE
from tests.replay import ReplayIndex

LIMITS = Limits(silence=PATIENCE, total=PATIENCE, metadata=10_000, archive=400_000, sdist=400_000)
WHEEL, SDIST = "demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"
TEXT = b"Metadata-Version: 2.4\nName: demo\nVersion: 1.0\nRequires-Dist: numpy>=2\n"


def url(index: ReplayIndex, filename: str) -> str:
    return f"{index.base_url}/files/demo/{filename}"


METADATA = {"demo-1.0.dist-info/METADATA": TEXT}


def far_metadata() -> bytes:
    """METADATA stands first, then more than a tail of padding."""
    return zip_of({**METADATA, "demo/padding.bin": bytes(range(256)) * 1_000}, zipfile.ZIP_STORED)
