"""Which modules releases bring, read from their archives on the indexes once, and kept by the archives' digests."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import connection
from django.db.models import Q

from scanner.domain.files.filenames import FileKind
from scanner.domain.source.wheel_modules import BroughtModules, brought_modules
from scanner.index.client import IndexClient
from scanner.index.errors import IndexFault, InvalidArchive, NoSuchFile
from scanner.models import ReleaseFile, StoredModules
from scanner.selectors.rows import in_chunks
from scanner.services.index_sets import IndexSet

logger = logging.getLogger(__name__)

_WORKERS = 8
_CHUNK = 200


def read_brought_modules(pins: Mapping[str, str], indexes: IndexSet) -> dict[str, BroughtModules]:
    """Return the modules of these releases, given by normalised names and versions, as far as an archive could be read.

    Of a release with several wheels one is read: they bring the same modules, as far as this concerns imports.
    """
    files = _files(pins, indexes)
    known = _stored({file.sha256 for _, file in files.values() if file.sha256})
    unread = {name: entry for name, entry in files.items() if entry[1].sha256 not in known}
    clients = {source.pk: source.connect() for source in indexes if any(source.pk == key for key, _ in unread.values())}
    with ThreadPoolExecutor(max_workers=_WORKERS) as pool:
        jobs = {name: pool.submit(partial(_read, file, clients[key])) for name, (key, file) in unread.items()}
        read = {name: modules for name, job in jobs.items() if (modules := job.result()) is not None}
    rows = {digest: StoredModules.of(digest, read[name]) for name in read if (digest := unread[name][1].sha256)}
    # Another process may have read the same.
    StoredModules.objects.bulk_create(rows.values(), ignore_conflicts=True)
    stored = {name: known[file.sha256] for name, (_, file) in files.items() if file.sha256 in known}
    return {**stored, **read}


def _stored(digests: Iterable[str]) -> dict[str, BroughtModules]:
    wanted = sorted(digests)
    return {
        row.sha256: row.to_modules()
        for some in in_chunks(wanted, _CHUNK)
        for row in StoredModules.objects.filter(sha256__in=some)
    }


def _files(pins: Mapping[str, str], indexes: IndexSet) -> dict[str, tuple[int, ReleaseFile]]:
    """Return the file to read of each release, with the key of its index: the smallest wheel, else the sdist."""
    found: dict[str, tuple[int, ReleaseFile]] = {}
    names = sorted(pins)
    for some in in_chunks(names, _CHUNK):
        wanted = Q()
        for name in some:
            wanted |= Q(package__name=name, release__version=pins[name])
        rows = ReleaseFile.objects.filter(wanted, package__index__in=indexes.keys).select_related("package")
        for row in sorted(rows, key=partial(_rank, indexes.keys)):
            if row.kind in {FileKind.WHEEL, FileKind.SDIST}:
                found.setdefault(row.package.name, (row.package.index_id, row))
    return found


def _rank(keys: Sequence[int], file: ReleaseFile) -> tuple[bool, int, int, str]:
    return file.kind != FileKind.WHEEL, keys.index(file.package.index_id), file.size or 0, file.filename


def _read(file: ReleaseFile, client: IndexClient) -> BroughtModules | None:
    try:
        if file.kind == FileKind.WHEEL:
            return brought_modules(client.wheel_paths(file.url))
        return _of_sdist(file, client)
    except (NoSuchFile, InvalidArchive, IndexFault) as error:
        logger.info("modules not read file=%s error=%s", file.filename, error)
        return None
    finally:
        # The limits of hosts are rows: this thread has a connection, and ends.
        connection.close()


def _of_sdist(file: ReleaseFile, client: IndexClient) -> BroughtModules | None:
    """Return what setuptools wrote into an sdist about its modules; None where it wrote nothing."""
    paths, _ = client.sdist_view(file.url, ())
    lists = [path for path in paths if path.endswith(".egg-info/top_level.txt")]
    if len(lists) != 1:
        return None
    _, texts = client.sdist_view(file.url, lists)
    names = texts.get(lists[0], b"").decode("utf-8", errors="replace").split()
    return BroughtModules(frozenset(name.replace("/", ".") for name in names))
