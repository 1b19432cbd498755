"""A project whose repository is pushed to, with the work of the workers done by hand."""

import hashlib
import hmac
import json

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from projects.domain.permissions import Role
from projects.models import ProjectTarget, Snapshot
from projects.models.repository import Delivery, Repository
from projects.services.assessments import run as assessments
from projects.services.webhooks import process as delivery_work
from scanner.index.client import IndexClient
from tests.cast import add_member, bare_project
from tests.hosting.git_server import GitServer
from tests.replay import ReplayIndex

SECRET = "the secret of the hook"
WINDOWS = "cp313-win_amd64"


class Installation:
    """A project that follows a repository, with a worker that is turned by hand."""

    def __init__(self, host: GitServer, replay: ReplayIndex, client: Client) -> None:
        self.host, self.replay, self.client = host, replay, client
        self.project = bare_project("App", slug="app")
        ProjectTarget.objects.create(project=self.project, slug=WINDOWS, position=0)
        alice = User.objects.create_user("alice", "alice@team.example")
        add_member(self.project, alice, Role.READER)
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
