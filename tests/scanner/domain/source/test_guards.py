"""What an `if` decides about the imports below it, for a target."""

import os
import sys
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scanner.domain.source.small_files import only, runs


@pytest.mark.parametrize(
    ("guard", "yes", "no"),
    [
        ("sys.version_info >= (3, 11)", "cp311-win_amd64", "cp310-win_amd64"),
        ("sys.version_info < (3, 12, 99)", "cp312-win_amd64", "cp313-win_amd64"),
        ("(3, 9) <= sys.version_info < (3, 11)", "cp310-win_amd64", "cp311-win_amd64"),
        ("sys.version_info[:2] == (3, 13)", "cp313-win_amd64", "cp314-win_amd64"),
        ("sys.version_info[1] > 12", "cp313-win_amd64", "cp312-win_amd64"),
        ("sys.version_info.minor in (12, 13)", "cp313-win_amd64", "cp311-win_amd64"),
        ("sys.platform == 'win32'", "cp313-win_amd64", "cp313-macosx_14_0_arm64"),
        ("sys.platform.startswith(('linux', 'darwin'))", "cp313-macosx_14_0_arm64", "cp313-win_amd64"),
        ("'win' in sys.platform", "cp313-win_amd64", "cp313-manylinux_2_28_x86_64"),
        ("os.name != 'nt'", "cp313-macosx_14_0_arm64", "cp313-win_amd64"),
        ("platform.system() == 'Darwin'", "cp313-macosx_14_0_arm64", "cp313-win_amd64"),
        ("platform.python_implementation() == 'PyPy'", "pp311-manylinux_2_28_x86_64", "cp311-manylinux_2_28_x86_64"),
        ("not sys.version_info >= (3, 12)", "cp311-win_amd64", "cp312-win_amd64"),
        ("os.name == 'nt' and sys.version_info > (3, 12)", "cp312-win_amd64", "cp311-win_amd64"),
        ("os.name == 'posix' or sys.version_info > (3, 12)", "cp312-win_amd64", "cp311-win_amd64"),
    ],
)
def test_a_guard_is_evaluated_for_the_target(guard: str, yes: str, no: str) -> None:
    text = f"import os, platform, sys\nif {guard}:\n    import a\n"
    assert (runs(text, yes), runs(text, no)) == (True, False)
    other = f"import os, platform, sys\nif {guard}:\n    pass\nelse:\n    import a\n"
    assert (runs(other, yes), runs(other, no)) == (False, True)
    named = f"import os, platform, sys\nFITS = {guard}\ndef f():\n    if FITS:\n        import a\n"
    assert (runs(named, yes), runs(named, no)) == (True, False)


@pytest.mark.parametrize(
    "text",
    [
        "if DEBUG:\n    import a",
        "while more():\n    import a",
        "match x:\n    case 1:\n        import a",
        "import sys\nif sys.version_info >= least:\n    import a",
        "import sys\nif sys.version_info[:2] == 'text' or DEBUG:\n    import a",
        "import sys\nNEW = True\nNEW = sys.version_info > (3, 9)\nif NEW:\n    import a",
        "def f(sys):\n    if sys.platform == 'win32':\n        import a",
        "try:\n    work()\nexcept Exception:\n    import a",
    ],
)
def test_what_no_target_decides_is_not_decided(text: str) -> None:
    assert runs(text, "cp313-win_amd64") is None


def test_what_follows_a_refusal_runs_where_nothing_is_refused() -> None:
    text = "import sys\nif sys.version_info < (3, 12):\n    raise ImportError('too old')\nimport a\n"
    assert (runs(text, "cp312-win_amd64"), runs(text, "cp311-win_amd64")) == (True, False)
    text = "import sys\ndef f():\n    assert sys.platform == 'win32'\n    import a\n"
    assert (runs(text, "cp312-win_amd64"), runs(text, "cp312-macosx_14_0_arm64")) == (True, False)


_SUBJECTS = [
    "sys.version_info",
    "sys.version_info[:2]",
    "sys.version_info[0]",
    "sys.version_info.minor",
    "sys.platform",
]

_VALUES = st.sampled_from(["(3,)", "(3, 8)", "(3, 11)", "(3, 12, 1)", "3", "11", "'linux'", "'win32'", "('linux', 3)"])

_TESTS = st.builds(
    "{} {} {}".format, st.sampled_from(_SUBJECTS), st.sampled_from(["==", "!=", "<", ">=", "in", "is not"]), _VALUES
)

_GUARDS = st.recursive(
    _TESTS | st.sampled_from(["True", "0", "sys.platform.startswith('lin')", "os.name == 'posix'"]),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner)
        | st.builds("(not {})".format, inner)
    ),
    max_leaves=6,
)


@given(_GUARDS)
def test_a_guard_is_what_this_interpreter_makes_of_it(guard: str) -> None:
    version = ".".join(map(str, sys.version_info[:3]))
    environment = {"python_full_version": version, "sys_platform": sys.platform, "os_name": os.name}
    found = only(f"import os, sys\nif {guard}:\n    import a\n").context.runs_on(environment)
    try:
        with warnings.catch_warnings():
            # "is not" with a literal.
            warnings.simplefilter("ignore")
            expected = bool(eval(guard, {"sys": sys, "os": os}))
    except TypeError:
        # The code fails there.
        return
    assert found in {expected, None}
