"""Folders of git objects of one remote repository, in which git runs, and what its failures mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from projects.domain.webhooks.payload_fields import full_ref
from projects.hosts.errors import (
    BranchMoved,
    CommitMissing,
    FetchTooLarge,
    HostError,
    HostNotAllowed,
    HostUnavailable,
    PushRefused,
    RepositoryAccessDenied,
)
from projects.hosts.git_program import GitLimits, GitProgram, GitResult
from scanner.domain.translation import noop

COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# Patterns of the error output of git, curl and OpenSSH in the C locale. The first match counts.
_ERROR_KINDS: tuple[tuple[str, str], ...] = (
    (r"\(non-fast-forward\)|\(fetch first\)|\(stale info\)", "moved"),
    (r"\[remote rejected\]|pre-receive hook declined", "rejected"),
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


class GitStore:
    """The folders of objects that were fetched from one remote repository. Every method may raise HostError."""

    def __init__(self, program: GitProgram, root: Path) -> None:
        self._program = program
        self.root = root

    @property
    def host(self) -> str:
        """Name of the host."""
        return self._program.host

    @property
    def limits(self) -> GitLimits:
        """The limits of the program."""
        return self._program.limits

    def head(self, branch: str) -> str | None:
        """Return the commit that `branch` points to now, None if there is no such branch."""
        ref = full_ref(f"refs/heads/{branch}")
        done = self.run(self.root, "ls-remote", "--", "origin", ref)
        for line in done.output.decode("utf-8", "replace").splitlines():
            commit, _, name = line.partition("\t")
            if name == ref and COMMIT.fullmatch(commit):
                return commit
        return None

    def sizes(self, folder: Path, oids: Sequence[str]) -> dict[str, int]:
        """Fetch contents by their ids, and return their sizes."""
        self.fetch(folder, "blob:none", oids)
        done = self.run(folder, "cat-file", "--batch-check", stdin="\n".join(oids).encode(), offline=True)
        rows = [line.split() for line in done.output.decode("ascii").splitlines()]
        return {row[0]: int(row[2]) for row in rows if len(row) == 3}

    def read(self, folder: Path, oids: Sequence[str]) -> dict[str, bytes]:
        """Return objects that were fetched."""
        if not oids:
            return {}
        output = self.run(folder, "cat-file", "--batch", stdin="\n".join(oids).encode(), offline=True).output
        contents, position = {}, 0
        for oid in oids:
            end = output.index(b"\n", position)
            size = int(output[position:end].split()[-1])
            contents[oid] = output[end + 1 : end + 1 + size]
            position = end + size + 2
        return contents

    def init(self, name: str) -> Path:
        """Make an empty folder of objects."""
        folder = self.root / name
        folder.mkdir()
        self.run(folder, "init", "--quiet", "--bare", "--template=", ".")
        return folder

    def fetch(self, folder: Path, content_filter: str, refspecs: Sequence[str], depth: int | None = None) -> None:
        """Fetch commits or refs with what the filter admits, or contents by their ids."""
        options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance"]
        options += [f"--filter={content_filter}", *([f"--depth={depth}"] if depth else [])]
        # Passed by standard input, so that no ref or id can be taken for an option.
        wants = "\n".join([*refspecs, ""]).encode()
        self.run(folder, "fetch", *options, "--stdin", "origin", stdin=wants)

    def run(self, folder: Path, *arguments: str, stdin: bytes = b"", offline: bool = False) -> GitResult:
        """Run git in a folder. A failure is raised as the HostError that it means."""
        done = self._program.run(folder, *arguments, stdin=stdin, offline=offline)
        if done.code != 0:
            raise self._error_of(done)
        return done

    def _error_of(self, done: GitResult) -> HostError:
        # 128 + SIGXFSZ: the shell's child was killed by the size limit.
        kind = "large" if done.code in (-25, 153) else ""
        kind = kind or next((kind for text, kind in _ERROR_KINDS if re.search(text, done.error_output)), "")
        if kind == "commit":
            return CommitMissing(self.host, "")
        if kind == "large":
            return FetchTooLarge(self.host, noop("the repository's answer"), self.limits.pack_bytes)
        if kind == "access":
            return RepositoryAccessDenied(self.host)
        if kind == "moved":
            return BranchMoved(self.host)
        if kind == "rejected":
            return PushRefused(self.host)
        if kind == "redirect":
            return HostNotAllowed(self.host, noop("it redirects; use the URL that it redirects to"))
        if kind == "hostkey":
            return HostNotAllowed(self.host, noop("its host key is not in WHEELWAY_SSH_KNOWN_HOSTS"))
        if kind == "no ssh":
            return HostNotAllowed(self.host, noop("the ssh program is not installed on this server"))
        reasons = {
            "busy": noop("it answers with an error"),
            "slow": noop("it is too slow"),
            "cut": noop("the connection was lost"),
            "tls": noop("its TLS certificate is not trusted"),
        }
        return HostUnavailable(self.host, reasons.get(kind, noop("it could not be reached")))
