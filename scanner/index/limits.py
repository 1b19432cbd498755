"""The limits of one answer of an index."""

from msgspec import Struct


class Limits(Struct, frozen=True):
    """The limits of one answer.

    Seconds: connect; silence between two bytes; total, with redirects. Bytes: wire, as sent; body, after unpacking;
    root, the same for the page of all packages; metadata, of a metadata file; archive, read of a wheel or zip; sdist,
    streamed of a .tar.gz, of which nothing but its metadata is kept (an old one has them at its very end).
    files: rows of a page.
    """

    connect: float = 10.0
    silence: float = 20.0
    total: float = 120.0
    wire: int = 64_000_000
    body: int = 128_000_000
    root: int = 256_000_000
    metadata: int = 4_000_000
    archive: int = 64_000_000
    sdist: int = 512_000_000
    redirects: int = 5
    files: int = 100_000
