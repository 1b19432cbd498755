"""Requests over a limit are refused before they cost anything, in every process alike."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from projects.domain.request_rate import RequestRate
from projects.models import Project, RequestCount
from projects.models.repository import Delivery, Provider, Repository
from projects.services.accounts import make_sign_in_link
from projects.services.request_limits import LimitedRequest, TooManyRequests, check_limits, count_request, take_back
from tests.cast import PASSWORD, bare_project
from tests.signing import sign_upload

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
KIND = LimitedRequest.SIGN_IN_ADDRESS
MINUTE = timedelta(minutes=1)


@pytest.fixture
def rates(settings: Any) -> Any:
    """Three of everything within a minute."""
    settings.WHEELWAY_REQUEST_LIMITS = dict.fromkeys(LimitedRequest, RequestRate(3, 60))
    return settings


@pytest.mark.usefixtures("rates")
def test_a_limit_holds_for_its_span_and_for_each_subject() -> None:
    for _ in range(3):
        count_request(NOW, (KIND, "a"))
    with pytest.raises(TooManyRequests) as refused:
        count_request(NOW + MINUTE / 2, (KIND, "a"))
    assert refused.value.retry_after == 30
    count_request(NOW, (KIND, "b"))
    count_request(NOW + MINUTE, (KIND, "a"))
    assert RequestCount.objects.count() <= 2


@pytest.mark.usefixtures("rates")
def test_a_refused_request_counts_against_no_limit() -> None:
    for _ in range(3):
        count_request(NOW, (KIND, "a"))
    for _ in range(5):
        with pytest.raises(TooManyRequests):
            count_request(NOW, (LimitedRequest.SIGN_IN_ACCOUNT, "alice"), (KIND, "a"))
    assert RequestCount.objects.count() == 1


@pytest.mark.usefixtures("rates")
def test_what_is_taken_back_does_not_count() -> None:
    for _ in range(10):
        count_request(NOW, (KIND, "a"))
        take_back((KIND, "a"))
    check_limits(NOW, (KIND, "a"))


@pytest.mark.usefixtures("rates")
def test_a_clock_that_jumped_locks_nobody_out() -> None:
    for _ in range(3):
        count_request(NOW + timedelta(days=900), (KIND, "a"))
    check_limits(NOW, (KIND, "a"))
    count_request(NOW, (KIND, "a"))


def test_no_limit_is_no_limit(settings: Any) -> None:
    settings.WHEELWAY_REQUEST_LIMITS = dict.fromkeys(LimitedRequest, RequestRate(0, 1))
    for _ in range(50):
        count_request(NOW, (KIND, "a"))
    assert not RequestCount.objects.exists()


@given(st.integers(0, 10**9 - 1), st.integers(1, 10**9 - 1))
def test_a_rate_is_read_as_it_is_written(most: int, seconds: int) -> None:
    assert RequestRate.parse(str(RequestRate(most, seconds))) == RequestRate(most, seconds)


@pytest.mark.parametrize("text", ["", "10", "10/0", "-1/5", "10/minute", "1/2/3"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not REQUESTS/SECONDS"):
        RequestRate.parse(text)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were hashed."""
    seen: list[str] = []
    encode = PBKDF2PasswordHasher.encode

    def watched(self: PBKDF2PasswordHasher, password: str, salt: str, iterations: int | None = None) -> str:
        seen.append(password)
        return encode(self, password, salt, iterations=1)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", watched)
    return seen


@pytest.mark.usefixtures("rates")
def test_wrong_passwords_are_refused_unhashed_and_a_right_one_later_signs_in(client: Client, hashed: list[str]) -> None:
    User.objects.create_user("dora", password=PASSWORD)
    hashed.clear()
    wrong = {"username": "dora", "password": "wrong"}
    answers = [client.post("/sign-in/", wrong) for _ in range(3)]
    assert set(hashed) == {"wrong"}
    hashed.clear()
    answers += [client.post("/sign-in/", wrong) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422] * 3 + [429] * 5
    assert int(answers[-1].headers["Retry-After"]) <= 60
    assert "Too many attempts" in answers[-1].content.decode()
    # Another address, the same account; then another account, the same address.
    assert client.post("/sign-in/", {"username": "DORA"}, REMOTE_ADDR="192.0.2.7").status_code == 429
    assert client.post("/sign-in/", {"username": "emil", "password": "x"}).status_code == 429
    assert hashed == []


