"""The login in an index's address: sent to that index alone, and never shown."""

from collections.abc import Callable

import pytest

from scanner.index.client import IndexClient
from scanner.index.errors import (
    IndexFault,
)
from scanner.index.host_limiter import HostLimiter
from tests.replay import ReplayIndex, faults
from tests.scanner.index.small_index import NOW, SMALL, fresh

ADDRESSES: list[Callable[[str], str]] = [
    lambda url: url.replace("http://", "http://user:s3cret@"),
    lambda url: url.replace("http://", "http://s3cret@"),
    lambda url: url.replace("http://", "http://us%40er:s3cret%2F@"),
]


@pytest.mark.parametrize("with_credentials", ADDRESSES)
def test_credentials_are_sent_and_never_shown(
    index: ReplayIndex, with_credentials: Callable[[str], str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    client = IndexClient(with_credentials(index.url), limits=SMALL, limiter=HostLimiter(clock=lambda: NOW))
    shown = [repr(client), client.url, str(vars(client))]
    answer = fresh(client)
    assert index.requests[0].headers["authorization"].startswith("Basic ")
    shown += [file.url for file in answer.page.files]
    for fault in (faults.Status(500), faults.Status(401), faults.Reset(), faults.Replace(b"{"), faults.Status(503)):
        index.fail(fault, times=1)
        with pytest.raises(IndexFault) as caught:
            client.page("demo")
        shown += [str(caught.value), repr(caught.value), str(caught.value.args), caught.value.url]
    assert "s3cret" not in " ".join(shown) + caplog.text


def test_credentials_stay_with_the_index_when_a_redirect_or_a_file_leads_elsewhere(index: ReplayIndex) -> None:
    with ReplayIndex(recorded=False) as other:
        other.add_package("demo", ["demo-2.0-py3-none-any.whl"])
        client = IndexClient(index.url.replace("http://", "http://user:s3cret@"))
        index.fail(faults.Redirect(f"{other.url}/demo/"), path="/simple/demo/", times=1)
        page = fresh(client).page
        client.metadata(page.files[0])
        assert [file.filename for file in page.files] == ["demo-2.0-py3-none-any.whl"]
        assert "authorization" in index.requests[0].headers
        assert len(other.requests) == 2
        assert all("authorization" not in seen.headers for seen in other.requests)


def test_a_redirect_brings_no_credentials_of_its_own(index: ReplayIndex, client: IndexClient) -> None:
    index.fail(faults.Redirect(index.url.replace("http://", "http://evil:x@") + "/demo/"), times=1)
    assert fresh(client).page.files
    assert all("authorization" not in seen.headers for seen in index.requests)
