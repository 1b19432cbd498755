"""What people read of a package's result: the only place where its reason, advice and error become text.

Pages, mails, reports, commands and exports all use these functions, so that they say the same of the same result.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.reasons import BreakEvidence, PackageReason, ReasonKind
from projects.domain.assessment.stop_reason import StopReason
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import Verdict
from projects.domain.assessment.waivers import Waiver, WaiverKind
from projects.presentation.target_names import describe_targets
from scanner.domain.matching.availability import Availability
from scanner.domain.matching.reason_text import cause_text, reason_text
from scanner.domain.phrases import join_words
from scanner.domain.releases.python_changes import standard_library_flags
from scanner.domain.resolution.explain.plan_reason import PlanReasonKind
from scanner.domain.resolution.explain.sentences import plan_cause_text, plan_reason_text
from scanner.domain.targets.target import Target, UnknownTarget, parse_target


def describe_reason(package: PackageResult) -> str:
    """Return the reason of the verdict as a clause; of a blocked one also what its newest version lacks."""
    parts = (
        *(describe_text(package.reason), _describe_sdist(package), _describe_prerelease(package)),
        *_describe_metadata(package),
    )
    text = "; ".join(filter(None, parts))
    newest = package.newest_mismatch
    is_break = package.reason.kind is ReasonKind.KNOWN_BREAK
    if newest is not None and newest.version != package.version and not is_break:
        text = f"{text}; the newest, {newest.version}: {describe_text(newest.reason)}"
    return f"{text}; {describe_waiver(package.waiver)}" if package.waiver is not None else text


def describe_waiver(waiver: Waiver) -> str:
    """Return a waiver as a clause: "ignored until 2026-12-31 (alice): the worker does not run there"."""
    what = "its build is accepted" if waiver.kind is WaiverKind.ACCEPT_BUILD else "ignored"
    return f"{what} until {waiver.until.isoformat()} ({waiver.owner}): {waiver.reason}"


def blocked_causes(result: TargetResult) -> dict[str, str]:
    """Return in a few words why each package of a target that is blocked is so, by name.

    Plans name the same packages: they say the same of them.
    """
    return {one.name: describe_cause(one) for one in result.packages if one.verdict is Verdict.BLOCKED}


def causes_after_name(result: TargetResult) -> dict[str, str]:
    """Return the same as `blocked_causes` to be written after the name: " 3.11.0: needs glibc 2.39, …"."""
    return {one.name: _after_name(one) for one in result.packages if one.verdict is Verdict.BLOCKED}


def describe_no_path(
    plan: UpgradePlan, causes: Mapping[str, str], target_name: Callable[[str], str] = str
) -> str | None:
    """Return why a plan is not feasible, as the rows of the packages that block it do; `causes`: `blocked_causes`."""
    if plan.reason is None:
        return None
    if plan.reason.kind is not PlanReasonKind.BLOCKED:
        return plan_reason_text(plan.reason, target_name)
    parts = (causes.get(one.name) or plan_cause_text(one.reason, target_name) for one in plan.blockers)
    return f"no path: {'; '.join(parts)}"


def describe_cause(package: PackageResult) -> str:
    """Return in a few words why the package is blocked: "orjson 3.11.0: needs glibc 2.39, target has 2.28".

    It is what the newest version lacks, with its number where another version is in use.
    """
    return f"{package.name}{_after_name(package)}"


def _after_name(package: PackageResult) -> str:
    newest = package.newest_mismatch
    if newest is None or package.reason.kind is ReasonKind.KNOWN_BREAK:
        return f": {describe_text(package.reason) or 'no version installs'}"
    named = "" if newest.version == package.version else f" {newest.version}"
    return f"{named}: {short_text(newest.reason)}"


_EXCLUDED = {
    "no-binary": "the project's files exclude its wheels, so it is built",
    "only-binary": "no wheel fits, and the project's files exclude its sdist",
    "hashes": "the project's files list no hash of a file that fits",
}


def _describe_metadata(package: PackageResult) -> Iterator[str]:
    if package.refused_requirement:
        yield f"pip 24.1 and newer refuse its metadata because of “{package.refused_requirement}”"
    if package.has_stated_needs:
        yield "what it requires is from its sdist, and a build may say more"


def _describe_prerelease(package: PackageResult) -> str:
    """Return that the package is a pre-release which nothing asks for; empty for any other."""
    if not package.verdict.installs or not package.version or not _PRERELEASE.search(package.version):
        return ""
    if _PRERELEASE.search(package.provenance.specifier):
        return ""
    return "a pre-release, taken because no final release that is required installs here"


def _describe_sdist(package: PackageResult) -> str:
    """Return what is known of the package's sdist, as a clause; empty where no installer would build it."""
    is_built = package.availability is Availability.SOURCE and package.reason.kind is ReasonKind.FILES
    if not is_built or package.build_detail is None:
        return ""
    kind, _, found = package.build_detail.partition(": ")
    match kind:
        case "pure":
            return "its build compiles nothing"
        case "compiled":
            return f"its build compiles {join_words(found.split(', ')) if found else 'code'}"
        case "unreadable":
            return f"its sdist cannot be read: {found}"
        case _:
            return "its sdist was not looked into yet"


