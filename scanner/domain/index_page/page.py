"""What an index page says, free of its wire form: one `IndexPage` a package, one `IndexFile` a row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from packaging.utils import NormalizedName


class ProjectStatus(StrEnum):
    """Status markers of PEP 792. An index that has none says nothing, which means active."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    DEPRECATED = "deprecated"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class PageProblem:
    """A row, or a fact of a row, that could not be read.

    place: where on the page ("files[17].size", "link 17"). text: what stood there, cut. message: why not.
    filename: the file whose whole row was skipped, when its name at least was readable.
    """

    place: str
    text: str
    message: str
    filename: str | None = None


class IndexFile(NamedTuple):
    """One file as the index announces it; nothing is inferred from its name. A tuple: pages hold thousands.

    url: absolute, http or https, without a fragment. sha256: 64 lower-case hex digits. size: bytes. uploaded_at:
    aware, UTC. yanked_reason: None also for a yank without one. has_metadata: None when the index announces nothing
    about metadata files. metadata_sha256: only when announced.
    """

    filename: str
    url: str
    sha256: str | None = None
    size: int | None = None
    requires_python: str | None = None
    uploaded_at: datetime | None = None
    yanked: bool = False
    yanked_reason: str | None = None
    has_metadata: bool | None = None
    metadata_sha256: str | None = None
    provenance: bool = False


@dataclass(frozen=True, slots=True)
class IndexPage:
    """One package's page. `files` keep the page's order and hold each file name once.

    versions: as the index lists them, empty when it lists none. serial: grows with each change, None when the index
    has none. problems: what was skipped; a page with problems is still true for the rest.
    """

    name: NormalizedName
    files: tuple[IndexFile, ...] = ()
    versions: tuple[str, ...] = ()
    serial: int | None = None
    status: ProjectStatus = ProjectStatus.ACTIVE
    status_reason: str | None = None
    problems: tuple[PageProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class RootPage:
    """What the page of all packages says of those that were asked for.

    serials: of each, None where the index gives none; of a name listed twice the higher one. names: rows of the page,
    whatever they hold. newest: the highest serial of the rows that were read, None when none of them has one.
    """

    serials: Mapping[NormalizedName, int | None] = field(default_factory=dict)
    names: int = 0
    newest: int | None = None
