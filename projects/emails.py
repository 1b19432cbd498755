"""The context of each e-mail, and its rendering, in the language spoken. docs/alerts.md: what a message contains.

Templates: templates/emails/<name>/{subject.txt,body.txt,body.html}; the HTML bodies extend templates/emails/base.html.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from textwrap import wrap

from django.conf import settings
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from msgspec import Struct

from projects.domain.assessment.verdicts import ProjectVerdict
from projects.domain.permissions import ROLE_NAMES, Role
from projects.domain.rewriting.limit_changes import LimitChange
from projects.models import Alert, Invitation, Subscription, WebhookEndpoint
from projects.presentation.limits import limit_advice
from projects.presentation.target_standing import TargetStanding
from projects.presentation.upstream_notes import UpstreamNote, one_line_summary
from scanner.domain.matching.availability import Availability
from scanner.domain.phrases import join_words
from scanner.domain.targets.target import parse_target
from scanner.domain.translation import gettext, language, ngettext, noop

# Mail programs cut a subject at about this length; a hostile name must not make it longer.
SUBJECT_LENGTH = 150
# Width of plain text lines. URLs and file names are never broken.
TEXT_WIDTH = 88
_WHEEL_KINDS = {
    Availability.NATIVE: noop("a wheel built for exactly this Python and platform"),
    Availability.ABI3: noop("a wheel with the stable ABI (abi3), which this Python and later ones load"),
    Availability.PURE: noop("a pure Python wheel, which installs everywhere"),
    Availability.FALLBACK: noop("a wheel without the compiled part: it installs, but runs slower than elsewhere"),
}


class RenderedEmail(Struct, frozen=True):
    """The text of one e-mail. `subject` is one line without control characters, whatever the context held."""

    subject: str
    text: str
    html: str


def absolute_url(path: str) -> str:
    """Return the absolute URL of a path of this installation."""
    return f"{settings.PUBLIC_URL}{path}"


def new_wheel(alert: Alert, *, package: str, availability: Availability, stop_path: str) -> dict[str, object]:
    """Return the context of "the watched cell installs from a wheel". Reads the alert's subscription and project."""
    watch = alert.subscription
    target = parse_target(watch.target)
    is_in_use = watch.above_version == alert.version
    version_text = alert.version
    if watch.above_version and not is_in_use:
        noted = gettext("{version} (you used {before} when you set the watch)")
        version_text = noted.format(version=alert.version, before=watch.above_version)
    if is_in_use:
        next_step = gettext(
            "You already use this version. Reinstall it on this target: it is not built from source any more."
        )
    else:
        next_step = gettext("Put this line into the requirements of {project}:").format(project=watch.project.name)
    headline = gettext("{package} {version} now installs from a wheel on {target}.")
    unknown = gettext("unknown (the index gives no upload time)")
    uploaded = _utc(alert.uploaded_at) if alert.uploaded_at else unknown
    kind = gettext(_WHEEL_KINDS[availability])
    facts = {
        gettext("Version"): version_text,
        gettext("File"): alert.filename,
        gettext("Tag"): alert.tag,
        gettext("Uploaded"): uploaded,
        gettext("Kind"): kind,
    }
    return {
        "package": package,
        "version": alert.version,
        "target": target.label,
        "headline": headline.format(package=package, version=alert.version, target=target.label),
        "version_text": version_text,
        "filename": alert.filename,
        "tag": alert.tag,
        "uploaded": uploaded,
        "kind": kind,
        "fact_lines": _columns(facts.items()),
        "next_step": next_step,
        "line": "" if is_in_use else f"{package}=={alert.version}",
        "project": watch.project.name,
        "watched_since": watch.created_at,
        "cell_url": absolute_url(reverse("project-cell", args=[watch.project.slug, watch.target, package])),
        "alerts_url": absolute_url(reverse("alerts")),
        "stop_url": absolute_url(stop_path),
    }


def target_progress(
    watch: Subscription,
    standing: TargetStanding,
    fell: Sequence[str],
    caps: Sequence[LimitChange] = (),
    *,
    stop_path: str,
) -> dict[str, object]:
    """Return the context of "a blocker of the watched target fell", or of its last message. Reads the project.

    `caps` are those that can be lifted now, for the last message.
    """
    project, target = watch.project, standing.column.label
    args = [project.slug, watch.target]
    left = len(standing.blocked)
    gone = ngettext(
        "{packages} no longer blocks {project} on {target}",
        "{packages} no longer block {project} on {target}",
        len(fell),
    ).format(packages=join_words(fell), project=project.name, target=target)
    if standing.is_clear:
        headline = gettext("{project} can move to {target}").format(project=project.name, target=target)
        next_step = f"{standing.share_text}."
        url, button = absolute_url(reverse("project-upgrade", args=args)), gettext("See the upgrade path")
        if standing.verdict is ProjectVerdict.GO:
            next_step = gettext("Every package installs as written.")
            url, button = absolute_url(reverse("target", args=args)), gettext("Open the target in Wheelway")
    else:
        headline = gone
        next_step = gettext("Its requirements contradict each other there, so it cannot move yet.")
        if left:
            more = ngettext("{gone}; {count} package still does", "{gone}; {count} packages still do", left)
            headline = more.format(gone=gone, count=left)
            next_step = gettext(
                "You get the next message when another of them falls, and the last one when none is left."
            )
        url, button = absolute_url(reverse("target", args=args)), gettext("See what remains")
    return {
        "headline": headline,
        "is_clear": standing.is_clear,
        "gone": f"{gone}." if fell and standing.is_clear else "",
        "remaining": [cell.cause or f"{cell.name}: {cell.reason}" for cell in standing.blocked],
        "caps": [limit_advice(cap) for cap in caps],
        "next_step": next_step,
        "url": url,
        "button": button,
        "target": target,
        "project": project.name,
        "watched_since": watch.created_at,
        "alerts_url": absolute_url(reverse("alerts")),
        "stop_url": absolute_url(stop_path),
    }


