"""What `benchmarks.pages` looks at: fills the database that the environment names, prints what to ask for as JSON.

`python -m benchmarks.pages_fill TIMES`: a large project (200 packages on 12 targets), nine smaller ones of the same
viewer, a portfolio of 50 projects of a team lead (as large as PORTFOLIO says, on 6 targets), and TIMES: 100 projects
of others (20 packages on 4 targets), 4 assessments of each of the viewer's and 1 of each of the lead's, 2,000 packages.
"""

import json
import random
import sys
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

TARGETS = tuple(
    f"cp3{minor}-{platform}"
    for platform in ("manylinux_2_28_x86_64", "musllinux_1_2_x86_64", "macosx_14_0_arm64", "win_amd64")
    for minor in (13, 14, 15)
)
LARGE, SMALL = 200, 20
MINE = 10
# Packages in the sets of ten public projects, from a small tool to a compiled file.
PORTFOLIO = (9, 14, 20, 27, 31, 45, 65, 92, 148, 183)
Rows = dict[str, list[Any]]


def main(arguments: Sequence[str]) -> int:
    """Migrate and fill."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(fill(int(arguments[0]))))
    return 0


def fill(times: int) -> dict[str, Any]:
    """Sessions of the viewer and of one who sees all, the projects, and what the large one's table must say."""
    from django.contrib.auth.models import User
    from django.db import connection
    from django.utils import timezone

    from projects.domain.permissions import Role
    from scanner.models import Package, PackageState
    from scanner.services.indexes import get_index
    from tests.cast import add_member, make_project

    # Long enough ago for "a month ago" to stay true while pages are measured.
    now = timezone.now() - timedelta(days=40)
    viewer, everybody, lead = (
        User.objects.create_user(name, f"{name}@team.example") for name in ("viewer", "everybody", "lead")
    )
    packages = Package.objects.bulk_create(
        Package(index=get_index(), name=f"package-{number:05}", state=PackageState.CURRENT, checked_at=now)
        for number in range(2_000 * times)
    )
    verdicts: dict[str, dict[str, str]] = {}
    slugs = [f"project-{number:04}" for number in range(MINE + 100 * times)]
    for number, slug in enumerate(slugs):
        size, targets = (LARGE, TARGETS) if number == 0 else (SMALL, TARGETS[:4])
        project = make_project(slug, targets)
        used = [packages[(number * 7 + at) % len(packages)] for at in range(size)]
        rows = [rows_of([package.name for package in used], targets, number, moved) for moved in (False, True)]
        history = 4 * times if number < MINE else 1
        store(project, used, [rows[turn % 2] for turn in range(history)], now)
        if number == 0:
            verdicts = {slug: {one.name: one.verdict.value for one in column} for slug, column in rows[1].items()}
        members = (viewer, everybody) if number < MINE else (everybody,)
        for user in members:
            add_member(project, user, Role.MANAGER)
    for number in range(50):
        project = make_project(f"team-{number:02}", TARGETS[:6])
        used = [packages[(number * 11 + at) % len(packages)] for at in range(PORTFOLIO[number % len(PORTFOLIO)])]
        rows = [rows_of([package.name for package in used], TARGETS[:6], number, moved) for moved in (False, True)]
        store(project, used, [rows[turn % 2] for turn in range(times)], now)
        add_member(project, lead, Role.MANAGER)
    with connection.cursor() as cursor:
        # As the database does by itself within minutes.
        cursor.execute("ANALYZE")
    return {
        "viewer": session_of(viewer),
        "everybody": session_of(everybody),
        "lead": session_of(lead),
        "slugs": slugs,
        "package": packages[0].name,
        "verdicts": verdicts,
    }


def rows_of(names: Iterable[str], targets: Iterable[str], seed: int, moved: bool) -> Rows:
    """Rows as assessments store them: most packages stand alike on most targets, and one in twenty has moved."""
    from projects.domain.assessment.verdicts import Verdict
    from tests.cast import make_package

    chance = random.Random(seed)
    usual = {name: chance.choice(list(Verdict)) for name in names}
    if moved:
        usual.update((name, Verdict.READY) for name in list(usual)[::20])
    return {
        target: [
            make_package(
                name,
                verdict if chance.random() < 0.9 else chance.choice(list(Verdict)),
                direct=at % 4 == 0,
                paths=[] if at % 4 == 0 else [["a-direct-one", "something-between", name], ["another-one", name]],
            )
            for at, (name, verdict) in enumerate(usual.items())
        ]
        for target in targets
    }


def store(project: Any, packages: Sequence[Any], history: Iterable[Rows], now: Any) -> None:
    """Store a snapshot of the project with one assessment after the other."""
    from projects.models import ProjectPackage
    from tests.cast import assess_as, take_snapshot_of

    snapshot = take_snapshot_of(project, [package.name for package in packages])
    type(snapshot).objects.filter(pk=snapshot.pk).update(created_at=now)
    ProjectPackage.objects.bulk_create(ProjectPackage(project=project, package=package) for package in packages)
    for turn, rows in enumerate(history):
        assess_as(project, rows, snapshot=snapshot, at=now + timedelta(minutes=turn), resting=())


def session_of(user: Any) -> str:
    """Return the cookie of a browser that this user is signed in with."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
