"""How git is run: logins, addresses, what a host answers, and the git of the machine."""

import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from projects.domain.webhooks.clone_urls import parse_clone_url
from projects.hosts import git_program
from projects.hosts.errors import (
    HostNotAllowed,
    HostUnavailable,
    RepositoryAccessDenied,
)
from projects.hosts.git import open_repository
from projects.hosts.git_program import GitLimits, GitRemote
from tests.hosting.git_server import GitServer
from tests.projects.hosts.fetching import LIMITS, detect, fetch, includes


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
