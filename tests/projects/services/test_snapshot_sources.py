"""Several repositories of one project: each push brings the files of its repository, and those of the others stay."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User

from projects.models import Origin, Project, PushReport, Repository, Snapshot
from projects.services.push_reports import plan_reports, push_facts
from projects.services.snapshot_sources import JoinedSnapshot, OthersChanged, PushedFiles
from projects.services.snapshots import NothingToRead, take_snapshot
from projects.services.webhooks.stop_following import stop_following
from tests.cast import assess_as, make_package, make_project

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 28, tzinfo=UTC)
WINDOWS = "cp313-win_amd64"
LOGIN = b"--extra-index-url https://me:s3cret@index.example/simple\n"


@pytest.fixture
def project() -> Project:
    return make_project("app", [WINDOWS])


@pytest.fixture
def api(project: Project) -> Repository:
    return _repository(project, "https://host.example/octo/api.git")


@pytest.fixture
def worker(project: Project) -> Repository:
    return _repository(project, "git@host.example:octo/worker.git")


def _repository(project: Project, url: str) -> Repository:
    return Repository.objects.create(project=project, clone_url=url, reports_pushes=True)


def push(repository: Repository, text: bytes, commit: str = "a" * 40) -> Snapshot:
    joined = JoinedSnapshot.of(PushedFiles(repository, {"requirements.txt": text}, ["requirements.txt"], commit))
    Repository.objects.filter(pk=repository.pk).update(last_commit=commit)
    return joined.store(repository, origin=Origin.PUSH, commit=commit)


def files(snapshot: Snapshot) -> dict[str, bytes]:
    return {file.path: bytes(file.content) for file in snapshot.files.all()}


def asked(snapshot: Snapshot) -> list[tuple[str, str]]:
    return list(snapshot.requirements.values_list("name", "source"))


def test_the_files_of_a_single_repository_keep_their_paths(api: Repository) -> None:
    snapshot = push(api, b"six\n")
    assert files(snapshot) == {"requirements.txt": b"six\n"}
    assert list(snapshot.sources.values_list("name", "folder", "is_new")) == [("api", "", True)]


def test_a_push_replaces_the_files_of_its_repository_and_no_others(api: Repository, worker: Repository) -> None:
    push(api, b"six\n")
    push(worker, LOGIN + b"attrs\n", "b" * 40)
    snapshot = push(api, b"idna\n", "c" * 40)
    assert asked(snapshot) == [("idna", "api/requirements.txt"), ("attrs", "worker/requirements.txt")]
    assert list(snapshot.sources.order_by("pk").values_list("folder", "commit", "is_new")) == [
        ("api", "c" * 40, True),
        ("worker", "b" * 40, False),
    ]
    # The login is neither lost nor stored in the open.
    assert b"s3cret" not in files(snapshot)["worker/requirements.txt"]
    assert "s3cret" in snapshot.logins.reveal()


def test_files_given_by_hand_are_judged_alone_until_the_next_push(
    project: Project, api: Repository, worker: Repository
) -> None:
    push(api, b"six\n")
    push(worker, b"attrs\n")
    by_hand = take_snapshot(project, {"requirements.txt": b"flask\n"}, ["requirements.txt"], origin=Origin.PASTE)
    assert (asked(by_hand), by_hand.sources.count()) == ([("flask", "requirements.txt")], 0)
    assert [name for name, _ in asked(push(api, b"idna\n"))] == ["idna", "attrs"]


def test_a_push_that_asks_for_nothing_is_refused_whatever_the_others_ask_for(
    api: Repository, worker: Repository
) -> None:
    push(api, b"six\n")
    with pytest.raises(NothingToRead) as refused:
        push(worker, b"# nothing\n")
    assert [problem.path for problem in refused.value.problems] == ["requirements.txt"]
    assert Snapshot.objects.count() == 1


def test_what_another_repository_pushed_meanwhile_is_not_lost(api: Repository, worker: Repository) -> None:
    push(worker, b"attrs\n")
    late = JoinedSnapshot.of(PushedFiles(api, {"requirements.txt": b"six\n"}, ["requirements.txt"]))
    push(worker, b"flask\n")
    with pytest.raises(OthersChanged):
        late.store(api, origin=Origin.PUSH)


def test_the_files_of_a_repository_go_with_it_and_those_of_the_last_one_stay(
    project: Project, api: Repository, worker: Repository
) -> None:
    alice = User.objects.create_user("alice")
    push(api, b"six\n")
    push(worker, b"attrs\n", "b" * 40)
    assert stop_following(api, alice)
    newest = Snapshot.objects.latest("pk")
    assert (newest.origin, asked(newest)) == (Origin.UNLINK, [("attrs", "requirements.txt")])
    assert not stop_following(worker, alice)
    assert asked(Snapshot.objects.latest("pk")) == [("attrs", "requirements.txt")]
    other = _repository(project, "https://host.example/octo/other.git")
    assert asked(push(other, b"idna\n")) == [("idna", "requirements.txt")]


def test_a_push_is_reported_on_its_own_repository(project: Project, api: Repository, worker: Repository) -> None:
    _assessed(project, push(api, b"six\n"))
    second = push(worker, b"attrs\n", "b" * 40)
    _assessed(project, second)
    (only,) = (PushReport.objects.get(pk=pk) for pk in plan_reports(second.pk, NOW))
    assert (only.repository, only.commit) == (worker, "b" * 40)
    facts = push_facts(only)
    assert facts is not None
    assert [(one.name, one.commit, one.is_new) for one in facts.beside] == [("api", "a" * 40, False)]


def test_pushes_that_are_judged_together_are_both_reported(
    project: Project, api: Repository, worker: Repository
) -> None:
    _assessed(project, push(api, b"six\n"))
    push(api, b"idna\n", "c" * 40)
    second = push(worker, b"attrs\n", "b" * 40)
    _assessed(project, second)
    reports = PushReport.objects.filter(pk__in=plan_reports(second.pk, NOW)).order_by("repository")
    assert [one.commit for one in reports] == ["c" * 40, "b" * 40]
    facts = push_facts(reports[0])
    assert facts is not None
    assert [(one.name, one.is_new) for one in facts.beside] == [("worker", True)]


def _assessed(project: Project, snapshot: Snapshot) -> None:
    assess_as(project, {WINDOWS: [make_package("six")]}, snapshot=snapshot)
