"""How one browser shows pages: its theme and its time zone, kept in cookies that hold nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

THEMES = ("system", "light", "dark")
_THEME, _ZONE = "wheelway_theme", "wheelway_zone"
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


def remember(request: HttpRequest, response: HttpResponse, *, theme: str, zone: str) -> None:
    """Set the cookies of a theme and a zone, both known, for a year."""
    for name, value in ((_THEME, theme), (_ZONE, zone)):
        response.set_cookie(name, value, max_age=_YEAR, secure=request.is_secure(), httponly=True, samesite="Lax")


class ViewerMiddleware:
    """A middleware that shows times in the zone of the browser, and tells templates its theme."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate the zone for this request alone."""
        with timezone.override(ZoneInfo(zone_of(request))):
            return self._get_response(request)


def viewer(request: HttpRequest) -> dict[str, str]:
    """Return the template variable `theme`, empty for that of the system."""
    theme = theme_of(request)
    return {"theme": "" if theme == "system" else theme}
