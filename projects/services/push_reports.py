"""Commit statuses and comments about pushes: once for a commit, and posted again when the answer for it changes."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from projects.domain.assessment.diff import changes_from_json
from projects.domain.webhooks.clone_urls import InvalidCloneUrl
from projects.hosts.api.call import HostApi
from projects.hosts.api.change_request import CommitStatus, RequestState, StatusState
from projects.hosts.api.find import HostClient, client_of
from projects.hosts.errors import HostError, HostUnavailable, TokenRefused
from projects.models import Assessment, PushReport, Repository, Snapshot, SnapshotSource
from projects.models.sealed import SealBroken
from projects.presentation.push_report_text import OtherRepository, PushFacts, comment_text, status_text
from projects.selectors.audit import newest_audit
from projects.services.host_access import clear_api_error, host_api, store_api_error
from projects.services.renewal import renewed
from projects.services.webhooks.process import BACKOFF
from projects.services.webhooks.receive import CREDENTIALS_UNREADABLE, REASON_MAX

NO_TOKEN = "the repository has no token for the API of its host"  # noqa: S105 - a sentence
_LOST_AFTER = timedelta(minutes=15)
_AGAIN = 5
_State = PushReport.State


def plan_reports(snapshot_id: int, now: datetime) -> list[int]:
    """Return the ids of the reports to post about the commits of a snapshot, now that its assessment is complete.

    They are on the pushes that came since the assessment before, each while it is the newest of its repository. None
    where no repository asks for them.
    """
    snapshot = Snapshot.objects.filter(pk=snapshot_id).first()
    if snapshot is None:
        return []
    asking = Repository.objects.followed().filter(project=snapshot.project_id, reports_pushes=True)
    new = _new_sources(snapshot).exclude(commit="").values_list("repository", "commit")
    found = []
    for repository in asking.order_by("pk"):
        if (repository.pk, repository.last_commit) in new:
            values = {"snapshot": snapshot, "state": _State.WAITING, "attempts": 0, "asked_at": now}
            report, _ = PushReport.objects.update_or_create(
                repository=repository, commit=repository.last_commit, defaults=values
            )
            found.append(report.pk)
    return found


def _new_sources(snapshot: Snapshot) -> QuerySet[SnapshotSource]:
    """Return what repositories brought since the last snapshot of the project that was assessed completely.

    A push that another one overtook before it was assessed is judged with that one.
    """
    earlier = Assessment.objects.filter(project=snapshot.project_id, snapshot__lt=snapshot.pk).complete()
    last = earlier.order_by("-snapshot").values_list("snapshot", flat=True).first() or 0
    return SnapshotSource.objects.filter(
        snapshot__project=snapshot.project_id, snapshot__gt=last, snapshot__lte=snapshot.pk, is_new=True
    )


def lost_reports(now: datetime) -> list[int]:
    """Return the ids of reports whose task was lost, or its worker."""
    old = PushReport.objects.waiting(now).filter(asked_at__lt=now - _LOST_AFTER)
    return list(old.order_by("pk").values_list("pk", flat=True)[:100])


def post_report(report_id: int, now: datetime) -> int | None:
    """Post a report. Return None when it is done, else the number of seconds after which to retry.

    Contacts the repository's host. May be called twice or concurrently: only one caller claims the row, and what
    stands there already is not posted again.
    """
    if not PushReport.objects.claim(report_id, now):
        return None
    report = PushReport.objects.select_related("repository", "snapshot__project").get(pk=report_id)
    try:
        with renewed(lambda moment: _renew(report_id, moment)):
            _post(report)
        return _AGAIN if PushReport.objects.waiting(now).filter(pk=report_id).exists() else None
    except HostUnavailable as problem:
        if report.attempts <= len(BACKOFF):
            _save(report, claimed_at=None, reason=str(problem)[:REASON_MAX])
            return BACKOFF[report.attempts - 1]
        _fail(report, problem)
    except HostError as problem:
        _fail(report, problem)
    except InvalidCloneUrl as problem:
        _fail(report, str(problem))
    except SealBroken:
        _fail(report, CREDENTIALS_UNREADABLE)
    return None


def push_facts(report: PushReport) -> PushFacts | None:
    """Return what is known of a push; None before the assessment of its snapshot is complete."""
    snapshot = report.snapshot
    assessments = Assessment.objects.filter(snapshot=snapshot).complete()
    newest = assessments.newest_first().first()
    if newest is None:
        return None
    # What came later changed on the index, not by the push.
    first = assessments.order_by("pk").first() or newest
    before = Snapshot.objects.filter(project=snapshot.project_id, pk__lt=snapshot.pk).order_by("-pk").first()
    audit = newest_audit(snapshot.project)
    return PushFacts(
        project=snapshot.project.name,
        commit=report.commit,
        results={row.target: row.to_result() for row in newest.targets.all()},
        changes=changes_from_json(first.changes) if first.changed_since is not None else None,
        has_new_files=before is None or before.digest != snapshot.digest,
        imports=audit.news if audit is not None and snapshot.commit.startswith(audit.commit) else "",
        page=settings.PUBLIC_URL + reverse("project", args=[snapshot.project.slug]),
        beside=_beside(report),
    )


def _beside(report: PushReport) -> tuple[OtherRepository, ...]:
    """Return the project's other repositories at the commits that were judged together with the push."""
    new = set(_new_sources(report.snapshot).values_list("repository", "commit"))
    others = report.snapshot.sources.exclude(repository=report.repository_id).order_by("folder")
    return tuple(OtherRepository(one.folder, one.commit, (one.repository_id, one.commit) in new) for one in others)


