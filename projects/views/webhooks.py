"""Endpoints for repository hosts and CI jobs.

A signature over the body authenticates the sender, so there is no session and no CSRF token.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from projects.services.webhooks.receive import (
    DeliveryAccepted,
    DeliveryRefused,
    ReceiveResult,
    receive_push,
    receive_upload,
)


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, hook_key: str) -> HttpResponse:
    """Receive a webhook delivery. The status is 202 if it is stored, even if it needs no processing."""
    body = _body(request, settings.WHEELWAY_HOOK_MAX_BYTES)
    if body is None:
        return _too_large(settings.WHEELWAY_HOOK_MAX_BYTES)
    return _respond(receive_push(hook_key, request.headers, body, timezone.now()))


@csrf_exempt
@require_POST
def upload_hook(request: HttpRequest, hook_key: str) -> HttpResponse:
    """Receive a CI job's signed upload of dependency files."""
    body = _body(request, settings.UPLOAD_MAX_BYTES)
    if body is None:
        return _too_large(settings.UPLOAD_MAX_BYTES)
    return _respond(receive_upload(hook_key, request.headers, request.GET.get("path", ""), body, timezone.now()))


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


def _respond(answer: ReceiveResult) -> HttpResponse:
    if isinstance(answer, DeliveryAccepted):
        delivery = answer.delivery
        return JsonResponse({"delivery": delivery.delivery_id, "state": delivery.state}, status=202)
    if isinstance(answer, DeliveryRefused):
        # The same answer for an unknown hook and for an invalid signature.
        return JsonResponse({"error": "refused"}, status=403)
    return JsonResponse({"error": answer.reason}, status=400)


def _too_large(limit: int) -> HttpResponse:
    return JsonResponse({"error": f"the body is larger than {limit} bytes"}, status=413)
