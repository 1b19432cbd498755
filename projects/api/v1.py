"""The first version of the API: its operations, and the problem documents that its errors become."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from projects.api.access import KeyAuthentication
from projects.api.changing import CannotRead
from projects.api.changing import router as changing
from projects.api.reading import router as reading
from projects.problems import PROBLEM_TYPE, problem_response
from projects.sandbox import SandboxBusy
from projects.services.request_limits import TooManyRequests

_BUSY_SECONDS = 30
_ERROR = 400


class DescribedApi(NinjaAPI):
    """The API whose description names the media type of problem documents."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._described: dict[str, Any] = {}

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None) -> Any:
        """Return the OpenAPI document, which is made once in a process: that takes half a second."""
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        if prefix not in self._described:
            schema = super().get_openapi_schema(path_prefix=prefix)
            for operations in schema["paths"].values():
                for operation in operations.values():
                    for status, described in operation.get("responses", {}).items():
                        _describe(int(status), described, operation["operationId"])
            self._described[prefix] = schema
        return self._described[prefix]


def _describe(status: int, described: dict[str, Any], operation: str) -> None:
    """Correct what is said of one answer."""
    if status >= _ERROR and "application/json" in described.get("content", {}):
        described["content"] = {PROBLEM_TYPE: described["content"].pop("application/json")}
    if status in (429, 503):
        described["headers"] = {
            "Retry-After": {"description": "seconds to wait", "schema": {"type": "string", "pattern": "^[0-9]+$"}}
        }
    if status == 200 and operation.endswith("_export"):
        described["content"] = {"text/csv": {"schema": {"type": "string"}}}


api = DescribedApi(
    title="Wheelway",
    version="1",
    description="When Python projects can move to a newer Python or another platform. See docs/api.md.",
    auth=KeyAuthentication(),
    docs_url=None,
    urls_namespace="api-1",
)
api.add_router("", changing)
api.add_router("", reading)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: object) -> HttpResponse:
    detail = 'Send a valid key in the header "Authorization: Bearer ww_…". Keys are made on the page of your account.'
    return problem_response(401, detail, headers={"WWW-Authenticate": "Bearer"})


@api.exception_handler(PermissionDenied)
def _forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return problem_response(403, str(error))


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, error: object) -> HttpResponse:
    return problem_response(404, "There is no such thing, or it is not visible to this key.")


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    found = [{"field": ".".join(map(str, one["loc"])), "message": str(one["msg"])} for one in error.errors]
    return problem_response(422, "The request has fields that cannot be used.", errors=found[:20])


@api.exception_handler(CannotRead)
def _unreadable(request: HttpRequest, error: CannotRead) -> HttpResponse:
    found = [{"field": one.field, "message": one.message} for one in error.problems]
    return problem_response(422, "The files ask for no package that could be read. Nothing was stored.", errors=found)


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem_response(error.status_code, error.message)


@api.exception_handler(TooManyRequests)
def _too_many(request: HttpRequest, error: TooManyRequests) -> HttpResponse:
    detail = f"Too many requests: wait {error.retry_after} seconds."
    return problem_response(429, detail, headers={"Retry-After": str(error.retry_after)})


@api.exception_handler(SandboxBusy)
def _busy(request: HttpRequest, error: object) -> HttpResponse:
    detail = "All processes that read files are busy. Nothing was stored."
    return problem_response(503, detail, headers={"Retry-After": str(_BUSY_SECONDS)})
