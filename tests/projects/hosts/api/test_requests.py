"""Change requests through the APIs of the hosts, over real HTTP to a stand-in of each."""

from collections.abc import Iterator

import pytest

from projects.domain.webhooks.clone_urls import parse_clone_url
from projects.hosts.api.call import HostApi
from projects.hosts.api.change_request import ChangeText, RequestState
from projects.hosts.api.find import RequestClient, api_of, push_remote, request_client
from projects.hosts.errors import HostNotAllowed, HostRefused, HostUnavailable, RepositoryAccessDenied
from tests.hosting.host_api import TOKEN, HostApiServer, host_api

PROVIDERS = ("github", "gitlab", "gitea")
SAID = ChangeText("Move to Python 3.14", "the verdict")


@pytest.fixture(params=PROVIDERS)
def server(request: pytest.FixtureRequest) -> Iterator[HostApiServer]:
    with host_api(request.param) as found:
        yield found


def reach(server: HostApiServer, *, token: str = TOKEN, allowed: tuple[str, ...] = ("127.0.0.1",)) -> HostApi:
    url = parse_clone_url("https://host.example/octo/app.git")
    found = api_of(server.provider, url, token, root=server.root, allowed_hosts=allowed)
    assert found is not None
    return found


def client_of(api: HostApi) -> RequestClient:
    found = request_client(api)
    assert found is not None
    return found


def test_a_request_is_opened_found_by_its_branch_and_changed(server: HostApiServer) -> None:
    api, client = reach(server), client_of(reach(server))
    assert client.find_request(api, "wheelway/move") is None
    opened = client.open_request(api, "wheelway/move", "main", SAID)
    client.open_request(api, "another", "main", SAID)
    assert (opened.number, opened.state, opened.branch) == (1, RequestState.OPEN, "wheelway/move")
    changed = client.update_request(api, opened.number, ChangeText("Move on", "other facts"))
    assert client.find_request(api, "wheelway/move") == changed
    assert (changed.title, changed.body) == ("Move on", "other facts")


@pytest.mark.parametrize(("merged", "state"), [(True, RequestState.MERGED), (False, RequestState.CLOSED)])
def test_what_people_did_with_a_request_is_its_state(server: HostApiServer, merged: bool, state: RequestState) -> None:
    api, client = reach(server), client_of(reach(server))
    client.open_request(api, "wheelway/move", "main", SAID)
    server.finish(1, merged=merged)
    found = client.find_request(api, "wheelway/move")
    assert found is not None
    assert found.state is state


def test_a_second_request_of_a_branch_is_refused_in_the_words_of_the_host(server: HostApiServer) -> None:
    api, client = reach(server), client_of(reach(server))
    client.open_request(api, "wheelway/move", "main", SAID)
    with pytest.raises(HostRefused, match="Another open request already exists for wheelway/move"):
        client.open_request(api, "wheelway/move", "main", SAID)


def test_a_wrong_token_gets_nothing_and_appears_nowhere(server: HostApiServer) -> None:
    api = reach(server, token="wr0ng")
    with pytest.raises(RepositoryAccessDenied) as caught:
        client_of(api).open_request(api, "wheelway/move", "main", SAID)
    assert "wr0ng" not in f"{caught.value}{caught.value!r}{api!r}"
    assert server.requests == []


def test_a_private_address_is_not_contacted_unless_the_operator_lists_it(server: HostApiServer) -> None:
    api = reach(server, allowed=())
    with pytest.raises(HostNotAllowed):
        client_of(api).find_request(api, "wheelway/move")
    assert server.calls == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((301, {"Location": "http://elsewhere.example/"}, b""), HostNotAllowed),
        ((403, {"X-RateLimit-Remaining": "0"}, b"{}"), HostUnavailable),
        ((429, {}, b""), HostUnavailable),
        ((502, {}, b"<html>"), HostUnavailable),
        ((200, {}, b"<html>"), HostUnavailable),
        ((200, {}, b"[" * 100_000), HostUnavailable),
        ((200, {}, b" " * 2_000_001), HostUnavailable),
        ((422, {}, b'{"message": ["t0ken-of-the-host\\n is bad"]}'), HostRefused),
    ],
)
def test_answers_that_are_not_the_api_s_become_errors(
    answer: tuple[int, dict[str, str], bytes], error: type[Exception]
) -> None:
    with host_api("github") as server:
        server.answer_with = answer
        api = reach(server)
        with pytest.raises(error) as caught:
            client_of(api).find_request(api, "wheelway/move")
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    ("provider", "clone_url", "root", "name"),
    [
        ("github", "https://github.com/octo/app.git", "https://api.github.com", "octo/app"),
        ("github", "git@github.com:octo/app.git", "https://api.github.com", "octo/app"),
        ("github", "https://code.example/octo/app", "https://code.example/api/v3", "octo/app"),
        ("gitlab", "https://code.example:8443/a/b/app.git", "https://code.example:8443/api/v4", "a/b/app"),
        ("gitlab", "ssh://git@code.example:2222/a/app.git", "https://code.example/api/v4", "a/app"),
        ("gitea", "https://code.example/forge/octo/app.git", "https://code.example/forge/api/v1", "octo/app"),
        ("bitbucket-cloud", "git@bitbucket.org:octo/app.git", "https://api.bitbucket.org/2.0", "octo/app"),
        ("bitbucket-server", "https://code.example/git/scm/prj/app.git", "https://code.example/git/rest/api/latest",
         "prj/app"),
        ("bitbucket-server", "ssh://git@code.example:7999/prj/app.git", "https://code.example/rest/api/latest",
         "prj/app"),
        ("azure-devops", "https://dev.azure.com/org/Team/_git/App", "https://dev.azure.com/org", "Team/App"),
        ("azure-devops", "https://dev.azure.com/org/_git/App", "https://dev.azure.com/org", "App/App"),
        ("azure-devops", "git@ssh.dev.azure.com:v3/org/Team/App", "https://dev.azure.com/org", "Team/App"),
        ("azure-devops", "https://org.visualstudio.com/DefaultCollection/_git/App", "https://org.visualstudio.com",
         "App/App"),
        ("azure-devops", "https://org.visualstudio.com/Team/_git/App", "https://org.visualstudio.com", "Team/App"),
        ("azure-devops", "https://code.example/tfs/Main/Team/_git/App", "https://code.example/tfs/Main", "Team/App"),
    ],
)  # fmt: skip
def test_the_api_is_found_beside_the_repository(provider: str, clone_url: str, root: str, name: str) -> None:
    found = api_of(provider, parse_clone_url(clone_url), "")
    assert found is not None
    assert (found.root, found.repository) == (root, name)


def test_requests_are_not_opened_at_every_host_and_uploads_have_none() -> None:
    url = parse_clone_url("https://code.example/org/octo/app")
    for provider in ("bitbucket-cloud", "bitbucket-server", "azure-devops"):
        api = api_of(provider, url, "")
        assert api is not None
        assert request_client(api) is None
    assert api_of("upload", url, "") is None


def test_a_push_goes_over_https_with_the_token_though_the_clone_is_by_ssh() -> None:
    url = parse_clone_url("git@code.example:a/app.git")
    api = api_of("gitlab", url, "s3cret")
    assert api is not None
    remote = push_remote(api, url)
    assert (str(remote.url), remote.username) == ("https://code.example/a/app.git", "oauth2")
    assert "s3cret" not in repr(remote)
