"""What a page says of the proofs of a project."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from projects.domain.assessment.verdicts import Verdict
from projects.domain.received_proof import DatedProof
from projects.presentation.columns import column_of
from scanner.domain.phrases import count, join_first, join_words

_MOST_NAMED = 4


class ProofLine(Struct, frozen=True):
    """One proof. `look` gives its colour and glyph; `received_at` is in UTC."""

    look: Verdict
    headline: str
    text: str
    target: str
    received_at: datetime


def proof_line(dated: DatedProof) -> ProofLine:
    """Return the line of a proof: what ran where, or what failed, and whether the set has changed since."""
    proof = dated.proof
    where = f"Python {proof.python}, {proof.machine}"
    label = column_of(proof.target).label
    if proof.ran:
        headline, look = f"{label}: ran on {where}", Verdict.READY
        text = f"{count(len(proof.pins), 'package')} installed and imported"
        text += "; the project's tests passed" if proof.tests_passed else ""
    else:
        headline, look = f"{label}: failed on {where}", Verdict.BLOCKED
        names = list(dict.fromkeys(one.package for one in proof.failed))
        text = (
            f"importing {join_first(names, _MOST_NAMED)} failed" if names else "it did not install, or its tests failed"
        )
    if proof.gil_enabled_by:
        text += f"; the GIL was turned on by {join_words(list(proof.gil_enabled_by[:_MOST_NAMED]))}"
    if not dated.is_current:
        look = Verdict.UNKNOWN
        text += "; the set has changed since"
    return ProofLine(look, headline, f"{text}. Isolation: {proof.isolation}.", proof.target, dated.received_at)
