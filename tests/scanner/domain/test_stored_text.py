"""English texts that were stored, in another language."""

from gettext import NullTranslations

import pytest

from scanner.domain.stored_text import StoredSentences
from scanner.domain.translation import speaking

SENTENCES = StoredSentences(
    ["{host} does not answer: {reason}", "{host} refused: {said}", "{host} refused", "more (than {n})"],
    inner=["reason"],
)


class Linked(NullTranslations):
    """A catalogue that says every message with dashes between its words."""

    def gettext(self, message: str) -> str:
        return message.replace(" ", "-")


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("h.example refused", "h.example-refused"),
        ("h.example refused: too many {n}", "h.example-refused:-too many {n}"),
        ("h.example does not answer: it is slow", "h.example-does-not-answer:-it-is-slow"),
        (
            "h.example does not answer: i.example refused: so it is",
            "h.example-does-not-answer:-i.example-refused:-so it is",
        ),
        ("more (than 3)", "more-(than-3)"),
        ("", ""),
    ],
)
def test_a_stored_sentence_is_translated_around_what_fills_its_placeholders(stored: str, said: str) -> None:
    assert SENTENCES.say(stored) == stored
    with speaking("xx", Linked()):
        assert SENTENCES.say(stored) == said
