"""Claims as a file of them states them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from packaging.utils import canonicalize_name


class InvalidClaims(ValueError):
    """A claim file that cannot be used; the text is a message for the user."""


class Claim(Struct, frozen=True):
    """A claim. `current` is the version in use, `min_version` the lowest that helps, where the author gave them."""

    name: str
    text: str
    current: str | None = None
    min_version: str | None = None


def read_claims(entries: Sequence[Mapping[str, Any]], not_required: object = ()) -> tuple[Claim, ...]:
    """Return the claims of a file's list, then "imported but not required" for each name in `not_required`.

    Extras of a name are ignored. Raises InvalidClaims.
    """
    if not isinstance(not_required, (list, tuple)) or not all(isinstance(name, str) for name in not_required):
        raise InvalidClaims("imported_but_not_required is a list of names")
    claims = []
    for entry in entries:
        if not isinstance(entry.get("name"), str) or not isinstance(entry.get("claim"), str):
            raise InvalidClaims("each claim needs a name and a claim")
        name = canonicalize_name(entry["name"].partition("[")[0].strip())
        least = entry.get("min_version") or None
        claims.append(Claim(name, entry["claim"], entry.get("current"), least if isinstance(least, str) else None))
    claims += [Claim(canonicalize_name(name.strip()), "imported but not required") for name in not_required]
    return tuple(claims)
