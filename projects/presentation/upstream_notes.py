"""The text of a note, for the project page and for e-mail: what happened, why it matters here, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from projects.domain.assessment.verdicts import Severity, Verdict
from projects.domain.upstream.note_facts import AffectedTarget, NoteFacts
from projects.domain.upstream.notes import NoteKind, is_pinned
from projects.presentation.target_names import describe_targets
from scanner.domain.matching.availability import Availability
from scanner.domain.translation import gettext, ngettext

# A headline names its targets only while it is no longer than this.
_HEADLINE_LENGTH = 110
_MOST_FILES = 5
_QUOTE_LENGTH = 300
_LOOKS = {
    Severity.CRITICAL: Verdict.BLOCKED,
    Severity.HIGH: Verdict.BLOCKED,
    Severity.MODERATE: Verdict.UPGRADE,
}


class UpstreamNote(Struct, frozen=True):
    """The text of one note. `line` is a line for a requirements or constraints file, "" if none helps.

    `name` is the package, "" for a change of the project itself.
    `happened_at` is when the change happened on the index; `happened` is the label of that time ("Released").
    """

    name: str
    look: Verdict
    severity: Severity
    headline: str
    why: tuple[str, ...]
    files: tuple[str, ...]
    files_left_out: int
    last_good: str
    happened: str
    happened_at: datetime | None
    next_step: str
    line: str


class _Text(Struct, frozen=True):
    headline: str
    why: Sequence[str]
    next_step: str
    line: str = ""


def describe_note(name: str, kind: NoteKind, subject: str, severity: Severity, facts: NoteFacts) -> UpstreamNote:
    """Return the text of a note about the package `name`. `subject` is the note's version or status."""
    match kind:
        case NoteKind.REGRESSION:
            text, happened = _regression(name, subject, facts), gettext("Released")
        case NoteKind.YANK:
            text, happened = _yank(name, subject, facts), gettext("Seen yanked")
        case NoteKind.STATUS:
            text, happened = _status(name, subject, facts), gettext("Seen")
    files = tuple(dict.fromkeys(one.file for one in facts.affected if one.file))
    return UpstreamNote(
        name=name,
        look=note_look(severity),
        severity=severity,
        headline=text.headline,
        why=tuple(text.why),
        files=files[:_MOST_FILES],
        files_left_out=max(0, len(files) - _MOST_FILES),
        last_good=facts.before,
        happened=happened,
        happened_at=facts.at,
        next_step=text.next_step,
        line=text.line,
    )


def note_look(severity: Severity) -> Verdict:
    """Return the verdict in whose colours a note of this severity is shown."""
    return _LOOKS.get(severity, Verdict.DEGRADED)


def one_line_summary(notes: Sequence[UpstreamNote]) -> str:
    """Return the content of a digest in one line. `notes` are sorted, worst first."""
    if len(notes) == 1:
        return f"{notes[0].headline}."
    if all(note.name for note in notes):
        text = gettext("{count} things changed upstream. The worst: {headline}.")
    else:
        text = gettext("{count} things changed. The worst: {headline}.")
    return text.format(count=len(notes), headline=notes[0].headline)


def _regression(name: str, version: str, facts: NoteFacts) -> _Text:
    headline = gettext("{package} {version} drops {targets}").format(
        package=name, version=version, targets=describe_targets(facts.targets)
    )
    if len(headline) > _HEADLINE_LENGTH:
        number = len(facts.affected)
        headline = ngettext(
            "{package} {version} drops {count} of your targets",
            "{package} {version} drops {count} of your targets",
            number,
        ).format(package=name, version=version, count=number)
    why = [_loss(version, facts.before, group, facts.affected) for group in _alike(facts.affected)]
    below = f"{name}<{version}"
    if any(one.in_use == version for one in facts.affected):
        step = gettext("Go back to {before}, the last version with a wheel there, until a later one has it again.")
        line = below
    elif all(one.offered == Availability.EXCLUDED for one in facts.affected):
        step, line = gettext("Stay at {before} on that Python, or move the project to a newer one."), ""
    elif all(one.admitted is False for one in facts.affected):
        step, line = gettext("Do not go past {before}, the last version with a wheel there."), ""
    else:
        step, line = gettext("Exclude {version} until a later release has the wheel again:"), below
    return _Text(headline, why, step.format(before=facts.before, version=version), line)


