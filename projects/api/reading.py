"""Operations of the API that read."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router
from packaging.utils import canonicalize_name

from projects.access import get_project, visible_projects
from projects.api.access import ApiRequest
from projects.api.answers import (
    PagingQuery,
    Text,
    answer,
    answer_page,
    answer_part,
    answer_text,
    moment,
    moment_or_none,
    reads,
)
from projects.api.documents import (
    assessment_of,
    matrix_of,
    project_of,
    proof_of,
    row_of,
    snapshot_of,
    target_of,
    use_of,
    watch_of,
)
from projects.api.schemas.assessments import (
    AssessmentDocument,
    AssessmentList,
    PlanDocument,
    ProofList,
    TargetPackageList,
)
from projects.api.schemas.packages import MatrixDocument, PackagesInUse
from projects.api.schemas.projects import KeyDocument, ProjectDocument, TargetList
from projects.api.schemas.snapshots import SnapshotTexts
from projects.domain.assessment.verdicts import Verdict
from projects.models import Project
from projects.presentation.formats.csv_table import csv_text
from projects.presentation.formats.page_export import export_lines, export_names
from projects.presentation.formats.schema import assessment_document, target_document
from projects.presentation.project_page import project_page
from projects.presentation.risk_table.query import RiskQuery
from projects.presentation.subscriptions import TargetWatchRow, WatchRow
from projects.selectors import package_places, package_results, project_state
from projects.selectors.evidence import dated_proofs
from projects.selectors.overviews import (
    assessment_lines,
    newest_packages,
    project_overviews,
    used_packages,
)
from projects.selectors.snapshots import snapshot_list, snapshot_texts
from projects.selectors.subscriptions import target_watch_list, watch_list
from projects.services.assessments.stored_documents import stored_record
from scanner.domain.targets.names import named_targets
from scanner.domain.targets.target import UnknownTarget, parse_target
from scanner.selectors.package_page import package_details

router = Router(tags=["read"])
_query: Any = Query  # ninja takes it as a default too, which its types do not say
_TARGETS = _query([], max_length=60, description="slugs of targets; empty: all of the project")
_PART = _query("")
_RELEASES = _query(20, ge=1, le=200, description="how many of the newest releases")
_VERDICTS = _query([], max_length=20)
RowId = Annotated[int, Field(ge=0, lt=10**18)]


@router.get("/key", response=reads(KeyDocument))
def key(request: ApiRequest) -> HttpResponse:
    """Return what the key of the request permits."""
    made = request.api_key
    return answer(
        request,
        KeyDocument(
            prefix=made.prefix,
            name=made.name,
            user=request.user.get_username(),
            can_write=made.can_write,
            project=made.project.slug if made.project is not None else None,
            created_at=moment(made.created_at),
            last_used_at=moment_or_none(made.last_used_at),
        ),
    )


@router.get("/targets", response=reads(TargetList))
def targets(request: ApiRequest, paging: PagingQuery) -> HttpResponse:
    """List the targets of the catalogue. Any Python may be combined with any system."""
    return answer_page(request, named_targets(), paging, target_of)


def list_projects(request: ApiRequest, paging: PagingQuery) -> HttpResponse:
    """List the projects that the key may read, by name."""
    visible = visible_projects(request)
    shown = project_overviews(visible, paging.offset, paging.limit)
    return answer_part(request, [project_of(one) for one in shown], paging, visible.count())


@router.get("/projects/{slug:slug}", response=reads(ProjectDocument))
def project(request: ApiRequest, slug: str) -> HttpResponse:
    """Return a project with the verdicts of its newest assessment."""
    found = get_project(request, slug)
    (overview,) = project_overviews(visible_projects(request).filter(pk=found.pk), 0, 1)
    return answer(request, project_of(overview))


def list_snapshots(request: ApiRequest, slug: str, paging: PagingQuery) -> HttpResponse:
    """List the snapshots of a project, newest first."""
    return answer_page(request, snapshot_list(get_project(request, slug)), paging, snapshot_of)


@router.get("/projects/{slug:slug}/snapshots/{snapshot}", response=reads(SnapshotTexts))
def snapshot(request: ApiRequest, slug: str, snapshot: RowId) -> HttpResponse:
    """Return the files of a snapshot, without credentials."""
    files = snapshot_texts(get_project(request, slug), snapshot)
    if files is None:
        raise Http404
    return answer(request, SnapshotTexts(id=snapshot, files=files))


@router.get("/projects/{slug:slug}/assessments", response=reads(AssessmentList))
def assessments(request: ApiRequest, slug: str, paging: PagingQuery) -> HttpResponse:
    """List the assessments of a project, newest first."""
    shown, total = assessment_lines(get_project(request, slug), paging.offset, paging.limit)
    return answer_part(request, [assessment_of(one) for one in shown], paging, total)


@router.get("/projects/{slug:slug}/assessment", response=reads(AssessmentDocument), by_alias=True)
def assessment(request: ApiRequest, slug: str, target: list[Text] = _TARGETS) -> HttpResponse:
    """Return the newest assessment, whole, as `wheelway assess --format json` writes it (docs/schema.md)."""
    record = stored_record(get_project(request, slug), dict.fromkeys(target) if target else None)
    if record is None:
        raise Http404
    return answer(request, assessment_document(record))


@router.get("/projects/{slug:slug}/rows", response=reads(TargetPackageList))
def rows(
    request: ApiRequest,
    slug: str,
    paging: PagingQuery,
    target: list[Text] = _TARGETS,
    verdict: list[Verdict] = _VERDICTS,
    package: Text = _PART,
) -> HttpResponse:
    """List the packages of the newest assessment on its targets, by target and in the order of the assessment."""
    name = canonicalize_name(package)
    found = newest_packages(get_project(request, slug), target)
    chosen = [
        (slug, one)
        for slug, packages in found.items()
        for one in packages
        if (not verdict or one.verdict in verdict) and (not name or one.name == name)
    ]
    return answer_page(request, chosen, paging, row_of)


@router.get("/projects/{slug:slug}/targets/{slug:target}/plan", response=reads(PlanDocument))
def plan(request: ApiRequest, slug: str, target: str) -> HttpResponse:
    """Return the plan of the newest assessment for a target, written into the files; 404 where nothing has to move."""
    record = stored_record(get_project(request, slug), {target: None})
    result = record.results[0] if record is not None and record.results else None
    if record is None or result is None or result.plan is None:
        raise Http404
    document = target_document(result, record.written.get(target))["plan"]
    return answer(request, {"target": target, "files": {}, "patch": "", **document})


@router.get("/projects/{slug:slug}/evidence", response=reads(ProofList))
def evidence(request: ApiRequest, slug: str, paging: PagingQuery) -> HttpResponse:
    """List the proofs that sets of the project ran, one for each target that has any."""
    return answer_page(request, dated_proofs(get_project(request, slug)), paging, proof_of)


@router.get("/projects/{slug:slug}/export.csv", response=reads(None))
def export(request: ApiRequest, slug: str) -> HttpResponse:
    """Return the risk table as CSV. A query filters it as it does the page of the project."""
    return _export(request, slug, "csv")


@router.get("/projects/{slug:slug}/export.json", response=reads(AssessmentDocument), by_alias=True)
def export_json(request: ApiRequest, slug: str) -> HttpResponse:
    """Return the assessment that the risk table shows. A query filters it as it does the page of the project."""
    return _export(request, slug, "json")


def list_watches(request: ApiRequest, slug: str, paging: PagingQuery) -> HttpResponse:
    """List the watches of the key's user in a project, of targets first, active ones before those that ended."""
    found = get_project(request, slug)
    mine: list[WatchRow | TargetWatchRow] = [*target_watch_list(request.user), *watch_list(request.user)]
    return answer_page(request, [one for one in mine if one.project_slug == found.slug], paging, watch_of)


