"""Why a package has its verdict on a target, as data. `projects.presentation.sentences` makes the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from scanner.domain.matching.reason import AvailabilityReason


class ReasonKind(StrEnum):
    """What decides the verdict on a package. The comments say what `detail` of such a reason holds."""

    FILES = "files"  # nothing; `files` of the reason holds what the files of the release decide
    MARKER = "marker"  # the marker (PEP 508) that does not hold on the target
    NOT_REQUIRED = "not-required"  # nothing
    NOT_FROM_INDEX = "not-from-index"  # the URL, repository or folder that it comes from, without a query
    NOT_POLLED = "not-polled"  # the error of the last poll, or nothing
    NO_PACKAGE = "no-package"  # nothing
    NO_RELEASE = "no-release"  # the specifier that no release satisfies
    EXCLUDED = "excluded"  # what excludes the files that the target would take: "no-binary", "only-binary" or "hashes"
    LOCAL_VERSION = "local-version"  # the version, whose builds (+cu128) are on an index of their own
    CONDA_BUILD = "conda-build"  # nothing
    TEXT = "text"  # a clause, from a row that an earlier version stored


@dataclass(frozen=True, slots=True)
class PackageReason:
    """The reason for one verdict. `short` is the shorter form of a TEXT, where there is one."""

    kind: ReasonKind
    detail: str = ""
    files: AvailabilityReason | None = None
    short: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the fields that are set, as JSON values."""
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
        if kind is ReasonKind.FILES:
            return cls(kind, files=AvailabilityReason.from_json(data))
        return cls(kind, data.get("detail", ""), short=data.get("short", ""))
