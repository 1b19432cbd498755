"""Endpoints for repository hosts and CI jobs.

A signature over the body authenticates the sender, so there is no session and no CSRF token.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from msgspec import Struct

from projects.client_address import client_address
from projects.models.repository import Repository
from projects.services.proofs import ProofAccepted, receive_proof
from projects.services.request_limits import LimitedRequest, check_limits, spend_requests
from projects.services.webhooks.receive import (
    DeliveryAccepted,
    DeliveryRefused,
    ReceiveResult,
    find_repository,
    receive_push,
    receive_upload,
)


class _Limits(Struct, frozen=True):
    """The limits against which an accepted and a refused request count."""

    accepted: tuple[LimitedRequest, str]
    refused: tuple[LimitedRequest, str]


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, hook_key: str) -> HttpResponse:
    """Receive a webhook delivery. The status is 202 if it is stored, even if it needs no processing."""
    receive = partial(receive_push, headers=request.headers)
    return _receive(request, hook_key, LimitedRequest.DELIVERY, settings.WHEELWAY_HOOK_MAX_BYTES, receive)


@csrf_exempt
@require_POST
def upload_hook(request: HttpRequest, hook_key: str) -> HttpResponse:
    """Receive a CI job's signed upload of dependency files."""
    receive = partial(receive_upload, headers=request.headers, path=request.GET.get("path", ""))
    return _receive(request, hook_key, LimitedRequest.SIGNED_UPLOAD, settings.UPLOAD_MAX_BYTES, receive)


@csrf_exempt
@require_POST
def proof_hook(request: HttpRequest, hook_key: str) -> HttpResponse:
    """Receive a signed proof that the planned set of a project ran on a target, or did not."""
    receive = partial(receive_proof, headers=request.headers)
    return _receive(request, hook_key, LimitedRequest.SIGNED_UPLOAD, settings.UPLOAD_MAX_BYTES, receive)


def _receive(
    request: HttpRequest,
    hook_key: str,
    kind: LimitedRequest,
    most: int,
    receive: Callable[..., ReceiveResult | ProofAccepted],
) -> HttpResponse:
    """Check the limits, read the body of at most so many bytes, and pass it on with the hook's repository."""
    repository = find_repository(hook_key)
    limits = _check(request, repository, kind)
    body = _body(request, most)
    if body is None:
        return JsonResponse({"error": f"the body is larger than {most} bytes"}, status=413)
    return _respond(receive(repository, body=body, now=timezone.now()), limits)


def _body(request: HttpRequest, limit: int) -> bytes | None:
    """Return the raw bytes of the body, None if there are more than `limit`, b"" if the client disconnected.

    request.body is not used, since its limit is that of forms.
    """
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > limit:
            return None
        body: bytes = request.read(limit + 1)
    except (UnreadablePostError, ValueError):
        return b""
    return body if len(body) <= limit else None


def _check(request: HttpRequest, repository: Repository | None, kind: LimitedRequest) -> _Limits:
    """Return the limits of this request. Raises TooManyRequests before the body is read."""
    # The middleware answers a sender that is no browser.
    request.answers_json = True  # type: ignore[attr-defined]
    # An unknown hook has no count of its own: there are any number of them.
    subject = repository.hook_key if repository is not None else "unknown"
    limits = _Limits((kind, subject), (LimitedRequest.REFUSED_DELIVERY, f"{client_address(request)} {subject}"))
    check_limits(timezone.now(), limits.accepted, limits.refused)
    return limits


def _respond(answer: ReceiveResult | ProofAccepted, limits: _Limits) -> HttpResponse:
    kind, subject = limits.refused if isinstance(answer, DeliveryRefused) else limits.accepted
    # What is stored already is answered in full, whatever the count is now.
    spend_requests(timezone.now(), kind, subject, 1)
    if isinstance(answer, DeliveryAccepted):
        delivery = answer.delivery
        return JsonResponse({"delivery": delivery.delivery_id, "state": delivery.state}, status=202)
    if isinstance(answer, ProofAccepted):
        return JsonResponse({"target": answer.target, "ran": answer.ran}, status=202)
    if isinstance(answer, DeliveryRefused):
        # The same answer for an unknown hook and for an invalid signature.
        return JsonResponse({"error": "refused"}, status=403)
    return JsonResponse({"error": answer.reason}, status=400)
