"""The default index: the one that pip on this machine uses.

A company's mirror is then used without configuration, and the product contains no address of its own. pip is a pinned
requirement; its configuration reader and its constant are internal, so only this module uses them, and its tests cover
every source it reads.
"""

import os
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

__all__ = [
    "InvalidPipConfiguration",
    "default_ca_bundle",
    "default_extra_index_urls",
    "default_index_url",
    "public_index_url",
]

# The first found wins. As in pip, the environment takes precedence over files, and a command's section over [global].
_SECTIONS = (":env:", "install", "global")


class InvalidPipConfiguration(Exception):
    """Configuration files of pip that cannot be read, so that the index they name is unknown.

    reason: pip's message. Falling back to the public index could send private names to it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"pip's configuration cannot be read: {self.reason}"


def default_index_url() -> str:
    """Return the simple index's address, without a trailing slash. It may hold credentials: never print it as it is.

    Order: PIP_INDEX_URL, `install.index-url`, `global.index-url` (site, user and global files in pip's order), else
    pip's constant. Reads files: call once. Raises InvalidPipConfiguration.
    """
    return (_configured("index-url") or public_index_url()).rstrip("/")


@cache
def public_index_url() -> str:
    """Return the simple index that pip uses without any configuration."""
    # A late import: pip is slow to load, and most processes have an index configured.
    from pip._internal.models.index import PyPI

    return str(PyPI.simple_url).rstrip("/")


def default_extra_index_urls() -> list[str]:
    """Return pip's extra indexes, in order, without trailing slashes. They may hold credentials.

    Order: PIP_EXTRA_INDEX_URL, `install.extra-index-url`, `global.extra-index-url`. As in pip, only the first that is
    set counts, and white space separates the addresses. Reads files: call once.
    Raises InvalidPipConfiguration.
    """
    return [url.rstrip("/") for url in (_configured("extra-index-url") or "").split()]


def default_ca_bundle() -> str | None:
    """Return the file of certificates in pip's configuration; None leaves the choice to requests.

    Variables that requests reads take precedence. Reads files: call once. Raises InvalidPipConfiguration.
    """
    if os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE"):
        return None
    return _configured("cert")


def _configured(option: str) -> str | None:
    """Return an option of `pip install`: from the environment, its own section or [global]."""
    # Pages ask for the default index each time, and the files seldom change.
    found = _read(_state())
    return next((value for section in _SECTIONS if (value := found.get(f"{section}.{option}", ""))), None)


def _state() -> tuple[object, ...]:
    """Return what pip's configuration depends on: its variables, and its files with their times and sizes."""
    from pip._internal.configuration import Configuration

    variables = sorted(item for item in os.environ.items() if item[0].startswith("PIP_"))
    files = [file for _, found in Configuration(isolated=False).iter_config_files() for file in found]
    return (*variables, *((file, _stamp(file)) for file in files))


def _stamp(file: str) -> tuple[int, ...]:
    try:
        found = Path(file).stat()
    except OSError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size


@lru_cache(maxsize=1)
def _read(_: tuple[object, ...]) -> Mapping[str, str]:
    from pip._internal.configuration import Configuration
    from pip._internal.exceptions import ConfigurationError

    configuration = Configuration(isolated=False)
    try:
        configuration.load()
    except ConfigurationError as error:
        raise InvalidPipConfiguration(str(error)) from error
    # By file, the later ones above the earlier ones.
    found = {key: value for _, options in configuration.items() for key, value in options.items()}
    return {key: value.strip() for key, value in found.items() if isinstance(value, str)}
