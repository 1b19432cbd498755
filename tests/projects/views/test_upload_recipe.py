"""The shell recipe of docs/webhooks.md, run as it stands there."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from projects import jobs
from projects.domain.dependency_files.uploads import read_upload
from projects.models.repository import Delivery, Provider, Repository
from projects.models.sealed import Sealed, reveal_bytes
from tests.cast import bare_project


@pytest.mark.skipif(not (shutil.which("openssl") and shutil.which("curl")), reason="needs openssl and curl")
@pytest.mark.django_db(transaction=True)
def test_the_documented_recipe_uploads_a_file(
    live_server: LiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued: list[int] = []
    monkeypatch.setattr(jobs, "request_delivery", queued.append)
    text = (Path(__file__).resolve().parents[3] / "docs" / "webhooks.md").read_text()
    (recipe,) = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    secret = 'it\'s $(a) "secret"'
    repository = Repository.objects.create(
        project=bare_project("App", slug="app"), provider=Provider.UPLOAD, secret=Sealed.of(secret)
    )
    (tmp_path / "requirements.txt").write_text("numpy==2.0  # é\n")
    environment: dict[str, Any] = {
        "PATH": os.environ["PATH"],
        "WHEELWAY_HOOK": live_server.url + reverse("upload-hook", args=[repository.hook_key]),
        "WHEELWAY_SECRET": secret,
        "GITHUB_SHA": "a" * 40,
        "LC_ALL": "C.UTF-8",
    }
    for _ in range(2):
        done = subprocess.run(
            ["sh", "-eu", "-c", recipe], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert '"state": "pending"' in done.stdout
    # Within a second the two are one delivery; else the second takes the place of the first in the job that waits.
    delivery = Delivery.objects.latest("pk")
    assert queued[0] == Delivery.objects.earliest("pk").pk
    upload = read_upload(reveal_bytes(bytes(delivery.payload or b"")), "application/json")
    assert (dict(upload.files), upload.commit) == ({"requirements.txt": "numpy==2.0  # é\n".encode()}, "a" * 40)
