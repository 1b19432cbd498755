"""Flow 3 whole: a truly signed push to a repository behind git's own http-backend changes the risk table."""

import hashlib
import hmac
import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from projects import jobs
from projects.models import Assessment, Membership, Project, ProjectTarget, Role, Snapshot
from projects.models.repository import Delivery, Repository
from projects.services.assessments import run as assessments
from projects.services.webhooks import process as delivery_work
from scanner.index.client import IndexClient
from tests.hosting.git_server import GitServer
from tests.replay import ReplayIndex

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "the secret of the hook"
WINDOWS = "cp313-win_amd64"


class Installation:
    """A project that follows a repository, with a worker that is turned by hand."""

    def __init__(self, host: GitServer, replay: ReplayIndex, client: Client) -> None:
        self.host, self.replay, self.client = host, replay, client
        self.project = Project.objects.create(name="App", slug="app")
        ProjectTarget.objects.create(project=self.project, slug=WINDOWS, position=0)
        alice = User.objects.create_user("alice", "alice@team.example")
        Membership.objects.create(project=self.project, user=alice, role=Role.READER)
        client.force_login(alice)
        self.repository = Repository(project=self.project, clone_url=host.url, paths=["requirements.txt"])
        self.repository.secret = type(self.repository.secret).of(SECRET)
        self.repository.save()

    def push(self, commit: str, secret: str = SECRET) -> int:
        """Deliver a push as GitHub does; the answer's status."""
        body = json.dumps(
            {
                "ref": "refs/heads/main",
                "before": "0" * 40,
                "after": commit,
                "created": False,
                "deleted": False,
                "forced": False,
                "commits": [],
                "head_commit": None,
                "repository": {"id": 7, "full_name": "octo/app", "clone_url": self.host.url},
                "pusher": {"name": "alice", "email": "alice@team.example"},
            }
        ).encode()
        response = Client().post(
            f"/hooks/{self.repository.hook_key}/",
            body,
            content_type="application/json",
            headers={
                "X-GitHub-Event": "push",
                "X-GitHub-Delivery": f"delivery-of-{commit}",
                "X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
            },
        )
        return response.status_code

    def work(self) -> None:
        """What the workers would do: the waiting deliveries, then the newest snapshot."""
        now = timezone.now()
        for delivery in Delivery.objects.filter(state=Delivery.State.PENDING):
            assert delivery_work.process(delivery.pk, now) is None
        newest = Snapshot.objects.order_by("-pk").first()
        if newest is not None:
            assessments.assess_snapshot(newest.pk, now, IndexClient(self.replay.url))

    def page(self) -> str:
        response = self.client.get("/projects/app/", {"target": WINDOWS, "state": ["upgrade", "blocked", "ready"]})
        assert response.status_code == 200
        return response.content.decode()


@pytest.fixture
def installed(
    host: GitServer, replay: ReplayIndex, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Installation:
    settings.WHEELWAY_ALLOW_PRIVATE_HOSTS = ["127.0.0.1"]
    for request in ("request_assessment", "request_delivery"):
        monkeypatch.setattr(jobs, request, lambda pk: None)
    return Installation(host, replay, client)


def test_a_push_changes_the_risk_table_and_shows_what_changed(installed: Installation) -> None:
    assert installed.push(installed.host.commit({"requirements.txt": b"greenlet==3.0.3\n"})) == 202
    installed.work()
    first = installed.page()
    assert "3.0.3" in first
    assert "3.1.0" in first
    assert installed.push(installed.host.commit({"requirements.txt": b"greenlet==3.1.1\nsix==1.16.0\n"})) == 202
    installed.work()
    second = installed.page()
    assert "3.1.1" in second
    assert "What changed" in second
    assert [one.targets.get().verdict for one in Assessment.objects.order_by("pk")] == ["conditional", "go"]


def test_a_wrongly_signed_push_changes_nothing_and_says_nothing(installed: Installation) -> None:
    commit = installed.host.commit({"requirements.txt": b"greenlet==3.0.3\n"})
    assert installed.push(commit, secret="a guess") == 403
    installed.work()
    assert not Delivery.objects.exists()
    assert not Snapshot.objects.exists()
