"""Deliveries that no host should send: each is answered, and stored only if its signature is true."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.domain.webhooks.events import AZURE_DEVOPS, BITBUCKET_CLOUD, BITBUCKET_SERVER, GITEA, GITHUB, GITLAB
from projects.models.repository import Delivery, Repository
from projects.models.sealed import Sealed
from tests.cast import Cast
from tests.projects.domain.webhooks.test_payloads import headers_of
from tests.projects.domain.webhooks.test_small_payloads import PAYLOADS
from tests.projects.views.fuzz.mutations import CONTENT_TYPES, as_json, mutated_bytes, mutated_documents, odd_headers
from tests.projects.views.fuzz.sending import SECRET, SIGNATURES, fuzzed, post, stored, taken_back

pytestmark = pytest.mark.django_db


def mac(body: bytes, secret: str = SECRET) -> str:
    return hmac.digest(secret.encode(), body, hashlib.sha256).hex()


SIGNERS: dict[str, Callable[[bytes, str], dict[str, str]]] = {
    GITHUB: lambda body, secret: {"X-Hub-Signature-256": f"sha256={mac(body, secret)}"},
    GITEA: lambda body, secret: {"X-Gitea-Signature": mac(body, secret)},
    GITLAB: lambda body, secret: {"X-Gitlab-Token": secret},
    BITBUCKET_CLOUD: lambda body, secret: {"X-Hub-Signature": f"sha256={mac(body, secret)}"},
    BITBUCKET_SERVER: lambda body, secret: {"X-Hub-Signature": f"sha256={mac(body, secret)}"},
    AZURE_DEVOPS: lambda body, secret: {"Authorization": f"Basic {base64.b64encode(f'x:{secret}'.encode()).decode()}"},
}
EVENTS = {GITHUB: "push", GITEA: "push", GITLAB: "Push Hook", BITBUCKET_CLOUD: "repo:push", AZURE_DEVOPS: "git.push"}


@functools.cache
def payloads() -> list[tuple[str, str, Any]]:
    """Provider, event and payload: those of the corpus where it is, and small ones of this repository."""
    found: list[tuple[str, str, Any]] = [
        (provider, EVENTS.get(provider, "repo:refs_changed"), payload) for provider, payload in PAYLOADS.items()
    ]
    folder = Path(__file__).resolve().parents[4] / "shared/corpus/webhooks"
    if folder.is_dir():
        rows = json.loads((folder / "index.json").read_text())["payloads"]
        found += [(row["provider"], row["event"], json.loads((folder / row["file"]).read_bytes())) for row in rows]
    return found


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[str, dict[str, str], str, bytes, str]:
    """A provider, headers, a content type, a body, and what is true of the signature."""
    provider, event, payload = draw(st.sampled_from(payloads()))
    body = draw(mutated_bytes(as_json(draw(mutated_documents(payload)))))
    headers = headers_of(provider, event)
    for name in draw(st.sets(st.sampled_from(sorted(headers)), max_size=2)):
        headers[name] = draw(odd_headers())
    truth = draw(st.sampled_from(SIGNATURES))
    if truth == "none":
        headers.pop("Authorization", None)
    else:
        signed = SIGNERS[provider](
            b"another" if truth == "of another body" else body, "another" if truth == "of another secret" else SECRET
        )
        if truth == "short":
            signed = {name: value[: draw(st.integers(0, len(value) - 1))] for name, value in signed.items()}
        if truth == "odd":
            signed = {name: draw(odd_headers()) for name in signed}
        headers |= signed
    return provider, headers, draw(st.sampled_from(CONTENT_TYPES)), body, truth


def test_the_hook_answers_whatever_is_delivered(cast: Cast) -> None:
    repository = Repository.objects.create(
        project=cast.project, clone_url="https://code.example/octo/app.git", secret=Sealed.of(SECRET)
    )
    accepted = []

    @given(sent=deliveries(), length=st.sampled_from((None, None, None, "0", "-1", "x", "99999999")))
    @fuzzed
    def deliver(sent: tuple[str, dict[str, str], str, bytes, str], length: str | None) -> None:
        provider, headers, content_type, body, truth = sent
        Repository.objects.filter(pk=repository.pk).update(provider=provider)
        before = stored(cast.project)
        with taken_back():
            answer = post(f"/hooks/{repository.hook_key}/", body, headers, content_type, length)
            assert answer.status_code in (202, 400, 403, 413), answer.content
            if answer.status_code in (403, 413):
                assert stored(cast.project) == before
                assert set(answer.json()) == {"error"}
                return
            # A token and a password cover no body: those two alone are taken whatever it is signed for.
            assert truth == "true" or provider in (GITLAB, AZURE_DEVOPS)
            row = Delivery.objects.get()
            assert (row.state == Delivery.State.FAILED) is (answer.status_code == 400)
            assert (row.state == Delivery.State.PENDING) is (bool(row.commit) and row.ref == repository.ref)
            assert len(row.reason) <= 500
            accepted.append(answer.status_code)

    deliver()
    assert {202, 400} <= set(accepted)
