"""Reading a few files of a repository at one commit, with git and without a checkout.

A shallow fetch without file contents gets the commit's tree; then exactly the needed contents are fetched. Nothing
of the repository is run, written to a path that it chooses, or followed to another repository.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from projects.domain.webhooks.path_patterns import NothingMatches, is_pattern, matching_files
from projects.domain.webhooks.payload_fields import full_ref
from projects.hosts.errors import CommitMissing, FetchTooLarge, FileMissing
from projects.hosts.git_program import GitLimits, GitProgram, GitRemote
from projects.hosts.git_store import COMMIT, GitStore
from projects.hosts.git_trees import TreeEntry, TreeReader

_REGULAR = {"100644", "100755", "100664"}
_PATH_MAX = 300

FindIncludes = Callable[[Mapping[str, bytes]], Iterable[str]]
DetectRoots = Callable[[Sequence[str]], Sequence[str]]


@contextmanager
def open_repository(remote: GitRemote, limits: GitLimits) -> Iterator[GitRepository]:
    """Prepare to read from `remote`. What was fetched is deleted at the end of the block. Raises HostError."""
    with tempfile.TemporaryDirectory(prefix="wheelway-git-") as folder:
        yield GitRepository(GitProgram(remote, limits, Path(folder)), Path(folder))


class GitRepository(GitStore):
    """One remote repository while it is being read. Every method may raise HostError."""

    def history(self, branch: str) -> CommitHistory:
        """Fetch the history of `branch`, commits only, as far back as the limits allow."""
        folder = self.init("history")
        ref = full_ref(f"refs/heads/{branch}")
        self.fetch(folder, "tree:0", [f"+{ref}:refs/heads/followed"], depth=self.limits.history)
        done = self.run(folder, "rev-list", "--parents", "refs/heads/followed", offline=True)
        parents = {line.split()[0]: line.split()[1:] for line in done.output.decode("ascii").splitlines()}
        return CommitHistory(parents)

    def files(
        self, commit: str, roots: Sequence[str], find_includes: FindIncludes, detect: DetectRoots
    ) -> tuple[dict[str, bytes], list[str]]:
        """Return (path → content, roots) at `commit`.

        `roots` are read, patterns among them as the dependency files that they fit, or without any what `detect` picks
        from the paths of the first two levels; then, repeatedly, what `find_includes` returns for the files read so
        far. A missing root raises FileMissing; a missing include is left out, and the parser reports it at its line.
        """
        if not COMMIT.fullmatch(commit):
            raise CommitMissing(self.host, commit)
        folder = self.init("files")
        try:
            self.fetch(folder, "blob:none", [commit], depth=1)
        except CommitMissing:
            raise CommitMissing(self.host, commit) from None
        tree = TreeReader(commit, lambda oids: self.read(folder, oids), lambda oids: self._read_blobs(folder, oids))
        if any(map(is_pattern, roots)):
            chosen = self._matching(folder, commit, roots)
        else:
            chosen = list(roots) or list(detect(tree.paths(levels=2)))
        if not chosen:
            raise FileMissing(self.host, "with requirements")
        found: dict[str, bytes] = {}
        asked: set[str] = set()
        pending: list[str] = chosen
        while pending:
            asked.update(pending)
            entries = {path: entry for path in pending if (entry := tree.locate(path)) is not None}
            for path in chosen:
                if path not in entries and path not in found:
                    raise FileMissing(self.host, path)
            found |= self._contents(folder, entries, already=found)
            pending = [path for path in dict.fromkeys(find_includes(found)) if path not in asked]
        return found, chosen

    def wanted_files(
        self, commit: str, is_wanted: Callable[[str], bool], *, files: int, largest: int
    ) -> tuple[list[str], dict[str, bytes]]:
        """Return the paths of all regular files at `commit`, and the contents of the first so many that are wanted.

        Links are not followed, and files above `largest` bytes are left out. All contents together have the limit of
        a pack.
        """
        if not COMMIT.fullmatch(commit):
            raise CommitMissing(self.host, commit)
        folder = self.init("wanted")
        try:
            self.fetch(folder, "blob:none", [commit], depth=1)
        except CommitMissing:
            raise CommitMissing(self.host, commit) from None
        listed = self.run(folder, "ls-tree", "-r", "-z", "--full-tree", commit, offline=True).output
        entries = dict(_listed(listed))
        wanted = {path: oid for path, oid in entries.items() if is_wanted(path)}
        oids = dict(list(wanted.items())[:files])
        if not oids:
            return list(entries), {}
        sizes = self.sizes(folder, list(dict.fromkeys(oids.values())))
        kept = {path: oid for path, oid in oids.items() if sizes[oid] <= largest}
        if sum(sizes[oid] for oid in set(kept.values())) > self.limits.pack_bytes:
            raise FetchTooLarge(self.host, "the source", self.limits.pack_bytes)
        blobs = self.read(folder, list(dict.fromkeys(kept.values())))
        return list(entries), {path: blobs[oid] for path, oid in kept.items()}

    def _matching(self, folder: Path, commit: str, roots: Sequence[str]) -> list[str]:
        listed = self.run(folder, "ls-tree", "-r", "-z", "--full-tree", commit, offline=True).output
        try:
            return matching_files(roots, [path for path, _ in _listed(listed)])
        except NothingMatches as error:
            raise FileMissing(self.host, str(error)) from None

    def _contents(
        self, folder: Path, entries: Mapping[str, TreeEntry], already: Mapping[str, bytes]
    ) -> dict[str, bytes]:
        limits = self.limits
        if len(already) + len(entries) > limits.files:
            raise FetchTooLarge(self.host, f"the set of {len(already) + len(entries)} files", limits.total_bytes)
        oids = list({entry.oid for entry in entries.values()})
        if not oids:
            return {}
        sizes = self.sizes(folder, oids)
        for path, entry in entries.items():
            if sizes[entry.oid] > limits.file_bytes:
                raise FetchTooLarge(self.host, path, limits.file_bytes)
        if sum(map(len, already.values())) + sum(sizes[entry.oid] for entry in entries.values()) > limits.total_bytes:
            raise FetchTooLarge(self.host, "all files together", limits.total_bytes)
        blobs = self.read(folder, oids)
        return {path: blobs[entry.oid] for path, entry in entries.items()}

    def _read_blobs(self, folder: Path, oids: Sequence[str]) -> dict[str, bytes]:
        """Return the contents of symbolic links, empty for one that is too large."""
        small = [oid for oid, size in self.sizes(folder, oids).items() if size <= 4096]
        return dict.fromkeys(oids, b"") | self.read(folder, small)


def _listed(output: bytes) -> Iterator[tuple[str, str]]:
    """Yield path and object id of the regular files that `git ls-tree -r -z` lists and that can be shown."""
    for line in output.decode("utf-8", "surrogateescape").split("\0"):
        about, _, path = line.partition("\t")
        fields = about.split(" ")
        if len(fields) == 3 and fields[0] in _REGULAR and path.isprintable() and len(path) <= _PATH_MAX:
            yield path, fields[2]


class CommitHistory:
    """The commits reachable from a branch, as far as they were fetched, with their parents."""

    def __init__(self, parents: Mapping[str, Sequence[str]]) -> None:
        self._parents = parents

    def __contains__(self, commit: object) -> bool:
        return commit in self._parents

    def descends(self, commit: str, ancestor: str) -> bool:
        """Return whether `ancestor` is `commit` itself or one of its known ancestors."""
        seen, pending = set(), [commit]
        while pending:
            current = pending.pop()
            if current == ancestor:
                return True
            if current not in seen:
                seen.add(current)
                pending.extend(self._parents.get(current, ()))
        return False
