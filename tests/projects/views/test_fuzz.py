"""What no sender should send to the hooks and the uploads: each is answered, nothing breaks, nothing is half-written.

The bodies are those of the corpus and of the small files of this repository, changed at random, with headers and
signatures of which some are true: whoever holds the secret is not to be trusted with the rest. A longer run:
`HYPOTHESIS_PROFILE=long pytest tests/projects/views/test_fuzz.py`.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from projects import jobs
from projects.domain.permissions import Role
from projects.domain.received_proof import ReceivedProof
from projects.domain.webhooks.events import AZURE_DEVOPS, BITBUCKET_CLOUD, BITBUCKET_SERVER, GITEA, GITHUB, GITLAB
from projects.models import Project, Snapshot, SourceArchive, StoredProof
from projects.models.repository import Delivery, Provider, Repository
from projects.models.sealed import Sealed
from projects.services.audit.uploaded_source import audit_archive
from projects.services.webhooks.process import process
from tests.cast import Cast, add_member, assess_as, usual_rows
from tests.projects.domain.test_received_proof import document as proof_document
from tests.projects.domain.webhooks.test_payloads import headers_of
from tests.projects.domain.webhooks.test_small_payloads import PAYLOADS
from tests.projects.views.fuzzing import CONTENT_TYPES, as_json, mutated_bytes, mutated_documents, odd_headers
from tests.replay import ReplayIndex
from tests.signing import sign_upload

pytestmark = pytest.mark.django_db

SECRET = "It's a Secret to Everybody"
SIGNATURES = ("true", "true", "true", "none", "short", "of another body", "of another secret", "odd")
FILES = {
    "requirements.txt": "numpy==1.26\n-r more.txt\n--index-url https://me:pass@index.example/simple\n",
    "more.txt": "flask>=2 ; python_version < '3.14'\n",
    "pyproject.toml": '[project]\nname = "app"\nrequires-python = ">=3.9,<3.14"\ndependencies = ["httpx"]\n',
}
fuzzed = settings(suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Queue nothing, and leave out the limits, which a fuzz run would reach."""
    for name in ("request_delivery", "request_assessment", "request_archive_audit"):
        monkeypatch.setattr(jobs, name, lambda pk: None)
    unlimited = {name: type(rate)(0, 1) for name, rate in settings.WHEELWAY_REQUEST_LIMITS.items()}
    settings.WHEELWAY_REQUEST_LIMITS = unlimited


@contextmanager
def taken_back() -> Iterator[None]:
    """Undo what the block stores."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def stored(project: Project) -> list[object]:
    """Everything that a sender may cause to be stored about a project."""
    kept = Repository.objects.filter(project=project).values_list("pk", "last_commit", "last_error", "host_id")
    counts = [model.objects.count() for model in (Delivery, Snapshot, StoredProof, SourceArchive)]
    return [list(kept), counts]


def post(path: str, body: bytes, headers: dict[str, str], content_type: str, length: str | None = None) -> Any:
    """Send a body as a web server passes it on; `length` is what the sender claims."""
    extra: dict[str, Any] = {"wsgi.input": io.BytesIO(body)}
    if length is not None:
        extra["CONTENT_LENGTH"] = length
    given: dict[str, Any] = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    return Client().generic("POST", path, body, content_type, **given, **extra)


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


@pytest.fixture
def sender(cast: Cast) -> Repository:
    return Repository.objects.create(project=cast.project, provider=Provider.UPLOAD, secret=Sealed.of(SECRET))


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


def archives() -> list[bytes]:
    """Small archives as members send them."""
    source = {"app/main.py": b"import cgi\nimport flask\n", "setup.cfg": b"[options]\npython_requires = >=3.9\n"}
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in source.items():
            archive.writestr(name, content)
    with tarfile.open(fileobj=tarred, mode="w:gz") as tar:
        for name, content in source.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return [zipped.getvalue(), tarred.getvalue()]


@pytest.mark.django_db(transaction=True)
def test_an_archive_is_audited_or_said_to_be_unreadable(cast: Cast, client: Client, settings: Settings) -> None:
    assess_as(cast.project, usual_rows())
    add_member(cast.project, cast.carol, Role.MEMBER)
    client.force_login(cast.carol)
    path = f"/projects/{cast.project.slug}/audit/archive/"

    @given(content=st.sampled_from(archives()).flatmap(mutated_bytes), name=st.text(max_size=150))
    @fuzzed
    def send(content: bytes, name: str) -> None:
        # Not taken back: the audit asks the index on connections of its own.
        answer = client.post(path, {"archive": SimpleUploadedFile(name or "a", content)})
        assert answer.status_code in (302, 422)
        waiting = list(SourceArchive.objects.values_list("pk", flat=True))
        assert len(waiting) == (answer.status_code == 302)
        for pk in waiting:
            assert audit_archive(pk, timezone.now())
        assert not SourceArchive.objects.exists()
        assert client.get(f"/projects/{cast.project.slug}/audit/").status_code == 200

    with ReplayIndex(recorded=False) as index:
        settings.WHEELWAY_INDEX_URL = index.url
        send()


def test_forms_with_files_that_are_cut_off_are_answered(cast: Cast, client: Client) -> None:
    add_member(cast.project, cast.carol, Role.MEMBER)
    client.force_login(cast.carol)
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="requirements.txt"\r\n\r\nnumpy==1.0\r\n'
        for name in ("archive", "files")
    ]
    whole = ("".join(parts) + '--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nflask\r\n--x--\r\n').encode()
    pages = ("audit/archive/", "requirements/")
    kinds = ("multipart/form-data; boundary=x", "multipart/form-data; boundary=y", *CONTENT_TYPES)

    @given(page=st.sampled_from(pages), kind=st.sampled_from(kinds), body=mutated_bytes(whole))
    @fuzzed
    def send(page: str, kind: str, body: bytes) -> None:
        before = Snapshot.objects.count()
        with taken_back():
            answer = client.generic("POST", f"/projects/{cast.project.slug}/{page}", body, kind)
            assert answer.status_code in (302, 400, 422), answer.content
            made = Snapshot.objects.count() - before + SourceArchive.objects.count()
            assert made == (answer.status_code == 302)

    send()
