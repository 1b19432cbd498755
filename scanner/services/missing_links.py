"""Read the links of packages whose metadata was stored before links were kept."""

from __future__ import annotations

from functools import partial

from django.db.models import Exists, OuterRef
from django.utils import timezone
from packaging.version import Version

from scanner.models import Package, Release
from scanner.selectors.lacking_metadata import files_to_read
from scanner.services.indexes import client_of, usable_client
from scanner.services.metadata import read_metadata
from scanner.services.storage.metadata import store_metadata

# Packages read in one call; the next call takes the next ones.
BATCH = 50


def fill_links() -> int:
    """Read the metadata of the newest release again, for packages without links. Return how many were asked for.

    A release whose metadata the index does not give any more counts as one without links, so that each is asked for
    once; one that an outage kept from being read is asked for by the next call.
    """
    mine = Release.objects.filter(package=OuterRef("pk"))
    waiting = Package.objects.filter(
        Exists(mine.filter(metadata__isnull=False)), ~Exists(mine.filter(links__isnull=False))
    )
    answers, unanswered = [], []
    for package in waiting.select_related("index").order_by("pk")[:BATCH]:
        client = usable_client(package.index_id, partial(client_of, package.index))
        if client is None:
            continue
        rows = Release.objects.filter(package=package, metadata__isnull=False).values_list("version", "pk")
        _, newest = max((Version(text), pk) for text, pk in rows)
        answer = read_metadata(newest, files_to_read([newest]).get(newest, []), client)
        answers.append(answer)
        if answer.has_answered:
            unanswered.append(newest)
    store_metadata(answers, timezone.now())
    Release.objects.filter(pk__in=unanswered).update(links=[])
    return len(answers)
