"""A push, whole: the source at its commit is fetched by git, audited against the assessed set, and shown."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.utils import timezone

from projects.domain.permissions import Role
from projects.models import Membership, Snapshot, SnapshotSource, SourceAudit
from projects.services.audit.pushed_source import audit_pushed_source
from tests.flows.installation import WINDOWS, Installation
from tests.hosting.git_server import git
from tests.replay import ReplayIndex, a_file
from tests.web import text

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {
    "requirements.txt": "flask\n",
    "Dockerfile": "FROM python:3.11-slim\n",
    ".python-version": "3.12\n",
    "app/main.py": "import flask\nimport cgi\n",
    "vendor/other.py": "import not_ours\n",
    "tests/data/input.py": "print 'not read'\n",
}


@pytest.fixture
def replay(settings: Any) -> Iterator[ReplayIndex]:
    index = ReplayIndex()
    for name, module in (("flask", "flask"), ("beautifulsoup4", "bs4")):
        index.add_package(name, [a_file(f"{name}-1.0-py3-none-any.whl", members={f"{module}/__init__.py": b""})])
    with index:
        settings.WHEELWAY_INDEX_URL = index.url
        yield index


def push(installed: Installation, files: Mapping[str, str | bytes | None]) -> str:
    """Push, do the workers' work, and return the page of the audit as text."""
    assert installed.push(installed.host.commit(files)) == 202
    installed.work()
    newest = Snapshot.objects.latest("pk")
    assert audit_pushed_source(newest.pk, timezone.now())
    return text(installed.client.get("/projects/app/audit/").content)


def wheel_requests(installed: Installation) -> int:
    """Return how often flask's wheel was asked for."""
    return sum(seen.path.endswith("flask-1.0-py3-none-any.whl") for seen in installed.replay.requests)


def test_a_push_shows_what_its_source_imports_and_which_python_its_files_name(installed: Installation) -> None:
    page = push(installed, {**FILES})
    found = {(one["kind"], one["subject"]) for one in SourceAudit.objects.get().findings}
    assert found == {("removed-module", "cgi")}
    assert "app/main.py:2" in page
    assert "runs another Python than" in page
    assert "from Dockerfile line 1 (python:3.11-slim)" in page
    assert "This push imports" not in page
    fetched = wheel_requests(installed)
    assert fetched > 0
    page = push(installed, {"app/more.py": "import bs4\n"})
    assert wheel_requests(installed) == fetched
    assert "This push imports bs4, which nothing provides." in page
    assert "beautifulsoup4 1.0 brings a module of that name" in page
    project = text(installed.client.get("/projects/app/").content)
    assert "This push imports bs4, which nothing provides. 2 findings above low and 1 contradiction between" in project
    assert "source bs4 is imported, and no package of the set brings it. app/more.py:1" in project


def test_what_the_plan_takes_away_is_found(installed: Installation, replay: ReplayIndex) -> None:
    old = a_file(
        "fast-1.0-cp311-cp311-win_amd64.whl", members={"fast/__init__.py": b""}, requires_dist=["beautifulsoup4"]
    )
    new = a_file("fast-2.0-cp313-cp313-win_amd64.whl", members={"fast/__init__.py": b""})
    replay.add_package("fast", [old, new])
    page = push(installed, {"requirements.txt": "fast==1.0\n", "app.py": "import fast\nimport bs4\n"})
    assert "bs4 is imported, which beautifulsoup4 1.0 brings now; no package of the planned set does" in page


def test_a_host_that_fails_leaves_its_reason(installed: Installation) -> None:
    installed.push(installed.host.commit({**FILES}))
    installed.work()
    installed.host.fail_with = 503
    assert audit_pushed_source(Snapshot.objects.latest("pk").pk, timezone.now())
    page = text(installed.client.get("/projects/app/audit/").content)
    assert "The source could not be read: 127.0.0.1 does not answer" in page


def test_what_was_not_pushed_has_no_source(installed: Installation) -> None:
    installed.push(installed.host.commit({**FILES}))
    installed.work()
    SnapshotSource.objects.all().delete()
    assert not audit_pushed_source(Snapshot.objects.latest("pk").pk, timezone.now())
    assert not SourceAudit.objects.exists()


def test_the_move_page_gives_patches_of_what_is_chosen(installed: Installation) -> None:
    files = {**FILES, "Dockerfile": "# kept\n" * 9 + "FROM python:3.11-slim\n" + "RUN make\n" * 9}
    push(installed, files)
    page = f"/projects/app/move/{WINDOWS}/"
    shown = text(installed.client.get(page).content)
    assert "Dockerfile:10 python:3.11-slim → python:3.13-slim" in shown
    assert "this is the Python that runs" in shown
    work = installed.host.work
    git(work, "apply", stdin=installed.client.get(f"{page}patch/").content)
    assert git(work, "diff", "--name-only").splitlines() == [".python-version", "Dockerfile"]
    git(work, "apply", stdin=installed.client.get(f"{page}reverse/").content)
    assert not git(work, "diff")
    part = "?chosen=1&take=Dockerfile:10&take=nothing-that-there-is"
    shown = installed.client.get(page + part).content.decode()
    assert "?chosen=1&amp;take=Dockerfile%3A10" in shown
    git(work, "apply", stdin=installed.client.get(f"{page}patch/{part}").content)
    assert git(work, "diff", "--name-only") == "Dockerfile"
    assert installed.client.get(f"{page}patch/?chosen=1").status_code == 404
    sheet = text(installed.client.get(f"/projects/app/decide/{WINDOWS}/").content)
    assert "The move to Python 3.13 on Windows x64 needs no other version of any package." in sheet
    assert "2 places of the Python, by the patch, 1 finding in the source" in sheet
    assert "cgi is imported, which Python 3.13 removed." in sheet


def test_a_target_that_the_files_run_on_is_added_by_a_button(installed: Installation) -> None:
    Membership.objects.update(role=Role.MEMBER)
    page = push(installed, {**FILES})
    assert "Add as present target" in page
    slug = "cp311-manylinux_2_41_x86_64"
    installed.client.post("/projects/app/targets/add/", {"target": slug})
    assert list(installed.project.targets.values_list("slug", flat=True)) == [WINDOWS, slug]
    assert f'value="{slug}"' not in installed.client.get("/projects/app/audit/").content.decode()
    assert installed.client.post("/projects/app/targets/add/", {"target": "cp2-any"}).status_code == 404
