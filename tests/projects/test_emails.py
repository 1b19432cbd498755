"""The text of e-mails."""

import pytest
from pytest_django.fixtures import Settings

from projects import emails
from projects.domain.assessment.verdicts import Severity
from projects.domain.upstream.note_facts import AffectedTarget, NoteFacts
from projects.domain.upstream.notes import NoteKind
from projects.languages import speak
from projects.models import Alert, Project, Subscription
from projects.presentation.upstream_notes import UpstreamNote, describe_note
from scanner.domain.matching.availability import Availability
from tests.projects.watching import NOON, person, project_of, queued_alert

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert(settings: Settings) -> Alert:
    settings.PUBLIC_URL = "https://wheelway.example"
    alice = person()
    return queued_alert(alice, project_of(alice))


def words(alert: Alert, availability: Availability = Availability.NATIVE) -> emails.RenderedEmail:
    again = Alert.objects.select_related("subscription__project").get(pk=alert.pk)
    context = emails.new_wheel(again, package="greenlet", availability=availability, stop_path="/alerts/stop/7-abc/")
    return emails.render("new_wheel", context)


def test_both_bodies_have_verdict_proof_next_step_reason_and_the_way_to_stop(alert: Alert) -> None:
    rendered = words(alert)
    assert rendered.subject == "greenlet 3.1.0 has a wheel for Python 3.13 on Windows x64"
    assert rendered.text.startswith("greenlet 3.1.0 now installs from a wheel on Python 3.13 on Windows x64.")
    for body in (rendered.text, rendered.html):
        for part in (
            "now installs from a wheel on Python 3.13 on Windows x64.",
            "greenlet-3.1.0-cp313-cp313-win_amd64.whl",
            "cp313-cp313-win_amd64",
            "11 September 2024, 12:00 UTC",
            "you used 3.0.3 when you set the watch",
            "greenlet==3.1.0",
            "https://wheelway.example/projects/practice-api/cells/cp313-win_amd64/greenlet/",
            "because you have watched greenlet",
            "https://wheelway.example/alerts/",
            "https://wheelway.example/alerts/stop/7-abc/",
        ):
            assert part in body, part


def test_html_needs_nothing_from_elsewhere_and_runs_nothing(alert: Alert) -> None:
    html = words(alert).html
    for word in ("<script", "<img", "<link", "@import", "url("):
        assert word not in html
    assert "prefers-color-scheme: dark" in html


def test_names_are_text_in_html_and_themselves_in_plain_text(alert: Alert) -> None:
    Project.objects.update(name="<b>R&D</b>")
    rendered = words(alert)
    assert "<b>R&D</b>" in rendered.text
    assert "<b>" not in rendered.html
    assert "&lt;b&gt;R&amp;D&lt;/b&gt;" in rendered.html


def test_a_wheel_for_the_version_in_use_asks_for_no_new_line(alert: Alert) -> None:
    Subscription.objects.update(above_version="3.1.0")
    rendered = words(alert)
    for body in (rendered.text, rendered.html):
        assert "You already use this version" in body
        assert "greenlet==3.1.0" not in body


def test_an_index_without_upload_times_is_said_so(alert: Alert) -> None:
    Alert.objects.update(uploaded_at=None)
    assert "Uploaded  unknown (the index gives no upload time)" in words(alert).text


@pytest.mark.parametrize("availability", [kind for kind in Availability if kind.installs_wheel])
def test_every_kind_of_wheel_is_described(alert: Alert, availability: Availability) -> None:
    assert "Kind      a" in words(alert, availability).text


def test_a_hostile_subject_stays_short_and_on_one_line(alert: Alert) -> None:
    Alert.objects.update(version="9" * 100 + "\r\nBcc: x\u2028\x0by")
    subject = words(alert).subject
    assert len(subject) <= emails.SUBJECT_LENGTH
    assert subject.isprintable()


def digest_of(*notes: UpstreamNote, settings: Settings) -> emails.RenderedEmail:
    settings.PUBLIC_URL = "https://wheelway.example"
    alice = person("carol")
    project = project_of(alice)
    project.name = "<b>R&D</b>"
    follower = Subscription(user=alice, project=project, created_at=NOON)
    return emails.render("digest", emails.digest(follower, notes, stop_path="/alerts/stop/8-abc/"))


