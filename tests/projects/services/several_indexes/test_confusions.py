"""A name on a private index and on the public one: which one pip would install, and who is told."""

import pytest
from django.utils import timezone

from projects.models import Assessment, Project
from projects.presentation.report.rendering import render_markdown
from projects.services.assessments.stale import stale_snapshots
from projects.services.reports import stored_report
from tests.projects.services.several_indexes.answers import WINDOWS, answer, poll_all
from tests.replay import ReplayIndex, a_file

pytestmark = pytest.mark.django_db(transaction=True)


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
