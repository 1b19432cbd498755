"""Answers of the API: JSON with an ETag, pages of lists, and the statuses that each operation documents."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from ninja import Field, Query, Schema
from pydantic import AfterValidator

MOST_ITEMS = 200
_FURTHEST = 1_000_000
T = TypeVar("T")


def _without_nul(text: str) -> str:
    if "\0" in text:
        # PostgreSQL takes none, and nothing here has one in its name.
        message = "a NUL character"
        raise ValueError(message)
    return text


Text = Annotated[str, Field(max_length=500), AfterValidator(_without_nul)]


class FieldError(Schema):
    """One field that is wrong."""

    field: str = Field(description="where it is in the request")
    message: str


class Problem(Schema):
    """An error (RFC 9457), of the media type application/problem+json."""

    type: str = Field(description="about:blank: the status says all")
    title: str = Field(description="the phrase of the status")
    status: int
    detail: str = Field(description="what is wrong and what to do, for people")
    errors: list[FieldError] | None = None


class Paging(Schema):
    """Which items of a list to return."""

    limit: int = Field(50, ge=1, le=MOST_ITEMS, description="how many items")
    offset: int = Field(0, ge=0, le=_FURTHEST, description="how many items to leave out before them")


PagingQuery = Query[Paging]


class PagedList(Schema):
    """A part of a list."""

    total: int = Field(description="how many items the whole list has")
    next: str | None = Field(description="the address of the next part; null at the end")


_READ_STATUSES = (401, 404, 422, 429, 503)
_WRITE_STATUSES = (400, 401, 403, 404, 413, 422, 429, 503)


def reads(schema: Any) -> dict[Any, Any]:
    """Return the documented answers of an operation that reads."""
    return {200: schema, 304: None, **dict.fromkeys(_READ_STATUSES, Problem)}


def writes(answers: Mapping[int, Any], *more: int) -> dict[Any, Any]:
    """Return the documented answers of an operation that changes something."""
    return {**answers, **dict.fromkeys((*_WRITE_STATUSES, *more), Problem)}


def answer(request: HttpRequest, document: Schema | Mapping[str, Any], status: int = 200) -> HttpResponse:
    """Return a document as JSON with an ETag; 304 without a body where the client has it already."""
    data = document.model_dump(mode="json") if isinstance(document, Schema) else document
    return answer_text(request, json.dumps(data, ensure_ascii=False), "application/json", status)


def answer_text(request: HttpRequest, text: str, content_type: str, status: int = 200) -> HttpResponse:
    """Return a text with an ETag; 304 without a body where the client has it already."""
    body = text.encode("utf-8", "replace")
    headers = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}
    response = HttpResponse(body, content_type=content_type, status=status, headers=headers)
    if status != 200 or request.method != "GET":
        return response
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:40])
    response.headers["ETag"] = etag
    # With a response given it returns that one or one without a body, which its types do not say.
    conditional: HttpResponse = get_conditional_response(request, etag=etag, response=response)  # type: ignore[assignment]
    for name, value in headers.items():
        conditional.headers[name] = value
    return conditional


def answer_page(
    request: HttpRequest, items: Sequence[T], paging: Paging, make: Callable[[T], Schema | Mapping[str, Any]]
) -> HttpResponse:
    """Return a part of a list: `make` is called for its items only."""
    end = paging.offset + paging.limit
    shown = items[paging.offset : end]
    return answer_part(request, [make(one) for one in shown], paging, len(items))


def answer_part(
    request: HttpRequest, shown: Sequence[Schema | Mapping[str, Any]], paging: Paging, total: int
) -> HttpResponse:
    """Return a part of a list of `total` items, with the address of the next one in the document and in Link."""
    end = paging.offset + paging.limit
    following = None
    if end < min(total, _FURTHEST):
        query = [(name, value) for name, values in request.GET.lists() for value in values if name != "offset"]
        following = f"{request.path}?{urlencode([*query, ('offset', str(end))])}"
    items = [one.model_dump(mode="json") if isinstance(one, Schema) else one for one in shown]
    response = answer(request, {"items": items, "total": total, "next": following})
    if following is not None:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def moment(value: datetime) -> str:
    """Return a moment as in the machine-readable assessment."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_or_none(value: datetime | None) -> str | None:
    """Return a moment, or None where there is none."""
    return moment(value) if value is not None else None
