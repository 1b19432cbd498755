"""Why a package has its verdict on a target, as data. `projects.presentation.sentences` makes the text."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Self

from msgspec import Struct
from msgspec.structs import asdict

from scanner.domain.matching.reason import AvailabilityReason


class ReasonKind(StrEnum):
    """What decides the verdict on a package. The comments say what `detail` of such a reason holds."""

    FILES = "files"  # nothing; `files` of the reason holds what the files of the release decide
    MARKER = "marker"  # the marker (PEP 508) that does not hold on the target
    NOT_REQUIRED = "not-required"  # nothing
    NOT_FROM_INDEX = "not-from-index"  # the URL, repository or folder that it comes from, without a query
    NOT_POLLED = "not-polled"  # the error of the last poll, or nothing
    NOT_CERTAIN = "not-certain"  # the release that would be chosen alone, or nothing: the search is not complete
    NO_PACKAGE = "no-package"  # nothing
    NO_RELEASE = "no-release"  # the specifier that no release satisfies
    EXCLUDED = "excluded"  # what excludes the files that the target would take: "no-binary", "only-binary" or "hashes"
    LOCAL_VERSION = "local-version"  # the version, whose builds (+cu128) are on an index of their own
    CONDA_BUILD = "conda-build"  # nothing
    KNOWN_BREAK = "known-break"  # nothing; `known_break` of the reason holds what is known
    HELD_BACK = "held-back"  # the version that installs; `files` is of the last release in `through`
    MISSING_EXTRA = "missing-extra"  # the requested extras that the chosen release does not provide, joined
    UNREAD_METADATA = "unread-metadata"  # why the metadata of the chosen release could not be read, or nothing
    NOT_DECLARED = "not-declared"  # the newest Python that the release declares, or nothing
    UNREAD_DECLARATION = "unread-declaration"  # nothing
    NOT_PROVEN = "not-proven"  # nothing
    FAILED_PROOF = "failed-proof"  # the last line of the error, or nothing
    TEXT = "text"  # a clause, from a row that an earlier version stored


class BreakEvidence(Struct, frozen=True):
    """How a release that installs fails: at `action`, with `symptom`, beside `partner` ("numpy 2.1.0") if it has one.

    `source` says where that was reported or measured. `prevented_by` is the release that the upgrade plan has beside it
    and with which it runs, `brought_by` the one that requires that. Any of `helpers`, which are requirements
    ("setuptools<82"), would prevent it as well. `held_at` is the newest release that runs in a set as written, where
    there is one: then the release is held back.
    """

    action: str
    symptom: str
    source: str
    partner: str = ""
    prevented_by: str = ""
    brought_by: str = ""
    helpers: tuple[str, ...] = ()
    held_at: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the fields that are set."""
        found = {name: value for name, value in asdict(self).items() if value}
        return {**found, "helpers": list(self.helpers)} if self.helpers else found

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(
            *(data["action"], data["symptom"], data["source"], data.get("partner", "")),
            *(data.get("prevented_by", ""), data.get("brought_by", ""), tuple(data.get("helpers", ()))),
            data.get("held_at", ""),
        )


class PackageReason(Struct, frozen=True):
    """The reason for one verdict.

    `through` leads from the newest choice to the release that does not install ("pydantic 2.9.0", "pydantic-core
    2.23.2"), where another one is held back. `short` is the shorter form of a TEXT, where there is one, or the
    requested extras that the release which is held back lacks. `present` is the slug of the project's present target,
    where the newer release is the one chosen there.
    """

    kind: ReasonKind
    detail: str = ""
    files: AvailabilityReason | None = None
    through: tuple[str, ...] = ()
    short: str = ""
    known_break: BreakEvidence | None = None
    present: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the fields that are set, as JSON values."""
        if self.known_break is not None:
            return {"kind": self.kind.value, **self.known_break.to_json()}
        if self.kind is ReasonKind.HELD_BACK:
            files = self.files.to_json() if self.files is not None else None
            return {
                "kind": self.kind.value,
                "detail": self.detail,
                "through": list(self.through),
                "files": files,
                "short": self.short,
                **({"present": self.present} if self.present else {}),
            }
        if self.files is not None:
            return {"kind": self.kind.value, **self.files.to_json()}
        fields = {"kind": self.kind.value, "detail": self.detail, "short": self.short}
        return {name: value for name, value in fields.items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | str) -> Self:
        """Read what `to_json` wrote, or the clause that earlier versions stored."""
        if isinstance(data, str):
            return cls(ReasonKind.TEXT, data)
        kind = ReasonKind(data["kind"])
        if kind is ReasonKind.HELD_BACK:
            files = AvailabilityReason.from_json(data["files"]) if data["files"] is not None else None
            through, present = tuple(data["through"]), data.get("present", "")
            return cls(kind, data["detail"], files, through, data.get("short", ""), present=present)
        if kind is ReasonKind.FILES:
            return cls(kind, files=AvailabilityReason.from_json(data))
        if kind is ReasonKind.KNOWN_BREAK:
            return cls(kind, known_break=BreakEvidence.from_json(data))
        return cls(kind, data.get("detail", ""), short=data.get("short", ""))
