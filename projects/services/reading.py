"""Reading of dependency files and of other documents that others send, in a child process with limits.

No caller reads within a transaction: what is stored has been read before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from django.conf import settings

from projects.domain.dependency_files import ParsedFiles, read
from projects.domain.dependency_files.given_files import PreparedFiles, prepare
from projects.domain.failures import READING_TOO_LARGE, READING_TOO_LONG
from projects.domain.webhooks.wanted_files import missing_includes
from projects.sandbox import CallLimitReached, CallLimits, Sandbox, SandboxBusy

# A document of at most so many bytes that the standard library parses in linear time needs no child.
_SMALL = 64 * 1024

R = TypeVar("R")


class ReadingTooSlow(Exception):
    """Input that could not be read within the time of a page. A job may still read it."""


class ReadingLimitReached(Exception):
    """Input whose reading reached a limit of time or memory. The text is a message for its sender."""


def read_files(files: Mapping[str, bytes], roots: Sequence[str]) -> ParsedFiles:
    """Read dependency files, which may be a mapping that reads on access. Raises ReadingLimitReached, SandboxBusy."""
    return run_limited(read, files, roots)


def read_stored_files(files: Mapping[str, bytes], roots: Sequence[str]) -> ParsedFiles:
    """Read dependency files that are all in `files`, as `read_files` does.

    Services that start from one template have equal files, and are assessed one after another: these are read once.
    """
    if sum(map(len, files.values())) > _SMALL:
        return read_files(files, roots)
    return _read_small(tuple(files.items()), tuple(roots))


@lru_cache(maxsize=4)
def _read_small(files: tuple[tuple[str, bytes], ...], roots: tuple[str, ...]) -> ParsedFiles:
    return read_files(dict(files), roots)


def prepare_files(files: Mapping[str, bytes], roots: Sequence[str], *, for_page: bool = False) -> PreparedFiles:
    """Read dependency files for a snapshot. Raises ReadingLimitReached, SandboxBusy.

    For a page it takes a few seconds at most; it raises ReadingTooSlow after them.
    """
    if not for_page:
        return run_limited(prepare, files, roots)
    seconds = min(settings.WHEELWAY_PAGE_READ_SECONDS, settings.WHEELWAY_READ_SECONDS)
    try:
        return _sandbox(_limits()).call(prepare, files, roots, seconds=seconds, clock=seconds, wait=seconds)
    except SandboxBusy as busy:
        raise ReadingTooSlow from busy
    except CallLimitReached as reached:
        if reached.limit == "time" and seconds < settings.WHEELWAY_READ_SECONDS:
            raise ReadingTooSlow from None
        raise _over_limit(reached) from None


class IncludeFinder:
    """Finds the paths that files include and that are not among them; all its calls share one limit of time."""

    def __init__(self) -> None:
        self._left = float(settings.WHEELWAY_READ_SECONDS)

    def __call__(self, files: Mapping[str, bytes]) -> list[str]:
        """Return the missing paths. Raises ReadingLimitReached, SandboxBusy."""
        start = time.monotonic()
        try:
            return _limited(missing_includes, dict(files), list(files), seconds=max(self._left, 0.1))
        finally:
            self._left -= time.monotonic() - start


def run_limited(function: Callable[..., R], *arguments: object) -> R:
    """Return what a function of the domain returns, called in a child. Raises what it raises.

    Also raises ReadingLimitReached and SandboxBusy.
    """
    return _limited(function, *arguments, seconds=settings.WHEELWAY_READ_SECONDS)


def read_document(function: Callable[..., R], body: bytes, *arguments: object) -> R:
    """Call a reader of JSON whose last argument is `body`: directly for a small one, else in a child."""
    if len(body) <= _SMALL:
        return function(*arguments, body)
    return _limited(function, *arguments, body, seconds=settings.WHEELWAY_READ_SECONDS)


def _limited(function: Callable[..., R], *arguments: object, seconds: float) -> R:
    limits = _limits()
    try:
        return _sandbox(limits).call(function, *arguments, seconds=seconds)
    except CallLimitReached as reached:
        raise _over_limit(reached) from None


def _over_limit(reached: CallLimitReached) -> ReadingLimitReached:
    limits = _limits()
    if reached.limit == "time":
        return ReadingLimitReached(READING_TOO_LONG.format(seconds=f"{limits.seconds:g}"))
    return ReadingLimitReached(READING_TOO_LARGE.format(megabytes=f"{limits.memory_mb:,}"))


def _limits() -> CallLimits:
    return CallLimits(
        settings.WHEELWAY_READ_SECONDS, settings.WHEELWAY_READ_MEMORY_MB, settings.WHEELWAY_READ_PROCESSES
    )


@lru_cache(maxsize=4)
def _sandbox(limits: CallLimits) -> Sandbox:
    return Sandbox(limits)
