"""Texts in the language that is spoken, and in English without one."""

from gettext import NullTranslations

from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.phrases import count, join_words
from scanner.domain.translation import gettext, in_english, language, ngettext, noop, pgettext, remembered, speaking


class Shout(NullTranslations):
    """A catalogue that says everything loudly, and of a context in brackets."""

    def gettext(self, message: str) -> str:
        return message.upper()

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return (msgid1 if n == 1 else msgid2).upper()

    def pgettext(self, context: str, message: str) -> str:
        return f"{message.upper()} [{context}]"


@given(st.text(), st.integers(min_value=0))
def test_without_a_language_a_text_is_as_the_sources_have_it(text: str, number: int) -> None:
    assert (gettext(text), pgettext("of a door", text), noop(text)) == (text, text, text)
    assert ngettext(text, "many", number) == (text if number == 1 else "many")
    assert language() == "en"


def test_inside_the_block_texts_are_those_of_the_catalogue_and_after_it_no_more() -> None:
    with speaking("xx", Shout()):
        assert (gettext("ready"), count(2, "wheel"), language()) == ("READY", "2 WHEELS", "xx")
        assert join_words(["a", "b"]) == "a AND [between the last words of a list] b"
        with in_english():
            assert (gettext("ready"), language()) == ("ready", "en")
        assert gettext("ready") == "READY"
    assert (gettext("ready"), language()) == ("ready", "en")


def test_a_remembered_text_is_remembered_for_each_language() -> None:
    asked = []

    @remembered(maxsize=8)
    def state(name: str) -> str:
        asked.append(name)
        return gettext(name)

    with speaking("xx", Shout()):
        assert [state("ready"), state("ready")] == ["READY", "READY"]
    assert [state("ready"), state("ready")] == ["ready", "ready"]
    assert asked == ["ready", "ready"]
