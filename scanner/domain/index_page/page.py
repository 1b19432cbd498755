"""Index pages as values, whatever their format: one `IndexPage` for each package, one `IndexFile` for each row."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct, field
from packaging.utils import NormalizedName


class ProjectStatus(StrEnum):
    """The project status of PEP 792. It is active where the index gives none."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    DEPRECATED = "deprecated"
    QUARANTINED = "quarantined"


class PageProblem(Struct, frozen=True):
    """A row, or a value of a row, that could not be parsed.

    - place: where on the page ("files[17].size", "link 17").
    - text: the text there, shortened.
    - message: what is wrong with it.
    - filename: the file whose row was skipped, when its name could be parsed.
    """

    place: str
    text: str
    message: str
    filename: str | None = None


class IndexFile(NamedTuple):
    """A file as the index lists it; nothing is inferred from its name. A tuple, because pages hold thousands.

    - url: absolute, http or https, without a fragment.
    - sha256: 64 lower-case hex digits.
    - size: in bytes.
    - uploaded_at: aware, UTC.
    - yanked_reason: None also for a yank without a reason (PEP 592).
    - has_metadata: whether there is a metadata file (PEP 658); None when the index does not say.
    - metadata_sha256: the digest of the metadata file, where the index gives it.
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


class IndexPage(Struct, frozen=True):
    """The page of one package. `files` are in the page's order, each file name once.

    - serial: grows with each change; None when the index has none.
    - problems: what was skipped; the rest of the page is still valid.
    """

    name: NormalizedName
    files: tuple[IndexFile, ...] = ()
    serial: int | None = None
    status: ProjectStatus = ProjectStatus.ACTIVE
    status_reason: str | None = None
    problems: tuple[PageProblem, ...] = ()


class RootPage(Struct, frozen=True):
    """What the root page of an index, the list of all packages, says about the requested names.

    - serials: of each requested name, None where the index gives none; the higher one of a name listed twice.
    - names: the number of rows of the page.
    - newest: the highest serial of the rows that were read, None when none of them has one.
    """

    serials: Mapping[NormalizedName, int | None] = field(default_factory=dict)
    names: int = 0
    newest: int | None = None
