"""Small builders for tests of watches: people, a project, and packages whose files are stored as a poll stores them."""

from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from packaging.utils import NormalizedName

from projects.domain.permissions import Role
from projects.models import Alert, Project, ProjectTarget, Subscription
from scanner.domain.index_page.page import IndexFile, IndexPage
from scanner.models import Index, Package, PackageState
from scanner.services.indexes import get_index
from scanner.services.storage.page import store_page
from tests.cast import add_member, bare_project

TARGET = "cp313-win_amd64"
FITTING = "cp313-cp313-win_amd64"
OTHER = "cp312-cp312-win_amd64"
# A working day in the past: nothing here depends on the clock of this machine.
NOON = datetime(2024, 9, 11, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATER = NOON + timedelta(days=1)


def person(name: str = "alice", *, address: str | None = None, staff: bool = False) -> User:
    email = f"{name}@team.example" if address is None else address
    return User.objects.create_user(name, email, is_staff=staff)


def project_of(*people: User, name: str = "practice-api", role: Role = Role.MANAGER) -> Project:
    project = bare_project(name, slug=name.lower().replace(" ", "-")[:80])
    ProjectTarget.objects.create(project=project, slug=TARGET, position=0)
    for someone in people:
        add_member(project, someone, role)
    return project


def wheel(package: str, version: str, tags: str = FITTING, *, at: datetime = NOON, yanked: bool = False) -> IndexFile:
    return _file(f"{package}-{version}-{tags}.whl", at, yanked=yanked)


def sdist(package: str, version: str, *, at: datetime = NOON) -> IndexFile:
    return _file(f"{package}-{version}.tar.gz", at)


def _file(filename: str, at: datetime, *, yanked: bool = False) -> IndexFile:
    return IndexFile(filename, f"https://files.example/{filename}", uploaded_at=at, yanked=yanked)


# The files of a package before and after a wheel for TARGET came.
OLD = sdist("greenlet", "3.0.3")
NEW = (wheel("greenlet", "3.1.0", OTHER), wheel("greenlet", "3.1.0"))


def polled(name: str, *files: IndexFile, seen_at: datetime = NOON, index: Index | None = None) -> Package:
    """Store a page with exactly these files, with the events that a poll at that time writes."""
    package, _ = Package.objects.get_or_create(index=index or get_index(), name=name)
    with transaction.atomic():
        store_page(package, IndexPage(NormalizedName(name), files), seen_at)
        package.state = PackageState.CURRENT
        package.revision += 1
        package.save()
    return package


def queued_alert(user: User, project: Project, package: str = "greenlet") -> Alert:
    """An alert that waits to be sent, for a watch of the user, with the wheel stored."""
    fitting = wheel(package, "3.1.0")
    stored = polled(package, sdist(package, "3.0.3"), fitting)
    watch = Subscription.objects.create(
        user=user, project=project, package=stored, target=TARGET, above_version="3.0.3"
    )
    return Alert.objects.create(
        subscription=watch, version="3.1.0", filename=fitting.filename, tag=FITTING, uploaded_at=NOON
    )


def die(*_: object) -> None:
    """Do what a worker does that is killed."""
    raise SystemExit
