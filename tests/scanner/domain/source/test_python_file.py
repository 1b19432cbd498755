"""The module that an import names."""

import pytest

from scanner.domain.source.python_file import absolute_module
from tests.scanner.domain.source.small_files import only


@pytest.mark.parametrize(
    ("text", "package", "module"),
    [
        ("import a.b", "app", "a.b"),
        ("from . import b", "app.views", "app.views"),
        ("from .b import c", "app.views", "app.views.b"),
        ("from ..b import c", "app.views", "app.b"),
        ("from ...b import c", "app.views", None),
        ("from . import b", "", None),
    ],
)
def test_a_relative_import_starts_at_the_package_of_its_file(text: str, package: str, module: str | None) -> None:
    assert absolute_module(only(text), package) == module
