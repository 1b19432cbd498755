"""A user's index never makes this machine ask what only it can see: real servers on the loopback, allowed by name.

"127.0.0.1" is the host that the operator allows; "localhost" is the same machine under a name that is not allowed.
"""

import _socket
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from scanner.index.answers import FreshPage
from scanner.index.client import IndexClient
from scanner.index.errors import IndexFault, IndexHostNotAllowed, IndexUnavailable, InvalidIndexPage
from scanner.index.http.address_guard import AddressRefused, GuardedAdapter
from scanner.index.sessions import guarded_session
from scanner.index.transport import Limits
from tests.patience import PATIENCE
from tests.replay import ReplayIndex, faults

SMALL = Limits(connect=PATIENCE, silence=PATIENCE, total=PATIENCE)
WHEEL, SDIST = "demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"


@pytest.fixture
def index() -> Iterator[ReplayIndex]:
    with ReplayIndex(recorded=False) as index:
        index.add_package("demo", [WHEEL, SDIST])
        yield index


@pytest.fixture
def secret() -> Iterator[ReplayIndex]:
    """Return a server that must never be requested."""
    with ReplayIndex(recorded=False) as index:
        index.add_package("demo", [WHEEL, SDIST])
        yield index


def guarded(url: str, *allowed: str) -> IndexClient:
    return IndexClient(url, session=guarded_session(allowed), limits=SMALL)


