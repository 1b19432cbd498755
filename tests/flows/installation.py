"""A project whose repository is pushed to, with the work of the workers done by hand."""

import base64
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


def _from_github(commit: str, clone_url: str, secret: str) -> tuple[bytes, dict[str, str]]:
    body = _listed_push(commit, clone_url)
    return body, {
        "X-GitHub-Event": "push",
        "X-GitHub-Delivery": f"delivery-of-{commit}",
        "X-Hub-Signature-256": f"sha256={_mac(secret, body)}",
    }


def _from_gitea(commit: str, clone_url: str, secret: str) -> tuple[bytes, dict[str, str]]:
    body = _listed_push(commit, clone_url)
    return body, {
        "X-Gitea-Event": "push",
        "X-Gitea-Delivery": f"delivery-of-{commit}",
        "X-Gitea-Signature": _mac(secret, body),
    }


def _from_gitlab(commit: str, clone_url: str, secret: str) -> tuple[bytes, dict[str, str]]:
    push = {
        "object_kind": "push",
        "ref": "refs/heads/main",
        "before": "0" * 40,
        "after": commit,
        "commits": [],
        "project_id": 7,
        "project": {"path_with_namespace": "octo/app", "git_http_url": clone_url},
        "user_username": "alice",
    }
    headers = {"X-Gitlab-Event": "Push Hook", "Idempotency-Key": f"delivery-of-{commit}", "X-Gitlab-Token": secret}
    return json.dumps(push).encode(), headers


def _listed_push(commit: str, clone_url: str) -> bytes:
    return json.dumps(
        {
            "ref": "refs/heads/main",
            "before": "0" * 40,
            "after": commit,
            "created": False,
            "deleted": False,
            "forced": False,
            "commits": [],
            "head_commit": None,
            "repository": {"id": 7, "full_name": "octo/app", "clone_url": clone_url},
            "pusher": {"name": "alice", "login": "alice", "email": "alice@team.example"},
        }
    ).encode()


def _mac(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _from_bitbucket_cloud(commit: str, clone_url: str, secret: str) -> tuple[bytes, dict[str, str]]:
    new = {"type": "branch", "name": "main", "target": {"hash": commit}}
    push = {
        "push": {"changes": [{"old": None, "new": new, "forced": False}]},
        "repository": {"uuid": "{7}", "full_name": "octo/app"},
        "actor": {"display_name": "alice"},
    }
    body = json.dumps(push).encode()
    signature = f"sha256={_mac(secret, body)}"
    headers = {"X-Event-Key": "repo:push", "X-Hook-UUID": "{1}", "X-Request-UUID": commit, "X-Hub-Signature": signature}
    return body, headers


def _from_bitbucket_server(commit: str, clone_url: str, secret: str) -> tuple[bytes, dict[str, str]]:
    change = {"ref": {"id": "refs/heads/main"}, "fromHash": "0" * 40, "toHash": commit}
    push = {
        "changes": [change],
        "repository": {"id": 7, "slug": "app", "project": {"key": "OCTO"}},
        "actor": {"name": "alice"},
    }
    body = json.dumps(push).encode()
    signature = f"sha256={_mac(secret, body)}"
    return body, {"X-Event-Key": "repo:refs_changed", "X-Request-Id": commit, "X-Hub-Signature": signature}


def _from_azure(commit: str, clone_url: str, secret: str) -> tuple[bytes, dict[str, str]]:
    resource = {
        "repository": {"id": "7", "name": "app", "project": {"name": "octo"}},
        "refUpdates": [{"name": "refs/heads/main", "oldObjectId": "0" * 40, "newObjectId": commit}],
        "pushedBy": {"displayName": "alice"},
    }
    body = json.dumps({"eventType": "git.push", "resource": resource}).encode()
    return body, {"Authorization": f"Basic {base64.b64encode(f'x:{secret}'.encode()).decode()}"}


_SENDERS = {
    "github": _from_github,
    "gitlab": _from_gitlab,
    "gitea": _from_gitea,
    "bitbucket-cloud": _from_bitbucket_cloud,
    "bitbucket-server": _from_bitbucket_server,
    "azure-devops": _from_azure,
}


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
        """Deliver a push as the repository's host does; the answer's status."""
        body, headers = _SENDERS[self.repository.provider](commit, self.host.url, secret)
        address = f"/hooks/{self.repository.hook_key}/"
        return Client().post(address, body, content_type="application/json", headers=headers).status_code

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
