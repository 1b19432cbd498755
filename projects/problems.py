"""Problem documents (RFC 9457): the body of every answer of the API that is an error, whatever made it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

PROBLEM_TYPE = "application/problem+json"
API_ROOT = "/api/"
_DETAILS = {
    400: "The request could not be read.",
    404: "There is no such thing, or it is not visible to this key.",
    405: "The address does not take this method.",
    413: "The request is too large. Nothing was stored.",
    500: "The server made an error, which it has logged.",
    503: "The server is busy or its database cannot be used. Nothing was stored: try again.",
}


def problem_response(
    status: int, detail: str, *, errors: Sequence[Mapping[str, str]] = (), headers: Mapping[str, str] | None = None
) -> JsonResponse:
    """Return a problem document; `errors` name the fields that are wrong."""
    document: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        document["errors"] = [dict(one) for one in errors]
    return JsonResponse(document, status=status, content_type=PROBLEM_TYPE, headers=dict(headers or {}))


class ProblemMiddleware:
    """Answers requests to the API with problem documents where Django or another middleware answers with a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, and replace an error that is not a problem document yet."""
        response = self._get_response(request)
        if not request.path_info.startswith(API_ROOT) or response.status_code < 400:
            return response
        if response.headers.get("Content-Type") == PROBLEM_TYPE:
            return response
        status = response.status_code
        kept = {name: response.headers[name] for name in ("Allow", "Retry-After") if name in response.headers}
        return problem_response(status, _DETAILS.get(status, HTTPStatus(status).description), headers=kept)
