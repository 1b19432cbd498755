"""A note in words, for the project's page and for e-mail: what happened, why it matters here, what to do. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from projects.domain.assessment.verdicts import Severity, Verdict
from projects.domain.upstream.note_facts import AffectedTarget, NoteFacts
from projects.domain.upstream.notes import NoteKind, is_pinned
from projects.presentation.target_names import describe_targets
from scanner.domain.matching.availability import Availability

# A headline names places while they fit on a line.
_HEADLINE = 110
_FILES = 5
_QUOTE = 300
_LOOKS = {
    Severity.CRITICAL: Verdict.BLOCKED,
    Severity.HIGH: Verdict.BLOCKED,
    Severity.MODERATE: Verdict.UPGRADE,
}


@dataclass(frozen=True, slots=True)
class UpstreamNote:
    """One note as it is read. `line` is a line for a requirements or constraints file, "" when none helps.

    `happened_at` is when it happened on the index; `happened` names that moment ("Released").
    """

    name: str
    look: Verdict
    severity: Severity
    headline: str
    why: tuple[str, ...]
    places: str
    files: tuple[str, ...]
    files_left_out: int
    last_good: str
    happened: str
    happened_at: datetime | None
    next_step: str
    line: str


def describe_note(name: str, kind: NoteKind, subject: str, severity: Severity, facts: NoteFacts) -> UpstreamNote:
    """The words of one note."""
    files = tuple(dict.fromkeys(place.file for place in facts.places if place.file))
    match kind:
        case NoteKind.REGRESSION:
            headline, why, step, line = _regression(name, subject, facts)
            happened = "Released"
        case NoteKind.YANK:
            headline, why, step, line = _yank(name, subject, facts)
            happened = "Seen withdrawn"
        case NoteKind.STATUS:
            headline, why, step, line = _status(name, subject, facts)
            happened = "Seen"
    return UpstreamNote(
        name=name,
        look=_LOOKS.get(severity, Verdict.DEGRADED),
        severity=severity,
        headline=headline,
        why=tuple(why),
        places=describe_targets(facts.targets),
        files=files[:_FILES],
        files_left_out=max(0, len(files) - _FILES),
        last_good=facts.before,
        happened=happened,
        happened_at=facts.at,
        next_step=step,
        line=line,
    )


def one_line_summary(notes: Sequence[UpstreamNote]) -> str:
    """All of a message in one line; the notes come worst first."""
    if len(notes) == 1:
        return f"{notes[0].headline}."
    return f"{len(notes)} things changed upstream, the worst: {notes[0].headline}."


Words = tuple[str, list[str], str, str]


def _regression(name: str, version: str, facts: NoteFacts) -> Words:
    number = len(facts.places)
    headline = f"{name} {version} drops {describe_targets(facts.targets)}"
    if len(headline) > _HEADLINE:
        headline = f"{name} {version} drops {number} of your targets"
    why = [_loss(version, facts.before, group, facts.places) for group in _alike(facts.places)]
    if any(place.in_use == version for place in facts.places):
        step = f"Go back to {facts.before}, the last version with a wheel there, until a later one brings it again."
        return headline, why, step, f"{name}<{version}"
    if all(place.offered == Availability.EXCLUDED for place in facts.places):
        step = f"Stay at {facts.before} on that Python, or move the project to a newer one."
        return headline, why, step, ""
    if all(place.admitted is False for place in facts.places):
        step = f"Do not go past {facts.before}, the last version with a wheel there."
        return headline, why, step, ""
    step = f"Keep {version} out until a later release has the wheel again:"
    return headline, why, step, f"{name}<{version}"


def _loss(version: str, before: str, places: Sequence[AffectedTarget], whole: Sequence[AffectedTarget]) -> str:
    """One sentence or two about places that are alike; they are named where others differ."""
    one = places[0]
    limits = f"Your requirements ({one.specifier})" if one.specifier else "Your requirements"
    if one.in_use == version:
        return _at(places, whole, f"you stand at {version} already, which has no wheel there.")
    has = _at(places, whole, f"you have {one.in_use} there, which installs from a wheel.")
    if one.offered == Availability.EXCLUDED:
        return f"{has} {version} refuses that Python (Requires-Python), so installers stay at {before} by themselves."
    if one.admitted is False:
        return f"{has} {limits} do not admit {version}, so nothing breaks until you upgrade."
    if one.admitted is None:
        return f"{has} {limits} cannot be read as a range of versions, so check whether they take {version}."
    if one.offered == Availability.SOURCE:
        accepted = ", which your policy accepts" if one.builds else ""
        return f"{has} {limits} take {version}: the next install without a lock builds it from source{accepted}."
    return (
        f"{has} {limits} take {version}, of which nothing fits there: an installer on that target stays at {before}, "
        f"and a lock file that was made elsewhere fails there."
    )


def _at(places: Sequence[AffectedTarget], whole: Sequence[AffectedTarget], words: str) -> str:
    if len(places) == len(whole):
        return f"{words[:1].upper()}{words[1:]}"
    return f"{describe_targets(place.target for place in places)}: {words}"


def _yank(name: str, version: str, facts: NoteFacts) -> Words:
    headline = f"{name} {version}, which you use, was withdrawn by its maintainers"
    why = [f"They say: “{_quoted(facts.reason)}”." if _quoted(facts.reason) else "They give no reason."]
    for group in _alike(facts.places):
        if is_pinned(group[0].specifier):
            words = f"it is pinned ({group[0].specifier}), so every install goes on taking it."
        else:
            words = "new installs move to another version by themselves; what is deployed stays."
        why.append(_at(group, facts.places, words))
    if facts.instead:
        step = f"Move to {facts.instead}, the nearest version with a wheel on these targets, and install again."
        return headline, why, step, f"{name}=={facts.instead}"
    step = "No other version has a wheel on all of these targets: ask the maintainers, or keep it knowing why."
    return headline, why, step, ""


def _status(name: str, status: str, facts: NoteFacts) -> Words:
    why = [f"They say: “{_quoted(facts.reason)}”."] if _quoted(facts.reason) else []
    match status:
        case "quarantined":
            why.append("The index offers nothing of it while that lasts: new installs fail.")
            step = "Treat it as unsafe: install nothing of it, and check what your builds have taken lately."
            return f"{name} is quarantined on the index", why, step, ""
        case "deprecated":
            why.append("Its maintainers ask users to move away.")
            step = "Look for what replaces it, before a new Python needs a wheel of it."
            return f"{name} is deprecated", why, step, ""
        case "archived":
            why.append("What is there goes on installing; no update is expected, nor a wheel for a new Python.")
            return f"{name} is archived", why, "Plan for a replacement; nothing breaks today.", ""
    return f"{name} is {status}", why, "See what its maintainers say.", ""


def _quoted(text: str) -> str:
    """What somebody else has written: on one line, not without end, and its full stop left to the sentence around."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line[: _QUOTE - 1].rstrip() + "…" if len(line) > _QUOTE else line.removesuffix(".")


def _alike(places: Iterable[AffectedTarget]) -> list[list[AffectedTarget]]:
    """The places that one sentence can tell together, in their order."""
    groups: dict[tuple[object, ...], list[AffectedTarget]] = {}
    for place in places:
        key = (place.in_use, place.specifier, place.offered, place.admitted, place.builds)
        groups.setdefault(key, []).append(place)
    return list(groups.values())
