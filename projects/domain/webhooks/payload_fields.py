"""Reading single fields out of a webhook's JSON, each checked where it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# GitHub lists at most this many commits of a push, and at most this many changed files of a commit.
COMMITS_LISTED = 2048
FILES_LISTED = 3000

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# What git itself refuses in a ref name, and what would be read as an option.
_BAD_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\\ud800-\udfff]|\.\.|@\{|//|/\.|^refs/heads/-|\.lock(/|$)|[/.]$")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_TEXT_MAX = 300


class InvalidField(ValueError):
    """A field is missing or is not what this host sends there."""


@dataclass(frozen=True, slots=True)
class PayloadField:
    """One value inside a payload, with the place it stands at for the message when it is wrong."""

    value: Any
    place: str

    @property
    def is_null(self) -> bool:
        """Whether the field is null or absent."""
        return self.value is None

    def get(self, name: str) -> PayloadField:
        """The member `name`, which must be there (it may be null)."""
        if not isinstance(self.value, dict) or name not in self.value:
            raise InvalidField(f"{self.place} has no {name}")
        return PayloadField(self.value[name], f"{self.place}.{name}")

    def opt(self, name: str) -> PayloadField:
        """The member `name`, or null when it or its parent is not there."""
        return PayloadField(self.value.get(name) if isinstance(self.value, dict) else None, f"{self.place}.{name}")

    def items(self) -> list[PayloadField]:
        """The members of a list; null counts as an empty one."""
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            raise InvalidField(f"{self.place} is not a list")
        return [PayloadField(item, f"{self.place}[{position}]") for position, item in enumerate(self.value)]

    def text(self) -> str:
        """A text that can be stored and shown: at most 300 characters, none of them a control character."""
        if not isinstance(self.value, str) or len(self.value) > _TEXT_MAX or _UNPRINTABLE.search(self.value):
            raise InvalidField(f"{self.place} is not a usable text")
        return self.value

    def text_or(self, fallback: str) -> str:
        """The same, or `fallback` where the field carries nothing usable."""
        try:
            return self.text()
        except InvalidField:
            return fallback

    def flag(self) -> bool | None:
        """A boolean, None for anything else."""
        return self.value if isinstance(self.value, bool) else None

    def identity(self) -> str:
        """A repository's id as text: hosts use numbers or UUIDs."""
        if isinstance(self.value, int) and not isinstance(self.value, bool) and 0 <= self.value < 2**63:
            return str(self.value)
        identity = self.text()
        if not 0 < len(identity) <= 100:
            raise InvalidField(f"{self.place} is not an id")
        return identity

    def commit(self) -> str | None:
        """A commit id in full; None where only zeros stand for "nothing"."""
        if not isinstance(self.value, str) or not _COMMIT.fullmatch(self.value):
            raise InvalidField(f"{self.place} is not a commit id")
        return self.value if self.value.strip("0") else None

    def moment(self) -> datetime | None:
        """A time with its zone, None for anything else."""
        try:
            moment = datetime.fromisoformat(self.value)
        except (TypeError, ValueError):
            return None
        return moment if moment.tzinfo else None


def ref(name: str) -> str:
    """Return a full ref name as it stands, or raise Malformed for one that git would refuse."""
    if not name.startswith("refs/") or _BAD_REF.search(name):
        raise InvalidField("the ref is not a full ref name")
    return name


def changed_paths(commits: list[PayloadField]) -> frozenset[str] | None:
    """The files that a list of commits touches, None unless the list and each commit's lists are known to be whole."""
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
