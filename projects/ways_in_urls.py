"""The pages of django-allauth that this application has, below account/."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.account import views
from allauth.urls import build_provider_urlpatterns
from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.views.decorators.http import require_http_methods

from projects.converters import Base36Converter
from projects.views import account

register_converter(Base36Converter, "base36")


def _as_pages(patterns: Iterable[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Return the patterns with views that answer what browsers send, and refuse PUT and DELETE."""
    only = require_http_methods(["GET", "HEAD", "POST"])
    return [
        URLPattern(one.pattern, only(one.callback), one.default_args, one.name)
        if isinstance(one, URLPattern)
        else URLResolver(one.pattern, _as_pages(one.url_patterns), one.default_kwargs, one.app_name, one.namespace)
        for one in patterns
    ]


_PATTERNS = [
    path("address/", account.address, name="account_email"),
    path("address/sent/", views.email_verification_sent, name="account_email_verification_sent"),
    path("address/<str:key>/", views.confirm_email, name="account_confirm_email"),
    path("password/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("forgotten/", views.password_reset, name="account_reset_password"),
    path("forgotten/sent/", views.password_reset_done, name="account_reset_password_done"),
    path("forgotten/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("forgotten/<base36:uidb36>-<str:key>/", views.password_reset_from_key, name="account_reset_password_from_key"),
    path("confirm/", views.reauthenticate, name="account_reauthenticate"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("sign-up/", views.signup, name="account_signup"),
    path("factors/", include("allauth.mfa.urls")),
    path("connections/", include("allauth.socialaccount.urls")),
    path("with/", include(build_provider_urlpatterns())),
]
urlpatterns = _as_pages(_PATTERNS)
