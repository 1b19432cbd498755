"""Save the address of a page under a name, and forget it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from projects.access import HtmxHttpRequest
from projects.models import SavedView
from projects.views.returning import page_before
from scanner.domain.translation import gettext

_MOST = 50
_NAME = 60
_PATH = 1000


@require_POST
@login_required
def save(request: HtmxHttpRequest) -> HttpResponse:
    """Save a path of this site under a name; a name that exists gets the new path."""
    name = " ".join(request.POST.get("name", "").replace("\0", "").split())[:_NAME]
    path = request.POST.get("path", "").replace("\0", "")
    # Only a path: the address of a view never leaves this site.
    is_own = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None) and len(path) <= _PATH
    if not is_own:
        return redirect("home")
    if not name:
        messages.error(request, gettext("Give the view a name."))
    elif SavedView.objects.filter(user=request.user).exclude(name=name).count() >= _MOST:
        messages.error(request, gettext("You have {count} saved views. Forget one first.").format(count=_MOST))
    else:
        SavedView.objects.update_or_create(user=request.user, name=name, defaults={"path": path})
        text = gettext("The view “{name}” was saved. It is listed on the portfolio.")
        messages.success(request, text.format(name=name))
    return redirect(path)


@require_POST
@login_required
def forget(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Forget one of the user's own views."""
    get_object_or_404(SavedView, user=request.user, pk=pk).delete()
    return HttpResponseRedirect(page_before(request, reverse("home")))
