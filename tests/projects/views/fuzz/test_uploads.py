"""Uploads of files and of proofs that no sender should send: each is stored whole or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from projects.domain.received_proof import ReceivedProof
from projects.models import Snapshot, StoredProof
from projects.models.repository import Delivery, Repository
from projects.services.webhooks.process import process
from tests.cast import Cast
from tests.projects.domain.test_received_proof import document as proof_document
from tests.projects.views.fuzz.mutations import CONTENT_TYPES, as_json, mutated_bytes, mutated_documents, odd_headers
from tests.projects.views.fuzz.sending import SECRET, SIGNATURES, fuzzed, post, stored, taken_back
from tests.signing import sign_upload

pytestmark = pytest.mark.django_db
FILES = {
    "requirements.txt": "numpy==1.26\n-r more.txt\n--index-url https://me:pass@index.example/simple\n",
    "more.txt": "flask>=2 ; python_version < '3.14'\n",
    "pyproject.toml": '[project]\nname = "app"\nrequires-python = ">=3.9,<3.14"\ndependencies = ["httpx"]\n',
}


@st.composite
def uploads(draw: st.DrawFn, document: Any) -> tuple[str, str, bytes, str]:
    """A signature header, a content type, a body, and what is true of the signature."""
    body = draw(mutated_bytes(as_json(draw(mutated_documents(document)))))
    truth = draw(st.sampled_from(SIGNATURES))
    now = int(timezone.now().timestamp())
    secret = "another" if truth == "of another secret" else SECRET
    header = sign_upload(secret, now, body + b"x" if truth == "of another body" else body)
    if truth == "none":
        header = ""
    elif truth == "short":
        header = header[: draw(st.integers(0, len(header) - 1))]
    elif truth == "odd":
        header = draw(odd_headers())
    return header, draw(st.sampled_from(CONTENT_TYPES)), body, truth


SENT = {"files": FILES, "roots": ["requirements.txt"], "commit": "a" * 40, "ref": "refs/heads/main"}
PATHS = ("", "a/requirements.txt", "../x", "%00", "%ff%fe", "a" * 400, "poetry.lock", "uv.lock", "setup.py", "x.yml")


def test_an_upload_is_a_whole_snapshot_or_none(cast: Cast, sender: Repository) -> None:
    seen, snapshots = set(), Snapshot.objects.count()

    @given(sent=uploads(SENT), path=st.sampled_from(PATHS), name=odd_headers())
    @fuzzed
    def upload(sent: tuple[str, str, bytes, str], path: str, name: str) -> None:
        header, content_type, body, truth = sent
        before = stored(cast.project)
        with taken_back():
            headers = {"X-Wheelway-Signature": header, "X-Wheelway-Delivery": name}
            answer = post(f"/hooks/{sender.hook_key}/upload/?path={path}", body, headers, content_type)
            assert answer.status_code in (202, 400, 403), answer.content
            if answer.status_code != 202:
                assert stored(cast.project) == before
                return
            assert truth == "true"
            row = Delivery.objects.get()
            assert process(row.pk, timezone.now()) is None
            row.refresh_from_db()
            assert (row.claimed_at, row.payload) == (None, None)
            assert row.state in (Delivery.State.PROCESSED, Delivery.State.FAILED)
            assert Snapshot.objects.count() - snapshots == (row.state == Delivery.State.PROCESSED)
            seen.add(row.state)

    upload()
    assert len(seen) == 2


def test_a_proof_is_stored_whole_or_not_at_all(cast: Cast, sender: Repository) -> None:
    seen = set()

    @given(sent=uploads(proof_document()))
    @fuzzed
    def prove(sent: tuple[str, str, bytes, str]) -> None:
        header, content_type, body, truth = sent
        before = stored(cast.project)
        with taken_back():
            answer = post(f"/hooks/{sender.hook_key}/proof/", body, {"X-Wheelway-Signature": header}, content_type)
            assert answer.status_code in (202, 400, 403), answer.content
            seen.add(answer.status_code)
            if answer.status_code != 202:
                assert stored(cast.project) == before
                return
            assert truth == "true"
            kept = StoredProof.objects.get()
            assert ReceivedProof.from_json(kept.content).to_json() == kept.content

    prove()
    assert seen == {202, 400, 403}
