"""Sending of a proof to a Wheelway installation, signed as an upload from CI."""

from __future__ import annotations

import time

import requests

from projects.domain.webhooks.signatures import UPLOAD_SIGNATURE, sign_upload

_SECONDS = 60
_MOST_SAID = 300


class ProofNotTaken(Exception):
    """A proof that the installation did not take. The message says why."""


def upload_proof(hook: str, secret: str, body: bytes) -> None:
    """Send a signed proof to the address of a project's hook. Raise ProofNotTaken."""
    headers = {"Content-Type": "application/json", UPLOAD_SIGNATURE: sign_upload(secret, body, int(time.time()))}
    try:
        with requests.Session() as session:
            answer = session.post(
                hook, data=body, headers=headers, timeout=_SECONDS, allow_redirects=False, stream=True
            )
            said = next(answer.iter_content(_MOST_SAID), b"").decode("utf-8", errors="replace")
    except requests.RequestException as error:
        raise ProofNotTaken(f"the installation did not answer: {type(error).__name__}") from None
    if answer.status_code != 202:
        raise ProofNotTaken(f"the installation answered {answer.status_code}: {said}")
