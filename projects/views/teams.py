"""The pages of teams: the list of one's own, the members of one, and its audit log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.access import HtmxHttpRequest, actor_of, get_team, role_in
from projects.domain.permissions import Action, Role, may, may_set_role, role_name
from projects.forms.teams import InvitationForm, TeamForm
from projects.models import Membership, Team
from projects.presentation.teams import LogLine, log_csv, log_json
from projects.selectors.failures import failure_text
from projects.selectors.team_policy import team_policy
from projects.selectors.teams import invitation_list, log_lines, member_list, project_list, team_list
from projects.services import invitations
from projects.services.alerts.smtp import SendStatus
from projects.services.request_limits import LimitedRequest, count_request
from projects.services.teams import LastOwner, TeamHasProjects, create_team, delete_team, rename_team, set_role
from projects.ways_in import recent_sign_in_required
from scanner.domain.translation import gettext, noop

_LAST_OWNER = noop("A team has at least one owner: make another member an owner first.")
_LINES = 100
_EXPORTS: Mapping[str, tuple[str, Callable[[Iterable[LogLine]], str]]] = {
    "csv": ("text/csv; charset=utf-8", log_csv),
    "json": ("application/json", log_json),
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def teams(request: HtmxHttpRequest) -> HttpResponse:
    """List the user's teams, and make one (POST)."""
    form = TeamForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        made = create_team(request.user, form.cleaned_data["name"], actor_of(request))
        messages.success(request, gettext("{team} was created. Invite its members here.").format(team=made.name))
        return redirect(made)
    context = {"area": "teams", "teams": team_list(request.user), "form": form}
    return render(request, "teams/list.html", context, status=422 if form.is_bound else 200)


@require_safe
@login_required
def team(request: HtmxHttpRequest, team: str) -> HttpResponse:
    """Show the members of a team."""
    return _team_page(request, get_team(request, team))


@require_safe
@login_required
def policy(request: HtmxHttpRequest, team: str) -> HttpResponse:
    """Show what each project of a team demands, accepts and ignores."""
    found = get_team(request, team)
    context = {
        "area": "teams",
        "team": found,
        "page": team_policy(found, timezone.now()),
        "edits": may(role_in(found), Action.CHANGE_PROJECT),
    }
    return render(request, "teams/policy.html", context)


@never_cache
@require_POST
@login_required
@recent_sign_in_required
def team_invite(request: HtmxHttpRequest, team: str) -> HttpResponse:
    """Invite by mail, or make a link, which is shown once, in the response."""
    found = get_team(request, team, Action.MANAGE_MEMBERS)
    form = InvitationForm(request.POST, inviter=role_in(found))
    if not form.is_valid():
        return _team_page(request, found, form, status=422)
    now = timezone.now()
    count_request(now, (LimitedRequest.INVITE, str(request.user.pk)))
    email, role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
    made, token = invitations.invite(found, request.user, role, email, actor_of(request), now)
    if not email:
        return _team_page(request, found, link=invitations.invitation_url(token))
    result = invitations.send_invitation(made, token, request.user)
    if result.status is SendStatus.ACCEPTED:
        text = gettext("The invitation to {address} was passed to the mail server.")
        messages.success(request, text.format(address=email))
    else:
        invitations.revoke(found, made.pk, actor_of(request), now)
        text = gettext("The invitation to {address} was not sent, and is revoked: {error}")
        messages.error(request, text.format(address=email, error=failure_text(result.error)))
    return redirect(found)


@require_POST
@login_required
def invitation_revoke(request: HtmxHttpRequest, team: str, pk: int) -> HttpResponse:
    """Revoke an invitation."""
    found = get_team(request, team, Action.MANAGE_MEMBERS)
    if not invitations.revoke(found, pk, actor_of(request), timezone.now()):
        raise Http404
    messages.success(request, gettext("The invitation is revoked. Its link is not accepted any more."))
    return redirect(found)


@require_POST
@login_required
@recent_sign_in_required
def team_member(request: HtmxHttpRequest, team: str, pk: int) -> HttpResponse:
    """Change the role of a member, or remove it."""
    found = get_team(request, team, Action.MANAGE_MEMBERS)
    member = Membership.objects.filter(team=found, user=pk).first()
    if member is None:
        raise Http404
    asked = request.POST.get("role", "")
    after = Role(asked) if asked in list(Role) else None
    if after is None and "remove" not in request.POST:
        return redirect(found)
    if not may_set_role(role_in(found), Role(member.role), after):
        raise PermissionDenied(gettext("You cannot give or take a role above your own."))
    try:
        set_role(found, pk, after, actor_of(request))
    except LastOwner:
        messages.error(request, gettext(_LAST_OWNER))
    else:
        text = gettext("{member} is not a member any more.") if after is None else gettext("{member} is now {role}.")
        role = role_name(after) if after is not None else ""
        messages.success(request, text.format(member=member.user.get_username(), role=role))
    return redirect(found if pk != request.user.pk or after is not None else "teams")


