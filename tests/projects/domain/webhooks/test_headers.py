"""Who sends a delivery, by its headers."""

import pytest

from projects.domain.webhooks.headers import read_headers


@pytest.mark.parametrize(
    ("headers", "provider", "identity"),
    [
        ({"x-github-event": "push", "X-GITHUB-DELIVERY": "1"}, "github", "1"),
        ({"X-GitHub-Event": "push", "X-Forgejo-Event": "push", "X-Forgejo-Delivery": "2"}, "gitea", "2"),
        ({"X-Gitlab-Event": "Push Hook", "Idempotency-Key": "3", "X-Gitlab-Event-UUID": "u"}, "gitlab", "3"),
        ({"X-Event-Key": "repo:push", "X-Request-UUID": "4"}, "bitbucket-cloud", "4"),
        ({"X-Event-Key": "repo:refs_changed", "X-Request-Id": "5"}, "bitbucket-server", "5"),
    ],
)
def test_the_sender_is_known_by_its_headers(headers: dict[str, str], provider: str, identity: str) -> None:
    envelope = read_headers(headers, b"{}")
    assert envelope is not None
    assert (envelope.provider, envelope.delivery_id) == (provider, identity)


def test_an_unknown_sender_has_no_envelope() -> None:
    assert read_headers({"Content-Type": "application/json"}, b"{}") is None


def test_without_an_id_of_its_own_a_delivery_is_known_by_its_body() -> None:
    headers = {"X-Gitlab-Event": "Push Hook", "X-Gitlab-Event-UUID": "u"}
    ids = {read_headers(headers, body) for body in (b"1", b"1", b"2")}
    assert len(ids) == 2
    first, second = (read_headers({"X-GitHub-Event": "push"}, body) for body in (b"1", b"2"))
    assert first is not None
    assert second is not None
    assert first.delivery_id.startswith("sha256:")
    assert first.delivery_id != second.delivery_id
