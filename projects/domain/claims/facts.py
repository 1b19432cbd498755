"""What is known of one package on a target, against which claims about it are checked."""

from __future__ import annotations

from msgspec import Struct

from scanner.domain.evidence.declared import Declaration
from scanner.domain.matching.availability import Availability


class MeasuredRelease(Struct, frozen=True):
    """A release on the target: its availability, the file that is installed and its upload date ("" if unknown).

    `declaration` is what it says of the target's Python, `broken` how it is known to break there, empty if it is not.
    `ran` is whether this version ran in the last proof of the target, None if none tried it; `read` is what its wheel
    shows, as a clause, empty if that was not read or nothing is against it.
    """

    version: str
    availability: Availability
    file: str
    uploaded: str
    reason: str
    declaration: Declaration = Declaration.NOT_READ
    broken: str = ""
    ran: bool | None = None
    read: str = ""

    @property
    def source(self) -> str:
        """The version with its file and date, as evidence."""
        return f"{self.version}, {self.file} of {self.uploaded}"


class PackageFacts(Struct, frozen=True):
    """The facts about one package at one time.

    - used: the release that the requirements resolve to, None when they do not lead to the package.
    - planned, plan_reason: the version to which the smallest plan moves it, and why.
    - first: the lowest release with a wheel on the target that is not known to break and did not fail in a proof, from
      the claim's current version on.
    - first_compiled: the lowest release with a compiled wheel, likewise.
    - paths: the chains of requirements that lead to it.
    - is_direct: whether the requirements name it.
    """

    used: MeasuredRelease | None
    planned: str | None
    first: MeasuredRelease | None
    first_compiled: MeasuredRelease | None
    plan_reason: str = ""
    paths: tuple[tuple[str, ...], ...] = ()
    is_direct: bool = False

    @property
    def installs_wheel(self) -> bool:
        """Whether a wheel of the version in use is installed, is not known to break, and did not fail in a proof."""
        used = self.used
        return used is not None and used.availability.installs_wheel and not used.broken and used.ran is not False
