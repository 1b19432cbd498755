"""Answer a wish by fetching what it needs: resolve, see what is missing, ask the index, and again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from projects.domain.assessing import Wish, missing_in, resolve_all
from projects.domain.bridging import bridge_over
from projects.services.offers import read_knowledge
from scanner.domain.resolution.outcomes import Missing
from scanner.domain.targets import Target
from scanner.services.indexes import IndexClient
from scanner.services.refreshing import Progress, refresh, refresh_metadata

# Resolving a few targets that differ most finds nearly everything that all of them need.
SCOUTS = 4
ROUNDS = 60
WIDE_ROUNDS = 4


@dataclass(slots=True)
class Gathering:
    """What a gathering met. `faults` are packages that could not be asked about, with the reason."""

    faults: dict[str, str] = field(default_factory=dict)
    complete: bool = False


def gather(
    wish: Wish,
    *,
    index_id: int,
    client: IndexClient,
    progress: Progress,
    fresh_for: timedelta,
    seconds: float,
    as_of: datetime | None = None,
    patient: bool = False,
    between: Callable[[], None] = lambda: None,
) -> Gathering:
    """Fetch until every target can be answered, the time is up, or the index gives nothing more.

    Pages older than `fresh_for` are asked for again, each once; with `patient` a failed one waits for its time.
    `between` is called after each round of fetching.
    """
    gathering = Gathering()
    end = time.monotonic() + seconds
    polled: set[str] = set()

    def poll(names: set[str]) -> bool:
        wanted = names - polled
        polled.update(wanted)
        faults = refresh(
            index_id, client, wanted, timezone.now(), on_polled=progress, fresh_for=fresh_for, patient=patient
        )
        gathering.faults.update(faults)
        return len(faults) < len(wanted)

    poll(set(wish.names))
    between()
    for targets in (_scouts(wish.targets), wish.targets):
        for number in range(ROUNDS):
            missing = _missing(wish, targets, index_id, as_of)
            if not missing:
                break
            if time.monotonic() > end:
                return gathering
            got_pages = poll(set(missing.packages))
            # In the first rounds most of what may be needed is not; later each round is one step of a long search.
            ahead = missing.likely if number >= WIDE_ROUNDS else ()
            releases = [(name, str(version)) for name, version in (*missing.releases, *ahead)]
            got_metadata = refresh_metadata(index_id, client, releases, timezone.now(), on_fetched=progress)
            between()
            if not got_pages and not got_metadata:
                return gathering
    gathering.complete = True
    return gathering


def _missing(wish: Wish, targets: Sequence[Target], index_id: int, as_of: datetime | None) -> Missing:
    knowledge = read_knowledge(index_id, wish, as_of=as_of)
    resolved = resolve_all(wish, knowledge, targets)
    bridge = bridge_over(wish, knowledge, resolved)
    return missing_in(resolved) | (bridge.missing if bridge is not None else Missing())


def _scouts(targets: Sequence[Target]) -> list[Target]:
    """A few targets spread over the row, first and last among them."""
    if len(targets) <= SCOUTS:
        return list(targets)
    last = len(targets) - 1
    return [targets[round(last * number / (SCOUTS - 1))] for number in range(SCOUTS)]
