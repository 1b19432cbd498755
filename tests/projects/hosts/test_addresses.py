import socket

import pytest

from projects.hosts.addresses import resolve
from projects.hosts.errors import HostNotAllowed, HostUnavailable


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "::1"])
def test_no_name_of_loopback_is_let_through(name: str) -> None:
    with pytest.raises(HostNotAllowed):
        resolve(name, 80)


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(2, 1, 6, "", (address, 443)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
    with pytest.raises(HostNotAllowed):
        resolve("code.example", 443)
    assert resolve("code.example", 443, ["code.example"]) == ("8.8.8.8", "10.0.0.1")


def test_a_name_that_does_not_resolve_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **options: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(HostUnavailable):
        resolve("code.example", 443)
