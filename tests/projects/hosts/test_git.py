import os
import re
import subprocess
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from projects.domain.webhooks.clone_urls import parse_clone_url
from projects.hosts import git_program
from projects.hosts.errors import (
    CommitMissing,
    FetchTooLarge,
    FileMissing,
    HostError,
    HostNotAllowed,
    HostUnavailable,
    RepositoryAccessDenied,
)
from projects.hosts.git import open_repository
from projects.hosts.git_program import GitLimits, GitRemote
from tests.hosting.git_server import GitServer, git

LIMITS = GitLimits(allowed_hosts=["127.0.0.1"], seconds=30)


def includes(files: Mapping[str, bytes]) -> Iterable[str]:
    for content in files.values():
        yield from re.findall(r"^-r (\S+)", content.decode(), re.MULTILINE)


def detect(paths: Sequence[str]) -> Sequence[str]:
    return [path for path in paths if path.endswith(".txt")]


def fetch(
    host: GitServer, commit: str, *roots: str, limits: GitLimits = LIMITS, username: str = "", secret: str = ""
) -> tuple[dict[str, bytes], list[str]]:
    with open_repository(GitRemote(parse_clone_url(host.url), username, secret), limits) as repository:
        return repository.files(commit, roots, includes, detect)


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


def test_credentials_open_a_closed_repository_and_stay_secret(
    host: GitServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    commit = host.commit({"requirements.txt": "a"})
    host.password = "pa55 w'rd$(x)"
    commands: list[object] = []
    popen = subprocess.Popen

    def watched(command: Any, **options: Any) -> Any:
        commands.append(command)
        return popen(command, **options)

    monkeypatch.setattr(subprocess, "Popen", watched)
    assert fetch(host, commit, "requirements.txt", username="robot", secret=host.password)[0]
    for username, secret in (("", ""), ("robot", "wrong-s3cret"), ("other", host.password)):
        with pytest.raises(RepositoryAccessDenied) as denied:
            fetch(host, commit, "requirements.txt", username=username, secret=secret)
        assert not secret or secret not in f"{denied.value!r} {denied.value} {denied.value.args}"
    assert "pa55" not in repr(commands)
    assert "s3cret" not in repr(commands) + caplog.text
    assert "pa55" not in repr(GitRemote(parse_clone_url(host.url), "robot", host.password))


def test_a_secret_of_two_lines_is_refused(host: GitServer) -> None:
    with pytest.raises(HostNotAllowed):
        fetch(host, "a" * 40, "x", username="robot", secret="a\nurl=http://elsewhere.example")


def test_a_repository_that_is_not_there_is_access_denied(host: GitServer) -> None:
    url = parse_clone_url(host.url.replace("app", "other"))
    with open_repository(GitRemote(url), LIMITS) as repository, pytest.raises(RepositoryAccessDenied):
        repository.head("main")


def test_a_redirect_is_not_followed(host: GitServer) -> None:
    commit = host.commit({"requirements.txt": "a"})
    host.redirect_to = "http://169.254.169.254"
    with pytest.raises(HostNotAllowed, match="redirects"):
        fetch(host, commit, "requirements.txt")


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_a_server_error_is_worth_another_try(host: GitServer, status: int) -> None:
    commit = host.commit({"requirements.txt": "a"})
    host.fail_with = status
    with pytest.raises(HostUnavailable):
        fetch(host, commit, "requirements.txt")


def test_a_server_that_says_nothing_is_given_up_and_no_process_is_left(host: GitServer) -> None:
    commit = host.commit({"requirements.txt": "a"})
    host.hang = threading.Event()
    with pytest.raises(HostUnavailable, match=r"not finished within 0\.5 seconds"):
        fetch(host, commit, "requirements.txt", limits=GitLimits(["127.0.0.1"], seconds=0.5))
    # A killed process may still be listed for a moment.
    assert any(not _processes_that_name(host.url) for _ in range(2000))


def _processes_that_name(url: str) -> list[str]:
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = place.read_bytes().decode("utf-8", "replace")
        except OSError:
            continue
        if url in line:
            found.append(line)
    return found


def test_a_closed_port_is_unavailable() -> None:
    with (
        open_repository(GitRemote(parse_clone_url("http://127.0.0.1:9/a/b")), LIMITS) as repository,
        pytest.raises(HostUnavailable),
    ):
        repository.head("main")


def test_a_private_address_is_refused_unless_it_is_listed(host: GitServer) -> None:
    commit = host.commit({"requirements.txt": "a"})
    with pytest.raises(HostNotAllowed):
        fetch(host, commit, "requirements.txt", limits=GitLimits())
    assert host.requests == []


def test_git_goes_to_the_address_that_was_checked(host: GitServer, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = host.commit({"requirements.txt": "a"})
    monkeypatch.setattr(git_program, "resolve", lambda *_: ("127.0.0.1",))
    url = parse_clone_url(host.url.replace("127.0.0.1", "no-such-name.example"))
    with open_repository(GitRemote(url), GitLimits()) as repository:
        assert repository.files(commit, ["requirements.txt"], includes, detect)[0] == {"requirements.txt": b"a"}


def test_the_operators_own_git_configuration_has_no_say(
    host: GitServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commit = host.commit({"requirements.txt": "a"})
    (tmp_path / ".gitconfig").write_text('[url "http://elsewhere.invalid/"]\n  insteadOf = http://\n')
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert fetch(host, commit, "requirements.txt")[0]


def test_an_old_git_is_refused(host: GitServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_program, "git_version", lambda: (2, 34))
    with pytest.raises(HostNotAllowed, match=r"2\.37"):
        fetch(host, "a" * 40, "x")


def test_ssh_goes_to_the_checked_address_with_a_known_host_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_program, "resolve", lambda *_: ("192.0.2.1", "2001:db8::1"))
    remote = GitRemote(parse_clone_url("git@code.example:octo/app.git"), secret="PRIVATE KEY")
    with pytest.raises(HostNotAllowed, match="WHEELWAY_SSH_KNOWN_HOSTS"):
        git_program.GitProgram(remote, GitLimits(), tmp_path)
    git_program.GitProgram(remote, GitLimits(ssh_known_hosts="/etc/known hosts"), tmp_path)
    command = git_program._environment(remote, GitLimits(ssh_known_hosts="/k"), ("192.0.2.1",), tmp_path)[
        "GIT_SSH_COMMAND"
    ]
    for option in ("HostName=192.0.2.1", "HostKeyAlias=code.example", "StrictHostKeyChecking=yes", "BatchMode=yes"):
        assert f"-o {option}" in command
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in command


def test_errors_speak_without_gits_own_words() -> None:
    errors: list[HostError] = [
        HostUnavailable("h", "slow"),
        RepositoryAccessDenied("h"),
        HostNotAllowed("h", "no"),
        CommitMissing("h", "c" * 40),
        FileMissing("h", "p"),
        FetchTooLarge("h", "p", 1000),
    ]
    assert [str(error) for error in errors] == [
        "h does not answer: slow",
        "h has no such repository, or the credentials do not give access to it",
        "h is not contacted: no",
        "h has no commit cccccccccccc",
        "h has no file p at that commit",
        "p is larger than 1,000 bytes",
    ]
