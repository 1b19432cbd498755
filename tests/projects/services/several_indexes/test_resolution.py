"""The releases that a project gets from a private index with a login beside the installation's, both real servers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from projects.models import Project
from tests.projects.services.several_indexes.answers import NATIVE, answer, poll_all
from tests.replay import ReplayIndex, a_file

pytestmark = pytest.mark.django_db(transaction=True)


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
