"""Functions of zlib, from isal where it is installed: the same results in half of the time, checksums in a tenth."""

import zlib
from types import ModuleType

try:
    from isal import isal_zlib
except ImportError:
    # isal has wheels for some platforms only.
    _zlib: ModuleType = zlib
else:
    _zlib = isal_zlib

crc32, decompressobj = _zlib.crc32, _zlib.decompressobj
Broken: type[Exception] = _zlib.error
"""The exception of `decompressobj` for invalid gzip."""
