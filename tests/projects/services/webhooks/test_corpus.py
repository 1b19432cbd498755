"""Every recorded payload of the hosts: with its true signature it ends as it should, with any other nothing changes."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from projects import jobs
from projects.domain.webhooks.events import AZURE_DEVOPS, GITLAB, PROVIDERS
from projects.models.repository import Delivery, Repository
from projects.models.sealed import Sealed
from projects.services.webhooks.receive import DeliveryAccepted, DeliveryInvalid, DeliveryRefused, receive_push
from tests.cast import make_project
from tests.projects.domain.webhooks.test_payloads import ZEROS, expected_refs, headers_of
from tests.projects.domain.webhooks.test_signatures import SECRET, VECTOR_TOKEN

pytestmark = pytest.mark.django_db

Row = dict[str, Any]


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "request_delivery", lambda pk: None)


def test_every_payload_is_taken_by_its_true_signature_alone(shared: Path) -> None:
    folder = shared / "corpus/webhooks"
    rows: list[Row] = json.loads((folder / "index.json").read_text())["payloads"]
    project = make_project("app")
    taken = 0
    for row in rows:
        repository = Repository.objects.create(project=project, **configured(row))
        body = (folder / row["file"]).read_bytes()
        headers, now = signed(row), moment(row)
        for wrong, content in forgeries(row, headers, body):
            assert isinstance(receive_push(repository, wrong, content, now), DeliveryRefused), row["file"]
        assert isinstance(receive_push(None, headers, body, now), DeliveryRefused)
        assert not repository.deliveries.exists(), row["file"]

        answer = receive_push(repository, headers, body, now)
        assert isinstance(answer, DeliveryAccepted), row["file"]
        commit = pushed_commit(row)
        assert (answer.delivery.state, answer.delivery.commit) == (("pending", commit) if commit else ("ignored", ""))
        # A redelivery is the same one.
        assert isinstance(receive_push(repository, headers, body, now), DeliveryAccepted)
        assert repository.deliveries.count() == 1
        taken += bool(commit)
    assert taken > 8


def test_a_password_in_place_of_a_signature_lets_a_body_that_was_cut_off_change_nothing(shared: Path) -> None:
    folder = shared / "corpus/webhooks"
    row = next(
        row for row in json.loads((folder / "index.json").read_text())["payloads"] if row["provider"] == AZURE_DEVOPS
    )
    repository = Repository.objects.create(project=make_project("app"), **configured(row))
    body = (folder / row["file"]).read_bytes()[:-5]
    assert isinstance(receive_push(repository, signed(row), body, moment(row)), DeliveryInvalid)
    assert list(Delivery.objects.values_list("state", "commit")) == [("failed", "")]


def configured(row: Row) -> dict[str, Any]:
    """The repository that a payload is from, with the secret that it was signed with."""
    ref = next((ref for ref, _, after in refs(row) if after and ref.startswith("refs/heads/")), "refs/heads/main")
    name = row["expected"].get("repository_full_name") or "octo/app"
    secret = VECTOR_TOKEN if row["provider"] == GITLAB else SECRET
    return {
        "provider": row["provider"],
        "clone_url": f"https://code.example/{name.replace(' ', '-')}.git",
        "branch": ref.removeprefix("refs/heads/"),
        "secret": Sealed.of(secret),
    }


def signed(row: Row) -> dict[str, str]:
    """The headers of a delivery as its host sends them."""
    headers = {**headers_of(row["provider"], row["event"]), **row["signature_vector"]["headers"]}
    if row["provider"] == AZURE_DEVOPS:
        headers["Authorization"] = f"Basic {base64.b64encode(f'x:{SECRET}'.encode()).decode()}"
    return headers


def forgeries(row: Row, headers: Mapping[str, str], body: bytes) -> list[tuple[dict[str, str], bytes]]:
    """Deliveries without a signature, with a wrong or a short one, of another host, and of another body."""
    signatures = {
        name for name in headers if "signature" in name.lower() or name in {"X-Gitlab-Token", "Authorization"}
    }
    others = next(provider for provider in PROVIDERS if provider != row["provider"])
    bare = {name: value for name, value in headers.items() if name not in signatures}
    found = [
        (bare, body),
        ({**bare, **{name: f"{headers[name][:-1]}x" for name in signatures}}, body),
        ({**bare, **{name: headers[name][: len(headers[name]) // 2] for name in signatures}}, body),
        ({**headers_of(others, row["event"]), **{name: headers[name] for name in signatures}}, body),
    ]
    if row["provider"] != AZURE_DEVOPS:
        found += [(dict(headers), body[:-1]), (dict(headers), body + b" "), (dict(headers), b"")]
    return found


def refs(row: Row) -> list[tuple[str, str | None, str | None]]:
    expected = row["expected"]
    is_push = "push" in row["event"].lower() or row["event"] == "repo:refs_changed"
    return expected_refs(expected) if is_push and ({"changes", "refs", "ref"} & expected.keys()) else []


def pushed_commit(row: Row) -> str:
    """The commit that the followed branch has after the delivery, empty where it has none."""
    ref = f"refs/heads/{configured(row)['branch']}"
    return next((after or "" for name, _, after in refs(row) if name == ref and after != ZEROS), "")


def moment(row: Row) -> datetime:
    stamp = row["signature_vector"]["headers"].get("webhook-timestamp")
    return datetime.fromtimestamp(int(stamp), UTC) if stamp else datetime(2026, 11, 21, 12, tzinfo=UTC)
