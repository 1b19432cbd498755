"""Why a set of candidates cannot be: the leaves of every derivation, as data. Text is made in `derivation`."""

from __future__ import annotations

from dataclasses import dataclass

from packaging.utils import NormalizedName

from scanner.domain.resolution.model.requirement import Ask

__all__ = ["Asked", "Constrained", "NotOnIndex", "Reason", "Unavailable", "Unreadable"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody requires something. `by` is None for the project itself; `releases` are those known to ask it."""

    ask: Ask
    by: NormalizedName | None = None
    extra: NormalizedName | None = None
    releases: int = 0


@dataclass(frozen=True, slots=True)
class Constrained:
    """A constraint limits a package, without asking for it."""

    ask: Ask


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Releases that exist and may not be chosen on the target; `words` follow "it …"."""

    name: NormalizedName
    releases: int
    obstacles: tuple[tuple[str, int], ...]
    target: str


@dataclass(frozen=True, slots=True)
class NotOnIndex:
    """The index has no such package."""

    name: NormalizedName


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A release states a requirement that nobody can read."""

    name: NormalizedName
    text: str


Reason = Asked | Constrained | Unavailable | NotOnIndex | Unreadable
