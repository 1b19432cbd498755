"""Which index is asked when nobody names one: the one that pip on this machine would use.

A company's mirror is then picked up by itself, and the product carries no address of its own. pip is a pinned
requirement; its configuration reader and its constant are internal, so this is the one module that touches them
and its tests name every source it reads.
"""

import os
from functools import cache

__all__ = [
    "InvalidPipConfiguration",
    "default_ca_bundle",
    "default_extra_index_urls",
    "default_index_url",
    "public_index_url",
]

# First found wins. As in pip, the environment overrules every file and a command's section the global one.
_SECTIONS = (":env:", "install", "global")


class InvalidPipConfiguration(Exception):
    """pip's configuration files cannot be read, so which index they name is unknown.

    reason: pip's own sentence. Guessing the public index instead could ask it for private names.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"pip's configuration cannot be read: {self.reason}"


def default_index_url() -> str:
    """The simple index's address, without a trailing slash; it may carry credentials, so never print it as it is.

    Order: PIP_INDEX_URL, `install.index-url`, `global.index-url` (site, user and global files, as pip ranks
    them), else pip's constant. Reads files: call once. Raises InvalidPipConfiguration.
    """
    return (_configured("index-url") or public_index_url()).rstrip("/")


@cache
def public_index_url() -> str:
    """The simple index that pip asks when nothing at all is configured, whatever this machine has configured."""
    # Late: pip is slow to load, and most processes are told which index to ask.
    from pip._internal.models.index import PyPI

    return str(PyPI.simple_url).rstrip("/")


def default_extra_index_urls() -> list[str]:
    """The simple indexes that pip asks beside, in order, without trailing slashes; they may carry credentials.

    PIP_EXTRA_INDEX_URL, else `install.extra-index-url`, else `global.extra-index-url`: as pip has it, the first of them
    that is set counts alone, and white space parts the addresses. Reads files: call once.
    Raises InvalidPipConfiguration.
    """
    return [url.rstrip("/") for url in (_configured("extra-index-url") or "").split()]


def default_ca_bundle() -> str | None:
    """The file of certificates that pip trusts, when its configuration names one; None leaves it to requests.

    Variables that requests itself reads come before it. Reads files: call once. Raises InvalidPipConfiguration.
    """
    if os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE"):
        return None
    return _configured("cert")


def _configured(option: str) -> str | None:
    """An option of pip's as `pip install` would see it: the environment, its own section, the global one."""
    from pip._internal.configuration import Configuration
    from pip._internal.exceptions import ConfigurationError

    configuration = Configuration(isolated=False)
    try:
        configuration.load()
    except ConfigurationError as error:
        raise InvalidPipConfiguration(str(error)) from error
    for section in _SECTIONS:
        try:
            value = configuration.get_value(f"{section}.{option}")
        except ConfigurationError:
            continue
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None
