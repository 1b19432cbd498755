"""The conditions of a project and its locks that leave a target out, and how a plan lifts them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from msgspec import Struct

from projects.domain.dependency_files.target_limits import LimitKind, TargetLimit
from projects.domain.rewriting.python_range import admit_python
from scanner.domain.targets.target import Target


class LimitChange(Struct, frozen=True):
    """A condition that leaves a target out.

    `after` is the text that a plan writes in its place; None where only locking again lifts it, or it is not known how.
    """

    kind: LimitKind
    path: str
    line: int | None
    before: str
    after: str | None = None
    package: str = ""

    @property
    def is_locked(self) -> bool:
        """Whether a lock states it: it goes when the project is locked again."""
        return self.kind.is_locked

    def to_json(self) -> dict[str, Any]:
        """Return the stored form, which is also that of schema 1."""
        return {
            "kind": self.kind.value,
            "path": self.path,
            "line": self.line,
            "from": self.before,
            "to": self.after,
            "package": self.package or None,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(LimitKind(data["kind"]), data["path"], data["line"], data["from"], data["to"], data["package"] or "")


def limit_changes(limits: Iterable[TargetLimit], targets: Sequence[Target]) -> tuple[LimitChange, ...]:
    """Return the limits that leave out any of the targets, each with the text that admits all of them."""
    found = []
    for limit in limits:
        refused = [target for target in targets if not limit.admits(target)]
        if refused:
            after = _lifted(limit, targets) if limit.kind is LimitKind.REQUIRES_PYTHON else None
            found.append(LimitChange(limit.kind, limit.source, limit.line, limit.text, after, limit.package))
    return tuple(found)


def _lifted(limit: TargetLimit, targets: Sequence[Target]) -> str | None:
    text: str | None = limit.text
    for target in targets:
        text = admit_python(text, target.python.release) if text is not None else None
    return text
