"""How one browser shows pages: its theme, its time zone and its language, kept in cookies that hold nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request

from projects.languages import LANGUAGES, speak
from scanner.domain.translation import ENGLISH, language

THEMES = ("system", "light", "dark")
_THEME, _ZONE = "wheelway_theme", "wheelway_zone"
_COOKIES = {"theme": _THEME, "zone": _ZONE, "language": settings.LANGUAGE_COOKIE_NAME}
_FOR_PROGRAMS = re.compile(r"/(?:api|hooks|badges)/.*|/metrics|/healthz|.*\.(?:csv|json)")
_YEAR = 365 * 24 * 3600


@cache
def known_zones() -> tuple[str, ...]:
    """Return the names of all time zones, sorted."""
    return tuple(sorted(name for name in available_timezones() if "/" in name or name == "UTC"))


def theme_of(request: HttpRequest) -> str:
    """Return the theme that the browser asked for, "system" without one."""
    theme = request.COOKIES.get(_THEME, "")
    return theme if theme in THEMES else "system"


def zone_of(request: HttpRequest) -> str:
    """Return the name of the browser's time zone, "UTC" where it chose none."""
    zone = request.COOKIES.get(_ZONE, "")
    return zone if zone in known_zones() else "UTC"


def chosen_language(request: HttpRequest) -> str:
    """Return the language that was chosen for the browser; empty where it is left to what the browser prefers."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in LANGUAGES else ""


def language_of(request: HttpRequest) -> str:
    """Return the language chosen for the browser, else the first known one that it asks for, else English.

    What programs read, and files that are handed on, are English for everyone.
    """
    if _is_for_programs(request):
        return ENGLISH
    return chosen_language(request) or get_language_from_request(request)


def _is_for_programs(request: HttpRequest) -> bool:
    return _FOR_PROGRAMS.fullmatch(request.path_info) is not None


def remember(request: HttpRequest, response: HttpResponse, **choices: str) -> None:
    """Set the cookies of a `theme`, a `zone` and a `language`, those given and known, for a year."""
    for name, value in choices.items():
        cookie = _COOKIES[name]
        response.set_cookie(cookie, value, max_age=_YEAR, secure=request.is_secure(), httponly=True, samesite="Lax")


class ViewerMiddleware:
    """A middleware that shows texts in the language of the browser and times in its zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate the language and the zone for this request alone."""
        spoken = language_of(request)
        with timezone.override(ZoneInfo(zone_of(request))), speak(spoken):
            response = self._get_response(request)
        if "Content-Language" not in response.headers:
            response.headers["Content-Language"] = spoken
            if not _is_for_programs(request):
                patch_vary_headers(response, ("Accept-Language",))
        return response


def viewer(request: HttpRequest) -> dict[str, str]:
    """Return the template variables `theme`, empty for that of the system, and `language`."""
    theme = theme_of(request)
    return {"theme": "" if theme == "system" else theme, "language": language()}
