"""What becomes of clone addresses for ssh: the real OpenSSH client against hosts that give it nothing."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from projects.domain.webhooks.clone_urls import parse_clone_url
from projects.hosts.errors import HostError, HostNotAllowed, HostUnavailable, RepositoryAccessDenied
from projects.hosts.git import open_repository
from projects.hosts.git_program import GitLimits, GitRemote

needs_ssh = pytest.mark.skipif(shutil.which("ssh") is None, reason="the OpenSSH client is not installed here")


def ask(port: int, known_hosts: Path, seconds: int = 60) -> HostError:
    """What asking for a branch at 127.0.0.1:`port` by ssh fails with."""
    limits = GitLimits(["127.0.0.1"], ssh_known_hosts=str(known_hosts), stalled_seconds=seconds)
    remote = GitRemote(parse_clone_url(f"ssh://git@127.0.0.1:{port}/octo/app.git"), secret="PRIVATE KEY")
    with open_repository(remote, limits) as repository, pytest.raises(HostError) as caught:
        repository.head("main")
    assert "PRIVATE" not in str(caught.value)
    return caught.value


@pytest.fixture
def known_hosts(tmp_path: Path) -> Path:
    path = tmp_path / "known_hosts"
    path.touch()
    return path


@pytest.fixture
def listen() -> Iterator[Callable[[bytes, bool], int]]:
    """Start a server that says some bytes and then ends each connection, or leaves it open; gives its port."""
    servers: list[socket.socket] = []
    open_ones: list[socket.socket] = []

    def start(words: bytes, ends: bool) -> int:
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                open_ones.append(connection)
                connection.sendall(words)
                if ends:
                    connection.close()

        threading.Thread(target=serve, daemon=True).start()
        return int(server.getsockname()[1])

    yield start
    for each in (*servers, *open_ones):
        each.close()


@needs_ssh
def test_a_closed_port_is_worth_another_try(known_hosts: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    error = ask(port, known_hosts)
    assert isinstance(error, HostUnavailable)
    assert str(error) == "127.0.0.1 does not answer: it could not be reached"


@needs_ssh
@pytest.mark.parametrize("words", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n" * 200, b"SSH-2.0-short\r\n"])
def test_a_server_that_ends_the_connection_is_worth_another_try(
    known_hosts: Path, listen: Callable[[bytes, bool], int], words: bytes
) -> None:
    error = ask(listen(words, True), known_hosts)
    assert isinstance(error, HostUnavailable), error


@needs_ssh
def test_a_server_that_says_nothing_is_too_slow(known_hosts: Path, listen: Callable[[bytes, bool], int]) -> None:
    assert str(ask(listen(b"", False), known_hosts, 1)) == "127.0.0.1 does not answer: it is too slow"


@pytest.mark.parametrize(
    ("words", "error", "told"),
    [
        ("Host key verification failed.", HostNotAllowed, "its host key is not in WHEELWAY_SSH_KNOWN_HOSTS"),
        ("git@code.example: Permission denied (publickey).", RepositoryAccessDenied, "no such repository"),
        ("ERROR: Repository not found.", RepositoryAccessDenied, "no such repository"),
        ("", RepositoryAccessDenied, "no such repository"),
        ("ssh: connect to host 192.0.2.1 port 22: No route to host", HostUnavailable, "it could not be reached"),
        ("Connection reset by 192.0.2.1 port 22", HostUnavailable, "it could not be reached"),
    ],
)
def test_what_openssh_says_comes_before_what_git_guesses(
    tmp_path: Path, known_hosts: Path, monkeypatch: pytest.MonkeyPatch, words: str, error: type[HostError], told: str
) -> None:
    """A program called ssh that says OpenSSH's words and ends as it does; git adds its own guess about them."""
    program = tmp_path / "bin" / "ssh"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\nprintf '%s\\r\\n' '{words}' >&2\nexit 255\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    found = ask(22, known_hosts)
    assert isinstance(found, error)
    assert told in str(found)


def test_a_server_without_the_ssh_program_says_so(
    tmp_path: Path, known_hosts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("git", "sh"):
        (folder / name).symlink_to(shutil.which(name) or "")
    monkeypatch.setenv("PATH", str(folder))
    assert "the ssh program is not installed on this server" in str(ask(22, known_hosts))
