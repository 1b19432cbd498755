"""Notices of dependency confusion: what pip would install, where the name is found, and what a team can do about it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from projects.domain.assessment.verdicts import Verdict
from scanner.domain.phrases import join_words
from scanner.domain.releases.name_confusion import IndexListing, NameConfusion

_PIN = (
    "Pin it with its hash: --hash in requirements.txt, or a lock file, which keeps hashes. pip then refuses a file "
    "from another index."
)
_RESERVE = (
    "If it is yours, keep it there: no one else can take a reserved name. If not, renaming your package ends the risk."
)


class ConfusionNotice(Struct, frozen=True):
    """A notice about one name. `listings` are one line for each index, `actions` what helps, quickest first."""

    name: str
    look: Verdict
    headline: str
    meaning: str
    listings: tuple[str, ...]
    actions: tuple[str, ...]


def confusion_notices(confusions: Iterable[NameConfusion]) -> tuple[ConfusionNotice, ...]:
    """Return the notices: first those where pip takes a package that is not the team's own, then by name."""
    notices = [_notice(confusion) for confusion in confusions]
    return tuple(sorted(notices, key=lambda notice: (notice.look is not Verdict.BLOCKED, notice.name)))


def find_notice(confusions: Iterable[NameConfusion], name: str) -> ConfusionNotice | None:
    """Return the notice about one name, None when it is not confused."""
    return next((_notice(confusion) for confusion in confusions if confusion.name == name), None)


def _notice(confusion: NameConfusion) -> ConfusionNotice:
    name, winner = confusion.name, confusion.winner
    own = [listing.url for listing in confusion.listings if listing.is_private]
    public = [listing.url for listing in confusion.listings if not listing.is_private]
    others = public or [listing.url for listing in confusion.listings if listing.url != winner.url]
    version = f" {winner.newest}" if winner.newest is not None else ""
    if winner.is_private:
        look = Verdict.UPGRADE
        headline = f"{name} is on {len(confusion.listings)} indexes."
        meaning = (
            f"pip would install{version} from {winner.url} today. If a higher version is uploaded to "
            f"{_any_of(others)}, pip installs that one instead, unless a hash forbids it."
        )
    else:
        look = Verdict.BLOCKED
        headline = f"pip would not install your own {name}."
        meaning = f"pip would install{version} from {winner.url} instead, unless a pin or a hash forbids it."
    return ConfusionNotice(
        name=name,
        look=look,
        headline=headline,
        meaning=meaning,
        listings=tuple(_listing(listing) for listing in confusion.listings),
        actions=(
            _PIN,
            f"Use one index only: a proxy that takes {name} from {_any_of(own)} and all other names from upstream.",
            f"Find out who owns {name} on {_any_of(others)}. {_RESERVE}",
        ),
    )


def _listing(listing: IndexListing) -> str:
    kind = "your own index" if listing.is_private else "a public index"
    return f"{listing.newest or 'no version'} on {listing.url}, {kind}"


def _any_of(urls: list[str]) -> str:
    return join_words(urls, "or")
