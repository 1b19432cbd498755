"""The indexes that a project's own files name: kept without logins, and held against those that the project knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from projects.domain.dependency_files import IndexOption, NamedIndex

# A lock of many sources; what is beyond would not be read by anybody.
MOST_KEPT = 100
_TOLD_PLACES = 3
_WORDS = {
    IndexOption.NO_INDEX: "turns every index off; Wheelway judges by the indexes below all the same",
    IndexOption.FIND_LINKS: "names a page of links, which Wheelway does not read",
}


@dataclass(frozen=True, slots=True)
class IndexNotice:
    """What files name and the project does not know. `number` finds it again; `places` are "requirements.txt line 3".

    `address` is what can be added, empty where only the owner knows it; `asks_login`: the file gives a login, or
    variables that hold one. `words` end the sentence of what cannot be added at all, and are empty otherwise.
    """

    number: int
    places: tuple[str, ...]
    more_places: int
    shown: str
    address: str
    is_primary: bool
    asks_login: bool
    words: str


def options_to_store(indexes: Iterable[NamedIndex]) -> list[dict[str, Any]]:
    """What may be stored of them: no login, and no address of which one might be part."""
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
    """Each index that is not among the `known` addresses once, in file order, with every place that names it.

    `known` are addresses as scanner.domain.index_address.plain_address spells them.
    """
    grouped: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for one in stored:
        option = IndexOption(one["option"])
        kind = option.value if option in _WORDS else ""
        if one["address"] not in known or kind:
            grouped.setdefault((kind, one["address"] or one["shown"]), []).append(one)
    return tuple(_notice(number, group) for number, group in enumerate(grouped.values()))


def _notice(number: int, group: list[Mapping[str, Any]]) -> IndexNotice:
    first = group[0]
    places = [f"{one['path']} line {one['line']}" if one["line"] else str(one["path"]) for one in group]
    return IndexNotice(
        number=number,
        places=tuple(places[:_TOLD_PLACES]),
        more_places=max(0, len(places) - _TOLD_PLACES),
        shown=first["shown"],
        address=first["address"],
        is_primary=any(one["option"] == IndexOption.INDEX_URL for one in group),
        asks_login=any(one["has_login"] for one in group),
        words=_WORDS.get(IndexOption(first["option"]), ""),
    )
