"""The cases of the break-in review, as a stranger or a member sends them. Only addresses and stored rows are named."""

import gc
import hashlib
import hmac
import json
import resource
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from projects.models import Project, Snapshot
from projects.models.repository import Delivery, Repository
from tests.cast import PASSWORD, bare_project

pytestmark = pytest.mark.django_db
# Seconds of processor time of this process for one request: another one reads the files.
OWN_SECONDS = 1.5
# Seconds of a transaction, on a machine that does much else.
LOCKED_SECONDS = 6.0
MB = 1024
_PROJECT = b"[project]\nname = 'a'\nversion = '1'\ndependencies = ['six']\n[x]\n"


def dotted_in_inline_table(size: int) -> bytes:
    return (
        b"[project]\nname = 'a'\nversion = '1'\ndependencies = ['six']\n[x]\nx = { " + b"a." * (size // 2) + b"b=1 }\n"
    )


def integer(size: int) -> bytes:
    return _PROJECT + b"y = " + b"9" * size + b"\n"


def aliases(number: int) -> bytes:
    return ("dependencies:\n  - &a pip: [six]\n" + "  - pip: &b [six]\n  - pip: [" + "*b," * number + "]\n").encode()


def aliases_of_one_list(number: int) -> bytes:
    return ("x: &a [" + "six," * 200 + "six]\ndependencies:\n" + "  - pip: *a\n" * number).encode()


def pins(number: int) -> bytes:
    return b"".join(b"package-%d==1.2.3\n" % each for each in range(number))


@pytest.fixture
def alice(client: Client) -> Client:
    client.force_login(User.objects.create_user("alice", password=PASSWORD))
    return client


def send(client: Client, name: str, content: bytes) -> Any:
    form = {"name": "Large", "target": "cp313-win_amd64", "uploads": SimpleUploadedFile(name, content)}
    return client.post("/projects/add/", form)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pyproject.toml", dotted_in_inline_table(280_000)),
        ("pyproject.toml", integer(4_000_000)),
        ("environment.yml", aliases(60_000)),
        ("environment.yml", aliases_of_one_list(16_000)),
        ("requirements.txt", pins(100_000)),
    ],
    ids=["280 KB of dotted keys", "4 MB integer", "60,000 aliases", "180 KB of one list", "100,000 pins"],
)
def test_a_costly_file_costs_the_page_little_time_and_memory_and_holds_no_lock(
    alice: Client, name: str, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked: list[float] = []
    # A test is a transaction itself: what a request begins within it is a savepoint.
    begin, end = connection.savepoint, connection.savepoint_commit
    starts: list[float] = []

    def savepoint() -> Any:
        starts.append(time.monotonic())
        return begin()

    def commit(sid: str) -> None:
        locked.append(time.monotonic() - starts.pop())
        end(sid)

    monkeypatch.setattr(connection, "savepoint", savepoint)
    monkeypatch.setattr(connection, "savepoint_commit", commit)
    gc.collect()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    answer = send(alice, name, content)
    assert time.process_time() - start < OWN_SECONDS
    assert answer.status_code in (302, 422)
    assert max(locked, default=0.0) < LOCKED_SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 250 * MB


def test_sixty_wrong_passwords_are_mostly_refused_unhashed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    hashed: list[str] = []
    encode: Callable[..., str] = PBKDF2PasswordHasher.encode

    def counted(self: PBKDF2PasswordHasher, password: str, salt: str, iterations: int | None = None) -> str:
        hashed.append(password)
        return encode(self, password, salt, 1)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counted)
    answers = [client.post("/sign-in/", {"username": f"a{n}", "password": "wrong"}) for n in range(60)]
    assert len(hashed) <= 10
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "line",
    ["--index-url https://robot:hunter2@i.example/simple\n", "pkg @ git+https://hunter2:x@git.example/a/pkg.git\n"],
)
def test_a_login_in_a_file_is_neither_stored_nor_exported(alice: Client, line: str) -> None:
    send(alice, "requirements.txt", f"{line}six\n".encode())
    stored = [bytes(file.content) for file in Snapshot.objects.get().files.all()]
    assert stored
    assert not any(b"hunter2" in content for content in stored)
    for page in ("/projects/large/", "/projects/large/export.json", "/projects/large/export.csv"):
        assert b"hunter2" not in alice.get(page).content


@pytest.fixture
def hook() -> Repository:
    project = bare_project("App", slug="app")
    return Repository.objects.create(project=project, clone_url="https://git.example/octo/app.git")


def push(client: Client, hook: Repository, secret: str, number: int, delivery: str) -> int:
    payload: dict[str, Any] = {
        "ref": "refs/heads/main",
        "before": "0" * 40,
        "after": f"{number:040x}",
        "created": False,
    }
    payload |= {"deleted": False, "forced": False, "commits": [], "head_commit": None, "pusher": {"name": "a"}}
    payload |= {"repository": {"id": 7, "full_name": "octo/app", "clone_url": "https://git.example/octo/app.git"}}
    body = json.dumps(payload).encode()
    headers = {"X-GitHub-Event": "push", "X-GitHub-Delivery": delivery}
    headers["X-Hub-Signature-256"] = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    address = f"/hooks/{hook.hook_key}/"
    return client.post(address, body, content_type="application/json", headers=headers).status_code


def test_the_same_signed_bytes_under_another_id_are_the_same_delivery(client: Client, hook: Repository) -> None:
    secret = hook.rotate_secret()
    assert [push(client, hook, secret, 1, f"d-{number}") for number in range(5)] == [202] * 5
    assert Delivery.objects.count() == 1


def test_many_pushes_to_a_branch_are_one_job(client: Client, hook: Repository) -> None:
    secret = hook.rotate_secret()
    # Each costs as much as the next; fifty deliveries are kept.
    for number in range(1, 121):
        assert push(client, hook, secret, number, f"d-{number}") == 202
    assert Delivery.objects.filter(state="pending").count() == 1


@pytest.mark.parametrize("number", [2**63, 10**30])
def test_a_number_beyond_those_of_the_database_is_not_found(alice: Client, number: int) -> None:
    send(alice, "requirements.txt", b"six\n")
    for page in ("login", "remove"):
        assert alice.post(f"/projects/large/indexes/{number}/{page}/").status_code == 404


@pytest.mark.parametrize("name", ["a\r\nBcc: x@y.example", "a\nb", "a\x00b", "a\u2028b", "a\u202eb"])
def test_a_name_of_several_lines_is_refused(alice: Client, name: str) -> None:
    alice.post("/projects/add/", {"name": name, "target": "cp313-win_amd64", "pasted": "six\n"})
    assert not any(char in project.name for project in Project.objects.all() for char in "\r\n\0\u2028\u202e")


@pytest.mark.parametrize(
    "branch", ["--upload-pack=touch /tmp/x", "a:b", "a\nb", "a..b", "a b", "-x", "refs/heads/a.lock"]
)
def test_what_git_allows_for_no_branch_is_refused(alice: Client, branch: str) -> None:
    send(alice, "requirements.txt", b"six\n")
    form = {"action": "add", "clone_url": "https://git.example/octo/app.git", "provider": "github", "paths": ""}
    alice.post("/projects/large/repository/", form | {"branch": branch})
    assert not Repository.objects.exists()
    alice.post("/projects/large/repository/", form | {"branch": "release/1.x"})
    assert Repository.objects.get().branch == "release/1.x"
