"""Every page takes as many queries for 50 projects as for one, and for 500 packages as for one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.verdicts import Verdict
from projects.domain.permissions import Role
from projects.models import Membership, Project
from tests.cast import (
    LINUX_313,
    LINUX_314,
    TARGETS,
    Cast,
    add_member,
    assess_as,
    make_package,
    make_project,
    usual_rows,
)

PROJECT = "/projects/practice-api/"
TEAM = "/teams/practice-api/"
# Pages that grow with the number of projects. The last is a package that all of them use.
FOR_PROJECTS = (
    *("/", "/?q=project", "/?state=blocked", "/export.csv", "/export.json?state=upgrade"),
    *("/ecosystem/", "/teams/", TEAM, f"{TEAM}policy/", f"{TEAM}log/", f"{TEAM}endpoints/"),
    *("/alerts/", "/find/?q=project", "/help/", "/account/", "/account/keys/", "/operator/", "/operator/log/"),
    *("/packages/", "/packages/?sort=name", "/packages/?sort=way", "/packages/pyyaml/"),
)
# Pages that grow with the packages of a project.
FOR_PACKAGES = (
    *("/", "/packages/", "/find/?q=a", "/ecosystem/", "/alerts/", "/operator/"),
    *(PROJECT, f"{PROJECT}?target={LINUX_314}&state=ready", f"{PROJECT}export.csv", f"{PROJECT}export.json"),
    *(f"{PROJECT}when/{LINUX_314}/", f"{PROJECT}graph/{LINUX_314}/?all=1", f"{PROJECT}upgrade/{LINUX_313}/"),
    *(f"{PROJECT}report/{LINUX_314}/", f"{PROJECT}decide/{LINUX_314}/", f"{PROJECT}move/{LINUX_314}/"),
    *(f"{PROJECT}cells/{LINUX_314}/package-0/", f"{PROJECT}snapshots/", f"{PROJECT}waivers/"),
    *(f"{PROJECT}known-breaks/", f"{PROJECT}indexes/", f"{PROJECT}badges/", f"{PROJECT}targets/", f"{PROJECT}audit/"),
)
_VERDICTS = (Verdict.BLOCKED, Verdict.UPGRADE, Verdict.READY, Verdict.DEGRADED, Verdict.HELD_BACK)


def counts(client: Client, paths: Sequence[str]) -> dict[str, int]:
    """The number of queries of each page."""
    found = {}
    for path in paths:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200, path
        found[path] = len(captured)
    return found


def packages(number: int) -> list[PackageResult]:
    """So many packages with all kinds of verdicts, the first of them blocked.

    Each has a file: what was read of wheels is asked for only where there is one.
    """
    return [
        make_package(f"package-{at}", verdict, file=f"package_{at}-1.0-py3-none-any.whl")
        for at, verdict in zip(range(number), cycle(_VERDICTS), strict=False)
    ]


def test_fifty_projects_cost_as_many_queries_as_one(alice: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(is_staff=True)
    Membership.objects.filter(user=cast.alice).update(role=Role.OWNER)
    # What processes keep is filled by the first reading.
    counts(alice, FOR_PROJECTS)
    one = counts(alice, FOR_PROJECTS)
    for number in range(49):
        project = make_project(f"project-{number}", TARGETS)
        add_member(project, cast.alice, Role.OWNER)
        if number % 2:
            # Half of them are the team's own, as its pages list them.
            Project.objects.filter(pk=project.pk).update(team=cast.project.team)
        assess_as(project, usual_rows())
    assert counts(alice, FOR_PROJECTS) == one


def test_five_hundred_packages_cost_as_many_queries_as_one(alice: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(is_staff=True)
    assess_as(cast.project, dict.fromkeys(TARGETS, packages(1)))
    # What processes keep is filled by the first reading.
    counts(alice, FOR_PACKAGES)
    one = counts(alice, FOR_PACKAGES)
    assess_as(cast.project, dict.fromkeys(TARGETS, packages(500)))
    assert counts(alice, FOR_PACKAGES) == one
