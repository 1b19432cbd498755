"""Fetch the Python files and the compiled modules of wheels, packed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from django.db import connection

from scanner.index.archives.wheel_sources import WheelSources
from scanner.index.client import IndexClient
from scanner.index.errors import IndexFault, InvalidArchive, NoSuchFile
from scanner.selectors.unread_wheels import UnreadWheel

__all__ = ["WheelSources", "fetch_modules", "fetch_sources"]

logger = logging.getLogger(__name__)


def fetch_sources(
    file: UnreadWheel, client: IndexClient, is_wanted: Callable[[UnreadWheel, bytes], bool] = lambda file, digest: True
) -> WheelSources | str | None:
    """Return the packed Python files of a wheel, or why they cannot be read; None where the index does not answer.

    `is_wanted` is asked with a digest of them before they are fetched.
    """
    return _fetch(file, partial(client.wheel_sources, is_wanted=partial(is_wanted, file)))


def fetch_modules(file: UnreadWheel, client: IndexClient) -> WheelSources | str | None:
    """Return the packed compiled modules of a wheel, else what `fetch_sources` does."""
    return _fetch(file, client.wheel_modules)


def _fetch(file: UnreadWheel, read: Callable[[str], WheelSources]) -> WheelSources | str | None:
    try:
        return read(file.url)
    except InvalidArchive as error:
        return error.message
    except NoSuchFile:
        return "the file does not exist"
    except IndexFault as error:
        logger.info("wheel not fetched file=%s error=%s", file.filename, error)
        return None
    finally:
        # The limits of hosts are rows: the thread that fetches has a connection of its own.
        connection.close()
