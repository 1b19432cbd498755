"""Watches and follows: create them, list and end one's own, and end one by the stop link of a message."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.access import HtmxHttpRequest, get_project
from projects.domain.cadence import Cadence
from projects.presentation.subscriptions import CADENCE_NAMES, kind_clause
from projects.selectors import mailbox
from projects.selectors.failures import failure_text
from projects.selectors.subscriptions import (
    follow_list,
    target_label,
    target_watch_list,
    version_in_use,
    watch_list,
)
from projects.services.alerts import send as sending
from projects.services.alerts import watches
from projects.services.alerts.preferences import keep_mail_language, turn_on_again
from projects.services.alerts.smtp import SendStatus
from projects.services.request_limits import LimitedRequest, count_request
from projects.viewer import zone_of
from projects.views.returning import page_before
from scanner.domain.targets.target import UnknownTarget, parse_target
from scanner.domain.translation import gettext


@require_safe
@login_required
def alerts(request: HtmxHttpRequest) -> HttpResponse:
    """List what the user watches and follows, with the messages."""
    user = request.user
    context = {
        "area": "alerts",
        "watches": watch_list(user),
        "targets": target_watch_list(user),
        "follows": follow_list(user),
        "address": user.email,
        "cadences": [(value, gettext(name)) for value, name in CADENCE_NAMES],
        "has_mailbox": user.is_staff and mailbox.is_in_use(),
    }
    return render(request, "projects/alerts.html", context)


@require_POST
@login_required
def watch(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Watch a cell. Readers of a project may watch too, since a watch changes nothing for others."""
    project = get_project(request, slug)
    package, target = request.POST.get("package", ""), request.POST.get("target", "")
    try:
        label = parse_target(target).label
        above = version_in_use(project, package, target)
        watches.watch(project, request.user, package, target, above)
        keep_mail_language(request.user)
    except UnknownTarget as error:
        messages.error(request, str(error))
        return redirect("project", slug=slug)
    except watches.CannotWatch as reason:
        messages.warning(request, str(reason))
        return redirect("project", slug=slug)
    text = gettext("You watch {package} on {target}. You get one e-mail when it has a wheel.")
    messages.success(request, text.format(package=package, target=label))
    return redirect("project-cell", slug=slug, target=target, package=package)


@require_POST
@login_required
def follow(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Follow a project, or stop following it. Readers may follow too."""
    project = get_project(request, slug)
    if "stop" in request.POST:
        watches.unfollow(project, request.user, timezone.now())
        text = gettext("You do not follow {project} any more.")
        messages.success(request, text.format(project=project.name))
    else:
        asked = request.POST.get("cadence", "")
        cadence = Cadence(asked) if asked in list(Cadence) else None
        found = watches.follow(project, request.user, cadence, zone_of(request))
        keep_mail_language(request.user)
        if "again" in request.POST:
            turn_on_again(found)
        text = gettext("You follow {project}. You get e-mail about upstream changes that affect it.")
        messages.success(request, text.format(project=project.name))
    return HttpResponseRedirect(page_before(request, project.get_absolute_url()))


@require_POST
@login_required
def watch_end(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """End one of the user's own watches."""
    if not watches.stop(pk, request.user, timezone.now()):
        raise Http404
    return redirect("alerts")


@require_POST
@login_required
def alerts_test(request: HtmxHttpRequest) -> HttpResponse:
    """Send the user a test message and show the mail server's answer."""
    user = request.user
    now = timezone.now()
    count_request(now, (LimitedRequest.TEST_MESSAGE, str(user.pk)))
    outcome = sending.send_check_message(user, now)
    if outcome.status is SendStatus.ACCEPTED:
        text = gettext("A test message to {address} was passed to the mail server.")
        messages.success(request, text.format(address=user.email))
    else:
        text = gettext("The test message was not sent: {error}")
        messages.error(request, text.format(error=failure_text(outcome.error)))
    return redirect("alerts")


# A mail program posts here for its user, without cookie, CSRF token or sign-in (RFC 8058). The signed token in the URL
# is the permission, and it permits only to end one subscription.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def watch_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for confirmation (GET, which link scanners send too), or end the subscription (POST). No redirect."""
    if request.method == "POST":
        link = watches.stop_by_token(token, timezone.now())
    else:
        link = watches.find_by_token(token)
    if link is None:
        raise Http404("not a stop link of this installation")
    subscription = link.subscription
    context = {
        "follows": subscription.follows_project,
        "whole": subscription.watches_target,
        "package": subscription.package_name,
        "target": target_label(subscription.target),
        "project": subscription.project.name,
        "kind": kind_clause(link.kind) if link.kind is not None else "",
        "has_ended": link.has_ended,
    }
    return render(request, "projects/watch_stop.html", context)
