"""One function for each e-mail, returning its context only; and the one that makes text of template and context.

Templates: templates/emails/<name>/{subject.txt,body.txt,body.html}. docs/alerts.md says what goes into a message.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from django.conf import settings
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.urls import reverse

from projects.models import Alert, Subscription
from projects.presentation.upstream_notes import UpstreamNote, one_line_summary
from scanner.domain.matching.availability import Availability
from scanner.domain.targets.target import parse_target

# Mail programs cut a subject at about this length; a hostile name must not make it longer.
SUBJECT_LENGTH = 150
# Of a plain text's lines; addresses and file names stay whole.
TEXT_WIDTH = 88
_HOW = {
    Availability.NATIVE: "a wheel made for exactly this Python and platform",
    Availability.ABI3: "a wheel with the stable ABI, which this Python and later ones load",
    Availability.PURE: "a wheel of pure Python, which installs everywhere",
    Availability.FALLBACK: "a wheel without the compiled part: it installs and runs slower than elsewhere",
}


@dataclass(frozen=True, slots=True)
class RenderedEmail:
    """One message's words. `subject` is one line without control characters, whatever the context held."""

    subject: str
    text: str
    html: str


def absolute_url(path: str) -> str:
    """A path of this installation as a full address."""
    return f"{settings.PUBLIC_URL}{path}"


def new_wheel(alert: Alert, *, package: str, availability: Availability, stop_path: str) -> dict[str, object]:
    """The watched cell installs from a wheel. Reads the alert's subscription and project."""
    watch = alert.subscription
    target = parse_target(watch.target)
    return {
        "package": package,
        "version": alert.version,
        "in_use": watch.above_version,
        "target": target.label,
        "how": _HOW[availability],
        "filename": alert.filename,
        "tag": alert.tag,
        "uploaded_at": alert.uploaded_at,
        "line": f"{package}=={alert.version}",
        "is_same_version": watch.above_version == alert.version,
        "project": watch.project.name,
        "watched_since": watch.created_at,
        "cell_url": absolute_url(reverse("project-cell", args=[watch.project.slug, watch.target, package])),
        "alerts_url": absolute_url(reverse("alerts")),
        "stop_url": absolute_url(stop_path),
    }


def digest(subscription: Subscription, notes: Sequence[UpstreamNote], *, stop_path: str) -> dict[str, object]:
    """What changed upstream of a project, worst first. Reads the subscription's project; `notes` are not empty."""
    project = subscription.project
    page = absolute_url(reverse("project", args=[project.slug]))
    return {
        "project": project.name,
        "notes": [
            {
                "told": note,
                "why_lines": [line for sentence in note.why for line in wrap(sentence, TEXT_WIDTH)],
                "package_url": absolute_url(reverse("package", args=[note.name])),
            }
            for note in notes
        ],
        "worst": notes[0].headline,
        "others": len(notes) - 1,
        "summary": one_line_summary(notes),
        "followed_since": subscription.created_at,
        "project_url": f"{page}#upstream",
        "alerts_url": absolute_url(reverse("alerts")),
        "stop_url": absolute_url(stop_path),
    }


def check_message(user: User) -> dict[str, object]:
    """Mail from this installation arrives."""
    return {"username": user.get_username(), "alerts_url": absolute_url(reverse("alerts"))}


def render(name: str, context: Mapping[str, object]) -> RenderedEmail:
    """The words of the e-mail called `name`."""
    subject, text, html = (
        render_to_string(f"emails/{name}/{part}", dict(context)) for part in ("subject.txt", "body.txt", "body.html")
    )
    return RenderedEmail(to_one_line(subject)[:SUBJECT_LENGTH], text, html)


def to_one_line(text: str) -> str:
    """Text that is safe in a header: control and format characters gone, runs of white space one space."""
    visible = (" " if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") else char for char in text)
    return " ".join("".join(visible).split())
