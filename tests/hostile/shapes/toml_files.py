"""TOML files that are made to cost much."""

from tests.hostile.shapes.making import Shape, nested, numbered, repeated

TOML: dict[str, Shape] = {
    "toml: dotted key": repeated("pyproject.toml", "a.", after="b=1\n"),
    "toml: dotted key in an inline table": repeated("pyproject.toml", "a.", before="x = { ", after="b=1}\n"),
    "toml: dotted key in tables in arrays": repeated("pyproject.toml", "a . ", before="x = [[{ ", after="b=1}]]\n"),
    "toml: dotted quoted key in an inline table": repeated("pyproject.toml", '"a".', before="x = { ", after="b=1}\n"),
    "toml: dotted key after a text of several lines": repeated(
        "pyproject.toml", "a.", before='x = """\n\\"""\n""\n"""\ny = { ', after="b=1}\n"
    ),
    "toml: dotted keys just below the bound": repeated("pyproject.toml", "x = { " + "a." * 60 + "b=1}\n[[t]]\n"),
    "toml: dotted header": repeated("pyproject.toml", "a.", before="[", after="b]\n"),
    "toml: headers below one table": numbered("pyproject.toml", "[a.b.c.d.e.f{}]\n"),
    "toml: tables of arrays below each other": numbered("pyproject.toml", "[[a.b.c]]\nx{}=1\n"),
    "toml: keys in one inline table": numbered("pyproject.toml", "k{}=1,", before="x = {", after="z=1}\n"),
    "toml: dotted keys in one inline table": numbered("pyproject.toml", "a.b.c.k{}=1,", before="x = {", after="z=1}\n"),
    "toml: nested arrays": nested("pyproject.toml", "[", "]", before="x = "),
    "toml: nested inline tables": nested("pyproject.toml", "{a=", "}", before="x = ", after="\n"),
    "toml: integer": repeated("pyproject.toml", "1", before="x = "),
    "toml: hexadecimal integer": repeated("pyproject.toml", "f", before="x = 0x"),
    "toml: float": repeated("pyproject.toml", "1", before="x = 1."),
    "toml: integer with underscores": repeated("pyproject.toml", "1_", before="x = ", after="1"),
    "toml: bare key": repeated("pyproject.toml", "k", after=" = 1\n"),
    "toml: escapes": repeated("pyproject.toml", "\\n", before='x = "', after='"\n'),
    "toml: unicode escapes": repeated("pyproject.toml", "\\u0041", before='x = "', after='"\n'),
    "toml: text of several lines": repeated("pyproject.toml", "\\\n  a", before='x = """', after='"""\n'),
    "toml: open texts": repeated("pyproject.toml", '\\"""\n', before='x = """'),
    "toml: comments": repeated("pyproject.toml", "#\n"),
    "toml: brackets in a line": repeated("pyproject.toml", "[", before="x = '", after="'\n"),
    "toml: groups that include groups": numbered(
        "pyproject.toml",
        'g{} = [{include-group = "g1"}, "a"]\n',
        before='[dependency-groups]\ng1 = ["b"]\n',
    ),
    "toml: extras": numbered(
        "pyproject.toml", 'e{} = ["a>=1"]\n', before="[project]\nname='a'\n[project.optional-dependencies]\n"
    ),
    "toml: extras that ask for each other": numbered(
        "pyproject.toml", 'e{} = ["a[e1,e2]"]\n', before="[project]\nname='a'\n[project.optional-dependencies]\n"
    ),
    "poetry: unions": repeated("pyproject.toml", "1 || ", before='[tool.poetry.dependencies]\na = "', after='2"\n'),
    "poetry: constraints of one name": repeated(
        "pyproject.toml", '{version="1"},', before="[tool.poetry.dependencies]\na = [", after="]\n"
    ),
}
