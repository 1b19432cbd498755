"""Dependency confusion in words: a private name that another index has too, and what a team can do about it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from projects.domain.assessment.verdicts import Verdict

Stored = Mapping[str, Any]
_PIN = (
    "Pin it with its hash: --hash in requirements.txt, or a lock file, which keeps them. A file from elsewhere is then "
    "refused."
)

_RESERVE = (
    "If it is yours, keep it there: a reserved name is nobody else's. If not, another name for yours ends the risk."
)


@dataclass(frozen=True, slots=True)
class ToldConfusion:
    """One name. `standing`: a line for each index, in the installer's order; `to_do`: the ways out, quickest first."""

    name: str
    look: Verdict
    headline: str
    meaning: str
    standing: tuple[str, ...]
    to_do: tuple[str, ...]


def tell_confusions(stored: Iterable[Stored]) -> tuple[ToldConfusion, ...]:
    """Those of a stored assessment; first those of which pip takes what is not the team's own, then by name."""
    told = [_tell(one) for one in stored]
    return tuple(sorted(told, key=lambda one: (one.look is not Verdict.BLOCKED, one.name)))


def confusion_of(stored: Iterable[Stored], name: str) -> ToldConfusion | None:
    """The one of this name."""
    return next((_tell(one) for one in stored if one["name"] == name), None)


def places_by_name(stored: Iterable[Stored]) -> dict[str, int]:
    """On how many indexes each confused name stands."""
    return {one["name"]: len(one["places"]) for one in stored}


def _tell(one: Stored) -> ToldConfusion:
    name, taken = str(one["name"]), one["installs"]
    own = [str(place["url"]) for place in one["places"] if place["private"]]
    others = [str(place["url"]) for place in one["places"] if not place["private"]] or [
        str(place["url"]) for place in one["places"] if place["url"] != taken["url"]
    ]
    version = f" {taken['version']}" if taken["version"] else ""
    if taken["private"]:
        look = Verdict.UPGRADE
        headline = f"{name} stands on {len(one['places'])} indexes."
        meaning = (
            f"pip would install{version} from {taken['url']} today. Whoever uploads a higher version to "
            f"{_or(others)} is installed in its place, wherever no hash forbids it."
        )
    else:
        look = Verdict.BLOCKED
        headline = f"pip would not install your own {name}."
        meaning = (
            f"It would take{version} from {taken['url']}, whoever uploaded it there, unless a pin or a hash forbids it."
        )
    return ToldConfusion(
        name=name,
        look=look,
        headline=headline,
        meaning=meaning,
        standing=tuple(_standing(place) for place in one["places"]),
        to_do=(
            _PIN,
            f"Name one index only: a proxy that takes {name} from {_or(own)} and passes other names on.",
            f"Find out whose {name} on {_or(others)} is. {_RESERVE}",
        ),
    )


def _standing(place: Stored) -> str:
    whose = "your own index" if place["private"] else "an index that others use too"
    return f"{place['version'] or 'no version'} on {place['url']}, {whose}"


def _or(urls: Sequence[str]) -> str:
    return " or ".join(urls)
