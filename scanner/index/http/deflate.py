"""zlib's functions, by isal where it is installed: the same results in half of the time, checksums in a tenth."""

import zlib
from types import ModuleType

try:
    from isal import isal_zlib
except ImportError:
    # It has wheels for some machines only.
    _zlib: ModuleType = zlib
else:
    _zlib = isal_zlib

crc32, decompressobj = _zlib.crc32, _zlib.decompressobj
Broken: type[Exception] = _zlib.error
"""What `decompressobj` raises for what is no gzip."""