def digest(
    subscription: Subscription, notes: Sequence[UpstreamNote], *, stop_path: str, is_one_kind: bool = False
) -> dict[str, object]:
    """Return the context of a digest of `notes`, at least one, worst first. Reads the subscription's project.

    `is_one_kind`: they are all of one kind, which is what the stop link turns off.
    """
    project = subscription.project
    page = absolute_url(reverse("project", args=[project.slug]))
    return {
        "project": project.name,
        "entries": [_digest_entry(note) for note in notes],
        "worst": notes[0].headline,
        "others": len(notes) - 1,
        "summary": one_line_summary(notes),
        "followed_since": subscription.created_at,
        "project_url": f"{page}#upstream",
        "is_one_kind": is_one_kind,
        "button": gettext("Open {project} in Wheelway").format(project=project.name),
        "alerts_url": absolute_url(reverse("alerts")),
        "stop_url": absolute_url(stop_path),
    }


def check_message(user: User) -> dict[str, object]:
    """Return the context of the test message."""
    return {"username": user.get_username(), "alerts_url": absolute_url(reverse("alerts"))}


def invitation(invited: Invitation, url: str, inviter: User) -> dict[str, object]:
    """Return the context of an invitation to a team. Reads the team."""
    return {
        "team": invited.team.name,
        "role": gettext(ROLE_NAMES[Role(invited.role)]),
        "inviter": inviter.first_name or inviter.get_username(),
        "url": url,
        "expires": _utc(invited.expires_at),
    }


def endpoint_disabled(endpoint: WebhookEndpoint, owner: str, path: str) -> dict[str, object]:
    """Return the context of "an endpoint is disabled"; `owner` is the name of its project or team."""
    return {
        "name": endpoint.name,
        "host": endpoint.host,
        "owner": owner,
        "reason": gettext(endpoint.disabled_because),
        "url": absolute_url(path),
    }


def render(name: str, context: Mapping[str, object]) -> RenderedEmail:
    """Render the e-mail called `name` in the language spoken."""
    given = {"language": language(), **context}
    subject, text, html = (
        render_to_string(f"emails/{name}/{part}", given) for part in ("subject.txt", "body.txt", "body.html")
    )
    return RenderedEmail(to_one_line(subject)[:SUBJECT_LENGTH], text, html)


def to_one_line(text: str) -> str:
    """Return text that is safe in a header: without control and format characters, white space collapsed."""
    visible = (" " if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") else char for char in text)
    return " ".join("".join(visible).split())


def _digest_entry(note: UpstreamNote) -> dict[str, object]:
    files = list(note.files)
    if note.files_left_out:
        files.append(gettext("and {number} more").format(number=note.files_left_out))
    facts = [
        (ngettext("Last good file", "Last good files", len(note.files)), "\n".join(files), True),
        (gettext("Last good version"), note.last_good, False),
        (note.happened, _utc(note.happened_at) if note.happened_at else "", False),
    ]
    facts = [fact for fact in facts if fact[1]]
    return {
        "note": note,
        "severity": gettext(note.severity.value),
        "why_lines": [line for sentence in note.why for line in wrap(sentence, TEXT_WIDTH)],
        "facts": facts,
        "fact_lines": _columns([(label, value) for label, value, _ in facts], least=len("Last good version")),
        "package_url": absolute_url(reverse("package", args=[note.name])) if note.name else "",
    }


def _columns(facts: Iterable[tuple[str, str]], *, least: int = 0) -> list[str]:
    """Return the lines of a table: labels, `least` characters wide, and values, which may have several lines."""
    facts = list(facts)
    width = max([least, *(len(label) for label, _ in facts)]) + 2
    return [
        f"{'' if number else label:<{width}}{line}"
        for label, value in facts
        for number, line in enumerate(value.splitlines())
    ]


def _utc(moment: datetime) -> str:
    return f"{date_format(moment.astimezone(UTC), gettext('j F Y, H:i'))} UTC"