@require_POST
@login_required
def team_leave(request: HtmxHttpRequest, team: str) -> HttpResponse:
    """End one's own membership."""
    found = get_team(request, team)
    try:
        set_role(found, request.user.pk, None, actor_of(request))
    except LastOwner:
        messages.error(request, gettext(_LAST_OWNER))
        return redirect(found)
    messages.success(request, gettext("You left {team}. You no longer see its projects.").format(team=found.name))
    return redirect("teams")


@require_POST
@login_required
def team_rename(request: HtmxHttpRequest, team: str) -> HttpResponse:
    """Rename a team."""
    found = get_team(request, team, Action.MANAGE_TEAM)
    form = TeamForm(request.POST)
    if form.is_valid():
        rename_team(found, form.cleaned_data["name"], actor_of(request))
        messages.success(request, gettext("The team was renamed."))
    else:
        messages.error(request, gettext("A team needs a name of up to 80 characters."))
    return redirect(found)


@require_POST
@login_required
@recent_sign_in_required
def team_delete(request: HtmxHttpRequest, team: str) -> HttpResponse:
    """Delete a team without projects."""
    found = get_team(request, team, Action.MANAGE_TEAM)
    try:
        delete_team(found, actor_of(request))
    except TeamHasProjects:
        text = gettext("A team with projects cannot be deleted. Move them first; deleted ones go some days later.")
        messages.error(request, text)
        return redirect(found)
    messages.success(request, gettext("{name} was deleted.").format(name=found.name))
    return redirect("teams")


@require_safe
@login_required
def team_log(request: HtmxHttpRequest, team: str) -> HttpResponse:
    """Show the audit log of a team."""
    return _log_page(request, get_team(request, team, Action.READ_LOG))


@require_safe
@login_required
def team_log_export(request: HtmxHttpRequest, team: str, kind: str) -> HttpResponse:
    """Return the audit log of a team as CSV or JSON."""
    return _log_file(get_team(request, team, Action.READ_LOG), kind)


@require_safe
@login_required
def log(request: HtmxHttpRequest) -> HttpResponse:
    """Show the audit log of the installation, to staff."""
    _check_staff(request)
    return _log_page(request, None)


@require_safe
@login_required
def log_export(request: HtmxHttpRequest, kind: str) -> HttpResponse:
    """Return the audit log of the installation as CSV or JSON, to staff."""
    _check_staff(request)
    return _log_file(None, kind)


def _check_staff(request: HtmxHttpRequest) -> None:
    if not getattr(request.user, "is_staff", False):
        raise Http404


def _team_page(
    request: HtmxHttpRequest, found: Team, form: InvitationForm | None = None, *, link: str = "", status: int = 200
) -> HttpResponse:
    role = role_in(found)
    manages = may(role, Action.MANAGE_MEMBERS)
    context = {
        "area": "teams",
        "team": found,
        "role": role_name(role),
        "members": member_list(found, request.user, role),
        "projects": project_list(found),
        "invitations": invitation_list(found, timezone.now()) if manages else (),
        "form": (form or InvitationForm(inviter=role)) if manages else None,
        "link": link,
        "days": invitations.VALID_FOR.days,
        "owns": may(role, Action.MANAGE_TEAM),
        "reads_log": may(role, Action.READ_LOG),
    }
    return render(request, "teams/team.html", context, status=status)


def _log_page(request: HtmxHttpRequest, found: Team | None) -> HttpResponse:
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isdecimal() and asked.isascii() and len(asked) < 19 else None
    lines = list(log_lines(found, before, _LINES + 1))
    context = {
        "area": "teams" if found is not None else "operator",
        "team": found,
        "lines": lines[:_LINES],
        "older": lines[_LINES - 1].pk if len(lines) > _LINES else None,
    }
    return render(request, "teams/log.html", context)


def _log_file(found: Team | None, kind: str) -> HttpResponse:
    content_type, write = _EXPORTS[kind]
    name = f"audit-log-{found.slug}" if found is not None else "audit-log"
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return HttpResponse(write(log_lines(found)), content_type=content_type, headers=headers)
