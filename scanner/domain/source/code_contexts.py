"""The contexts of code inside statements and after them."""

from __future__ import annotations

from msgspec.structs import replace

from scanner.domain.source.conditions import Condition, Constant, UnknownCondition
from scanner.domain.source.guards import UNKNOWN
from scanner.domain.source.python_file import CodeContext

# Nested deeper than this, code runs on a condition that is not known.
_MOST_CONDITIONS = 40
_ANY_ERROR = {"Exception", "BaseException"}
IMPORT_ERRORS = _ANY_ERROR | {"ImportError", "ModuleNotFoundError"}
_NAME_ERRORS = _ANY_ERROR | {"AttributeError"}


def catching(context: CodeContext, errors: set[str]) -> CodeContext:
    """Return the context inside a statement that catches these errors."""
    return replace(
        context,
        may_fail=context.may_fail or bool(errors & IMPORT_ERRORS),
        may_lack_names=context.may_lack_names or bool(errors & _NAME_ERRORS),
    )


def after(context: CodeContext, condition: Condition) -> CodeContext:
    """Return the context after a statement that ends the block unless the condition holds.

    One that is not known changes nothing: most such statements check arguments.
    """
    return context if isinstance(condition, UnknownCondition) else under(context, condition)


def under(context: CodeContext, condition: Condition) -> CodeContext:
    """Return the context on one more condition."""
    known = context.conditions
    if condition == Constant(value=True) or (known and known[-1] == condition == UNKNOWN):
        return context
    if len(known) >= _MOST_CONDITIONS:
        condition = UNKNOWN
        if known[-1] == UNKNOWN:
            return context
    return replace(context, conditions=(*known, condition))
