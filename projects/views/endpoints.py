"""The pages of endpoints, of a project or of a team: the list, and one with the messages to it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from projects import jobs
from projects.access import HtmxHttpRequest, actor_of, get_project, get_team
from projects.domain.permissions import Action
from projects.forms.endpoints import EndpointForm
from projects.models import EndpointFormat, WebhookEndpoint
from projects.selectors.endpoints import endpoint_line, endpoint_lines, message_lines
from projects.services.endpoints import manage
from projects.services.endpoints.manage import MOST_ENDPOINTS, EndpointOwner
from projects.services.request_limits import LimitedRequest, count_request
from projects.ways_in import recent_sign_in_required
from scanner.domain.translation import gettext


def _owner(request: HtmxHttpRequest, slug: str, team: str) -> EndpointOwner:
    """Return whose endpoints a page is about. Raises Http404 and PermissionDenied."""
    if slug:
        return EndpointOwner(project=get_project(request, slug, edit=True))
    return EndpointOwner(team=get_team(request, team, Action.MANAGE_PROJECT))


def _list_url(owner: EndpointOwner) -> str:
    if owner.project is not None:
        return reverse("endpoints", args=[owner.project.slug])
    return reverse("team-endpoints", args=[owner.team.slug]) if owner.team is not None else ""


def _page_url(owner: EndpointOwner, pk: int) -> str:
    return f"{_list_url(owner)}{pk}/"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@recent_sign_in_required
def endpoints(request: HtmxHttpRequest, slug: str = "", team: str = "") -> HttpResponse:
    """List the endpoints, and add one (POST), whose secret is shown once, in the response."""
    owner = _owner(request, slug, team)
    form = EndpointForm(request.POST if request.method == "POST" else None)
    secret, status = "", 200
    if form.is_bound and owner.endpoints.count() >= MOST_ENDPOINTS:
        text = gettext("There are {count} endpoints already. Remove one first.")
        form.add_error(None, text.format(count=MOST_ENDPOINTS))
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        made, secret = manage.add_endpoint(
            owner,
            request.user,
            actor_of(request),
            timezone.now(),
            name=given["name"],
            form=EndpointFormat(given["format"]),
            url=given["url"],
            events=given["events"],
        )
        if not secret:
            text = gettext("{name} was added. Send it a test message.").format(name=made.name)
            messages.success(request, text)
            return redirect(_page_url(owner, made.pk))
        form = EndpointForm(None)
    elif form.is_bound:
        status = 422
    context = {
        "area": "projects" if slug else "teams",
        "project": owner.project,
        "team": owner.team,
        "endpoints": endpoint_lines(owner.endpoints),
        "form": form,
        "secret": secret,
    }
    return render(request, "endpoints/list.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@recent_sign_in_required
def endpoint(request: HtmxHttpRequest, pk: int, slug: str = "", team: str = "") -> HttpResponse:
    """Show an endpoint with the messages to it; test, change or remove it, or send a message again (POST)."""
    owner = _owner(request, slug, team)
    found = get_object_or_404(owner.endpoints, pk=pk)
    secret = ""
    if request.method == "POST":
        action = request.POST.get("action", "")
        if action == "rotate" and found.secret:
            secret = manage.rotate_secret(found, owner, actor_of(request))
        else:
            return _change(request, owner, found, action)
    context = {
        "area": "projects" if slug else "teams",
        "project": owner.project,
        "team": owner.team,
        "endpoint": endpoint_line(found),
        "is_signed": bool(found.secret),
        "messages_sent": message_lines(found),
        "secret": secret,
    }
    return render(request, "endpoints/endpoint.html", context)


def _change(request: HtmxHttpRequest, owner: EndpointOwner, found: WebhookEndpoint, action: str) -> HttpResponse:
    now = timezone.now()
    if action in ("test", "resend"):
        count_request(now, (LimitedRequest.TEST_MESSAGE, str(request.user.pk)))
    match action:
        case "remove":
            manage.remove_endpoint(found, owner, actor_of(request))
            messages.success(request, gettext("{name} was removed.").format(name=found.name))
            return redirect(_list_url(owner))
        case "test":
            jobs.request_message(manage.send_test(found, owner, now).pk)
            messages.success(request, gettext("A test message is on its way: its answer will be here in a moment."))
        case "enable" | "disable":
            manage.set_enabled(found, now, enabled=action == "enable")
        case "resend":
            message = request.POST.get("message", "")
            if not message.isdecimal() or len(message) > 18 or not manage.resend(found, int(message), now):
                raise Http404
            jobs.request_message(int(message))
            messages.success(request, gettext("The message is sent again, with the same id."))
    return redirect(_page_url(owner, found.pk))
