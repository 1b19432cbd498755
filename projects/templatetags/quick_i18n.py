"""Django's tags for translation, quicker in English: what a template says needs no catalogue there.

A page has a hundred of them. Django asks for each in which language, in which catalogues, and how to escape it.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import Parser, Token, render_value_in_context
from django.template.context import Context
from django.templatetags import i18n
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.safestring import SafeString

from scanner.domain.translation import ENGLISH, language

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class QuickTranslateNode(TranslateNode):
    """A `translate` whose literal stands for itself in English."""

    def __init__(self, node: TranslateNode) -> None:
        super().__init__(node.filter_expression, node.noop, node.asvar, node.message_context)
        literal = getattr(node.filter_expression.var, "literal", None)
        self._english = literal if isinstance(literal, SafeString) and not node.filter_expression.filters else None

    def render(self, context: Context) -> str:
        """Return the text, or put it into a variable."""
        if self._english is None or language() != ENGLISH:
            return super().render(context)
        if self.asvar:
            context[self.asvar] = self._english
            return ""
        return self._english


class QuickBlockTranslateNode(BlockTranslateNode):
    """A `blocktranslate` that fills in its own text in English."""

    def __init__(self, node: BlockTranslateNode) -> None:
        super().__init__(
            node.extra_context,
            node.singular,
            node.plural,
            node.countervar,
            node.counter,
            node.message_context,
            node.trimmed,
            node.asvar,
            node.tag_name,  # type: ignore[attr-defined]  # which the stubs lack
        )
        self._one = self.render_token_list(node.singular)
        self._many = self.render_token_list(node.plural) if node.plural else self._one

    def render(self, context: Context, nested: bool = False) -> str:
        """Return the text, or put it into a variable."""
        if nested or language() != ENGLISH:
            return super().render(context, nested)
        values = {name: value.resolve(context) for name, value in self.extra_context.items()}
        text, names = self._one
        if self.plural and self.countervar and self.counter:
            with context.update(values):
                number = self.counter.resolve(context)
            values[self.countervar] = number
            if number != 1:
                text, names = self._many
        filled = text % {name: self._shown(name, values, context) for name in names}
        if self.asvar:
            context[self.asvar] = SafeString(filled)
            return ""
        return filled

    def _shown(self, name: str, values: dict[str, Any], context: Context) -> str:
        value = values[name] if name in values else context.get(name, "")
        return render_value_in_context(value, context)


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> QuickTranslateNode:
    """Do what Django's tag does."""
    return QuickTranslateNode(i18n.do_translate(parser, token))


@register.tag("blocktranslate")
@register.tag("blocktrans")
def block_translate(parser: Parser, token: Token) -> QuickBlockTranslateNode:
    """Do what Django's tag does."""
    return QuickBlockTranslateNode(i18n.do_block_translate(parser, token))
