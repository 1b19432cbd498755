"""An index beside another that fails, refuses the login or cannot be asked."""

import pytest
from pytest_django.fixtures import Settings

from projects.models import Assessment, AssessmentState, IndexRole, Project
from projects.services.indexes import add_index
from scanner.models import Package, Release
from tests.projects.services.several_indexes.answers import answer, poll_all
from tests.replay import ReplayIndex, a_file, faults

pytestmark = pytest.mark.django_db(transaction=True)


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
