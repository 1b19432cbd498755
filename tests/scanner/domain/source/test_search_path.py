"""Folders that a file puts on Python's search path."""

import pytest

from scanner.domain.source.read import read_python

SETUPTOOLS = """
import os, sys
sys.path.extend((
    (folder := os.path.join(os.path.dirname(os.path.dirname(__file__)), 'setuptools', '_vendor')) not in sys.path
) * [folder])
"""
POETRY = """
import sys
from pathlib import Path
__vendor_site__ = (Path(__file__).parent / "_vendor").as_posix()
if __vendor_site__ not in sys.path:
    sys.path.insert(0, __vendor_site__)
"""


@pytest.mark.parametrize(
    ("text", "folders"),
    [
        (POETRY, ("_vendor",)),
        (SETUPTOOLS, ("setuptools/_vendor",)),
        ("import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'lib'))", ("../lib",)),
        ("import sys\nsys.path[:0] = [HERE + '/vendor', 'more']", ("vendor", "more")),
        ("import sys\nsys.path += [str(HERE / 'a' / 'b')]", ("a/b",)),
        ("from sys import path\npath.append(f'{HERE}/vendor')", ("vendor",)),
        ("import site\nsite.addsitedir('vendor' if old() else 'other')", ("vendor",)),
        ("import sys\nsys.path.append('/srv/app/vendor')", ()),
        ("import sys, os\nsys.path.append(os.path.join(HERE, '..'))", ()),
        ("import sys\nfor one in found():\n    sys.path.append(one)", ()),
        ("import sys\na = b\nb = a\nsys.path.append(a)", ()),
        ("names.append('vendor')", ()),
        ("sys = parts()\nsys.path.append('vendor')", ()),
    ],
)
def test_the_literal_part_of_each_folder_is_read(text: str, folders: tuple[str, ...]) -> None:
    assert read_python(text.encode()).path_folders == folders


def test_an_expression_without_end_is_read_to_a_limit() -> None:
    parts = ", ".join(["'a'"] * 5_000)
    (folder,) = read_python(f"import os, sys\nsys.path.append(os.path.join(HERE, {parts}))".encode()).path_folders
    assert len(folder) < 500
