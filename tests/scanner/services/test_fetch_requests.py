"""What a process has asked for: once, unless it becomes urgent, and until it comes in."""

from scanner.services.fetch_requests import FetchRequests


def asked(*, urgent: bool) -> FetchRequests[str]:
    requests: FetchRequests[str] = FetchRequests()
    assert requests.add(["one", "two"], urgent=urgent) == {"one", "two"}
    return requests


def test_what_was_asked_for_is_new_again_only_when_it_becomes_urgent() -> None:
    requests = asked(urgent=False)
    assert requests.add(["one"], urgent=False) == set()
    assert requests.add(["one"], urgent=True) == {"one"}
    assert requests.add(["one"], urgent=True) == requests.add(["one"], urgent=False) == set()
    assert (requests.coming_when(urgent=True), requests.coming_when(urgent=False)) == ({"one"}, {"two"})


def test_what_came_in_is_no_more_to_come_and_not_asked_for_again() -> None:
    requests = asked(urgent=True)
    assert requests.end(["one", "of another process"]) == {"one"}
    assert requests.coming == {"two": True}
    assert requests.end(["one"]) == set()
    assert requests.add(["one", "of another process"], urgent=True) == {"of another process"}


def test_only_what_is_not_urgent_is_forgotten() -> None:
    requests = asked(urgent=False)
    requests.add(["one"], urgent=True)
    requests.forget(["one", "two", "never asked for"])
    assert requests.coming == {"one": True}
    assert requests.add(["two"], urgent=False) == {"two"}
