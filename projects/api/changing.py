"""Operations of the API that change something."""

from __future__ import annotations

from typing import Annotated

from django.http import Http404, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router
from ninja.errors import HttpError

from projects.access import get_project
from projects.api.access import ApiRequest, require_writing_key
from projects.api.answers import FieldError, answer, moment, reads, writes
from projects.api.reading import list_projects, list_snapshots, list_watches
from projects.api.schemas.projects import NewTargets, ProjectList
from projects.api.schemas.snapshots import Accepted, NewProject, SnapshotFiles, SnapshotList
from projects.api.schemas.watches import NewWatch, WatchDocument, WatchList
from projects.audit_trail import log_change
from projects.client_address import client_address
from projects.domain.dependency_files.given_files import roots_of
from projects.domain.dependency_files.uploads import InvalidUpload, Upload, check_upload
from projects.domain.logged_action import LoggedAction
from projects.models import Origin, Project, Snapshot, Subscription
from projects.selectors.subscriptions import version_in_use
from projects.services.alerts import watches
from projects.services.alerts.target_watches import watch_target
from projects.services.projects import create_project
from projects.services.reading import ReadingTooSlow
from projects.services.request_limits import LimitedRequest, count_request
from projects.services.snapshots import NothingToRead, prepare_snapshot, store_snapshot
from projects.services.submissions import submit_files
from scanner.domain.targets.names import find_target
from scanner.domain.targets.target import UnknownTarget

router = Router(tags=["change"])
_MOST_PROBLEMS = 20
_DELETED = {204: None}
Slug = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")]

router.get("/projects", response=reads(ProjectList))(list_projects)
router.get("/projects/{slug:slug}/snapshots", response=reads(SnapshotList))(list_snapshots)
router.get("/projects/{slug:slug}/watches", response=reads(WatchList))(list_watches)


class CannotRead(Exception):
    """Files that cannot be a snapshot, with what is wrong with each line."""

    def __init__(self, problems: list[FieldError]) -> None:
        super().__init__(problems)
        self.problems = problems


@router.post("/projects", response=writes({201: Accepted}, 409))
def create(request: ApiRequest, given: NewProject) -> HttpResponse:
    """Create a project, managed by the key's user, with a first snapshot."""
    require_writing_key(request)
    if Project.objects.visible_to(request.user).filter(name__iexact=given.name).exists():
        raise HttpError(409, f"You have a project named {given.name} already.")
    upload, slugs = _upload(given), _slugs(given.targets)
    _count_upload(request)
    try:
        made = create_project(
            request.user, given.name, upload.files, upload.roots, targets=slugs, origin=Origin.CI, for_page=True
        )
    except NothingToRead as error:
        raise _cannot_read(error) from error
    log_change(request, LoggedAction.PROJECT_MADE, made)
    return _accepted(request, made)


@router.post("/projects/{slug:slug}/snapshots", response=writes({201: Accepted}))
def add_snapshot(request: ApiRequest, slug: str, given: SnapshotFiles) -> HttpResponse:
    """Send dependency files, which become the newest snapshot of a project and are assessed."""
    project = get_project(request, slug)
    require_writing_key(request, project)
    project = get_project(request, slug, edit=True)
    upload = _upload(given)
    _count_upload(request)
    try:
        prepared = prepare_snapshot(upload.files, upload.roots, for_page=True)
    except NothingToRead as error:
        raise _cannot_read(error) from error
    except ReadingTooSlow:
        submit_files(project, upload.files, upload.roots, origin=Origin.CI, user=request.user)
        return answer(request, Accepted(project=project.slug, snapshot=None), 201)
    stored = store_snapshot(
        project, prepared, origin=Origin.CI, commit=upload.commit, ref=upload.ref, user=request.user
    )
    return answer(request, Accepted(project=project.slug, snapshot=stored.pk), 201)


