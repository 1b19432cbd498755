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
from scanner.domain.files.builds import COMPILED, PURE, UNSEEN
from scanner.domain.matching.availability import Availability
from scanner.domain.matching.reason_text import cause_text, reason_text
from scanner.domain.phrases import join_words
from scanner.domain.releases.python_changes import standard_library_flags
from scanner.domain.resolution.explain.plan_reason import PlanReasonKind
from scanner.domain.resolution.explain.sentences import plan_cause_text, plan_reason_text
from scanner.domain.targets.target import Target, UnknownTarget, parse_target
from scanner.domain.translation import gettext, noop, remembered


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
        why = gettext("the newest, {version}: {reason}")
        text = f"{text}; {why.format(version=newest.version, reason=describe_text(newest.reason))}"
    return f"{text}; {describe_waiver(package.waiver)}" if package.waiver is not None else text


def describe_waiver(waiver: Waiver) -> str:
    """Return a waiver as a clause: "ignored until 2026-12-31 (alice): the worker does not run there"."""
    text = (
        gettext("its build is accepted until {day} ({owner}): {reason}")
        if waiver.kind is WaiverKind.ACCEPT_BUILD
        else gettext("ignored until {day} ({owner}): {reason}")
    )
    return text.format(day=waiver.until.isoformat(), owner=waiver.owner, reason=waiver.reason)


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
    return gettext("no path: {cause}").format(cause="; ".join(parts))


def describe_cause(package: PackageResult) -> str:
    """Return in a few words why the package is blocked: "orjson 3.11.0: needs glibc 2.39, target has 2.28".

    It is what the newest version lacks, with its number where another version is in use.
    """
    version, cause = _version_and_cause(package)
    return gettext("{package}: {cause}").format(package=f"{package.name}{version}", cause=cause)


def _after_name(package: PackageResult) -> str:
    return "{}: {}".format(*_version_and_cause(package))


def _version_and_cause(package: PackageResult) -> tuple[str, str]:
    newest = package.newest_mismatch
    if newest is None or package.reason.kind is ReasonKind.KNOWN_BREAK:
        return "", describe_text(package.reason) or gettext("no version installs")
    named = "" if newest.version == package.version else f" {newest.version}"
    return named, short_text(newest.reason)


_EXCLUDED = {
    "no-binary": noop("the project's files exclude its wheels, so it is built"),
    "only-binary": noop("no wheel fits, and the project's files exclude its sdist"),
    "hashes": noop("the project's files list no hash of a file that fits"),
}


def _describe_metadata(package: PackageResult) -> Iterator[str]:
    if package.refused_requirement:
        text = gettext("pip 24.1 and newer refuse its metadata because of “{requirement}”")
        yield text.format(requirement=package.refused_requirement)
    if package.has_stated_needs:
        yield gettext("what it requires is from its sdist, and a build may say more")


def _describe_prerelease(package: PackageResult) -> str:
    """Return that the package is a pre-release which nothing asks for; empty for any other."""
    if not package.verdict.installs or not package.version or not _PRERELEASE.search(package.version):
        return ""
    if _PRERELEASE.search(package.provenance.specifier):
        return ""
    return gettext("a pre-release, taken because no final release that is required installs here")


def _describe_sdist(package: PackageResult) -> str:
    """Return what is known of the package's sdist, as a clause; empty where no installer would build it."""
    is_built = package.availability is Availability.SOURCE and package.reason.kind is ReasonKind.FILES
    if not is_built or package.build_detail is None:
        return ""
    kind, _, found = package.build_detail.partition(": ")
    match kind:
        case "pure":
            return gettext("its build compiles nothing")
        case "compiled":
            if not found:
                return gettext("its build compiles code")
            return gettext("its build compiles {languages}").format(languages=join_words(found.split(", ")))
        case "unreadable":
            return gettext("its sdist cannot be read: {why}").format(why=found)
        case _:
            return gettext("its sdist was not looked into yet")


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


_PRERELEASE = re.compile(r"\d(?:a|b|rc|\.dev)\d")


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
    with_detail, without = _CLAUSES.get(reason.kind, ("{}", ""))
    return gettext(with_detail).format(detail) if detail and with_detail else gettext(without)


def _break_text(known: BreakEvidence) -> str:
    """Return "installs, but is known to break with numpy 2.1.0: import numexpr fails with …"."""
    text = (
        gettext("installs, but is known to break with {partner}: `{action}` fails with {symptom} ({source})")
        if known.partner
        else gettext("installs, but is known to break: `{action}` fails with {symptom} ({source})")
    ).format(partner=known.partner, action=known.action, symptom=known.symptom, source=known.source)
    if known.held_at:
        return gettext("{why}; the newest that runs here is {version}").format(why=text, version=known.held_at)
    return f"{text}; {prevention_text(known)}" if known.prevented_by else text


def prevention_text(known: BreakEvidence) -> str:
    """Return "runs with audioop-lts 0.2.1, which discord-py 2.7.1 brings"."""
    if not known.brought_by:
        return gettext("runs with {package}").format(package=known.prevented_by)
    text = gettext("runs with {package}, which {dependent} brings")
    return text.format(package=known.prevented_by, dependent=known.brought_by)


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


def short_text(reason: PackageReason) -> str:
    """Return a reason in a few words: what is missing, without what is there instead."""
    if reason.files is not None:
        return cause_text(reason.files)
    if reason.known_break is not None:
        if not reason.known_break.partner:
            return gettext("is known to break")
        return gettext("is known to break with {partner}").format(partner=reason.known_break.partner)
    return reason.short or describe_text(reason)


def expected_error(package: PackageResult) -> str | None:
    """Return what an installer would print for the package on the target; None where the installation works."""
    wanted = f"{package.name}{package.provenance.specifier}"
    message = f"ERROR: No matching distribution found for {wanted}"
    match package.availability:
        case Availability.NONE | Availability.EXCLUDED | Availability.ABSENT:
            return message
        case Availability.SOURCE if package.build_detail != PURE:
            kind, _, found = (package.build_detail or "").partition(":")
            detail = f"{gettext('compiled')}:{found}".rstrip(":") if kind == COMPILED else package.build_detail
            tools = f" ({detail})" if detail and detail != UNSEEN else ""
            return gettext("a source build{tools}; with {option} {error}").format(
                tools=tools, option="--only-binary :all:", error=message
            )
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
    StopReason.TIME: noop("The last job reached its limit of time; the next one goes on from there."),
    StopReason.REQUESTS: noop(
        "The last job reached its limit of requests to the index; the next one goes on from there."
    ),
    StopReason.MEMORY: noop("The last job reached its limit of memory; the next one goes on from there."),
}


def stopped_text(reason: StopReason) -> str:
    """Return why targets were left undecided, and what happens next."""
    return gettext(_LIMITS[reason])


@lru_cache(maxsize=256)
def read_target(slug: str) -> Target | None:
    """Return the target; None for one that this version does not know, which a stored assessment may name."""
    try:
        return parse_target(slug)
    except UnknownTarget:
        return None
