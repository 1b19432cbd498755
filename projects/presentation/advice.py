"""What to do about a package on a target: the only place where advice becomes text."""

from __future__ import annotations

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.reasons import ReasonKind
from projects.domain.assessment.verdicts import Verdict
from projects.domain.report.platform_support import build_tools
from projects.presentation.known_targets import read_target
from projects.presentation.reason_clauses import prevention_text
from scanner.domain.files.builds import COMPILED, build_kind
from scanner.domain.matching.availability import Availability
from scanner.domain.matching.floors import glibc_requirement
from scanner.domain.matching.reason_text import glibc_text
from scanner.domain.phrases import join_words
from scanner.domain.translation import gettext, noop

_ADVICE = {
    ReasonKind.MISSING_EXTRA: noop(
        "Require a version that has the extra, or drop the extra: installers warn and go on."
    ),
    ReasonKind.UNREAD_METADATA: noop("It is asked for again, soon at first; nothing that requires it counts as ready."),
    ReasonKind.NOT_PROVEN: noop("Run `manage.py prove` for this target and send the proof to the project."),
    ReasonKind.FAILED_PROOF: noop("Read the error, and record it as a known break if every set meets it."),
    ReasonKind.UNREAD_DECLARATION: noop("Read its metadata by hand, or wait until it is read here."),
}


def advise(package: PackageResult, target: str) -> str:
    """Return what to do about the package, in one or two sentences. `target` is a slug."""
    if package.reason.kind in _ADVICE:
        return gettext(_ADVICE[package.reason.kind])
    if package.yanked and package.verdict.installs:
        return _advise_yanked(package)
    match package.verdict:
        case Verdict.READY | Verdict.INACTIVE:
            return gettext("Nothing to do.")
        case Verdict.UPGRADE:
            return " ".join(filter(None, (_advise_upgrade(package), _describe_build(package, target))))
        case Verdict.HELD_BACK:
            return _advise_held_back(package)
        case Verdict.IGNORED:
            return gettext("Nothing until its waiver ends: then it counts again.")
        case Verdict.NOT_JUDGED:
            return gettext("Check it by hand: the index does not show whether it installs here.")
        case Verdict.UNKNOWN:
            if package.availability is Availability.SOURCE:
                return gettext(
                    "Only an sdist is offered, and what its build needs is unknown: build it once, or ask for a wheel."
                )
            return gettext("Wait for the index to be read; an unknown package never counts as ready.")
        case Verdict.DEGRADED:
            return _advise_degraded(package, target)
        case Verdict.BLOCKED:
            parts = (_describe_runtimes(package, target), _advise_blocked(package), _describe_build(package, target))
            return " ".join(filter(None, parts))


def _advise_held_back(package: PackageResult) -> str:
    cap, known = f"{package.name}<={package.held_at}", package.reason.known_break
    if known is None:
        text = gettext("Write {cap} to stay at the old version on purpose, or wait until a current one installs.")
        return text.format(cap=cap)
    if known.partner:
        text = gettext("Write {cap}, or move {partner} to a release that runs beside the newer one.")
        return text.format(cap=cap, partner=known.partner.partition(" ")[0])
    text = gettext("Write {cap}: an installer takes the newer one, which does not run here.")
    return text.format(cap=cap)


def _advise_degraded(package: PackageResult, target: str) -> str:
    if package.refused_requirement:
        return gettext(
            "uv installs it, and so does pip before 24.1; move to a release with valid metadata where there is one."
        )
    if package.availability is Availability.FALLBACK:
        return gettext("It installs, without its compiled part: measure whether the speed matters to you.")
    if package.build_detail == "pure":
        return gettext("It installs from source; the build needs no compiler.")
    return " ".join(filter(None, (gettext("It installs from source."), _describe_build(package, target))))


def _advise_yanked(package: PackageResult) -> str:
    release = f"{package.name} {package.version}"
    if package.first_available is None:
        text = gettext(
            "Its maintainers withdrew {release}, and no later version installs here: move to an earlier one that is "
            "not yanked."
        )
        return text.format(release=release)
    text = gettext("Its maintainers withdrew {release}: move to {version}, the next version that installs here.")
    return text.format(release=release, version=package.first_available.version)


def _advise_upgrade(package: PackageResult) -> str:
    known = package.reason.known_break
    if known is not None and known.prevented_by:
        release = f"{package.name} {package.version}"
        return gettext("{release} {prevented}: see the upgrade path.").format(
            release=release, prevented=prevention_text(known)
        )
    if known is not None and package.first_available is None:
        text = gettext("No later version of {package} runs with {partner}: see the upgrade path.")
        return text.format(package=package.name, partner=known.partner)
    first = package.first_available.version if package.first_available else gettext("a later version")
    if package.reason.kind is ReasonKind.NOT_DECLARED:
        text = gettext("Move {package} to {version} or later: the first version known to declare this Python.")
    else:
        text = gettext("Move {package} to {version} or later: the first version that installs here.")
    return text.format(package=package.name, version=first)


def list_build_tools(package: PackageResult, target: str) -> tuple[str, ...]:
    """Return what compiling the package needs on the target; nothing where it is not compiled there."""
    parsed, detail = read_target(target), package.build_detail
    if package.availability is not Availability.SOURCE or build_kind(detail) != COMPILED or parsed is None:
        return ()
    return build_tools(package.name, detail or "", parsed)


def _describe_build(package: PackageResult, target: str) -> str:
    tools = list_build_tools(package, target)
    if not tools:
        return ""
    languages = (package.build_detail or "").partition(": ")[2]
    named = f"{package.name} {package.version} ({languages})" if languages else f"{package.name} {package.version}"
    return gettext("Building {release} needs {tools}.").format(release=named, tools=join_words(tools))


def _advise_blocked(package: PackageResult) -> str:
    if package.reason.kind is ReasonKind.NOT_DECLARED:
        return gettext("Ask its maintainers for the classifier, or demand less of this project.")
    if package.availability is Availability.ABSENT:
        return gettext("Check the name and the index: it offers no such version, and none that helps.")
    if (known := package.reason.known_break) is not None:
        if known.helpers:
            text = gettext("Require {helpers} as well: {package} runs beside it.")
            return text.format(helpers=join_words(known.helpers, "or"), package=package.name)
        return gettext("Watch it: only a new release can run here; until then replace the package or stay.")
    if package.may_get_files:
        return gettext("Watch it: the newest release may still get wheels; otherwise wait for a new release.")
    return gettext("Watch it: only a new release can have a wheel for it; until then replace the package or stay.")


def _describe_runtimes(package: PackageResult, slug: str) -> str:
    """Return on which systems the newest version would install, when a newer libc is all that is missing."""
    newest, target = package.newest_mismatch, read_target(slug)
    if newest is None or newest.reason.files is None or target is None:
        return ""
    requirement = glibc_requirement(newest.reason.files.mismatch, target)
    return glibc_text(requirement) if requirement is not None else ""
