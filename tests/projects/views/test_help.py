"""The help: every answer is found by the words that people use, and leads to pages and files that exist."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from projects.domain.assessment.verdicts import Verdict
from projects.presentation.help.search import SECTIONS, search_help
from projects.templatetags.verdicts import glyph
from tests.web import text

DOCS = Path(__file__).parents[3] / "docs"
TOPICS = [topic for section in SECTIONS for topic in section.topics]


def keys(words: str) -> list[str]:
    """The topics that are found, in their order."""
    return [topic.key for section in search_help(words) for topic in section.topics]


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("how do I watch a package?", "tell-me"),
        ("notify", "tell-me"),
        ("which blockers are worst", "what-blocks"),
        ("◆", "declared"),
        ("abi3", "abi3"),
        ("nogil", "free-threaded"),
        ("private index", "index"),
        ("waiver", "ignore"),
        ("pull request CI", "ci"),
        ("issue upstream", "ask-maintainers"),
        ("dependency graph", "own-line"),
        ("slack", "chat"),
        ("API token", "api"),
        ("dark theme", "account"),
    ],
)
def test_the_words_of_users_find_the_answer(asked: str, key: str) -> None:
    assert key in keys(asked)


def test_a_question_with_the_words_comes_before_an_answer_with_them() -> None:
    found = keys("project")
    assert found.index("add") < found.index("best-upgrade")


def test_nothing_asked_and_fillers_alone_show_everything() -> None:
    assert keys("") == keys("how do I") == [topic.key for topic in TOPICS]


def test_each_sign_is_explained() -> None:
    (states,) = [topic for topic in TOPICS if topic.key == "states"]
    assert all(f"{glyph(verdict)} " in states.answer for verdict in Verdict)


def test_links_and_files_exist_and_keys_are_unique() -> None:
    assert len({topic.key for topic in TOPICS}) == len(TOPICS)
    assert all(reverse(name) for topic in TOPICS for _, name in topic.links)
    assert [topic.more for topic in TOPICS if topic.more and not (DOCS / topic.more).exists()] == []


def test_the_page_finds_and_says_when_it_does_not(alice: Client) -> None:
    assert "When will a package have wheels" in text(alice.get("/help/").content)
    found = text(alice.get("/help/", {"q": "free-threaded"}).content)
    assert "What is 3.14t?" in found
    assert "How do I add a project?" not in found
    assert "No answer has all of these words." in text(alice.get("/help/", {"q": "xyzzy"}).content)


def test_the_search_field_finds_help_too(alice: Client) -> None:
    html = alice.get("/find/", {"q": "waiver"}).content.decode()
    assert 'href="/help/#ignore"' in html
