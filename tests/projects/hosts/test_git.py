"""Files and history of a repository at a commit, against git's own http-backend."""

import os

import pytest

from projects.domain.webhooks.clone_urls import parse_clone_url
from projects.hosts.errors import (
    CommitMissing,
    FetchTooLarge,
    FileMissing,
)
from projects.hosts.git import open_repository
from projects.hosts.git_program import GitLimits, GitRemote
from tests.hosting.git_server import GitServer, git
from tests.projects.hosts.fetching import LIMITS, fetch


def test_the_file_and_its_includes_come_from_the_commit_asked_for(host: GitServer) -> None:
    first = host.commit({"requirements.txt": "-r base/common.txt\na==1\n", "base/common.txt": "b==1\n", "other": "x"})
    host.commit({"requirements.txt": "a==2\n"})
    files, roots = fetch(host, first, "requirements.txt")
    assert files == {"requirements.txt": b"-r base/common.txt\na==1\n", "base/common.txt": b"b==1\n"}
    assert roots == ["requirements.txt"]


def test_only_the_wanted_contents_are_fetched(host: GitServer) -> None:
    commit = host.commit({"requirements.txt": "a==1\n", "big.bin": os.urandom(400_000)})
    assert fetch(host, commit, "requirements.txt", limits=GitLimits(["127.0.0.1"], pack_bytes=100 * 1024))[0]


def test_without_a_configured_path_the_first_two_levels_are_searched(host: GitServer) -> None:
    files = {"requirements.txt": "a", "requirements/dev.txt": "b", "x/y/z.txt": "c", ".git2/r.txt": "d"}
    commit = host.commit(dict(files))
    assert fetch(host, commit)[1] == ["requirements.txt", "requirements/dev.txt"]
    empty = host.commit(dict.fromkeys(files) | {"README": "x"})
    with pytest.raises(FileMissing):
        fetch(host, empty)


def test_patterns_take_the_dependency_files_that_they_fit(host: GitServer) -> None:
    files: dict[str, str | bytes | None] = {
        f"services/{name}/requirements.txt": "a==1\n" for name in ("api", "web", "web/tests")
    }
    commit = host.commit({**files, "services/api/app.py": "x"})
    found, roots = fetch(host, commit, "services/*/**", "!**/tests/**")
    assert roots == sorted(found) == ["services/api/requirements.txt", "services/web/requirements.txt"]
    with pytest.raises(FileMissing) as missing:
        fetch(host, commit, "lib/**")
    assert missing.value.path == "lib/**"


def test_a_missing_root_is_an_error_and_a_missing_include_is_left_out(host: GitServer) -> None:
    commit = host.commit({"requirements.txt": "-r gone.txt\n-r ../../../etc/passwd\n-r /etc/passwd\n"})
    assert list(fetch(host, commit, "requirements.txt")[0]) == ["requirements.txt"]
    with pytest.raises(FileMissing) as missing:
        fetch(host, commit, "requirements.txt", "dev.txt")
    assert missing.value.path == "dev.txt"


@pytest.mark.parametrize(
    "path", ["../secret", "/etc/passwd", "a/../../etc/passwd", "", "--help", "folder", "a\nb", "a\0b"]
)
def test_a_path_never_leaves_the_tree(host: GitServer, path: str) -> None:
    commit = host.commit({"requirements.txt": "a", "folder/x": "b"})
    with pytest.raises(FileMissing):
        fetch(host, commit, path)


def test_links_are_followed_inside_the_tree_only(host: GitServer) -> None:
    host.link("requirements.txt", "deploy/current/prod.txt")
    host.link("deploy/current", "../sets/v2")
    host.link("outside.txt", "../../../../etc/passwd")
    host.link("absolute.txt", "/etc/passwd")
    host.link("loop.txt", "loop.txt")
    host.link("dangling.txt", "nowhere")
    commit = host.commit({"sets/v2/prod.txt": "a==1\n"})
    assert fetch(host, commit, "requirements.txt")[0] == {"requirements.txt": b"a==1\n"}
    for path in ("outside.txt", "absolute.txt", "loop.txt", "dangling.txt"):
        with pytest.raises(FileMissing):
            fetch(host, commit, path)


def test_a_submodule_is_not_entered(host: GitServer) -> None:
    first = host.commit({"requirements.txt": "a"})
    git(host.work, "update-index", "--add", "--cacheinfo", f"160000,{first},vendored")
    git(host.work, "commit", "-q", "-m", "submodule")
    git(host.work, "push", "-q", "origin", "HEAD:refs/heads/main")
    with pytest.raises(FileMissing):
        fetch(host, git(host.work, "rev-parse", "HEAD"), "vendored/requirements.txt")


def test_a_commit_that_is_not_there_is_told(host: GitServer) -> None:
    host.commit({"requirements.txt": "a"})
    for commit in ("f" * 40, "main", "--upload-pack=touch /tmp/x", "HEAD~1", "a" * 40 + "\nrefs/heads/main"):
        with pytest.raises(CommitMissing) as missing:
            fetch(host, commit, "requirements.txt")
        assert missing.value.commit == commit


def test_a_file_too_large_is_refused_by_name(host: GitServer) -> None:
    commit = host.commit({"requirements.txt": b"#" * 300_000})
    with pytest.raises(FetchTooLarge) as large:
        fetch(host, commit, "requirements.txt", limits=GitLimits(["127.0.0.1"], file_bytes=200_000))
    assert (large.value.what, large.value.limit) == ("requirements.txt", 200_000)


def test_a_repository_too_large_is_cut_off(host: GitServer) -> None:
    commit = host.commit({"requirements.txt": os.urandom(900_000)})
    with pytest.raises(FetchTooLarge):
        fetch(host, commit, "requirements.txt", limits=GitLimits(["127.0.0.1"], pack_bytes=100 * 1024))


def test_files_are_counted_and_weighed_together(host: GitServer) -> None:
    files = {f"r{number}.txt": "#" * 1000 for number in range(6)}
    commit = host.commit(dict(files))
    for limits in (GitLimits(["127.0.0.1"], files=5), GitLimits(["127.0.0.1"], total_bytes=5000)):
        with pytest.raises(FetchTooLarge):
            fetch(host, commit, *files, limits=limits)
    chained = host.commit({"requirements.txt": "".join(f"-r {path}\n" for path in files)})
    with pytest.raises(FetchTooLarge):
        fetch(host, chained, "requirements.txt", limits=GitLimits(["127.0.0.1"], files=6))


def test_the_head_of_a_branch_is_told_and_none_when_it_is_gone(host: GitServer) -> None:
    commit = host.commit({"requirements.txt": "a"})
    host.commit({}, branch="x/refs/heads/main")
    with open_repository(GitRemote(parse_clone_url(host.url)), LIMITS) as repository:
        assert repository.head("main") == commit
        host.delete("main")
        assert repository.head("main") is None


def test_the_lineage_tells_older_from_newer_and_from_elsewhere(host: GitServer) -> None:
    first = host.commit({"a": "1"})
    second = host.commit({"a": "2"})
    dropped = host.commit({"a": "3"})
    host.reset(second)
    third = host.commit({"a": "4"})
    with open_repository(GitRemote(parse_clone_url(host.url)), LIMITS) as repository:
        history = repository.history("main")
    assert dropped not in history
    assert first in history
    assert history.descends(third, first)
    assert history.descends(second, second)
    assert not history.descends(first, third)
    assert not history.descends(third, dropped)