def a_note(name: str, severity: Severity, reason: str = "") -> UpstreamNote:
    place = AffectedTarget("cp313-win_amd64", "1.0", "==1.0", f"{name}-1.0-cp313-cp313-win_amd64.whl")
    return describe_note(name, NoteKind.YANK, "1.0", severity, NoteFacts((place,), NOON, instead="1.1", reason=reason))


def test_both_bodies_of_a_digest_have_every_note_with_proof_next_step_and_the_way_to_stop(settings: Settings) -> None:
    rendered = digest_of(a_note("demo", Severity.HIGH, "broken"), a_note("other", Severity.LOW), settings=settings)
    assert rendered.subject == "<b>R&D</b>: demo 1.0, which you use, was yanked by its maintainers, and 1 more"
    assert rendered.text.startswith("2 things changed upstream. The worst: demo 1.0, which you use, was yanked")
    for body in (rendered.text, rendered.html):
        for part in (
            "other 1.0, which you use, was yanked",
            "Their reason: “broken”.",
            "demo-1.0-cp313-cp313-win_amd64.whl",
            "11 September 2024, 12:00 UTC",
            "Move to 1.1, the nearest version",
            "demo==1.1",
            "https://wheelway.example/packages/demo/",
            "https://wheelway.example/alerts/stop/8-abc/",
            "since 11 September 2024",
        ):
            assert part in body, part
    assert "<b>R&D</b>" in rendered.text
    assert "<b>" not in rendered.html
    for word in ("<script", "<img", "<link", "@import", "url("):
        assert word not in rendered.html


def test_a_digest_of_one_note_says_it_once(settings: Settings) -> None:
    rendered = digest_of(a_note("demo", Severity.HIGH), settings=settings)
    headline = "demo 1.0, which you use, was yanked by its maintainers"
    assert rendered.subject == f"<b>R&D</b>: {headline}"
    assert rendered.text.count(headline) == 1
    assert rendered.html.count(f">{headline}") == 1
    assert "<h1" in rendered.html
    assert max(len(line) for line in rendered.text.splitlines()) < 121


def test_a_german_mail_about_a_wheel(alert: Alert) -> None:
    with speak("de"):
        rendered = words(alert)
    assert rendered.subject.startswith("greenlet 3.1.0 hat ein Wheel für Python 3.13")
    lines = rendered.text.splitlines()
    for line in (
        "Das Wheel",
        "  Version      3.1.0 (als Sie die Beobachtung einrichteten, benutzten Sie 3.0.3)",
        "  Datei        greenlet-3.1.0-cp313-cp313-win_amd64.whl",
        "  Hochgeladen  11. September 2024, 12:00 UTC",
        "  Art          ein Wheel für genau dieses Python und diese Plattform",
        "Was als Nächstes zu tun ist",
        "  Tragen Sie diese Zeile in die Anforderungen von practice-api ein:",
        "Diese Beobachtung ohne Anmeldung beenden: https://wheelway.example/alerts/stop/7-abc/",
    ):
        assert line in lines, line
    assert '<html lang="de">' in rendered.html
    assert ">Passendes Tag<" in rendered.html


def test_a_german_digest(settings: Settings) -> None:
    with speak("de"):
        note = a_note("demo", Severity.HIGH, "broken")
        rendered = digest_of(note, a_note("other", Severity.LOW), settings=settings)
    assert rendered.subject == f"<b>R&D</b>: {note.headline}, und 1 weitere"
    lines = [" ".join(line.split()) for line in rendered.text.splitlines()]
    for line in (
        "2 Änderungen upstream. Die schwerste: demo 1.0, das Sie verwenden, wurde von den Maintainern zurückgezogen.",
        "2. other 1.0, das Sie verwenden, wurde von den Maintainern zurückgezogen (niedrig)",
        "Letzte gute Datei demo-1.0-cp313-cp313-win_amd64.whl",
        "Was zu tun ist",
        "demo==1.1",
        "Alle Hinweise auf der Seite des Projekts, wo Mitglieder abhaken können, was unwichtig ist:",
        "<b>R&D</b> ohne Anmeldung nicht mehr folgen: https://wheelway.example/alerts/stop/8-abc/",
    ):
        assert line in lines, line
    assert '<html lang="de">' in rendered.html
    assert "weil Sie &lt;b&gt;R&amp;D&lt;/b&gt; seit dem 11. September 2024 folgen." in rendered.html
