"""What the errors of hosts say."""

from projects.hosts.errors import (
    CommitMissing,
    FetchTooLarge,
    FileMissing,
    HostError,
    HostNotAllowed,
    HostUnavailable,
    RepositoryAccessDenied,
)


def test_errors_speak_without_gits_own_words() -> None:
    errors: list[HostError] = [
        HostUnavailable("h", "slow"),
        RepositoryAccessDenied("h"),
        HostNotAllowed("h", "no"),
        CommitMissing("h", "c" * 40),
        FileMissing("h", "p"),
        FetchTooLarge("h", "p", 1000),
    ]
    assert [str(error) for error in errors] == [
        "h does not answer: slow",
        "h has no such repository, or the credentials do not give access to it",
        "h is not contacted: no",
        "h has no commit cccccccccccc",
        "h has no file p at that commit",
        "p is larger than 1,000 bytes",
    ]
