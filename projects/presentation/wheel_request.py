"""The text with which a team asks maintainers for a wheel, and what already serves before anyone asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode, urlsplit

from msgspec import Struct

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.reasons import ReasonKind
from projects.domain.assessment.verdicts import Verdict
from projects.presentation.known_targets import read_target
from projects.presentation.package.status import status_word
from projects.presentation.reason_clauses import short_text
from scanner.domain.files.project_links import LinkKind, ProjectLink
from scanner.domain.matching.availability import Availability
from scanner.domain.matching.reason import MismatchKind
from scanner.domain.targets.target import Target
from scanner.domain.translation import gettext, in_english


class WheelRequest(Struct, frozen=True):
    """A text for the tracker of a package. `waits` is why not to send it yet, "" where nothing speaks against it.

    `title` and `body` are in English. `checks` say what was looked at. `tracker` is the place to ask: `is_filled`
    where its form opens with the text in it. `search` lists what the tracker has about the same.
    """

    title: str
    body: str
    checks: tuple[str, ...]
    waits: str
    tracker: str
    is_filled: bool
    search: str


class _Form(Struct, frozen=True):
    """Where a host takes an issue, below the address of a repository, and by which parameters."""

    new: str
    title: str
    body: str
    list: str
    query: str


_FORMS = {
    "github.com": _Form("issues/new", "title", "body", "issues", "q"),
    "gitlab.com": _Form("-/issues/new", "issue[title]", "issue[description]", "-/issues", "search"),
    "codeberg.org": _Form("issues/new", "title", "body", "issues", "q"),
}
_PLACES = (LinkKind.TRACKER, LinkKind.SOURCE, LinkKind.HOMEPAGE)


def wheel_request(package: PackageResult, slug: str, links: Sequence[ProjectLink]) -> WheelRequest | None:
    """Return the request for a wheel on the target `slug`; None where no wheel would help, or one is there already."""
    target, version = read_target(slug), _asked_version(package)
    if target is None or version is None:
        return None
    reason = package.newest_mismatch.reason if package.newest_mismatch else package.reason
    mismatch = reason.files.mismatch if reason.files else None
    title = _title(mismatch.kind if mismatch is not None else None, target)
    with in_english():
        cause = short_text(reason)
        body = "\n".join(
            (
                f"We would like to use {package.name} on {target.label}.",
                "",
                f"{package.name} {version}, the newest release, cannot be installed there from a wheel: {cause}.",
                "",
                "What was looked at before asking:",
                *(f"- {check}" for check in _checks(package, version, cause, target)),
                "",
                "Is this planned? We can test it.",
            )
        )
    checks = tuple(_checks(package, version, short_text(reason), target))
    return WheelRequest(
        title, body, checks, _waits(package, version, target), *_tracker(links, title, body, target.python.abi_label)
    )


def _title(mismatch: MismatchKind | None, target: Target) -> str:
    match mismatch:
        case MismatchKind.REQUIRES_PYTHON:
            return f"Please support Python {target.python.label}"
        case MismatchKind.FLOOR:
            return f"Please add a wheel for {target.platform.floor_label} on {target.platform.label}"
        case _:
            return f"Please add a wheel for {target.python.abi_label} on {target.platform.label}"


def _asked_version(package: PackageResult) -> str | None:
    """Return the newest version, if neither it nor any other has a wheel that installs."""
    if package.reason.kind is not ReasonKind.FILES or package.first_available is not None:
        return None
    if package.verdict is Verdict.BLOCKED and package.availability is not Availability.ABSENT:
        return package.newest_mismatch.version if package.newest_mismatch else package.version
    is_built = package.availability is Availability.SOURCE and package.build_detail != "pure"
    is_newest = package.version is not None and package.version == package.newest_version
    is_asked = is_built and is_newest and package.verdict in (Verdict.DEGRADED, Verdict.UNKNOWN)
    return package.version if is_asked else None


def _checks(package: PackageResult, version: str, cause: str, target: Target) -> Iterator[str]:
    """Yield what may serve already, each as a sentence that says that it does not."""
    if package.verdict is Verdict.BLOCKED:
        text = gettext("Other versions: none has a wheel that installs there. The newest, {version}: {cause}.")
        yield text.format(version=version, cause=cause)
    else:
        yield gettext("Newer versions: there is none; {version} is the newest.").format(version=version)
    if target.python.free_threaded:
        yield gettext(
            "abi3: a wheel with abi3 alone serves no free-threaded Python. abi3t (PEP 803) may, from 3.15 on."
        )
    else:
        text = gettext("abi3: {version} has no abi3 wheel that serves Python {python} there.")
        yield text.format(version=version, python=target.python.label)
    if package.package_status == "active":
        yield gettext("Another name: the index marks the package as active and names no successor.")
    else:
        text = gettext("Another name: the index marks the package as {status}.")
        yield text.format(status=status_word(package.package_status))


def _waits(package: PackageResult, version: str, target: Target) -> str:
    if package.package_status != "active":
        text = gettext("The index marks it as {status}: look for a successor first.")
        return text.format(status=status_word(package.package_status))
    if package.may_get_files:
        text = gettext("{version} is new and still takes files: its wheels may follow within days. Watch it first.")
        return text.format(version=version)
    if target.python.is_prerelease:
        text = gettext("Python {python} is not released: most packages build wheels near its release.")
        return text.format(python=target.python.label)
    return ""


def _tracker(links: Sequence[ProjectLink], title: str, body: str, words: str) -> tuple[str, bool, str]:
    """Return the address of the tracker, whether it opens its form with the text, and of a search in it."""
    found = {kind: link for kind in _PLACES for link in links if link.kind is kind}
    for kind in _PLACES:
        root = _repository(found[kind].url) if kind in found else None
        if root is not None:
            form = _FORMS[urlsplit(root).netloc]
            new = f"{root}/{form.new}?{urlencode({form.title: title, form.body: body})}"
            return new, True, f"{root}/{form.list}?{urlencode({form.query: words})}"
    return found[LinkKind.TRACKER].url if LinkKind.TRACKER in found else "", False, ""


def _repository(url: str) -> str | None:
    """Return the address of the repository that a link leads into, on a host whose form is known."""
    parts = urlsplit(url)
    host = parts.netloc.lower().removeprefix("www.")
    path = [part for part in parts.path.partition("/-/")[0].split("/") if part]
    if host not in _FORMS or len(path) < 2:
        return None
    if host != "gitlab.com":
        path = path[:2]
    return f"https://{host}/{'/'.join(path).removesuffix('.git')}"
