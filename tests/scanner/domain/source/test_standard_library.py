"""The tables of the standard library against the interpreter that runs this."""

import importlib
import sys
import warnings

import pytest

from scanner.domain.source.standard_library import (
    _REMOVED_NAMES,
    has_module,
    is_standard,
    removed_name,
)

HERE = (sys.version_info[0], sys.version_info[1])


def test_this_interpreter_has_the_modules_that_the_tables_say() -> None:
    missing = {name for name in sys.stdlib_module_names if not has_module(name, HERE)}
    # Its private modules change with each version.
    assert {name for name in missing if not name.startswith("_")} == set()
    assert not is_standard("requests")
    assert not is_standard("yaml.loader")


@pytest.mark.parametrize("name", sorted(_REMOVED_NAMES))
def test_this_interpreter_lacks_what_it_removed_and_has_what_goes_later(name: str) -> None:
    row = removed_name(name)
    assert row is not None
    module, _, attribute = name.rpartition(".")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found: object = importlib.import_module(name)
        except ImportError:
            try:
                found = getattr(importlib.import_module(module), attribute, None)
            except ImportError:
                found = None
    is_for_windows = "Windows" in name and sys.platform != "win32"
    if row.removed_in <= HERE:
        assert found is None
    elif not is_for_windows:
        assert found is not None
