"""The page of a user's keys for the API."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from projects.access import HtmxHttpRequest, visible_projects
from projects.audit_trail import log_own
from projects.domain.logged_action import LoggedAction
from projects.forms.api_keys import KeyForm
from projects.models import ApiKey, KeyScope
from projects.selectors.api_keys import key_list
from projects.services.api_keys import make_key, revoke_key
from projects.ways_in import recent_sign_in_required
from scanner.domain.translation import gettext


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@recent_sign_in_required
def api_keys(request: HtmxHttpRequest) -> HttpResponse:
    """List the user's keys, and make one (POST), which is shown once, in the response."""
    form = KeyForm(request.POST if request.method == "POST" else None, visible_projects(request))
    secret, made = "", None
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        key, secret = make_key(request.user, given["name"], KeyScope(given["scope"]), timezone.now(), given["project"])
        log_own(request, LoggedAction.KEY_MADE, key.name, after=key.scope)
        made, form = key.pk, KeyForm(None, visible_projects(request))
    context = {
        "area": "account",
        "keys": key_list(request.user),
        "form": form,
        "secret": secret,
        "made": made,
        "address": f"{settings.PUBLIC_URL}/api/v1/",
    }
    return render(request, "projects/api_keys.html", context, status=422 if form.is_bound and form.errors else 200)


@require_POST
@login_required
def api_key_revoke(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Revoke one of the user's own keys."""
    if not revoke_key(request.user, pk, timezone.now()):
        raise Http404
    log_own(request, LoggedAction.KEY_REVOKED, ApiKey.objects.get(pk=pk).name)
    messages.success(request, gettext("The key is revoked. It is not accepted any more."))
    return redirect("api-keys")
