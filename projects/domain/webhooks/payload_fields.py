"""Validated access to the fields of a webhook's JSON payload."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from msgspec import Struct

# GitHub lists at most this many commits of a push, and at most this many changed files of a commit.
COMMITS_LISTED = 2048
FILES_LISTED = 3000

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# What git refuses in a ref name (git check-ref-format), and what it could take for an option.
_BAD_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\\ud800-\udfff]|\.\.|@\{|//|/\.|^refs/heads/-|\.lock(/|$)|[/.]$")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_TEXT_MAX = 300


class InvalidField(ValueError):
    """A field that is missing or has an unexpected type or value. The message names its place."""


class PayloadField(Struct, frozen=True):
    """A value in a payload, with its place ("payload.push.changes[0]") for error messages."""

    value: Any
    place: str

    @property
    def is_null(self) -> bool:
        """Whether the field is null or absent."""
        return self.value is None

    def get(self, name: str) -> PayloadField:
        """Return the member `name`, which may be null. Raises InvalidField if it is missing."""
        if not isinstance(self.value, dict) or name not in self.value:
            raise InvalidField(f"{self.place} has no {name}")
        return PayloadField(self.value[name], f"{self.place}.{name}")

    def opt(self, name: str) -> PayloadField:
        """Return the member `name`, or null if it or its parent is missing."""
        return PayloadField(self.value.get(name) if isinstance(self.value, dict) else None, f"{self.place}.{name}")

    def items(self) -> list[PayloadField]:
        """Return the items of a list, none for null. Raises InvalidField for anything else."""
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            raise InvalidField(f"{self.place} is not a list")
        return [PayloadField(item, f"{self.place}[{position}]") for position, item in enumerate(self.value)]

    def text(self) -> str:
        """Return a string of at most 300 characters, without control characters. Raises InvalidField otherwise."""
        if not isinstance(self.value, str) or len(self.value) > _TEXT_MAX or _UNPRINTABLE.search(self.value):
            raise InvalidField(f"{self.place} is not a printable text")
        return self.value

    def text_or(self, fallback: str) -> str:
        """Return text(), or `fallback` where that raises."""
        try:
            return self.text()
        except InvalidField:
            return fallback

    def flag(self) -> bool | None:
        """Return a boolean, None for anything else."""
        return self.value if isinstance(self.value, bool) else None

    def identity(self) -> str:
        """Return a repository id, a number or a UUID, as text. Raises InvalidField otherwise."""
        if isinstance(self.value, int) and not isinstance(self.value, bool) and 0 <= self.value < 2**63:
            return str(self.value)
        identity = self.text()
        if not 0 < len(identity) <= 100:
            raise InvalidField(f"{self.place} is not an id")
        return identity

    def commit(self) -> str | None:
        """Return a full commit id, None for the all-zero id (no commit). Raises InvalidField otherwise."""
        if not isinstance(self.value, str) or not _COMMIT.fullmatch(self.value):
            raise InvalidField(f"{self.place} is not a commit id")
        return self.value if self.value.strip("0") else None

    def moment(self) -> datetime | None:
        """Return a time with its zone, None for anything else."""
        try:
            moment = datetime.fromisoformat(self.value)
        except (TypeError, ValueError):
            return None
        return moment if moment.tzinfo else None


def full_ref(name: str) -> str:
    """Return a full ref name unchanged. Raises InvalidField for one that git would refuse."""
    if not name.startswith("refs/") or _BAD_REF.search(name):
        raise InvalidField("the ref is not a full ref name")
    return name


def changed_paths(commits: list[PayloadField]) -> frozenset[str] | None:
    """Return the files that the commits change, None unless all lists are known to be complete."""
    paths: set[str] = set()
    if not commits or len(commits) >= COMMITS_LISTED:
        return None
    for commit in commits:
        listed = [commit.opt(kind) for kind in ("added", "removed", "modified")]
        if any(not isinstance(node.value, list) for node in listed):
            return None
        files = [node.value for kind in listed for node in kind.items()]
        if len(files) >= FILES_LISTED or not all(isinstance(path, str) for path in files):
            return None
        paths.update(files)
    return frozenset(paths)
