"""The indexes that a project's files name: stored without logins, and compared with those that the project uses."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec import Struct

from projects.domain.dependency_files import IndexOption, NamedIndex
from scanner.domain.translation import gettext, noop

# Index options stored of one snapshot.
MOST_KEPT = 100
_MOST_PLACES = 3
_UNSUPPORTED = {
    IndexOption.NO_INDEX: noop("turns off all indexes; Wheelway uses the project's indexes anyway"),
    IndexOption.FIND_LINKS: noop("names a page of links, which Wheelway does not read"),
}


class IndexNotice(Struct, frozen=True):
    """An index option in the files that the project does not use. `places` are "requirements.txt line 3".

    `number` identifies it on the page. `address` can be added; it is empty where the file hides it in a variable.
    `asks_login`: the file has a login, or variables that hold one. `unsupported` ends the sentence about an option that
    cannot be added, otherwise it is "".
    """

    number: int
    places: tuple[str, ...]
    more_places: int
    shown: str
    address: str
    is_primary: bool
    asks_login: bool
    unsupported: str


def options_to_store(indexes: Iterable[NamedIndex]) -> list[dict[str, Any]]:
    """Return what may be stored of index options: no login, and no address that may contain one."""
    found = [
        {
            "path": one.path,
            "line": one.line,
            "option": one.option.value,
            "shown": one.shown,
            "address": one.address or "",
            "has_login": one.has_login,
        }
        for one in indexes
    ]
    return found[:MOST_KEPT]


def find_notices(stored: Iterable[Mapping[str, Any]], known: Collection[str]) -> tuple[IndexNotice, ...]:
    """Return each index that is not among the `known` addresses once, in file order, with its places.

    `known` are addresses in the form of scanner.domain.index_address.plain_address.
    """
    grouped: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for one in stored:
        option = IndexOption(one["option"])
        kind = option.value if option in _UNSUPPORTED else ""
        if one["address"] not in known or kind:
            grouped.setdefault((kind, one["address"] or one["shown"]), []).append(one)
    return tuple(_notice(number, group) for number, group in enumerate(grouped.values()))


def _notice(number: int, group: list[Mapping[str, Any]]) -> IndexNotice:
    first = group[0]
    at = gettext("{path} line {line}")
    places = [at.format(path=one["path"], line=one["line"]) if one["line"] else str(one["path"]) for one in group]
    return IndexNotice(
        number=number,
        places=tuple(places[:_MOST_PLACES]),
        more_places=max(0, len(places) - _MOST_PLACES),
        shown=first["shown"],
        address=first["address"],
        is_primary=any(one["option"] == IndexOption.INDEX_URL for one in group),
        asks_login=any(one["has_login"] for one in group),
        unsupported=gettext(_UNSUPPORTED.get(IndexOption(first["option"]), "")),
    )
