"""The links that a release names in its core metadata: homepage, source, tracker, changelog and others.

The uploader of a release chooses them, so only plain web addresses are kept, and pages mark them as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

MOST_LINKS = 12
_LONGEST_URL = 500
_LONGEST_LABEL = 60
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


class LinkKind(StrEnum):
    """What a link leads to, in the order in which pages list them."""

    HOMEPAGE = "homepage"
    SOURCE = "source"
    TRACKER = "tracker"
    CHANGELOG = "changelog"
    DOCUMENTATION = "documentation"
    OTHER = "other"


class ProjectLink(NamedTuple):
    """One link with the label that the release gives it."""

    kind: LinkKind
    label: str
    url: str


# Labels without punctuation and case, as the standard of well-known labels lists them, and what is common beside them.
_KINDS = {
    LinkKind.HOMEPAGE: {"homepage", "home", "website"},
    LinkKind.SOURCE: {"source", "repository", "sourcecode", "github", "code", "gitlab"},
    LinkKind.TRACKER: {"issues", "bugs", "issue", "tracker", "issuetracker", "bugtracker", "bugreports"},
    LinkKind.CHANGELOG: {"changelog", "changes", "releasenotes", "whatsnew", "history", "news"},
    LinkKind.DOCUMENTATION: {"documentation", "docs"},
}
_BY_LABEL = {label: kind for kind, labels in _KINDS.items() for label in labels}


def read_project_links(project_urls: Iterable[str], home_page: str = "") -> tuple[ProjectLink, ...]:
    """Return the links of Project-URL values ("label, URL") and a Home-page, by kind; unsafe ones are left out."""
    given = [(label.strip(), url.strip()) for label, _, url in (value.partition(",") for value in project_urls)]
    if home_page:
        given.append(("Homepage", home_page.strip()))
    found: dict[str, ProjectLink] = {}
    for label, url in given:
        text = " ".join(_UNPRINTABLE.sub(" ", label).split())[:_LONGEST_LABEL]
        if text and is_web_address(url):
            kind = _BY_LABEL.get(re.sub(r"[\W_]", "", text.lower()), LinkKind.OTHER)
            found.setdefault(url.rstrip("/"), ProjectLink(kind, text, url))
    order = list(LinkKind)
    return tuple(sorted(found.values(), key=lambda link: order.index(link.kind)))[:MOST_LINKS]


def is_web_address(url: str) -> bool:
    """Return whether a text is an http or https URL with a host, without a login and without hidden characters."""
    if len(url) > _LONGEST_URL or _UNPRINTABLE.search(url):
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host) and "@" not in parts.netloc and "\\" not in url


def links_from_json(stored: Iterable[Iterable[str]]) -> tuple[ProjectLink, ...]:
    """Read links as they are stored, and check them again: a rule may be stricter now."""
    links = (ProjectLink(LinkKind(kind), label, url) for kind, label, url in stored)
    return tuple(link for link in links if is_web_address(link.url))
