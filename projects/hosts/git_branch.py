"""Writing of one commit to a branch of its own, by git's plumbing: without a work tree, and never forced.

The commit is made from the tree of its base, of which only the changed files are fetched.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from projects.domain.webhooks.payload_fields import full_ref
from projects.hosts.errors import CommitMissing, PatchMisfit
from projects.hosts.git_program import GitLimits, GitProgram, GitRemote
from projects.hosts.git_store import COMMIT, GitStore

_TREE_OF = ("log", "-1", "--format=%T")
_FILE_MODES = ("100644", "100755", "100664")


class PatchCommit(Struct, frozen=True):
    """A commit to make: `patch` applied to `base`, upon `before`, which is our own last commit of the branch or None.

    - base_is_known: whether `before` already descends from `base`.
    - paths: the files that the patch changes.
    """

    base: str
    before: str | None
    base_is_known: bool
    patch: bytes
    paths: Collection[str]
    message: str
    author: tuple[str, str]

    @property
    def parents(self) -> Sequence[str]:
        """The parents, first our own last commit, so that the branch only ever moves forward."""
        if self.before is None:
            return (self.base,)
        return (self.before,) if self.base_is_known else (self.before, self.base)


@contextmanager
def open_branch(remote: GitRemote, limits: GitLimits) -> Iterator[BranchWriter]:
    """Prepare to write to `remote`. What was made is deleted at the end of the block. Raises HostError."""
    with tempfile.TemporaryDirectory(prefix="wheelway-push-") as folder:
        yield BranchWriter(GitProgram(remote, limits, Path(folder)), Path(folder))


class BranchWriter(GitStore):
    """One remote repository while a branch of it is written. Every method may raise HostError."""

    def __init__(self, program: GitProgram, root: Path) -> None:
        super().__init__(program, root)
        self._objects = root / "branch"

    def commit(self, made: PatchCommit) -> str:
        """Make the commit, and return it; our own last one where nothing would change.

        Raises PatchMisfit where the patch does not fit the files of the base.
        """
        known = [made.base, *([made.before] if made.before is not None else [])]
        if not all(map(COMMIT.fullmatch, known)):
            raise CommitMissing(self.host, made.base)
        folder = self.init(self._objects.name)
        self.fetch(folder, "blob:none", known, depth=1)
        self._fetch_files(folder, made)
        self.run(folder, "read-tree", made.base, offline=True)
        if made.patch:
            patch = folder / "patch"
            patch.write_bytes(made.patch)
            arguments = ("apply", "--cached", "--whitespace=nowarn", "--", str(patch))
            if self._program.run(folder, *arguments, offline=True).code != 0:
                raise PatchMisfit(self.host)
        tree = self._line(folder, "write-tree", "--missing-ok")
        if made.before is not None and made.base_is_known and tree == self._line(folder, *_TREE_OF, made.before):
            return made.before
        name, email = made.author
        parents = [word for parent in made.parents for word in ("-p", parent)]
        who = ("-c", f"user.name={name}", "-c", f"user.email={email}")
        return self._line(folder, *who, "commit-tree", tree, *parents, "-F", "-", stdin=made.message.encode())

    def push(self, commit: str, branch: str) -> None:
        """Push a commit that was made to the branch. Raises BranchMoved where it has commits that are not ours."""
        ref = full_ref(f"refs/heads/{branch}")
        self.run(self._objects, "push", "--quiet", "--no-thin", "--no-verify", "origin", f"{commit}:{ref}")

    def _fetch_files(self, folder: Path, made: PatchCommit) -> None:
        """Fetch the contents that the patch changes. A path that is not a regular file there does not fit."""
        arguments = ("ls-tree", "-r", "-z", "--full-tree", made.base)
        listed = self.run(folder, *arguments, offline=True).output.decode("utf-8", "surrogateescape")
        entries = {path: about.split(" ") for about, _, path in (one.partition("\t") for one in listed.split("\0"))}
        found = [entries[path] for path in made.paths if path in entries]
        if any(mode not in _FILE_MODES for mode, *_ in found):
            raise PatchMisfit(self.host)
        if found:
            self.sizes(folder, sorted({oid for _, _, oid in found}))

    def _line(self, folder: Path, *arguments: str, stdin: bytes = b"") -> str:
        return self.run(folder, *arguments, stdin=stdin, offline=True).output.decode("ascii").strip()
