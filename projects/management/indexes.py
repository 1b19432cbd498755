"""The indexes that a command asks, as pip finds them: in its options, its configuration and the files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.management import CommandError

from projects.domain.dependency_files import ParsedFiles
from projects.domain.indexes.index_options import EffectiveIndexes, InvalidIndexOption, effective_indexes
from scanner.services.index_sets import IndexSet, command_set
from scanner.services.indexes import InvalidPipConfiguration, configured_extra_urls, configured_index_url

Log = Callable[[str], None]
Options = Mapping[str, Any]


def index_addresses(parsed: ParsedFiles, options: Options) -> EffectiveIndexes:
    """Return the addresses that pip would use, with their logins: of the options, its configuration and the files.

    Raises CommandError with status 2 for an option or a configuration that cannot be used.
    """
    with _refusing_addresses():
        primary = options["index_url"] or configured_index_url()
        return effective_indexes(primary, configured_extra_urls(), options["extra_index_url"], parsed, os.environ)


def index_set(parsed: ParsedFiles, options: Options, log: Log) -> IndexSet:
    """Return the indexes that pip would ask. Raises CommandError with status 2 as `index_addresses` does."""
    chosen = index_addresses(parsed, options)
    for note in chosen.notes:
        log(note)
    with _refusing_addresses():
        return command_set(chosen.urls)


@contextmanager
def _refusing_addresses() -> Iterator[None]:
    """Raise CommandError with status 2 for a configuration, an option or an address that cannot be used."""
    try:
        yield
    except (InvalidPipConfiguration, InvalidIndexOption) as error:
        raise CommandError(str(error), returncode=2) from error
    except ValueError as error:
        raise CommandError(f"The index address cannot be used: {error}", returncode=2) from error