def _loss(version: str, before: str, group: Sequence[AffectedTarget], everything: Sequence[AffectedTarget]) -> str:
    """Return one or two sentences about targets that are alike. They are named where others differ."""
    one = group[0]
    if one.in_use == version:
        text = gettext("you already use {version}, which has no wheel there.").format(version=version)
        return _at(group, everything, text)
    uses = gettext("you use {version} there, which installs from a wheel.").format(version=one.in_use)
    limits = gettext("Your requirements")
    if one.specifier:
        limits = gettext("Your requirements ({specifier})").format(specifier=one.specifier)
    effect = _effect_of(one).format(version=version, before=before, requirements=limits)
    return f"{_at(group, everything, uses)} {effect}"


def _effect_of(one: AffectedTarget) -> str:
    """Return the sentence that says what a regression does on a target, with places for what it is about."""
    if one.offered == Availability.EXCLUDED:
        return gettext("{version} excludes that Python (Requires-Python), so installers stay at {before}.")
    if one.admitted is False:
        return gettext("{requirements} do not admit {version}, so nothing breaks until you upgrade.")
    if one.admitted is None:
        return gettext("{requirements} cannot be parsed as version specifiers, so check whether they admit {version}.")
    if one.offered == Availability.SOURCE and one.builds:
        return gettext(
            "{requirements} admit {version}: the next install without a lock file builds it from source, "
            "which your policy accepts."
        )
    if one.offered == Availability.SOURCE:
        return gettext("{requirements} admit {version}: the next install without a lock file builds it from source.")
    return gettext(
        "{requirements} admit {version}, which has no file for it: an installer on that target stays at {before}, "
        "and a lock file that was made on another target fails there."
    )


def _yank(name: str, version: str, facts: NoteFacts) -> _Text:
    headline = gettext("{package} {version}, which you use, was yanked by its maintainers").format(
        package=name, version=version
    )
    reason = _quoted(facts.reason)
    why = [gettext("Their reason: “{reason}”.").format(reason=reason) if reason else gettext("They give no reason.")]
    for group in _alike(facts.affected):
        if is_pinned(group[0].specifier):
            effect = gettext("it is pinned ({specifier}), so every install still takes it.").format(
                specifier=group[0].specifier
            )
        else:
            effect = gettext("new installs take another version; what is deployed stays.")
        why.append(_at(group, facts.affected, effect))
    if facts.instead:
        step = gettext("Move to {version}, the nearest version with a wheel on these targets, and install again.")
        return _Text(headline, why, step.format(version=facts.instead), f"{name}=={facts.instead}")
    step = gettext(
        "No other version has a wheel on all of these targets: ask the maintainers, or keep it and accept the risk."
    )
    return _Text(headline, why, step)


def _status(name: str, status: str, facts: NoteFacts) -> _Text:
    reason = _quoted(facts.reason)
    why = [gettext("The reason given: “{reason}”.").format(reason=reason)] if reason else []
    match status:
        case "quarantined":
            headline = gettext("{package} is quarantined on the index")
            why.append(gettext("The index offers none of its files while that lasts, so new installs fail."))
            step = gettext("Treat it as unsafe: do not install it, and check what your recent builds installed.")
        case "deprecated":
            headline = gettext("{package} is deprecated")
            why.append(gettext("Its maintainers ask users to move away from it."))
            step = gettext("Look for a replacement before a new Python needs a wheel of it.")
        case "archived":
            headline = gettext("{package} is archived")
            why.append(gettext("Its releases still install. No update is expected, nor a wheel for a new Python."))
            step = gettext("Plan for a replacement; nothing breaks today.")
        case _:
            headline, step = gettext("{package} is {status}"), gettext("Read what its maintainers say about it.")
    return _Text(headline.format(package=name, status=status), why, step)


def _at(group: Sequence[AffectedTarget], everything: Sequence[AffectedTarget], sentence: str) -> str:
    if len(group) == len(everything):
        return f"{sentence[:1].upper()}{sentence[1:]}"
    return f"{describe_targets(one.target for one in group)}: {sentence}"


def _quoted(text: str) -> str:
    """Return text of other people on one line, shortened, and without its final full stop."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line[: _QUOTE_LENGTH - 1].rstrip() + "…" if len(line) > _QUOTE_LENGTH else line.removesuffix(".")


def _alike(affected: Iterable[AffectedTarget]) -> list[list[AffectedTarget]]:
    """Group the targets that one sentence can describe together, in their order."""
    groups: dict[tuple[object, ...], list[AffectedTarget]] = {}
    for one in affected:
        key = (one.in_use, one.specifier, one.offered, one.admitted, one.builds)
        groups.setdefault(key, []).append(one)
    return list(groups.values())
