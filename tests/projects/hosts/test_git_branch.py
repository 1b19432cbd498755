"""Commits that are pushed to a branch of their own, against git's own http-backend."""

import pytest
from msgspec.structs import replace

from projects.domain.rewriting.exports import patch
from projects.domain.webhooks.clone_urls import parse_clone_url
from projects.hosts.errors import BranchMoved, PatchMisfit, PushRefused, RepositoryAccessDenied
from projects.hosts.git_branch import PatchCommit, open_branch
from projects.hosts.git_program import GitLimits, GitRemote
from tests.hosting.git_server import GitServer

BRANCH = "wheelway/move"
FILES = {
    "Dockerfile": "FROM python:3.11\r\nRUN true\r\n",
    "app/run.sh": "#!/bin/sh\n",
    "other.txt": "not read\n",
}
OLD, NEW = FILES["Dockerfile"], FILES["Dockerfile"].replace("3.11", "3.14")
AUTHOR = ("Wheelway", "wheelway@team.example")


def change(base: str, before: str | None = None, after: str = NEW, *, known: bool = True) -> PatchCommit:
    text = patch("Dockerfile", OLD, after).encode() if after != OLD else b""
    return PatchCommit(base, before, known, text, ["Dockerfile"], "Move to 3.14\n\nWhy.", AUTHOR)


def write(host: GitServer, made: PatchCommit, *, password: str = "") -> str:
    remote = GitRemote(parse_clone_url(host.url), "robot", password)
    with open_branch(remote, GitLimits(["127.0.0.1"])) as writer:
        commit = writer.commit(made)
        if commit != made.before:
            writer.push(commit, BRANCH)
        return commit


def test_the_patch_becomes_one_commit_upon_its_base(host: GitServer) -> None:
    base = host.commit(dict(FILES))
    commit = write(host, change(base))
    assert host.bare("rev-parse", BRANCH) == commit
    assert (
        host.bare("log", "-1", "--format=%P %an %ae %s", commit)
        == f"{base} Wheelway wheelway@team.example Move to 3.14"
    )
    assert host.bare("diff", "--name-only", base, commit) == "Dockerfile"
    assert host.bare("cat-file", "blob", f"{commit}:Dockerfile") == NEW.strip()
    assert "other.txt" in host.bare("ls-tree", "-r", "--name-only", commit)
    host.bare("fsck", "--strict")


def test_an_update_goes_on_from_our_last_commit_and_takes_the_new_base_in(host: GitServer) -> None:
    base = host.commit(dict(FILES))
    first = write(host, change(base))
    assert write(host, change(base, first)) == first
    second = write(host, change(base, first, OLD.replace("3.11", "3.13")))
    assert host.bare("log", "-1", "--format=%P", second) == first
    newer = host.commit({"more.txt": "x"})
    third = write(host, change(newer, second, known=False))
    assert host.bare("log", "-1", "--format=%P", third) == f"{second} {newer}"
    assert host.bare("diff", "--name-only", f"{newer}...{third}") == "Dockerfile"


def test_commits_of_others_are_never_overwritten(host: GitServer) -> None:
    base = host.commit(dict(FILES))
    first = write(host, change(base))
    theirs = host.commit({"mine.txt": "x"}, branch=BRANCH)
    with pytest.raises(BranchMoved):
        write(host, change(base, first, OLD.replace("3.11", "3.13")))
    assert host.bare("rev-parse", BRANCH) == theirs


@pytest.mark.parametrize("changed", [{"Dockerfile": "FROM debian\n"}, {"Dockerfile": None}])
def test_a_patch_for_other_files_is_not_applied(host: GitServer, changed: dict[str, str | bytes | None]) -> None:
    host.commit(dict(FILES))
    base = host.commit(changed)
    with pytest.raises(PatchMisfit):
        write(host, change(base))


def test_a_link_is_not_replaced_by_a_file(host: GitServer) -> None:
    host.link("Dockerfile", "other.txt")
    base = host.commit({"other.txt": OLD})
    with pytest.raises(PatchMisfit):
        write(host, change(base))


def test_what_the_host_refuses_has_its_reason(host: GitServer) -> None:
    base = host.commit(dict(FILES))
    hook = host.root / "octo/app.git/hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(PushRefused):
        write(host, change(base))
    hook.unlink()
    host.password = "s3cret"
    assert host.bare("rev-parse", write(host, change(base), password="s3cret")) is not None
    with pytest.raises(RepositoryAccessDenied) as denied:
        write(host, replace(change(base), message="another"), password="wr0ng")
    assert "wr0ng" not in f"{denied.value!r}{denied.value}"
