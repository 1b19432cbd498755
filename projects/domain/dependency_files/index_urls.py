"""The check of an index address that a file names."""

from __future__ import annotations

from projects.domain.dependency_files.redaction import environment_variables
from projects.domain.dependency_files.urls import is_url
from projects.domain.dependency_files.values import IndexOption
from scanner.domain.index_address import InvalidAddress, parse_address

_LONGEST = 2_000
ON_DISK = "an index on the local disk cannot be queried from here"


def index_url_error(option: IndexOption, url: object) -> str | None:
    """Return what is wrong with the address, as a clause that does not repeat it; None for a usable one.

    A local folder is valid for find-links. An index in a local folder cannot be queried from another machine.
    """
    if option is IndexOption.NO_INDEX:
        return None
    if not isinstance(url, str):
        return "must be a string"
    url = url.strip()
    if not url:
        return "needs an address"
    if len(url) > _LONGEST:
        return f"an address has no more than {_LONGEST:,} characters"
    if environment_variables(url) and not url.lower().startswith(("http://", "https://")):
        # The value of the variable is not known here, so nothing can be wrong with it.
        return None
    if not is_url(url) or url.lower().startswith("file:"):
        return None if option is IndexOption.FIND_LINKS else ON_DISK
    try:
        # The variable may stand for a port, which a parser would refuse as written.
        parse_address(_without_variables(url))
    except InvalidAddress as error:
        return str(error)
    return None


def _without_variables(url: str) -> str:
    for name in environment_variables(url):
        url = url.replace(f":${{{name}}}/", "/").replace(f"${{{name}}}", "x")
    return url
