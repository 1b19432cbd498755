"""Archives and forms that no browser sends: each is answered."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from projects.domain.permissions import Role
from projects.models import Snapshot, SourceArchive
from projects.services.audit.uploaded_source import audit_archive
from tests.archives import tar_gz_of, zip_of
from tests.cast import Cast, add_member, assess_as, usual_rows
from tests.projects.views.fuzz.mutations import CONTENT_TYPES, mutated_bytes
from tests.projects.views.fuzz.sending import fuzzed, taken_back
from tests.replay import ReplayIndex

pytestmark = pytest.mark.django_db


def archives() -> list[bytes]:
    """Small archives as members send them."""
    source = {"app/main.py": b"import cgi\nimport flask\n", "setup.cfg": b"[options]\npython_requires = >=3.9\n"}
    return [zip_of(source), tar_gz_of(source)]


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
