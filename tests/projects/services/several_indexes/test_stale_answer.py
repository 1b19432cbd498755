"""What has a project with several indexes assessed again, and its names asked for."""

from datetime import timedelta

import pytest
from django.utils import timezone

from projects.models import IndexRole, Project
from projects.services.assessments.stale import stale_snapshots
from projects.services.indexes import add_index, ask_missing_again, indexes_of, remove_index
from scanner.models import Index, Package
from tests.projects.services.several_indexes.answers import answer, poll_all
from tests.replay import ReplayIndex, a_file

pytestmark = pytest.mark.django_db(transaction=True)


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
