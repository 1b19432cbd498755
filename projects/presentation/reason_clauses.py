"""What people read of a reason: the only place where a `PackageReason` becomes text."""

from __future__ import annotations

from projects.domain.assessment.reasons import BreakEvidence, PackageReason, ReasonKind
from projects.presentation.target_names import describe_targets
from scanner.domain.evidence.wheel_reading import source_text
from scanner.domain.index_faults import index_fault_text
from scanner.domain.matching.reason_text import cause_text, reason_text
from scanner.domain.translation import gettext, noop, remembered

_EXCLUDED = {
    "no-binary": noop("the project's files exclude its wheels, so it is built"),
    "only-binary": noop("no wheel fits, and the project's files exclude its sdist"),
    "hashes": noop("the project's files list no hash of a file that fits"),
}

# By the kind of a reason: its clause with a detail, and without one.
_CLAUSES = {
    ReasonKind.MARKER: (noop("its marker does not hold here: {}"), noop("its marker does not hold here")),
    ReasonKind.NOT_REQUIRED: ("", noop("nothing requires it here")),
    ReasonKind.NOT_FROM_INDEX: (noop("it comes from {}, not from the index"), noop("it does not come from the index")),
    ReasonKind.NOT_POLLED: (noop("not polled yet: {}"), noop("not polled yet")),
    ReasonKind.NOT_CERTAIN: (
        noop("alone, {} installs here; whether it fits the other packages is not known yet"),
        noop("whether it fits the other packages is not known yet"),
    ),
    ReasonKind.NO_PACKAGE: ("", noop("the index has no such package")),
    ReasonKind.NO_RELEASE: (noop("the index has no release that satisfies {}"), noop("the index has no release of it")),
    ReasonKind.CONDA_BUILD: ("", noop("conda built this version, and no index has it")),
    ReasonKind.MISSING_EXTRA: (noop("it has no extra {}, which is required"), ""),
    ReasonKind.UNREAD_METADATA: (
        noop("what it requires cannot be read: {}"),
        noop("what it requires was not read yet"),
    ),
    ReasonKind.NOT_DECLARED: (
        noop(
            "it installs, but the newest Python that it declares is {}, "
            "and the project demands that it declares this one"
        ),
        noop("it installs, but declares no Python, and the project demands that it declares this one"),
    ),
    ReasonKind.UNREAD_DECLARATION: (
        "",
        noop("what it declares was not read, and the project demands that it declares this Python"),
    ),
    ReasonKind.NOT_PROVEN: (
        "",
        noop("it installs, but no proof shows that this version ran here, and the project demands one"),
    ),
    ReasonKind.FAILED_PROOF: (
        noop("it installs, but importing it failed: {}"),
        noop("it installs, but importing it took too long"),
    ),
    ReasonKind.TEXT: ("{}", ""),
}
# Their detail is what an index did not give and why.
_FAULTS = frozenset({ReasonKind.NOT_POLLED, ReasonKind.UNREAD_METADATA})


@remembered(maxsize=4096)
def describe_text(reason: PackageReason) -> str:
    """Return a reason as one clause, without a capital letter and a full stop."""
    if reason.kind is ReasonKind.HELD_BACK:
        return _describe_held_back(reason)
    if reason.files is not None:
        return reason_text(reason.files)
    if reason.known_break is not None:
        return _break_text(reason.known_break)
    detail = reason.detail
    match reason.kind:
        case ReasonKind.LOCAL_VERSION:
            public = detail.partition("+")[0]
            text = gettext(
                "the index has no {version}: such builds are on an index of their own; add it, or require {public}"
            )
            return text.format(version=detail, public=public)
        case ReasonKind.EXCLUDED:
            return gettext(_EXCLUDED.get(detail, detail))
    if reason.kind in _FAULTS:
        detail = index_fault_text(detail)
    with_detail, without = _CLAUSES.get(reason.kind, ("{}", ""))
    return gettext(with_detail).format(detail) if detail and with_detail else gettext(without)


def short_text(reason: PackageReason) -> str:
    """Return a reason in a few words: what is missing, without what is there instead."""
    if reason.files is not None:
        return cause_text(reason.files)
    if reason.known_break is not None:
        if not reason.known_break.partner:
            return gettext("is known to break")
        return gettext("is known to break with {partner}").format(partner=reason.known_break.partner)
    return reason.short or describe_text(reason)


def prevention_text(known: BreakEvidence) -> str:
    """Return "runs with audioop-lts 0.2.1, which discord-py 2.7.1 brings"."""
    if not known.brought_by:
        return gettext("runs with {package}").format(package=known.prevented_by)
    text = gettext("runs with {package}, which {dependent} brings")
    return text.format(package=known.prevented_by, dependent=known.brought_by)


def _break_text(known: BreakEvidence) -> str:
    """Return "installs, but is known to break with numpy 2.1.0: import numexpr fails with …"."""
    text = (
        gettext("installs, but is known to break with {partner}: `{action}` fails with {symptom} ({source})")
        if known.partner
        else gettext("installs, but is known to break: `{action}` fails with {symptom} ({source})")
    ).format(partner=known.partner, action=known.action, symptom=known.symptom, source=source_text(known.source))
    if known.held_at:
        return gettext("{why}; the newest that runs here is {version}").format(why=text, version=known.held_at)
    return f"{text}; {prevention_text(known)}" if known.prevented_by else text


def _describe_held_back(reason: PackageReason) -> str:
    """Return "it needs pydantic-core 2.23.2: no wheel for cp316; only 1.10.27 installs here".

    It ends with ", 2.9.0 on Python 3.12 on Linux x86-64" where that is what runs now.
    """
    why = reason_text(reason.files) if reason.files is not None else gettext("it does not install")
    if len(reason.through) > 1:
        why = gettext("it needs {packages}: {why}").format(packages=" → ".join(reason.through[1:]), why=why)
    lacking = gettext(", without the extra {extra}").format(extra=reason.short) if reason.short else ""
    now = ""
    if reason.present:
        version, where = reason.through[0].rpartition(" ")[2], describe_targets([reason.present])
        now = gettext(", {version} on {target}, which runs now").format(version=version, target=where)
    text = gettext("{why}; only {version} installs here{without}{now}")
    return text.format(why=why, version=reason.detail, without=lacking, now=now)
