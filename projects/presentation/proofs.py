"""What a page says of the proofs of a project."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from projects.domain.assessment.verdicts import Verdict
from projects.domain.received_proof import DatedProof
from projects.presentation.columns import column_of
from scanner.domain.phrases import join_first, join_words
from scanner.domain.translation import gettext, ngettext

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
        headline, look = gettext("{target}: ran on {place}"), Verdict.READY
        clause = ngettext(
            "{count} package installed and imported", "{count} packages installed and imported", len(proof.pins)
        )
        clauses = [clause.format(count=len(proof.pins))]
        if proof.tests_passed:
            clauses.append(gettext("the project's tests passed"))
    else:
        headline, look = gettext("{target}: failed on {place}"), Verdict.BLOCKED
        names = list(dict.fromkeys(one.package for one in proof.failed))
        clauses = [gettext("it did not install, or its tests failed")]
        if names:
            clauses = [gettext("importing {packages} failed").format(packages=join_first(names, _MOST_NAMED))]
    if proof.gil_enabled_by:
        packages = join_words(list(proof.gil_enabled_by[:_MOST_NAMED]))
        clauses.append(gettext("the GIL was turned on by {packages}").format(packages=packages))
    if not dated.is_current:
        look = Verdict.UNKNOWN
        clauses.append(gettext("the set has changed since"))
    text = gettext("{clauses}. Isolation: {isolation}.").format(clauses="; ".join(clauses), isolation=proof.isolation)
    return ProofLine(look, headline.format(target=label, place=where), text, proof.target, dated.received_at)
