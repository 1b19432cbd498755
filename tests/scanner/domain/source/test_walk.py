"""Walking a syntax tree gives what `ast.walk` gives, but for the nodes that say nothing alone."""

import ast
import inspect

from scanner.domain.source.walk import children, walk

ODD = """
{**a, 'b': c}
def f(a, /, b=1, *c, d, e=2, **g) -> int: global h; nonlocal_ = f'{a!r:>{b}}'
match a:
    case {'k': [1, *rest], **more} | Point(x=0) | None as found if found: pass
try: import x.y as z, w
except* (A, B) as error: raise C from error
x: int = a[b:c, ...] if not -d < e in f else (yield)
lambda a, *, b=None: [c async for c in d if (e := c)]
"""
LEAVES = (ast.expr_context, ast.operator, ast.boolop, ast.unaryop, ast.cmpop)


def test_every_node_is_met_in_the_same_order() -> None:
    for source in (ODD, inspect.getsource(inspect)):
        tree = ast.parse(source)
        assert walk(tree) == [node for node in ast.walk(tree) if not isinstance(node, LEAVES)]


def test_the_children_are_those_directly_below() -> None:
    for node in ast.walk(ast.parse(ODD)):
        assert children(node) == [one for one in ast.iter_child_nodes(node) if not isinstance(one, LEAVES)]
