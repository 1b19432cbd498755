"""The projects of an installation, through its API with a key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from projects.management.model_context.local import OperationFailed
from scanner.services.outbound import OutboundFailed, send

_MOST_SAID = 500
_FIRST_ERROR = 400


@dataclass(frozen=True, slots=True)
class Installation:
    """An installation of Wheelway: the address of its pages, and a key of its API."""

    url: str
    key: str = field(repr=False)

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """Return the document at a path below /api/v1. Raises OperationFailed."""
        return self._call("GET", f"{path}?{urlencode(query)}" if query else path)

    def post(self, path: str, document: object) -> Any:
        """Send a document to a path below /api/v1, and return the answer. Raises OperationFailed."""
        return self._call("POST", path, document)

    def _call(self, method: str, path: str, document: object | None = None) -> Any:
        address = f"{self.url.rstrip('/')}/api/v1{path}"
        headers = {"Authorization": f"Bearer {self.key}"}
        # The user named this host, wherever it is.
        allowed = [urlsplit(self.url).hostname or ""]
        try:
            answer = send(method, address, headers=headers, allowed_hosts=allowed, document=document)
            found = json.loads(answer.body or b"{}")
        except OutboundFailed as error:
            raise OperationFailed(f"{self.url}: {error}.") from error
        except ValueError as error:
            raise OperationFailed(f"{self.url} answered {answer.status} without JSON.") from error
        if answer.status >= _FIRST_ERROR:
            detail = str(found.get("detail", "")) if isinstance(found, dict) else ""
            raise OperationFailed(f"{answer.status}: {detail}"[:_MOST_SAID])
        return found


def part(text: str) -> str:
    """Return a text as one part of a path."""
    return quote(text, safe="")
