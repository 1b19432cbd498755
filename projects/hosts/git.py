"""Reading a few files of a repository at one commit, with git and without a checkout.

A shallow fetch without file contents gets the commit's tree; then exactly the needed contents are fetched. Nothing
of the repository is run, written to a path that it chooses, or followed to another repository.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from projects.domain.webhooks.payload_fields import full_ref
from projects.hosts.errors import (
    CommitMissing,
    FetchTooLarge,
    FileMissing,
    HostError,
    HostNotAllowed,
    HostUnavailable,
    RepositoryAccessDenied,
)
from projects.hosts.git_program import GitLimits, GitProgram, GitRemote, GitResult
from projects.hosts.git_trees import TreeEntry, TreeReader

# Patterns of the error output of git, curl and OpenSSH in the C locale. The first match counts.
_ERROR_KINDS: tuple[tuple[str, str], ...] = (
    (r"not our ref|unadvertised object|couldn't find remote ref|no such remote ref", "commit"),
    (r"returned error: 30\d|unable to update url base from redirection", "redirect"),
    (r"early EOF|unexpected disconnect|hung up", "cut"),
    # index-pack prints nothing when the size limit kills it.
    (r"invalid index-pack output|File too large|[Oo]ut of memory|mmap failed", "large"),
    (r"returned error: (429|5\d\d)", "busy"),
    (r"Host key verification failed", "hostkey"),
    (r"cannot run ssh|ssh: (command )?not found", "no ssh"),
    (r"Authentication failed|could not read (Username|Password)|returned error: 40[134]", "access"),
    (r"not found|Permission denied|does not appear to be a git repository", "access"),
    (r"Operation too slow|timed out|Timeout", "slow"),
    (r"SSL|certificate", "tls"),
    (r"ssh: |kex_exchange_identification|ssh_dispatch_run|Connection (closed|reset|to)|[Bb]roken pipe", "unreached"),
    # Git prints this after any failed ssh connection, so it counts only if ssh itself printed nothing.
    (r"access rights", "access"),
)
_REGULAR = {"100644", "100755", "100664"}
_PATH_MAX = 300
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")

FindIncludes = Callable[[Mapping[str, bytes]], Iterable[str]]
DetectRoots = Callable[[Sequence[str]], Sequence[str]]


@contextmanager
def open_repository(remote: GitRemote, limits: GitLimits) -> Iterator[GitRepository]:
    """Prepare to read from `remote`. What was fetched is deleted at the end of the block. Raises HostError."""
    with tempfile.TemporaryDirectory(prefix="wheelway-git-") as folder:
        yield GitRepository(GitProgram(remote, limits, Path(folder)), Path(folder))


class GitRepository:
    """One remote repository while it is being read. Every method may raise HostError."""

    def __init__(self, program: GitProgram, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._host = program.host

    def head(self, branch: str) -> str | None:
        """Return the commit that `branch` points to now, None if there is no such branch."""
        ref = full_ref(f"refs/heads/{branch}")
        done = self._run(self._folder, "ls-remote", "--", "origin", ref)
        for line in done.output.decode("utf-8", "replace").splitlines():
            commit, _, name = line.partition("\t")
            if name == ref and _COMMIT.fullmatch(commit):
                return commit
        return None

    def history(self, branch: str) -> CommitHistory:
        """Fetch the history of `branch`, commits only, as far back as the limits allow."""
        folder = self._init("history")
        ref = full_ref(f"refs/heads/{branch}")
        self._fetch(folder, "tree:0", [f"+{ref}:refs/heads/followed"], depth=self._program.limits.history)
        done = self._run(folder, "rev-list", "--parents", "refs/heads/followed", offline=True)
        parents = {line.split()[0]: line.split()[1:] for line in done.output.decode("ascii").splitlines()}
        return CommitHistory(parents)

    def files(
        self, commit: str, roots: Sequence[str], find_includes: FindIncludes, detect: DetectRoots
    ) -> tuple[dict[str, bytes], list[str]]:
        """Return (path → content, roots) at `commit`.

        `roots` are read, or without any what `detect` picks from the paths of the first two levels; then, repeatedly,
        what `find_includes` returns for the files read so far. A missing root raises FileMissing; a missing include is
        left out, and the parser reports it at its line.
        """
        if not _COMMIT.fullmatch(commit):
            raise CommitMissing(self._host, commit)
        folder = self._init("files")
        try:
            self._fetch(folder, "blob:none", [commit], depth=1)
        except CommitMissing:
            raise CommitMissing(self._host, commit) from None
        tree = TreeReader(commit, lambda oids: self._read(folder, oids), lambda oids: self._read_blobs(folder, oids))
        chosen = list(roots) or list(detect(tree.paths(levels=2)))
        if not chosen:
            raise FileMissing(self._host, "with requirements")
        found: dict[str, bytes] = {}
        asked: set[str] = set()
        pending: list[str] = chosen
        while pending:
            asked.update(pending)
            entries = {path: entry for path in pending if (entry := tree.locate(path)) is not None}
            for path in chosen:
                if path not in entries and path not in found:
                    raise FileMissing(self._host, path)
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
        if not _COMMIT.fullmatch(commit):
            raise CommitMissing(self._host, commit)
        folder = self._init("wanted")
        try:
            self._fetch(folder, "blob:none", [commit], depth=1)
        except CommitMissing:
            raise CommitMissing(self._host, commit) from None
        listed = self._run(folder, "ls-tree", "-r", "-z", "--full-tree", commit, offline=True).output
        entries = dict(_listed(listed))
        wanted = {path: oid for path, oid in entries.items() if is_wanted(path)}
        oids = dict(list(wanted.items())[:files])
        if not oids:
            return list(entries), {}
        sizes = self._sizes(folder, list(dict.fromkeys(oids.values())))
        kept = {path: oid for path, oid in oids.items() if sizes[oid] <= largest}
        if sum(sizes[oid] for oid in set(kept.values())) > self._program.limits.pack_bytes:
            raise FetchTooLarge(self._host, "the source", self._program.limits.pack_bytes)
        blobs = self._read(folder, list(dict.fromkeys(kept.values())))
        return list(entries), {path: blobs[oid] for path, oid in kept.items()}

    def _contents(
        self, folder: Path, entries: Mapping[str, TreeEntry], already: Mapping[str, bytes]
    ) -> dict[str, bytes]:
        limits = self._program.limits
        if len(already) + len(entries) > limits.files:
            raise FetchTooLarge(self._host, f"the set of {len(already) + len(entries)} files", limits.total_bytes)
        oids = list({entry.oid for entry in entries.values()})
        if not oids:
            return {}
        sizes = self._sizes(folder, oids)
        for path, entry in entries.items():
            if sizes[entry.oid] > limits.file_bytes:
                raise FetchTooLarge(self._host, path, limits.file_bytes)
        if sum(map(len, already.values())) + sum(sizes[entry.oid] for entry in entries.values()) > limits.total_bytes:
            raise FetchTooLarge(self._host, "all files together", limits.total_bytes)
        blobs = self._read(folder, oids)
        return {path: blobs[entry.oid] for path, entry in entries.items()}

    def _read_blobs(self, folder: Path, oids: Sequence[str]) -> dict[str, bytes]:
        """Return the contents of symbolic links, empty for one that is too large."""
        small = [oid for oid, size in self._sizes(folder, oids).items() if size <= 4096]
        return dict.fromkeys(oids, b"") | self._read(folder, small)

    def _sizes(self, folder: Path, oids: Sequence[str]) -> dict[str, int]:
        self._fetch(folder, "blob:none", oids)
        done = self._run(folder, "cat-file", "--batch-check", stdin="\n".join(oids).encode(), offline=True)
        rows = [line.split() for line in done.output.decode("ascii").splitlines()]
        return {row[0]: int(row[2]) for row in rows if len(row) == 3}

    def _read(self, folder: Path, oids: Sequence[str]) -> dict[str, bytes]:
        if not oids:
            return {}
        output = self._run(folder, "cat-file", "--batch", stdin="\n".join(oids).encode(), offline=True).output
        contents, position = {}, 0
        for oid in oids:
            end = output.index(b"\n", position)
            size = int(output[position:end].split()[-1])
            contents[oid] = output[end + 1 : end + 1 + size]
            position = end + size + 2
        return contents

    def _init(self, name: str) -> Path:
        folder = self._folder / name
        folder.mkdir()
        self._run(folder, "init", "--quiet", "--bare", "--template=", ".")
        return folder

    def _fetch(self, folder: Path, content_filter: str, refspecs: Sequence[str], depth: int | None = None) -> None:
        options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance"]
        options += [f"--filter={content_filter}", *([f"--depth={depth}"] if depth else [])]
        # Passed by standard input, so that no ref or id can be taken for an option.
        wants = "\n".join([*refspecs, ""]).encode()
        self._run(folder, "fetch", *options, "--stdin", "origin", stdin=wants)

    def _run(self, folder: Path, *arguments: str, stdin: bytes = b"", offline: bool = False) -> GitResult:
        done = self._program.run(folder, *arguments, stdin=stdin, offline=offline)
        if done.code != 0:
            raise self._error_of(done)
        return done

    def _error_of(self, done: GitResult) -> HostError:
        # 128 + SIGXFSZ: the shell's child was killed by the size limit.
        kind = "large" if done.code in (-25, 153) else ""
        kind = kind or next((kind for text, kind in _ERROR_KINDS if re.search(text, done.error_output)), "")
        if kind == "commit":
            return CommitMissing(self._host, "")
        if kind == "large":
            return FetchTooLarge(self._host, "the repository's answer", self._program.limits.pack_bytes)
        if kind == "access":
            return RepositoryAccessDenied(self._host)
        if kind == "redirect":
            return HostNotAllowed(self._host, "it redirects; use the URL that it redirects to")
        if kind == "hostkey":
            return HostNotAllowed(self._host, "its host key is not in WHEELWAY_SSH_KNOWN_HOSTS")
        if kind == "no ssh":
            return HostNotAllowed(self._host, "the ssh program is not installed on this server")
        reasons = {
            "busy": "it answers with an error",
            "slow": "it is too slow",
            "cut": "the connection was lost",
            "tls": "its TLS certificate is not trusted",
        }
        return HostUnavailable(self._host, reasons.get(kind, "it could not be reached"))


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
