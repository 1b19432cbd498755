"""What `try` and `with` around an import say of its failure."""

import pytest

from tests.scanner.domain.source.small_files import only, read


@pytest.mark.parametrize(
    ("handler", "may_fail"),
    [
        ("except ImportError:\n    a = None", True),
        ("except (ValueError, ModuleNotFoundError):\n    pass", True),
        ("except builtins.ImportError:\n    pass", True),
        ("except:\n    pass", True),
        ("except ImportError:\n    return_nothing()", True),
        ("except ValueError:\n    pass", False),
        ("except ImportError as error:\n    raise RuntimeError('install a') from error", False),
        ("except ImportError:\n    sys.exit('install a')", False),
        ("finally:\n    pass", False),
    ],
)
def test_a_caught_failure_is_seen(handler: str, may_fail: bool) -> None:
    assert only(f"import sys\ntry:\n    import a\n{handler}\n").context.may_fail is may_fail


def test_suppressed_failures_and_optional_tests_are_caught() -> None:
    suppressed = "from contextlib import suppress\nwith suppress(ImportError):\n    import a"
    assert read(suppressed).imports[-1].context.may_fail
    assert read("import pytest\na = pytest.importorskip('a')").imports[-1].context.may_fail


def test_an_alternative_names_what_it_stands_in_for() -> None:
    first, second, third = read("""
        try:
            import tomllib
        except ImportError:
            try:
                from tomli import loads
            except ImportError:
                import toml
    """).imports
    assert (first.context.may_fail, first.context.instead_of) == (True, ())
    assert (second.context.may_fail, second.context.instead_of) == (True, (("tomllib",),))
    assert (third.context.may_fail, third.context.instead_of) == (False, (("tomllib",), ("tomli.loads",)))
