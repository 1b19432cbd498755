"""Syntax that needs a newer Python."""

import ast

import pytest

from tests.scanner.domain.source.small_files import read


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("if (n := 1):\n    pass", (3, 8)),
        ("def f(a, /): pass", (3, 8)),
        ("f = lambda a, /: a", (3, 8)),
        ("@buttons[0].clicked\nclass C: pass", (3, 9)),
        ("match x:\n    case 1: pass", (3, 10)),
        ("try:\n    pass\nexcept* ValueError:\n    pass", (3, 11)),
        ("x[*y]", (3, 11)),
        ("def f(*args: *Ts): pass", (3, 11)),
    ],
)
def test_new_syntax_is_seen_with_the_python_that_brought_it(text: str, since: tuple[int, int]) -> None:
    (found,) = read(text).syntax
    assert (found.since, found.line) == (since, 1 + (since == (3, 9)))
    # The parser's own word for it, as far as it has one.
    if since not in {(3, 9), (3, 11)} or "except*" in text:
        ast.parse(text, feature_version=since)
        with pytest.raises(SyntaxError):
            ast.parse(text, feature_version=(since[0], since[1] - 1))
