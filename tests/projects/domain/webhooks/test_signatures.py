import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.domain.webhooks.events import PROVIDERS
from projects.domain.webhooks.signatures import verify_signature, verify_upload
from tests.signing import sign_upload

SECRET = "It's a Secret to Everybody"
VECTOR_TOKEN = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BODY = b'{"ref": "refs/heads/main"}'


def mac(secret: str, body: bytes = BODY) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def at(seconds: int | str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


@pytest.mark.parametrize(
    ("provider", "secret", "headers", "body"),
    [
        # GitHub's documentation of signed deliveries.
        (
            "github",
            SECRET,
            {"X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"},
            b"Hello, World!",
        ),
        # Atlassian's documentation of signed deliveries.
        (
            "bitbucket-cloud",
            SECRET,
            {"X-Hub-Signature": "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"},
            b"Hello World!",
        ),
        # The reference vector of Standard Webhooks, which GitLab's signing tokens follow.
        (
            "gitlab",
            VECTOR_TOKEN,
            {
                "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "webhook-timestamp": "1614265330",
                "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            },
            b'{"test": 2432232314}',
        ),
    ],
)
def test_the_vectors_of_the_hosts_own_documents_hold(
    provider: str, secret: str, headers: dict[str, str], body: bytes
) -> None:
    now = at(headers.get("webhook-timestamp", 0))
    assert verify_signature(provider, [secret], headers, body, now)
    assert not verify_signature(provider, [secret], headers, body + b" ", now)


def test_every_signed_payload_of_the_corpus_is_genuine_and_a_changed_one_is_not(shared: Path) -> None:
    folder = shared / "corpus/webhooks"
    index = json.loads((folder / "index.json").read_text())
    seen = 0
    for row in index["payloads"]:
        body = (folder / row["file"]).read_bytes()
        headers = row["signature_vector"]["headers"]
        now = at(headers.get("webhook-timestamp", 0))
        if not headers:
            continue
        assert verify_signature(row["provider"], [SECRET], headers, body, now), row["file"]
        assert not verify_signature(row["provider"], ["another secret"], headers, body, now), row["file"]
        if row["provider"] == "gitlab":
            signed = {name: value for name, value in headers.items() if name.startswith("webhook-")}
            assert verify_signature("gitlab", [VECTOR_TOKEN], signed, body, now), row["file"]
            assert not verify_signature("gitlab", [VECTOR_TOKEN], signed, body + b"\n", now), row["file"]
        else:
            assert not verify_signature(row["provider"], [SECRET], headers, body + b"\n", now), row["file"]
        seen += 1
    assert seen > 30


@pytest.mark.parametrize(
    ("provider", "headers"),
    [
        ("github", {}),
        ("github", {"X-Hub-Signature-256": ""}),
        ("github", {"X-Hub-Signature-256": "sha256=" + mac(SECRET)[:32]}),
        ("github", {"X-Hub-Signature-256": mac(SECRET)}),
        ("github", {"X-Hub-Signature-256": "sha256=" + mac(SECRET) + ",sha256=" + mac(SECRET)}),
        ("github", {"X-Hub-Signature-256": "sha1=" + hmac.new(SECRET.encode(), BODY, hashlib.sha1).hexdigest()}),
        ("github", {"X-Hub-Signature": "sha1=" + hmac.new(SECRET.encode(), BODY, hashlib.sha1).hexdigest()}),
        ("github", {"X-Gitlab-Token": SECRET}),
        ("bitbucket-cloud", {"X-Hub-Signature": "sha1=" + hmac.new(SECRET.encode(), BODY, hashlib.sha1).hexdigest()}),
        ("bitbucket-server", {"X-Hub-Signature-256": "sha256=" + mac(SECRET)}),
        ("gitea", {"X-Gitea-Signature": "sha256=" + mac(SECRET)}),
        ("gitea", {"X-Gitea-Signature": "0" * 64, "X-Hub-Signature-256": "sha256=" + mac(SECRET)}),
        ("gitlab", {"X-Gitlab-Token": SECRET[:-1]}),
        ("gitlab", {"X-Gitlab-Token": "It\u2019s a Secret to Everybody"}),
        ("azure-devops", {"Authorization": "Bearer " + SECRET}),
        ("azure-devops", {"Authorization": "Basic " + base64.b64encode(SECRET.encode()).decode()}),
        ("azure-devops", {"Authorization": "Basic ???"}),
        ("unheard-of", {"X-Hub-Signature-256": "sha256=" + mac(SECRET)}),
    ],
)
def test_a_missing_short_or_otherwise_made_signature_is_refused(provider: str, headers: dict[str, str]) -> None:
    assert not verify_signature(provider, [SECRET], headers, BODY, NOW)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_without_a_secret_nothing_is_genuine(provider: str) -> None:
    headers = {
        "X-Hub-Signature-256": "sha256=" + mac(""),
        "X-Hub-Signature": "sha256=" + mac(""),
        "X-Gitea-Signature": mac(""),
        "X-Gitlab-Token": "",
        "Authorization": "Basic " + base64.b64encode(b"user:").decode(),
    }
    if provider == "gitea":
        assert not verify_signature(provider, ["", ""], {"X-Gitea-Signature": mac("")}, BODY, NOW)
    assert not verify_signature(provider, [], headers, BODY, NOW)
    assert not verify_signature(provider, [""], headers, BODY, NOW)


def test_both_secrets_hold_while_one_is_rotated() -> None:
    for signer in ("new", "old"):
        headers = {"x-hub-signature-256": "sha256=" + mac(signer)}
        assert verify_signature("github", ["new", "old"], headers, BODY, NOW)
    assert not verify_signature("github", ["new"], {"x-hub-signature-256": "sha256=" + mac("old")}, BODY, NOW)


def test_the_password_of_basic_credentials_is_the_secret_of_azure() -> None:
    header = {"Authorization": "Basic " + base64.b64encode(f"anyone:{SECRET}".encode()).decode()}
    assert verify_signature("azure-devops", ["other", SECRET], header, BODY, NOW)


def test_a_signing_token_is_not_accepted_as_a_plain_token() -> None:
    token = "whsec_" + base64.b64encode(b"k" * 32).decode()
    assert not verify_signature("gitlab", [token], {"X-Gitlab-Token": token}, BODY, NOW)


def standard_headers(moment: datetime, key: bytes = b"k" * 32) -> dict[str, str]:
    stamp = str(int(moment.timestamp()))
    value = hmac.digest(key, b"msg_1." + stamp.encode() + b"." + BODY, "sha256")
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": stamp,
        "webhook-signature": "v1,AAAA v2,zzz v1," + base64.b64encode(value).decode(),
    }


@pytest.mark.parametrize(
    ("off", "held"),
    [(timedelta(0), True), (timedelta(minutes=5), True), (timedelta(minutes=5, seconds=1), False)],
)
def test_a_standard_signature_holds_within_five_minutes(off: timedelta, held: bool) -> None:
    token = "whsec_" + base64.b64encode(b"k" * 32).decode()
    assert verify_signature("gitlab", [token], standard_headers(NOW), BODY, NOW + off) is held
    assert verify_signature("gitlab", [token], standard_headers(NOW), BODY, NOW - off) is held


def test_an_upload_is_proved_by_time_and_body() -> None:
    stamp = int(NOW.timestamp())
    header = sign_upload("s", stamp, BODY)
    proof = verify_upload(["new", "s"], header, BODY, NOW)
    assert proof is not None
    assert header == f"t={stamp},v1={proof}"
    assert proof == mac("s", f"{stamp}.".encode() + BODY)
    assert verify_upload(["s"], header.replace(f"t={stamp}", f"t={stamp + 1}"), BODY, NOW) is None
    assert verify_upload(["s"], header, BODY + b" ", NOW) is None
    assert verify_upload(["new"], header, BODY, NOW) is None
    assert verify_upload(["", ""], sign_upload("", stamp, BODY), BODY, NOW) is None
    assert verify_upload(["s"], header, BODY, NOW + timedelta(minutes=5, seconds=1)) is None
    assert verify_upload(["s"], header, BODY, NOW - timedelta(minutes=5, seconds=1)) is None


@pytest.mark.parametrize("header", [None, "", "t=,v1=", "t=1", "v1=" + "0" * 64, "t=1,t=2,v1=" + "0" * 64, "t=①,v1=x"])
def test_a_broken_upload_signature_is_refused(header: str | None) -> None:
    assert verify_upload(["s"], header, BODY, NOW) is None


@given(
    st.sampled_from(PROVIDERS),
    st.dictionaries(
        st.sampled_from(
            [
                "X-Hub-Signature-256",
                "X-Hub-Signature",
                "X-Gitea-Signature",
                "X-Gitlab-Token",
                "webhook-id",
                "webhook-timestamp",
                "webhook-signature",
                "Authorization",
            ]
        ),
        st.text(max_size=80) | st.just("v1,") | st.just("1795262400") | st.just("Basic é"),
    ),
)
def test_no_header_raises_or_is_genuine_by_chance(provider: str, headers: dict[str, str]) -> None:
    assert verify_signature(provider, [SECRET, "whsec_AAAA"], headers, BODY, NOW) is False
    assert verify_upload([SECRET], headers.get("Authorization"), BODY, NOW) is None
