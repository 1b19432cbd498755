"""The account page: name, address, time zone, language and theme."""

from __future__ import annotations

from allauth.account.views import email as change_email
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from projects.access import HtmxHttpRequest
from projects.forms.account import AccountForm, MailForm, ViewerForm
from projects.services.alerts.preferences import choose_mail, choose_mail_language, mail_choices
from projects.viewer import THEMES, chosen_language, remember, theme_of, zone_of
from projects.views.returning import page_before
from projects.ways_in import keep_known_address
from scanner.domain.translation import gettext


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account(request: HtmxHttpRequest) -> HttpResponse:
    """Show the user's own account, and change it."""
    sent = request.POST if request.method == "POST" else None
    person = AccountForm(sent, instance=request.user)
    shown = {"zone": zone_of(request), "theme": theme_of(request), "language": chosen_language(request)}
    viewer = ViewerForm(sent, initial=shown)
    mail = MailForm(sent, initial=mail_choices(request.user), prefix="mail")
    if sent is not None and all([person.is_valid(), viewer.is_valid(), mail.is_valid()]):
        person.save()
        choose_mail(request.user, mail.chosen())
        choose_mail_language(request.user, viewer.cleaned_data["language"])
        messages.success(request, gettext("Your account was saved."))
        response = redirect("account")
        remember(request, response, **viewer.cleaned_data)
        return response
    context = {"area": "account", "person": person, "viewer": viewer, "mail": mail}
    return render(request, "projects/account.html", context, status=422 if sent is not None else 200)


@login_required
def address(request: HtmxHttpRequest) -> HttpResponse:
    """Show the address of the account, and change it once the new one is verified."""
    keep_known_address(request.user)
    response: HttpResponse = change_email(request)
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Switch the theme of this browser and go back to the page."""
    chosen = request.POST.get("theme", "")
    response = HttpResponseRedirect(page_before(request, "/"))
    remember(request, response, theme=chosen if chosen in THEMES else "system")
    return response
