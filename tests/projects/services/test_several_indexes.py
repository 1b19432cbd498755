"""A project's answer from a private index with a login beside the installation's, both real servers."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from projects.models import Assessment, AssessmentState, IndexRole, Origin, Project, ProjectTarget, Snapshot
from projects.presentation.formats.schema import assessment_document
from projects.presentation.report.rendering import render_markdown
from projects.services.assessments.run import assess_snapshot
from projects.services.assessments.stale import stale_snapshots
from projects.services.assessments.stored_documents import stored_record
from projects.services.indexes import add_index, ask_missing_again, indexes_of, remove_index
from projects.services.reports import stored_report
from projects.services.snapshots import take_snapshot
from scanner.models import Index, Package, Release
from scanner.services.polling.schedule import poll_batch
from tests.cast import bare_project
from tests.replay import ReplayIndex, a_file, faults

pytestmark = pytest.mark.django_db(transaction=True)

WINDOWS = "cp313-win_amd64"
NATIVE = "cp313-cp313-win_amd64"
LOGIN = "robot:s3cret"


@pytest.fixture(autouse=True)
def requested(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The snapshots that were handed to a worker; they are assessed by hand here."""
    asked: list[int] = []
    monkeypatch.setattr("projects.jobs.request_assessment", asked.append)
    return asked


@pytest.fixture
def public(settings: Settings) -> Iterator[ReplayIndex]:
    with ReplayIndex(recorded=False) as index:
        settings.WHEELWAY_INDEX_URL = index.url
        yield index


@pytest.fixture
def private(public: ReplayIndex, settings: Settings) -> Iterator[ReplayIndex]:
    settings.WHEELWAY_ALLOW_PRIVATE_HOSTS = ["127.0.0.1"]
    with ReplayIndex(recorded=False, login=LOGIN) as index:
        index.style.serials = False
        yield index


@pytest.fixture
def project(private: ReplayIndex) -> Project:
    project = bare_project("practice")
    ProjectTarget.objects.create(project=project, slug=WINDOWS, position=0)
    add_index(project, private.url_with_login, IndexRole.EXTRA)
    return project


def answer(project: Project, text: str = "") -> dict[str, Any]:
    """Assess the project (with this requirements file, or again), and what is stored then: rows by name beside it."""
    if text:
        take_snapshot(project, {"requirements.txt": text.encode()}, ["requirements.txt"], origin=Origin.PASTE)
    assess_snapshot(Snapshot.objects.filter(project=project).latest("pk").pk, timezone.now())
    record = stored_record(project)
    assert record is not None
    document = assessment_document(record)
    (entry,) = document["assessments"]
    return {**entry, "index": document["index"], "rows": {row["name"]: row for row in entry["packages"]}}


def poll_all(*names: str) -> None:
    """A round of polling, as the schedule does it."""
    Package.objects.filter(name__in=names).update(due_at=timezone.now())
    poll_batch(list(Package.objects.filter(name__in=names).values_list("pk", flat=True)), seconds=60)


def test_a_private_package_resolves_with_its_public_dependencies(
    project: Project, public: ReplayIndex, private: ReplayIndex
) -> None:
    private.add_package("ours", [a_file(f"ours-1.0-{NATIVE}.whl", requires_dist=["theirs>=2"])])
    public.add_package("theirs", [a_file(f"theirs-{v}-py3-none-any.whl", requires_dist=[]) for v in ("1.0", "2.0")])
    found = answer(project, "ours==1.0\n")
    assert found["verdict"] == "go"
    assert {name: row["version"] for name, row in found["rows"].items()} == {"ours": "1.0", "theirs": "2.0"}
    assert found["index"] == {"url": public.url, "extra_urls": [private.url], "confusions": []}
    assert all("authorization" not in seen.headers for seen in public.requests)
    assert not [seen for seen in private.requests if seen.path.endswith(".metadata") and "theirs" in seen.path]
    assert not [seen for seen in public.requests if seen.path.endswith(".metadata") and "ours" in seen.path]
    rests_on = {
        (link.package.name, link.package.index.url) for link in project.packages.select_related("package__index")
    }
    assert rests_on == {(name, url) for name in ("ours", "theirs") for url in (public.url, private.url)}


def test_the_best_version_of_all_indexes_wins(project: Project, public: ReplayIndex, private: ReplayIndex) -> None:
    for index, versions in ((public, ("1.0", "3.0")), (private, ("2.0",))):
        index.add_package("both", [a_file(f"both-{v}-py3-none-any.whl", requires_dist=[]) for v in versions])
    assert answer(project, "both\n")["rows"]["both"]["version"] == "3.0"
    assert answer(project, "both<3\n")["rows"]["both"]["version"] == "2.0"


