"""Failures that are stored in English, on a German page."""

import pytest

from projects.domain.failures import API_STATUS, MAY_HAVE_ARRIVED, OTHER_BRANCH
from projects.hosts.errors import FetchTooLarge, HostError, HostRefused, HostUnavailable, RepositoryAccessDenied
from projects.languages import speak
from projects.selectors.failures import failure_text


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (HostUnavailable("git.example", "it is too slow"), "git.example antwortet nicht: zu langsam"),
        (
            HostUnavailable("git.example", API_STATUS.format(status=502)),
            "git.example antwortet nicht: die API antwortet mit Status 502",
        ),
        (HostUnavailable("git.example", "[Errno 5]"), "git.example antwortet nicht: [Errno 5]"),
        (
            HostRefused("git.example", 422, "Name is too long"),
            "git.example hat mit Status 422 abgelehnt: Name is too long",
        ),
        (HostRefused("git.example", 422), "git.example hat mit Status 422 abgelehnt"),
        (
            RepositoryAccessDenied("git.example"),
            "git.example hat kein solches Repository, oder die Zugangsdaten geben keinen Zugriff darauf",
        ),
        (
            FetchTooLarge("git.example", "the repository's answer", 1_000_000),
            "die Antwort des Repositorys ist größer als 1,000,000 Bytes",
        ),
        (
            MAY_HAVE_ARRIVED.format(answer="450 try later"),
            "450 try later; sie ist vielleicht angekommen und wird deshalb nicht noch einmal gesendet",
        ),
        (
            OTHER_BRANCH.format(refs="refs/heads/docs", branch="main"),
            "aktualisiert refs/heads/docs, nicht den verfolgten Branch main",
        ),
        ("550 no such mailbox", "550 no such mailbox"),
    ],
)
def test_our_part_of_a_stored_failure_is_german_on_a_german_page(failure: HostError | str, said: str) -> None:
    stored = str(failure)
    assert failure_text(stored) == stored
    with speak("de"):
        assert failure_text(stored) == said
