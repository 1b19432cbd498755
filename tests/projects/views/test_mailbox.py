"""The messages that were written to files."""

from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from projects.selectors.mailbox import MOST_BYTES, stored_message, stored_messages
from tests.projects.watching import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    return tmp_path


def write(*subjects: str, html: str = "<p onclick='x()'>Hällo</p>") -> None:
    """Send messages over one connection, which is one file."""
    messages = []
    for subject in subjects:
        message = EmailMultiAlternatives(subject, f"text of {subject} <b>ä</b>", "a@team.example", ["b@team.example"])
        message.attach_alternative(html, "text/html")
        messages.append(message)
    get_connection().send_messages(messages)


def staff(client: Client) -> Client:
    client.force_login(person(staff=True))
    return client


def test_every_message_of_every_file_is_listed(client: Client, folder: Path) -> None:
    write("first", "second")
    write("third")
    page = staff(client).get(reverse("mailbox")).content.decode()
    for subject in ("first", "second", "third"):
        assert f">{subject}</a>" in page
    assert {message.recipient for message in stored_messages()} == {"b@team.example"}


def test_a_message_is_shown_escaped_with_its_html_in_a_sandbox(client: Client, folder: Path) -> None:
    write("first <script>")
    key = stored_messages()[0].key
    response = staff(client).get(reverse("mailbox-message", args=[key]))
    page = response.content.decode()
    assert "text of first &lt;script&gt; &lt;b&gt;ä&lt;/b&gt;" in page
    assert "<script>" not in page.replace("<script src", "")
    frame = reverse("mailbox-html", args=[key])
    assert f'src="{frame}"' in page
    assert " sandbox></iframe>" in page
    assert "frame-src 'self'" in response["Content-Security-Policy"]

    inner = client.get(frame)
    assert inner.content.decode() == "<p onclick='x()'>Hällo</p>\n" or "Hällo" in inner.content.decode()
    policy = inner["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none';")
    assert "script" not in policy
    assert inner["X-Frame-Options"] == "SAMEORIGIN"


def test_only_staff_may_read_messages(client: Client, folder: Path) -> None:
    write("first")
    key = stored_messages()[0].key
    client.force_login(person("bob"))
    for path in (
        reverse("mailbox"),
        reverse("mailbox-message", args=[key]),
        reverse("mailbox-html", args=[key]),
    ):
        assert client.get(path).status_code == 404
    assert reverse("mailbox") not in client.get(reverse("alerts")).content.decode()


def test_there_is_no_mailbox_when_messages_are_really_sent(client: Client) -> None:
    assert staff(client).get(reverse("mailbox")).status_code == 404


@pytest.mark.parametrize(
    "key", ["x", "..", "20240911-120000-1.9", "..%2F..%2Fetc%2Fpasswd", "20240911-120000-1", "settings.0", ".0"]
)
def test_a_key_that_names_no_message_is_not_found(client: Client, folder: Path, key: str) -> None:
    write("first")
    (folder / "20240911-120000-1.log").write_bytes(b"Subject: real\n\ntext\n" + b"-" * 79 + b"\n")
    (folder.parent / "settings.log").write_text("secret")
    signed_in = staff(client)
    assert signed_in.get(reverse("mailbox-message", args=[key])).status_code == 404
    assert signed_in.get(reverse("mailbox-html", args=[key])).status_code == 404
    assert stored_message("20240911-120000-1.0") is not None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00 not a message",
        b"Subject: =?x?=\nDate: never\nContent-Type: text/plain; charset=klingon\n\n\xff\n",
        b"Content-Type: multipart/mixed\n\nno boundary",
        b"Subject: big\n\n" + b"a" * (MOST_BYTES + 10),
    ],
    ids=["empty", "bytes", "bad headers", "no boundary", "too big"],
)
def test_a_file_that_is_no_message_does_not_take_the_page_down(client: Client, folder: Path, content: bytes) -> None:
    (folder / "20240911-120000-1.log").write_bytes(content)
    (folder / "20240911-120000-2.log").mkdir()
    write("readable")
    signed_in = staff(client)
    page = signed_in.get(reverse("mailbox")).content.decode()
    assert ">readable</a>" in page
    for message in stored_messages():
        assert signed_in.get(reverse("mailbox-message", args=[message.key])).status_code == 200


def test_an_empty_mailbox_says_what_to_do(client: Client, folder: Path) -> None:
    assert "There are no messages yet" in staff(client).get(reverse("mailbox")).content.decode()