def test_the_files_of_one_version_on_two_indexes_count_together(
    project: Project, public: ReplayIndex, private: ReplayIndex
) -> None:
    public.add_package("both", [a_file("both-1.0-cp313-cp313-manylinux_2_28_x86_64.whl", requires_dist=[])])
    private.add_package("both", [a_file(f"both-1.0-{NATIVE}.whl", requires_dist=["needed"])])
    public.add_package("needed", [a_file("needed-1.0-py3-none-any.whl", requires_dist=[])])
    found = answer(project, "both==1.0\n")
    row = found["rows"]["both"]
    assert (row["availability"], row["file"]) == ("native", f"both-1.0-{NATIVE}.whl")
    # Its metadata is that of the file that installs here.
    assert "needed" in found["rows"]


def test_of_the_same_file_pip_takes_the_last_index_and_a_yank_counts_where_it_stands(
    project: Project, public: ReplayIndex, private: ReplayIndex
) -> None:
    file = "same-1.0-py3-none-any.whl"
    public.add_package("same", [a_file(file, requires_dist=["first"], yanked=True)])
    private.add_package("same", [a_file(file, requires_dist=["last"])])
    for name in ("first", "last"):
        public.add_package(name, [a_file(f"{name}-1.0-py3-none-any.whl", requires_dist=[])])
    found = answer(project, "same\n")
    assert set(found["rows"]) == {"same", "last"}
    assert found["rows"]["same"]["yanked"] is False
    private.yank("same", "1.0")
    poll_all("same")
    assert answer(project)["rows"]["same"]["verdict"] == "blocked"


def test_a_name_of_which_one_index_has_said_nothing_is_unknown_and_the_row_names_that_index(
    project: Project, public: ReplayIndex, private: ReplayIndex
) -> None:
    public.add_package("fine", [a_file("fine-1.0-py3-none-any.whl", requires_dist=[])])
    private.fail(faults.Status(500), "/simple/fine/")
    found = answer(project, "fine==1.0\n")
    row = found["rows"]["fine"]
    assert (found["verdict"], row["verdict"], row["version"]) == ("unknown", "unknown", "1.0")
    assert row["reason"] == f"not polled yet: {private.url}/fine did not answer: status 500"
    assert Assessment.objects.get().state == AssessmentState.PARTIAL
    assert Assessment.objects.get().missing == ["fine"]
    private.clear_faults()
    poll_all("fine")
    assert answer(project)["rows"]["fine"]["verdict"] == "ready"


def test_of_a_private_index_that_answers_for_none_not_every_name_is_tried(
    project: Project, public: ReplayIndex, private: ReplayIndex, settings: Settings
) -> None:
    settings.WHEELWAY_INDEX_CONNECTIONS = 2
    names = [f"name-{letter}" for letter in "abcde"]
    for name in names:
        public.add_package(name, [a_file(f"{name.replace('-', '_')}-1.0-py3-none-any.whl", requires_dist=[])])
    private.fail(faults.Status(500))
    found = answer(project, "".join(f"{name}\n" for name in names))
    assert len(private.requests) == 2
    assert {row["verdict"] for row in found["rows"].values()} == {"unknown"}
    assert all(private.url in row["reason"] for row in found["rows"].values())
    private.clear_faults()
    poll_all(*names)
    assert answer(project)["verdict"] == "go"


def test_an_index_that_is_down_leaves_what_it_has_told_before(
    project: Project, public: ReplayIndex, private: ReplayIndex
) -> None:
    private.add_package("ours", [a_file("ours-1.0-py3-none-any.whl", requires_dist=[])])
    assert answer(project, "ours\n")["verdict"] == "go"
    checked = Package.objects.get(name="ours", index__url=private.url).checked_at
    private.fail(faults.Status(500))
    poll_all("ours")
    assert answer(project)["verdict"] == "go"
    assert Package.objects.get(name="ours", index__url=private.url).checked_at == checked


def test_a_refused_login_is_told_with_the_index_and_never_with_the_login(
    project: Project, public: ReplayIndex, private: ReplayIndex, caplog: pytest.LogCaptureFixture
) -> None:
    private.add_package("ours", [a_file("ours-1.0-py3-none-any.whl", requires_dist=[])])
    add_index(project, private.url.replace("://", "://robot:wr0ng@"), IndexRole.EXTRA)
    found = answer(project, "ours\n")
    assert found["rows"]["ours"]["reason"] == f"not polled yet: {private.url}/ours refused the request: status 401"
    stored = str(list(Package.objects.values_list("last_error", "due_reason"))) + str(found)
    assert "wr0ng" not in stored + caplog.text
    add_index(project, private.url_with_login, IndexRole.EXTRA)
    assert answer(project)["rows"]["ours"]["verdict"] == "ready"
    assert "s3cret" not in caplog.text


