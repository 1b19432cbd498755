"""The tags for translation say in English what Django's own say."""

import pytest
from django.template import Context, engines
from django.template.backends.django import DjangoTemplates
from django.template.engine import Engine

from projects.languages import speak
from projects.templatetags.quick_i18n import QuickBlockTranslateNode, QuickTranslateNode

TEMPLATES = [
    '{% translate "50 % of <all>" %}',
    "{% translate 'of a door' context 'x' %}{% translate \"now\" as it %}[{{ it }}]{% translate name %}",
    "{% translate 'a'|upper %}{% translate '' %}",
    "{% blocktranslate %}{{ name }} has 5 % of {{ nothing }}{% endblocktranslate %}",
    "{% blocktranslate trimmed with it=name|upper %}\n  {{ it }}\n  there\n{% endblocktranslate %}",
    "{% blocktranslate count counter=one %}{{ counter }} file{% plural %}{{ counter }} files{% endblocktranslate %}",
    "{% blocktranslate count n=many with it=name asvar x %}{{ it }}{% plural %}{{ n }}{% endblocktranslate %}<{{ x }}>",
    "{% autoescape off %}{% blocktranslate %}{{ name }}{% endblocktranslate %}{% endautoescape %}",
]


@pytest.mark.parametrize("text", TEMPLATES)
def test_in_english_they_say_what_those_of_django_say(text: str) -> None:
    values = {"name": "<b>", "one": 1, "many": 1200}
    ours = engines["django"].from_string("{% load quick_i18n %}" + text).render(dict(values))
    plain = Engine(libraries={"i18n": "django.templatetags.i18n"})
    assert ours == plain.from_string("{% load i18n %}" + text).render(Context(dict(values)))


def test_templates_have_them_and_other_languages_ask_the_catalogue() -> None:
    text = '{% load quick_i18n %}{% translate "Yes" %}{% blocktranslate %}Yes{% endblocktranslate %}'
    engine = engines["django"]
    assert isinstance(engine, DjangoTemplates)
    nodes = engine.from_string(text).template.nodelist
    assert [type(node) for node in nodes[1:]] == [QuickTranslateNode, QuickBlockTranslateNode]
    with speak("de"):
        assert engine.from_string(text).render({}) == "JaJa"
