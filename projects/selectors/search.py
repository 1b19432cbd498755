"""Search by name in the user's projects and the packages that they use."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q
from django.db.models.functions import Length
from packaging.utils import canonicalize_name

from projects.models import Project, ProjectPackage, ProjectTarget
from projects.presentation.portfolio.headlines import Headline, all_headlines
from projects.presentation.search import SHOWN, SearchResults

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# One letter begins the names of too many targets.
_SHORTEST = 2


def search_by_name(user: User, text: str) -> SearchResults:
    """Return the projects and packages whose names contain `text`, shortest first, and the targets.

    Three queries, none without text.
    """
    if not text:
        return SearchResults(text, (), ())
    mine = Project.objects.visible_to(user)
    projects = mine.filter(Q(name__icontains=text) | Q(slug__icontains=text)).values_list("slug", "name")
    packages = ProjectPackage.objects.filter(
        Q(package__name__icontains=text) | Q(package__name__icontains=canonicalize_name(text)), project__in=mine
    )
    return SearchResults(
        text,
        list(projects.order_by(Length("name"), "name", "pk")[:SHOWN]),
        list(
            packages.values_list("package__name", flat=True)
            .distinct()
            .order_by(Length("package__name"), "package__name")[:SHOWN]
        ),
        _headlines(ProjectTarget.objects.filter(project__in=mine).values_list("slug", flat=True).distinct(), text),
    )


def _headlines(targets: Iterable[str], text: str) -> tuple[Headline, ...]:
    """Return the headlines of these targets that all words of the text begin to name: "3.14 win", "cp314"."""
    words = [word for word in text.casefold().split() if word not in ("on", "python")]
    if not words or max(map(len, words)) < _SHORTEST:
        return ()
    found = []
    for one in all_headlines([list(targets)]):
        names = f"{one.label} {one.key.partition('-')[0]}".casefold().split()
        if all(any(name.startswith(word) for name in names) for word in words):
            found.append(one)
    return tuple(found)
