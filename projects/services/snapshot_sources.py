"""The files of several repositories as one snapshot: each push brings those of its repository, the others stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Self

from django.db.models import OuterRef, Subquery
from msgspec import Struct
from msgspec.structs import replace

from projects.domain.dependency_files import FileProblem
from projects.domain.dependency_files.given_files import PreparedFiles
from projects.domain.dependency_files.joined_files import RepositoryFiles, join_files, path_in
from projects.domain.dependency_files.logins import FileLogins
from projects.models import Origin, Project, Repository, Snapshot, SnapshotSource
from projects.services.snapshots import NOTHING_ASKED, NothingToRead, prepare_snapshot, store_snapshot

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

_TOO_LONG = "its path is too long to be stored beside the files of other repositories"


class OthersChanged(Exception):
    """The files of another repository of the project were taken while those of this one were being read."""


class PushedFiles(Struct, frozen=True):
    """The dependency files of a repository at one commit, or as they were uploaded."""

    repository: Repository
    files: Mapping[str, bytes]
    roots: Sequence[str]
    commit: str = ""
    ref: str = ""


class JoinedSnapshot(Struct, frozen=True):
    """The files of all repositories of a project, read; `kept` are the rows of those that stay as they are."""

    prepared: PreparedFiles
    sources: tuple[SnapshotSource, ...]
    kept: tuple[int, ...]

    @classmethod
    def of(cls, pushed: PushedFiles) -> Self:
        """Read the files of a push with the newest ones of the project's other repositories, outside any transaction.

        Raises NothingToRead where those of the push ask for no package, whatever the others do, and SealBroken.
        """
        kept = _newest(pushed.repository)
        read = cls._read([pushed, *map(_stored_files, kept)], kept, new=pushed.repository)
        (own,) = (one.folder for one in read.sources if one.is_new)
        parsed = read.prepared.parsed
        if own and not any(not one.constraint and path_in(own, one.source) for one in parsed.requirements):
            problems = [replace(one, path=path_in(own, one.path) or "") for one in parsed.problems]
            problems = [one for one in problems if one.path]
            raise NothingToRead(problems or [FileProblem(root, None, "", NOTHING_ASKED) for root in pushed.roots])
        return read

    @classmethod
    def without(cls, repository: Repository) -> Self | None:
        """Read the newest files of the project's other repositories for a page; None where there are none.

        Raises NothingToRead, ReadingTooSlow, SealBroken.
        """
        kept = _newest(repository)
        return cls._read([_stored_files(one) for one in kept], kept, for_page=True) if kept else None

    @classmethod
    def _read(
        cls,
        given: Sequence[PushedFiles],
        kept: Sequence[SnapshotSource],
        *,
        new: Repository | None = None,
        for_page: bool = False,
    ) -> Self:
        ordered = sorted(given, key=lambda one: one.repository.pk)
        named = [RepositoryFiles(one.repository.short_name, one.files, one.roots) for one in ordered]
        try:
            joined = join_files(named)
        except ValueError as error:
            raise NothingToRead([FileProblem(str(error)[:200], None, "", _TOO_LONG)]) from None
        prepared = prepare_snapshot(joined.files, joined.roots, for_page=for_page)
        sources = tuple(
            SnapshotSource(
                repository=one.repository,
                name=one.repository.short_name,
                folder=folder,
                commit=one.commit,
                ref=one.ref,
                is_new=one.repository == new,
            )
            for one, folder in zip(ordered, joined.folders, strict=True)
        )
        return cls(prepared, sources, tuple(one.pk for one in kept))

    def store(
        self,
        repository: Repository,
        *,
        origin: Origin,
        commit: str = "",
        ref: str = "",
        user: AbstractBaseUser | None = None,
    ) -> Snapshot:
        """Store it as the project's newest snapshot. Raises OthersChanged. Call in a transaction, before other writes.

        The lock of the project holds the others back until its end.
        """
        project = Project.objects.select_for_update(no_key=True).get(pk=repository.project_id)
        if tuple(one.pk for one in _newest(repository)) != self.kept:
            raise OthersChanged
        return store_snapshot(
            project, self.prepared, origin=origin, commit=commit, ref=ref, sources=self.sources, user=user
        )


def _newest(repository: Repository) -> list[SnapshotSource]:
    """Return where the newest files of each other repository of the project are, in the order of repositories."""
    row = SnapshotSource.objects.filter(repository=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    others = Repository.objects.filter(project=repository.project_id).exclude(pk=repository.pk)
    newest = others.annotate(newest=Subquery(row)).exclude(newest=None).values("newest")
    return list(
        SnapshotSource.objects.filter(pk__in=newest).select_related("repository", "snapshot").order_by("repository")
    )


def _stored_files(source: SnapshotSource) -> PushedFiles:
    """Return the files of a stored source as they were given, with their logins. Raises SealBroken."""
    snapshot, repository = source.snapshot, source.repository
    assert repository is not None
    logins = FileLogins.from_json(snapshot.logins.reveal())
    files, roots = {}, []
    for file in snapshot.files.order_by("pk"):
        path = path_in(source.folder, file.path)
        if path is not None:
            files[path] = logins.restore_bytes(bytes(file.content))
            roots += [path] if file.is_root else []
    return PushedFiles(repository, files, roots, source.commit, source.ref)