# By the kind of a reason: its clause with a detail, and without one.
_CLAUSES = {
    ReasonKind.MARKER: ("its marker does not hold here: {}", "its marker does not hold here"),
    ReasonKind.NOT_REQUIRED: ("", "nothing requires it here"),
    ReasonKind.NOT_FROM_INDEX: ("it comes from {}, not from the index", "it does not come from the index"),
    ReasonKind.NOT_POLLED: ("not polled yet: {}", "not polled yet"),
    ReasonKind.NO_PACKAGE: ("", "the index has no such package"),
    ReasonKind.NO_RELEASE: ("the index has no release that satisfies {}", "the index has no release of it"),
    ReasonKind.CONDA_BUILD: ("", "conda built this version, and no index has it"),
    ReasonKind.MISSING_EXTRA: ("it has no extra {}, which is required", ""),
    ReasonKind.UNREAD_METADATA: ("what it requires cannot be read: {}", "what it requires was not read yet"),
    ReasonKind.NOT_DECLARED: (
        "it installs, but the newest Python that it declares is {}, and the project demands that it declares this one",
        "it installs, but declares no Python, and the project demands that it declares this one",
    ),
    ReasonKind.UNREAD_DECLARATION: (
        "",
        "what it declares was not read, and the project demands that it declares this Python",
    ),
    ReasonKind.NOT_PROVEN: (
        "",
        "it installs, but no proof shows that this version ran here, and the project demands one",
    ),
    ReasonKind.FAILED_PROOF: (
        "it installs, but importing it failed: {}",
        "it installs, but importing it took too long",
    ),
    ReasonKind.TEXT: ("{}", ""),
}


_PRERELEASE = re.compile(r"\d(?:a|b|rc|\.dev)\d")


@lru_cache(maxsize=4096)
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
            return f"the index has no {detail}: such builds are on an index of their own; add it, or require {public}"
        case ReasonKind.EXCLUDED:
            return _EXCLUDED.get(detail, detail)
    with_detail, without = _CLAUSES.get(reason.kind, ("{}", ""))
    return with_detail.format(detail) if detail and with_detail else without


def _break_text(known: BreakEvidence) -> str:
    """Return "installs, but is known to break with numpy 2.1.0: import numexpr fails with …"."""
    beside = f" with {known.partner}" if known.partner else ""
    text = f"installs, but is known to break{beside}: `{known.action}` fails with {known.symptom} ({known.source})"
    return f"{text}; {prevention_text(known)}" if known.prevented_by else text


def prevention_text(known: BreakEvidence) -> str:
    """Return "runs with audioop-lts 0.2.1, which discord-py 2.7.1 brings"."""
    brought = f", which {known.brought_by} brings" if known.brought_by else ""
    return f"runs with {known.prevented_by}{brought}"


def _describe_held_back(reason: PackageReason) -> str:
    """Return "it needs pydantic-core 2.23.2: no wheel for cp316; only 1.10.27 installs here".

    It ends with ", 2.9.0 on Python 3.12 on Linux x86-64" where that is what runs now.
    """
    why = reason_text(reason.files) if reason.files is not None else "it does not install"
    needed = " → ".join(reason.through[1:])
    lacking = f", without the extra {reason.short}" if reason.short else ""
    now = ""
    if reason.present:
        version = reason.through[0].rpartition(" ")[2]
        now = f", {version} on {describe_targets([reason.present])}, which runs now"
    return f"{f'it needs {needed}: ' if needed else ''}{why}; only {reason.detail} installs here{lacking}{now}"


def short_text(reason: PackageReason) -> str:
    """Return a reason in a few words: what is missing, without what is there instead."""
    if reason.files is not None:
        return cause_text(reason.files)
    if reason.known_break is not None:
        return f"is known to break{f' with {reason.known_break.partner}' if reason.known_break.partner else ''}"
    return reason.short or describe_text(reason)


def expected_error(package: PackageResult) -> str | None:
    """Return what an installer would print for the package on the target; None where the installation works."""
    wanted = f"{package.name}{package.provenance.specifier}"
    message = f"ERROR: No matching distribution found for {wanted}"
    match package.availability:
        case Availability.NONE | Availability.EXCLUDED | Availability.ABSENT:
            return message
        case Availability.SOURCE if package.build_detail != "pure":
            detail = package.build_detail
            tools = f" ({detail})" if detail and detail != "unseen" else ""
            return f"a source build{tools}; with --only-binary :all: {message}"
        case _:
            return None


def describe_flags(package: PackageResult, target: str) -> tuple[str, ...]:
    """Return what else to know of the package, as clauses: of its metadata, and of the target's standard library."""
    parsed = read_target(target)
    flags = [*_describe_metadata(package)]
    if parsed is not None:
        flags += standard_library_flags(package.name, parsed.python.version)
    return tuple(flags)


_LIMITS = {
    StopReason.TIME: "time",
    StopReason.REQUESTS: "requests to the index",
    StopReason.MEMORY: "memory",
}


def stopped_text(reason: StopReason) -> str:
    """Return why targets were left undecided, and what happens next."""
    return f"The last job reached its limit of {_LIMITS[reason]}; the next one goes on from there."


@lru_cache(maxsize=256)
def read_target(slug: str) -> Target | None:
    """Return the target; None for one that this version does not know, which a stored assessment may name."""
    try:
        return parse_target(slug)
    except UnknownTarget:
        return None