@pytest.fixture
def numbers_resolve(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the system parse numeric hosts, which sends nothing; the fence of the tests stops connections only."""
    monkeypatch.setattr(socket, "getaddrinfo", _socket.getaddrinfo)


def by_name(index: ReplayIndex) -> str:
    return index.base_url.replace("127.0.0.1", "localhost")


@pytest.mark.usefixtures("numbers_resolve")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "0.0.0.0", "[::1]"])
def test_no_spelling_of_this_machine_is_asked(secret: ReplayIndex, host: str) -> None:
    with pytest.raises(IndexUnavailable) as caught:
        guarded(secret.url.replace("127.0.0.1", host)).page("demo")
    assert isinstance(caught.value, IndexHostNotAllowed)
    assert "WHEELWAY_ALLOW_PRIVATE_HOSTS" in str(caught.value)
    assert secret.requests == []


@pytest.mark.usefixtures("numbers_resolve")
@pytest.mark.parametrize("address", ["169.254.169.254", "10.0.0.1", "[fd00:ec2::254]", "224.0.0.1"])
def test_nothing_is_sent_to_a_private_network(address: str) -> None:
    with pytest.raises(IndexHostNotAllowed):
        guarded(f"http://{address}/simple").page("demo")


def test_a_host_that_the_operator_allows_is_asked(index: ReplayIndex) -> None:
    assert isinstance(guarded(index.url, "127.0.0.1").page("demo"), FreshPage)


@pytest.mark.parametrize("times", [1, 2])
def test_a_redirect_leads_no_further_than_an_address(index: ReplayIndex, secret: ReplayIndex, times: int) -> None:
    target = f"{by_name(secret)}/simple/demo/"
    index.fail(faults.Redirect("/simple/demo/"), path="/simple/demo/", times=times - 1)
    index.fail(faults.Redirect(target), path="/simple/demo/", times=1)
    with pytest.raises(IndexHostNotAllowed):
        guarded(index.url, "127.0.0.1").page("demo")
    assert len(index.requests) == times
    assert secret.requests == []


ASKS: list[Callable[[IndexClient, Any], object]] = [
    lambda client, files: client.metadata(files[0]),
    lambda client, files: client.wheel_metadata(files[0].url),
    lambda client, files: client.sdist_metadata(files[1].url),
    lambda client, files: client.sdist_view(files[1].url, ["setup.py"]),
]


@pytest.mark.parametrize("ask", ASKS)
def test_a_page_sends_nobody_to_fetch_its_files_there(
    index: ReplayIndex, secret: ReplayIndex, ask: Callable[[IndexClient, Any], object]
) -> None:
    page = index.project("demo", "application/vnd.pypi.simple.v1+json", None)
    assert page is not None
    body = page.body.replace(index.base_url.encode(), by_name(secret).encode())
    index.fail(faults.Replace(body, "application/vnd.pypi.simple.v1+json"), path="/simple/demo/")
    client = guarded(index.url, "127.0.0.1")
    answer = client.page("demo")
    assert isinstance(answer, FreshPage)
    assert all(file.url.startswith(by_name(secret)) for file in answer.page.files)
    with pytest.raises(IndexHostNotAllowed):
        ask(client, answer.page.files)
    assert secret.requests == []


def test_what_was_checked_is_what_is_connected_to(index: ReplayIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that resolves to another address a moment later (DNS rebinding) finds nobody who asks again."""
    real, asked = socket.getaddrinfo, []

    def resolver(host: Any, *arguments: Any, **keywords: Any) -> Any:
        if host == "index.example":
            asked.append(host)
            return real("127.0.0.1" if len(asked) == 1 else "192.0.2.1", *arguments, **keywords)
        assert host == "127.0.0.1", "nothing but the checked address is looked up"
        return real(host, *arguments, **keywords)

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    url = index.url.replace("127.0.0.1", "index.example")
    assert isinstance(guarded(url, "index.example").page("demo"), FreshPage)
    assert asked == ["index.example"]


def test_one_private_address_among_public_ones_is_enough_to_refuse(
    secret: ReplayIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("8.8.8.8", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
    with pytest.raises(IndexHostNotAllowed):
        guarded(secret.url.replace("127.0.0.1", "index.example")).page("demo")
    assert secret.requests == []


def test_the_next_address_of_a_host_serves_where_the_first_refuses(
    index: ReplayIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo
    port = int(index.base_url.rpartition(":")[2])
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("127.0.0.9", "127.0.0.1")]
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **k: rows if host == "i.example" else real(host, *a, **k)
    )
    assert isinstance(guarded(index.url.replace("127.0.0.1", "i.example"), "i.example").page("demo"), FreshPage)


def test_a_name_that_does_not_resolve_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(IndexUnavailable, match="no connection") as caught:
        guarded("http://index.example/simple").page("demo")
    assert not isinstance(caught.value, IndexHostNotAllowed)


def test_neither_the_proxies_nor_the_logins_of_the_operator_serve_a_user(
    index: ReplayIndex, secret: ReplayIndex, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login operator password s3cret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, secret.base_url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert isinstance(guarded(index.url, "127.0.0.1").page("demo"), FreshPage)
    assert secret.requests == []
    assert "authorization" not in index.requests[0].headers


def test_a_proxy_given_by_hand_is_refused_since_it_would_resolve_names_itself() -> None:
    with pytest.raises(AddressRefused):
        GuardedAdapter([]).proxy_manager_for("http://proxy.example")


def test_certificates_of_the_environment_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/team.pem")
    assert guarded_session([]).verify == "/etc/team.pem"


def test_a_login_is_not_sent_again_on_the_way_back_from_elsewhere(index: ReplayIndex, secret: ReplayIndex) -> None:
    client = IndexClient(index.url.replace("http://", "http://user:s3cret@"), limits=SMALL)
    secret.fail(faults.Redirect(f"{index.url}/demo/"), path="/simple/demo/")
    index.fail(faults.Redirect(f"{secret.url}/demo/"), path="/simple/demo/", times=1)
    assert isinstance(client.page("demo"), FreshPage)
    assert ["authorization" in seen.headers for seen in index.requests] == [True, False]
    assert ["authorization" in seen.headers for seen in secret.requests] == [False]


def test_a_login_stays_with_its_port_and_scheme(index: ReplayIndex, secret: ReplayIndex) -> None:
    client = IndexClient(index.url.replace("http://", "http://user:s3cret@"), limits=SMALL)
    index.fail(faults.Redirect(f"{secret.url}/demo/"), path="/simple/demo/", times=1)
    client.page("demo")
    assert "authorization" not in secret.requests[0].headers
    index.fail(faults.Redirect("http://127.0.0.1:0/"), path="/simple/demo/", times=1)
    with pytest.raises(InvalidIndexPage):
        client.page("demo")


def test_a_refused_address_costs_the_host_no_place_at_the_gate(secret: ReplayIndex) -> None:
    client = guarded(secret.url)
    for _ in range(20):
        with pytest.raises(IndexFault) as caught:
            client.page("demo")
        assert isinstance(caught.value, IndexHostNotAllowed)