def test_a_login_whose_key_is_gone_leaves_its_index_unasked_and_says_so(
    project: Project, public: ReplayIndex, private: ReplayIndex, settings: Settings
) -> None:
    settings.SECRET_KEY = "another-key-than-the-one-it-was-sealed-with"
    settings.SECRET_KEY_FALLBACKS = []
    found = answer(project, "ours\n")
    assert found["rows"]["ours"]["verdict"] == "unknown"
    assert f"{private.url} cannot be asked: its address or its login cannot be used" in found["rows"]["ours"]["reason"]
    assert not private.requests


def test_an_event_on_a_private_index_makes_the_answer_stale(
    project: Project, public: ReplayIndex, private: ReplayIndex
) -> None:
    private.add_package("ours", [a_file("ours-1.0-py3-none-any.whl", requires_dist=[])])
    answer(project, "ours\n")
    assert stale_snapshots(timezone.now()) == []
    private.add_files("ours", [a_file("ours-1.1-py3-none-any.whl", requires_dist=[])])
    poll_all("ours")
    assert stale_snapshots(timezone.now()) == [project.snapshots.get().pk]
    assert answer(project)["rows"]["ours"]["version"] == "1.1"


@pytest.mark.parametrize(
    ("theirs", "installs", "said"),
    [
        ("9.0", "public", "pip would install 9.0 from {public}; not the private one"),
        ("0.1", "private", "pip would install 1.0 from {private}; a higher version on {public} would be installed"),
    ],
)
def test_a_private_name_on_the_public_index_too_is_told_whichever_wins(
    project: Project, public: ReplayIndex, private: ReplayIndex, theirs: str, installs: str, said: str
) -> None:
    private.add_package("ours", [a_file("ours-1.0-py3-none-any.whl", requires_dist=[])])
    public.add_package("ours", [a_file(f"ours-{theirs}-py3-none-any.whl", requires_dist=[])])
    found = answer(project, "ours\n")
    (confusion,) = found["index"]["confusions"]
    urls = {"public": public.url, "private": private.url}
    assert confusion["name"] == "ours"
    assert [(place["url"], place["private"], place["version"]) for place in confusion["places"]] == [
        (public.url, False, theirs),
        (private.url, True, "1.0"),
    ]
    assert confusion["installs"]["url"] == urls[installs]
    assert said.format(**urls) in confusion["message"]
    assert found["rows"]["ours"]["version"] == confusion["installs"]["version"]


def test_a_name_that_comes_up_on_the_public_index_later_is_a_change_of_the_answer(
    project: Project, public: ReplayIndex, private: ReplayIndex
) -> None:
    private.add_package("ours", [a_file("ours-1.0-py3-none-any.whl", requires_dist=[])])
    assert answer(project, "ours\n")["index"]["confusions"] == []
    public.add_package("ours", [a_file("ours-0.1-py3-none-any.whl", requires_dist=[])])
    poll_all("ours")
    assert stale_snapshots(timezone.now())
    assert [one["name"] for one in answer(project)["index"]["confusions"]] == ["ours"]
    assert Assessment.objects.count() == 2


def test_a_mirror_of_the_same_files_confuses_nobody(
    project: Project, public: ReplayIndex, private: ReplayIndex
) -> None:
    files = [f"copied-{version}-py3-none-any.whl" for version in ("1.0", "2.0")]
    public.add_package("copied", [a_file(file, requires_dist=[]) for file in files])
    private.add_package("copied", [a_file(files[0], requires_dist=[])])
    assert answer(project, "copied\n")["index"]["confusions"] == []
    private.add_files("copied", [a_file("copied-1.5-py3-none-any.whl", requires_dist=[])])
    poll_all("copied")
    assert [one["name"] for one in answer(project)["index"]["confusions"]] == ["copied"]


def test_naming_and_removing_an_index_has_the_project_assessed_again(
    project: Project, public: ReplayIndex, private: ReplayIndex, requested: list[int]
) -> None:
    private.add_package("ours", [a_file("ours-1.0-py3-none-any.whl", requires_dist=[])])
    answer(project, "ours\n")
    snapshot = project.snapshots.get().pk
    requested.clear()
    extra = Index.objects.get(url=private.url)
    remove_index(project, extra.pk)
    # Asked for at once, and found by the schedule where the queue has lost it.
    assert requested == stale_snapshots(timezone.now()) == [snapshot]
    found = answer(project)
    assert found["rows"]["ours"]["availability"] == "absent"
    assert found["index"] == {"url": public.url}
    assert not Index.objects.filter(url=private.url).exists()
    assert stale_snapshots(timezone.now()) == []
    add_index(project, private.url_with_login, IndexRole.PRIMARY)
    assert requested == [snapshot, snapshot]
    assert stale_snapshots(timezone.now()) == [snapshot]
    assert answer(project)["rows"]["ours"]["verdict"] == "ready"


