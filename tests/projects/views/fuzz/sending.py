"""What no sender should send to the hooks and the uploads: each is answered, nothing breaks, nothing is half-written.

The bodies are those of the corpus and of the small files of this repository, changed at random, with headers and
signatures of which some are true: whoever holds the secret is not to be trusted with the rest. A longer run:
`HYPOTHESIS_PROFILE=long pytest tests/projects/views/fuzz`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, settings

from projects.models import Project, Snapshot, SourceArchive, StoredProof
from projects.models.repository import Delivery, Repository

SECRET = "It's a Secret to Everybody"
SIGNATURES = ("true", "true", "true", "none", "short", "of another body", "of another secret", "odd")
fuzzed = settings(suppress_health_check=list(HealthCheck))


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