@router.get("/packages", response=reads(PackagesInUse))
def packages(request: ApiRequest, paging: PagingQuery, name: Text = _PART) -> HttpResponse:
    """List the packages that the projects use, by name; `name` is a part of it."""
    shown, total = used_packages(visible_projects(request), name, paging.offset, paging.limit)
    return answer_part(request, [use_of(one) for one in shown], paging, total)


@router.get("/packages/{name}/matrix", response=reads(MatrixDocument))
def matrix(
    request: ApiRequest,
    name: Text,
    target: list[Text] = _TARGETS,
    releases: int = _RELEASES,
) -> HttpResponse:
    """Return what the newest releases of a package offer on targets; without `target` on those of the projects."""
    visible = visible_projects(request)
    places = package_places(visible, canonicalize_name(name))
    if not places:
        raise Http404
    place = next((one for one in places if one.is_there), places[0])
    slugs = list(target) or _targets_of(visible)
    try:
        shown = [parse_target(slug) for slug in slugs]
    except UnknownTarget as error:
        raise Http404(str(error)) from error
    details = package_details(place.index_id, canonicalize_name(name), shown, releases)
    if details is None:
        raise Http404
    return answer(request, matrix_of(details, [one.slug for one in shown]))


def _targets_of(visible: Any) -> list[str]:
    slugs = Project.objects.filter(pk__in=visible).values_list("targets__slug", flat=True)
    return sorted({slug for slug in slugs if slug})


def _export(request: ApiRequest, slug: str, kind: str) -> HttpResponse:
    found = get_project(request, slug)
    state = project_state(found)
    query = RiskQuery.parse(dict(request.GET.lists()), state.targets)
    page = project_page(state, query, timezone.now())
    if kind == "csv":
        return answer_text(request, csv_text(export_lines(state, page, package_results(state))), "text/csv")
    record = stored_record(found, export_names(state, page))
    if record is None:
        raise Http404
    return answer(request, assessment_document(record))
