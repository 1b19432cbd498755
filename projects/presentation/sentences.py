"""What people read of a package's result: the only place where its state and error become text.

Pages, mails, reports, commands and exports all use these functions, so that they say the same of the same result.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.reasons import ReasonKind
from projects.domain.assessment.stop_reason import StopReason
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import Verdict
from projects.domain.assessment.waivers import Waiver, WaiverKind
from projects.presentation.known_targets import read_target
from projects.presentation.reason_clauses import describe_text, short_text
from scanner.domain.files.builds import COMPILED, PURE, UNSEEN
from scanner.domain.matching.availability import Availability
from scanner.domain.phrases import join_words
from scanner.domain.releases.python_changes import standard_library_flags
from scanner.domain.resolution.explain.plan_reason import PlanReasonKind
from scanner.domain.resolution.explain.sentences import plan_cause_text, plan_reason_text
from scanner.domain.translation import gettext, noop


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


_PRERELEASE = re.compile(r"\d(?:a|b|rc|\.dev)\d")


def expected_error(package: PackageResult) -> str | None:
    """Return what an installer would print for the package on the target; None where the installation works.

    Of a package that is held back it takes the release that installs.
    """
    if package.verdict is Verdict.HELD_BACK:
        return None
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


_STOPPED = {
    StopReason.TIME: noop("The last job reached its limit of time; the next one goes on from there."),
    StopReason.REQUESTS: noop(
        "The last job reached its limit of requests to the index; the next one goes on from there."
    ),
    StopReason.MEMORY: noop("The last job reached its limit of memory; the next one goes on from there."),
    StopReason.INDEX: noop("The index did not answer for all that is needed."),
}


def stopped_text(reason: StopReason) -> str:
    """Return why targets were left undecided, and what happens next."""
    return gettext(_STOPPED[reason])