def test_the_installations_index_beside_a_primary_one_is_the_one_that_everybody_shares(
    project: Project, public: ReplayIndex, private: ReplayIndex
) -> None:
    add_index(project, private.url_with_login, IndexRole.PRIMARY)
    assert [index.url for index in indexes_of(project)] == [private.url]
    add_index(project, f"{public.url}/", IndexRole.EXTRA)
    assert [index.url for index in indexes_of(project)] == [private.url, public.url]
    assert Index.objects.filter(url=public.url).count() == 1
    private.add_package("ours", [a_file("ours-1.0-py3-none-any.whl", requires_dist=[])])
    assert answer(project, "ours\n")["verdict"] == "go"
    assert stale_snapshots(timezone.now()) == []


@pytest.mark.parametrize(("on_public", "open_for_ever"), [(True, False), (False, True)])
def test_whether_a_release_stays_open_follows_the_index_that_has_it(
    project: Project, public: ReplayIndex, private: ReplayIndex, on_public: bool, open_for_ever: bool
) -> None:
    has_it = public if on_public else private
    other = a_file(
        "late-1.0-cp312-cp312-win_amd64.whl", requires_dist=[], uploaded_at=timezone.now() - timedelta(days=60)
    )
    has_it.add_package("late", [other])
    advice = answer(project, "late\n")["rows"]["late"]["advice"]
    assert ("may still get wheels" in advice) is open_for_ever


def test_a_name_that_is_missing_on_one_of_several_indexes_is_not_asked_for_there_with_every_assessment(
    project: Project, public: ReplayIndex, private: ReplayIndex
) -> None:
    public.add_package("theirs", [a_file("theirs-1.0-py3-none-any.whl", requires_dist=[])])
    answer(project, "theirs\n")
    absent = Package.objects.get(name="theirs", index__url=private.url)
    hour_ago = timezone.now() - timedelta(hours=1)
    Package.objects.filter(pk=absent.pk).update(checked_at=hour_ago)
    answer(project)
    assert Package.objects.get(pk=absent.pk).due_at is None
    Package.objects.filter(pk=absent.pk).update(checked_at=hour_ago - timedelta(days=1))
    # Once a day it is, with or without an assessment: the name may come up there.
    assert ask_missing_again(timezone.now()) == 1
    assert Package.objects.get(pk=absent.pk).due_at is not None
    assert ask_missing_again(timezone.now()) == 0
    Package.objects.filter(pk=absent.pk).update(due_at=None)
    answer(project)
    assert Package.objects.get(pk=absent.pk).due_at is not None


def test_metadata_that_the_last_index_cannot_give_comes_from_another_one(
    project: Project, public: ReplayIndex, private: ReplayIndex
) -> None:
    file = "same-1.0-py3-none-any.whl"
    public.add_package("same", [a_file(file, requires_dist=["needed"])])
    public.add_package("needed", [a_file("needed-1.0-py3-none-any.whl", requires_dist=[])])
    private.add_package("same", [a_file(file, requires_dist=[])])
    private.fail(faults.Status(404), "/files/*")
    found = answer(project, "same\n")
    assert set(found["rows"]) == {"same", "needed"}
    assert Release.objects.exclude(metadata_error="").get().package.index.url == private.url


def test_the_report_names_all_indexes_their_confusions_and_which_releases_never_close(
    project: Project, public: ReplayIndex, private: ReplayIndex
) -> None:
    private.add_package("ours", [a_file("ours-1.0-py3-none-any.whl", requires_dist=["theirs"])])
    public.add_package("ours", [a_file("ours-0.1-py3-none-any.whl", requires_dist=[])])
    public.add_package("theirs", [a_file("theirs-1.0-py3-none-any.whl", requires_dist=[])])
    answer(project, "ours\n")
    report = stored_report(project, WINDOWS, timezone.now())
    assert report is not None
    assert (report.index, report.extra_indexes) == (public.url, (private.url,))
    assert any("ours is on several indexes" in finding for finding in report.findings)
    assert {one.name: one.file for one in report.evidence} == {
        name: f"{name}-1.0-py3-none-any.whl" for name in ("ours", "theirs")
    }
    (still_open,) = [line for line in report.valid if "may still get files" in line]
    assert "ours 1.0 (at any time: its index closes no release)" in still_open
    assert "theirs" not in still_open
    assert f"against {public.url} and {private.url}, from" in render_markdown(report)