@pytest.mark.usefixtures("rates", "hashed")
def test_signing_in_with_the_right_password_is_never_too_often(client: Client) -> None:
    User.objects.create_user("dora", password=PASSWORD)
    for _ in range(6):
        signed_in = client.post("/sign-in/", {"username": "dora", "password": PASSWORD})
        assert signed_in.status_code == 302
        client.logout()


@pytest.mark.usefixtures("rates")
def test_made_up_links_are_refused_after_a_few_and_a_valid_one_counts_for_nothing(client: Client) -> None:
    dora = User.objects.create_user("dora")
    for _ in range(2):
        assert client.post("/sign-in/1-2-" + "0" * 64 + "/").status_code == 403
    assert client.post(make_sign_in_link(dora, base_url="")).status_code == 302
    client.logout()
    assert client.post("/sign-in/1-2-" + "0" * 64 + "/").status_code == 403
    assert client.post("/sign-in/1-2-" + "0" * 64 + "/").status_code == 429


@pytest.mark.usefixtures("rates")
def test_uploads_of_an_account_are_refused_before_they_are_read(client: Client) -> None:
    dora = User.objects.create_user("dora")
    client.force_login(dora)
    form = {"pasted": "six", "target": "cp313-win_amd64"}
    answers = [client.post("/projects/add/", {**form, "name": f"app {number}"}) for number in range(4)]
    assert [answer.status_code for answer in answers] == [302] * 3 + [429]
    assert Project.objects.count() == 3


@pytest.mark.usefixtures("rates")
def test_hooks_refuse_with_json_and_an_attacker_takes_nothing_from_the_true_sender(client: Client) -> None:
    project = bare_project("a")
    repository = Repository.objects.create(project=project, provider=Provider.UPLOAD)
    secret = repository.rotate_secret()
    address = f"/hooks/{repository.hook_key}/upload/"

    def send(path: str, body: bytes, source: str, signature: str) -> Any:
        headers: Any = {"HTTP_X_WHEELWAY_SIGNATURE": signature, "REMOTE_ADDR": source}
        return client.post(path, body, content_type="application/json", **headers)

    def signed(number: int) -> tuple[bytes, str]:
        body = json.dumps({"files": {"requirements.txt": f"six\n# {number}"}}).encode()
        return body, sign_upload(secret, int(timezone.now().timestamp()), body)

    attacks = [send(address, b"{}", "192.0.2.66", "t=1,v1=00") for _ in range(5)]
    assert [answer.status_code for answer in attacks] == [403] * 3 + [429] * 2
    assert attacks[-1].json()["error"].startswith("too many requests")
    assert int(attacks[-1].headers["Retry-After"]) <= 60
    # Hooks that do not exist share a count, and no row is made for each.
    unknown = [send(f"/hooks/made-up-{number}/upload/", b"{}", "192.0.2.66", "t=1,v1=00") for number in range(5)]
    assert [answer.status_code for answer in unknown] == [403] * 3 + [429] * 2
    body, signature = signed(1)
    assert send(address, body, "192.0.2.1", signature).status_code == 202
    answers = [send(address, *_with(signed(number), "192.0.2.1")).status_code for number in range(2, 6)]
    assert answers == [202, 202, 429, 429]
    assert Delivery.objects.count() == 3


def _with(signed: tuple[bytes, str], source: str) -> tuple[bytes, str, str]:
    body, signature = signed
    return body, source, signature


@pytest.mark.parametrize(
    ("behind", "headers", "address"),
    [
        (False, {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": "198.51.100.9"}, "192.0.2.1"),
        (True, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.0.0.1, 198.51.100.9"}, "198.51.100.9"),
        (True, {"REMOTE_ADDR": "127.0.0.1"}, "127.0.0.1"),
        (False, {"REMOTE_ADDR": "2001:db8:1:2:3:4:5:6"}, "2001:db8:1:2::/64"),
        (False, {"REMOTE_ADDR": "::ffff:192.0.2.1"}, "192.0.2.1"),
        (False, {"REMOTE_ADDR": ""}, ""),
    ],
)
def test_the_address_of_a_client(settings: Any, rf: Any, behind: bool, headers: dict[str, str], address: str) -> None:
    from projects.client_address import client_address

    settings.BEHIND_PROXY = behind
    assert client_address(rf.get("/", **headers)) == address
