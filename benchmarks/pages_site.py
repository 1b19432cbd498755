"""The site that `benchmarks.pages` measures.

It has our pages, pages that say "ok" behind the same middleware, and, without any middleware, a bare table by the same
template engine.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

import django
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compat_site.settings")
django.setup()
settings.ROOT_URLCONF = "benchmarks.pages_site"

BARE = """<!doctype html><title>bare</title><table>{% for row in rows %}<tr><th>{{ row.name }}</th>
{% for cell in row.cells %}<td class="{{ cell.verdict }}">{{ cell.text }}</td>{% endfor %}</tr>{% endfor %}</table>"""


def anybody(request: HttpRequest) -> HttpResponse:
    """Middleware alone."""
    return HttpResponse("ok")


urlpatterns = [
    path("ok/anybody/", anybody),
    path("ok/", login_required(anybody)),
    path("", include("compat_site.urls")),
]


class _Cell:
    def __init__(self, verdict: str, text: str) -> None:
        self.verdict, self.text = verdict, text


class _Row:
    def __init__(self, name: str, cells: list[_Cell]) -> None:
        self.name, self.cells = name, cells


def _site() -> Callable[..., Iterable[bytes]]:
    from compat_site.wsgi import application as ours

    template = engines["django"].from_string(BARE)
    rows = [
        _Row(f"package-{at:05}", [_Cell("upgrade" if (at + turn) % 3 else "blocked", "3.10.7") for turn in range(12)])
        for at in range(200)
    ]

    def site(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/bare/":
            return ours(environ, start_response)
        body = template.render({"rows": rows}).encode()
        start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(body)))])
        return [body]

    return site


application = _site()
