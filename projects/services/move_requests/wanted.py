"""What the change request of a move should say and change now, from what is stored."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from msgspec import Struct

from projects.domain.dependency_files.joined_files import path_in
from projects.hosts.api.change_request import ChangeText
from projects.models import Assessment, AssessmentState, MoveRequest
from projects.presentation.move_request_text import commit_message, request_body, request_title
from projects.services.moves import project_move
from projects.services.plan_files import restore_logins
from projects.services.reports import stored_report

NOT_ASSESSED = "waits until the newest push is assessed"
NO_SOURCE = "waits until the source of the newest push is read"
ELSEWHERE = "the newest files of the project are not from a push to this repository"


class WantedRequest(Struct, frozen=True):
    """A request as it should be: `patch` applied to the commit `base`. It holds logins as the files do."""

    base: str
    patch: str
    paths: tuple[str, ...]
    message: str
    text: ChangeText

    @property
    def digest(self) -> str:
        """A digest of all of it."""
        parts = [self.base, self.patch, self.text.title, self.text.body]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def wanted_request(request: MoveRequest, now: datetime) -> WantedRequest | str:
    """Return what a request should be now, or what it waits for. Contacts no host."""
    move = project_move(request.project, request.target, even_blocked=True)
    if move is None:
        return NOT_ASSESSED
    snapshot, repository = move.snapshot, request.repository
    source = snapshot.sources.filter(repository=repository).exclude(commit="").first()
    if source is None or (source.commit, source.ref) != (repository.last_commit, repository.ref):
        return ELSEWHERE
    newest = Assessment.objects.filter(snapshot=snapshot).newest_first().first()
    if newest is None or newest.state != AssessmentState.COMPLETE:
        return NOT_ASSESSED
    if not move.has_source:
        return NO_SOURCE
    report = stored_report(request.project, request.target, now)
    if report is None:
        return NOT_ASSESSED
    page = settings.PUBLIC_URL + reverse("project-move", args=[request.project.slug, request.target])
    mine = move.move.below(source.folder)
    problems = [(path_in(source.folder, one.path), one) for one in move.problems]
    problem_lines = [f"{path}:{one.line or 1}: {one.message}" for path, one in problems if path is not None]
    return WantedRequest(
        source.commit,
        restore_logins(snapshot, "".join(file.patch for file in mine.files)),
        tuple(file.path for file in mine.files),
        commit_message(report, mine),
        ChangeText(request_title(report), request_body(report, mine, move.commands, problem_lines, page)),
    )
