"""Notices of dependency confusion: what pip would install, where the name is found, and what a team can do about it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from projects.domain.assessment.verdicts import Verdict
from scanner.domain.phrases import join_words
from scanner.domain.releases.name_confusion import IndexListing, NameConfusion
from scanner.domain.translation import gettext, noop

_PIN = noop(
    "Pin it with its hash: --hash in requirements.txt, or a lock file, which keeps hashes. pip then refuses a file "
    "from another index."
)
_RESERVE = noop(
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
    if winner.is_private:
        look = Verdict.UPGRADE
        headline = gettext("{package} is on {count} indexes.")
        if winner.newest is None:
            meaning = gettext(
                "pip would install from {index} today. If a higher version is uploaded to {others}, "
                "pip installs that one instead, unless a hash forbids it."
            )
        else:
            meaning = gettext(
                "pip would install {version} from {index} today. If a higher version is uploaded to {others}, "
                "pip installs that one instead, unless a hash forbids it."
            )
    else:
        look = Verdict.BLOCKED
        headline = gettext("pip would not install your own {package}.")
        if winner.newest is None:
            meaning = gettext("pip would install from {index} instead, unless a pin or a hash forbids it.")
        else:
            meaning = gettext("pip would install {version} from {index} instead, unless a pin or a hash forbids it.")
    proxy = gettext("Use one index only: a proxy that takes {package} from {own} and all other names from upstream.")
    owner = gettext("Find out who owns {package} on {others}. {advice}")
    return ConfusionNotice(
        name=name,
        look=look,
        headline=headline.format(package=name, count=len(confusion.listings)),
        meaning=meaning.format(version=winner.newest, index=winner.url, others=_any_of(others)),
        listings=tuple(_listing(listing) for listing in confusion.listings),
        actions=(
            gettext(_PIN),
            proxy.format(package=name, own=_any_of(own)),
            owner.format(package=name, others=_any_of(others), advice=gettext(_RESERVE)),
        ),
    )


def _listing(listing: IndexListing) -> str:
    text = gettext("{version} on {index}, a public index")
    if listing.is_private:
        text = gettext("{version} on {index}, your own index")
    return text.format(version=listing.newest or gettext("no version"), index=listing.url)


def _any_of(urls: list[str]) -> str:
    return join_words(urls, "or")