@router.put("/projects/{slug:slug}/snapshots", response=writes({201: Accepted}, 409))
def put_snapshot(request: ApiRequest, slug: Slug, given: SnapshotFiles, target: Query[NewTargets]) -> HttpResponse:
    """Send dependency files for the project of this slug, which is created, with these targets, where there is none."""
    require_writing_key(request, Project())
    try:
        get_project(request, slug)
    except Http404:
        require_writing_key(request)
        if Project.objects.filter(slug=slug).exists():
            # It is another's. That a slug is taken shows in the slug of a project that is created by its name, too.
            raise HttpError(409, "This slug cannot be used: choose another one.") from None
        if not target.target:
            raise HttpError(422, "There is no such project to add a snapshot to: name targets to create it.") from None
        return create(request, NewProject(name=slug, targets=target.target, **given.model_dump()))
    return add_snapshot(request, slug, given)


@router.post("/projects/{slug:slug}/watches", response=writes({201: WatchDocument}, 409))
def watch(request: ApiRequest, slug: str, given: NewWatch) -> HttpResponse:
    """Watch a package on a target, or a whole target: the key's user gets e-mail. Repeating is harmless."""
    project = get_project(request, slug)
    require_writing_key(request, project)
    user = request.user
    try:
        target = find_target(given.target)
        if given.package is None:
            made = watch_target(project, user, target.slug)
        else:
            above = version_in_use(project, given.package, target.slug)
            made = watches.watch(project, user, given.package, target.slug, above)
    except UnknownTarget as error:
        raise HttpError(422, str(error)) from error
    except watches.CannotWatch as error:
        raise HttpError(409, str(error)) from error
    return answer(request, _watch(made, project), 201)


@router.delete("/projects/{slug:slug}/watches/{watch}", response=writes(_DELETED))
def end_watch(request: ApiRequest, slug: str, watch: Annotated[int, Field(ge=0, lt=10**18)]) -> HttpResponse:
    """End a watch of the key's user. Repeating is harmless."""
    project = get_project(request, slug)
    require_writing_key(request, project)
    if not Subscription.objects.filter(pk=watch, user=request.user, project=project).exists():
        raise Http404
    watches.stop(watch, request.user, timezone.now())
    return HttpResponse(status=204)


def _watch(made: Subscription, project: Project) -> WatchDocument:
    return WatchDocument(
        id=made.pk,
        project=project.slug,
        target=made.target,
        package=made.package_name or None,
        state="active",
        since=moment(made.created_at),
    )


def _upload(given: SnapshotFiles) -> Upload:
    """Return the files of a request, with the paths checked."""
    files = {path: text.encode("utf-8", "surrogatepass") for path, text in given.files.items()}
    try:
        return check_upload(Upload(files, tuple(given.roots) or tuple(roots_of(files)), given.commit, given.ref))
    except InvalidUpload as error:
        raise HttpError(422, f"The files cannot be used: {error.reason}.") from error


def _slugs(names: list[str]) -> list[str]:
    """Return the slugs of targets by their names, each once."""
    try:
        return list(dict.fromkeys(find_target(name).slug for name in names))
    except UnknownTarget as error:
        raise HttpError(422, str(error)) from error


def _count_upload(request: ApiRequest) -> None:
    account, address = str(request.user.pk), client_address(request)
    limits = ((LimitedRequest.UPLOAD_ACCOUNT, account), (LimitedRequest.UPLOAD_ADDRESS, address))
    count_request(timezone.now(), *limits)


def _cannot_read(error: NothingToRead) -> CannotRead:
    return CannotRead(
        [
            FieldError(field=f"files.{one.path}{f':{one.line}' if one.line else ''}", message=one.message)
            for one in error.problems[:_MOST_PROBLEMS]
        ]
    )


def _accepted(request: ApiRequest, made: Project) -> HttpResponse:
    newest = Snapshot.objects.filter(project=made).order_by("-pk").values_list("pk", flat=True).first()
    return answer(request, Accepted(project=made.slug, snapshot=newest), 201)