def _post(report: PushReport) -> None:
    facts = push_facts(report)
    if facts is None:
        # The end of the assessment plans it again.
        _save(report, claimed_at=None, state=_State.POSTED, reason="")
        return
    api = host_api(report.repository)
    if api is None:
        _fail(report, NO_TOKEN)
        return
    client = client_of(api)
    _post_status(report, api, client, facts)
    _post_comment(report, api, client, facts)
    clear_api_error(report.repository)
    _save(report, claimed_at=None, reason="", attempts=0)
    # Where it was asked for once more meanwhile, it waits on.
    PushReport.objects.filter(pk=report.pk, asked_at=report.asked_at).update(state=_State.POSTED)


def _post_status(report: PushReport, api: HostApi, client: HostClient, facts: PushFacts) -> None:
    state = StatusState.FAILURE if facts.makes_worse else StatusState.SUCCESS
    status = CommitStatus(state, status_text(facts), facts.page)
    digest = _digest(f"{status.state} {status.text} {status.url}")
    if digest != report.status_digest:
        client.post_status(api, report.commit, status)
        _save(report, status_digest=digest)


def _post_comment(report: PushReport, api: HostApi, client: HostClient, facts: PushFacts) -> None:
    """Comment on the open change request that has the commit, else on the one that merged it; nothing without news."""
    if not facts.has_news and not report.comment_id:
        return
    text = comment_text(facts)
    digest = _digest(text)
    if digest == report.comment_digest:
        return
    if report.comment_id:
        try:
            client.update_comment(api, report.request_number, report.comment_id, text)
        except TokenRefused as error:
            # Someone deleted the comment, and needs no other.
            if error.status != 404:
                raise
    else:
        found = client.requests_of_commit(api, report.commit)
        request = next((one for one in found if one.state is RequestState.OPEN), None)
        request = request or next((one for one in found if one.state is RequestState.MERGED), None)
        if request is None:
            return
        comment = client.add_comment(api, request.number, text)
        _save(report, request_number=request.number, comment_id=comment)
    _save(report, comment_digest=digest)


def _renew(report_id: int, moment: datetime) -> None:
    PushReport.objects.filter(pk=report_id, claimed_at__isnull=False).update(claimed_at=moment)


def _fail(report: PushReport, problem: HostError | str) -> None:
    store_api_error(report.repository, problem)
    _save(report, claimed_at=None, state=_State.FAILED, reason=str(problem)[:REASON_MAX])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _save(report: PushReport, **values: object) -> None:
    for name, value in values.items():
        setattr(report, name, value)
    PushReport.objects.filter(pk=report.pk).update(**values)
