"""Proofs that a machine sends: verified like a signed upload, and stored for their target."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from projects.domain.assessment.run_evidence import DemandedEvidence
from projects.domain.received_proof import InvalidProof, read_sent_proof
from projects.domain.webhooks import signatures
from projects.models import Repository, StoredProof
from projects.services.reading import ReadingLimitReached, read_document
from projects.services.snapshots import assess_newest
from projects.services.webhooks.receive import DeliveryInvalid, DeliveryRefused, upload_secrets


class ProofAccepted(Struct, frozen=True):
    """A proof that is stored, now or when it first arrived."""

    target: str
    ran: bool


def receive_proof(
    repository: Repository | None, headers: Mapping[str, str], body: bytes, now: datetime
) -> ProofAccepted | DeliveryRefused | DeliveryInvalid:
    """Verify a signed proof and store it in the place of the last one of its target."""
    given = {name.lower(): value for name, value in headers.items()}
    secrets = upload_secrets(repository)
    mac = signatures.verify_upload(secrets, given.get(signatures.UPLOAD_SIGNATURE.lower()), body, now)
    if repository is None or mac is None:
        return DeliveryRefused()
    if known := StoredProof.objects.filter(project=repository.project_id, mac=mac).first():
        return ProofAccepted(known.target, known.ran)
    try:
        proof = read_document(read_sent_proof, body)
    except (InvalidProof, ReadingLimitReached) as problem:
        return DeliveryInvalid(str(problem))
    StoredProof.objects.update_or_create(
        project_id=repository.project_id,
        target=proof.target,
        defaults={"ran": proof.ran, "content": proof.to_json(), "mac": mac, "received_at": now},
    )
    if repository.project.demanded_evidence == DemandedEvidence.RAN:
        # Its verdicts rest on proofs.
        assess_newest(repository.project)
    return ProofAccepted(proof.target, proof.ran)
