"""What a proof says as a whole, and which interpreter can prove a target."""

import pytest
from msgspec.structs import replace
from packaging.utils import NormalizedName

from projects.domain.proof import (
    ImportOutcome,
    InterpreterFacts,
    ModuleImport,
    Proof,
    differences,
    without_lacking,
    without_unused,
)
from scanner.domain.targets.target import parse_target

HERE = InterpreterFacts("/usr/bin/python3.13", "cpython", "3.13.5", False, "linux", "x86_64", "glibc 2.36")
THREADED = InterpreterFacts("/usr/bin/python3.14t", "cpython", "3.14.0", True, "linux", "x86_64", "glibc 2.36")


def proof(**changes: object) -> Proof:
    return Proof("cp313-manylinux_2_28_x86_64", HERE, "none", {"a": "1"}, **changes)  # type: ignore[arg-type]


def module(outcome: ImportOutcome, *, gil: bool | None = None) -> ModuleImport:
    return ModuleImport("a", "a", outcome, 0.1, gil_enabled=gil)


@pytest.mark.parametrize(
    ("found", "ran"),
    [
        (proof(), True),
        (proof(imports=[module(ImportOutcome.RAN)]), True),
        (proof(imports=[module(ImportOutcome.RAN), module(ImportOutcome.FAILED)]), False),
        (proof(imports=[module(ImportOutcome.TIMED_OUT)]), False),
        (proof(conflicts=["a 1 requires b, which is not installed."]), False),
        (proof(install_error="no matching distribution"), False),
        (proof(tests_passed=False), False),
        (proof(tests_passed=True), True),
    ],
)
def test_a_set_ran_if_nothing_of_it_failed(found: Proof, ran: bool) -> None:
    assert found.ran is ran
    assert found.to_json()["ran"] is ran


def test_what_fails_for_lack_of_a_package_that_was_left_out_was_not_tried() -> None:
    def failing(package: str, tail: str) -> ModuleImport:
        return ModuleImport(package, package, ImportOutcome.FAILED, 0.1, tail)

    gone = "ModuleNotFoundError: No module named 'built'"
    tried = replace(
        proof(
            unproven=["built"],
            imports=[failing("a", gone), failing("b", gone), failing("c", "TypeError: x"), failing("d", gone)],
            conflicts=["a 1 requires built, which is not installed.", "a 1 requires d, which is not installed."],
        ),
        pins=dict.fromkeys("abcd", "1"),
    )
    found = without_lacking(tried, {NormalizedName("built"): ["a", "c"], NormalizedName("a"): ["b"]})
    assert (list(found.pins), found.unproven) == (["c", "d"], ["a", "b", "built"])
    assert [one.package for one in found.failed] == ["c", "d"]
    assert found.conflicts == ["a 1 requires d, which is not installed."]


@pytest.mark.parametrize(
    ("lacking", "others", "counts"),
    [
        ("matplotlib.pyplot", ["shell"], False),
        # Nothing requires it but the project itself, or what requires it fails too.
        ("matplotlib", [], True),
        ("matplotlib", ["shell", "broken"], True),
        # Gone from the standard library, or of a package that is in the set.
        ("imp", ["shell"], True),
        ("pkg_resources", ["shell"], True),
        ("shell.part", ["shell"], True),
    ],
)
def test_a_package_for_those_who_have_another_one_does_not_count_where_what_requires_it_ran(
    lacking: str, others: list[str], counts: bool
) -> None:
    gone = f"Traceback\nModuleNotFoundError: No module named '{lacking}'"
    imports = [
        ModuleImport("shell", "shell", ImportOutcome.RAN, 0.1),
        ModuleImport("inline", "inline", ImportOutcome.FAILED, 0.1, gone),
    ]
    if "broken" in others:
        imports.append(ModuleImport("broken", "broken", ImportOutcome.FAILED, 0.1, gone))
    tried = replace(proof(imports=imports), pins={"shell": "1", "inline": "1", "broken": "1"})
    found = without_unused(tried, {NormalizedName("inline"): others})
    assert (found.ran, "inline" in found.unproven) == (not counts, not counts)


def test_packages_that_enable_the_gil_again_are_named() -> None:
    imports = [module(ImportOutcome.RAN, gil=True), module(ImportOutcome.RAN, gil=False)]
    assert proof(imports=imports).gil_enabled_by == ["a"]


@pytest.mark.parametrize(
    ("facts", "target", "wrong"),
    [
        (HERE, "cp313-manylinux_2_28_x86_64", []),
        (HERE, "cp314-manylinux_2_28_x86_64", ["the Python version is 3.13, the target's is 3.14"]),
        (
            HERE,
            "cp313-win_amd64",
            ["sys.platform is linux, the target's is win32", "the machine is x86_64, the target's is amd64"],
        ),
        (HERE, "cp313-manylinux_2_28_aarch64", ["the machine is x86_64, the target's is aarch64"]),
        (HERE, "cp313t-manylinux_2_28_x86_64", ["it has a GIL"]),
        (HERE, "cp313-musllinux_1_2_x86_64", ["its C library is glibc 2.36"]),
        (THREADED, "cp314-manylinux_2_28_x86_64", ["it has no GIL"]),
        (THREADED, "cp314t-manylinux_2_28_x86_64", []),
    ],
)
def test_an_interpreter_proves_only_the_target_that_it_is(
    facts: InterpreterFacts, target: str, wrong: list[str]
) -> None:
    found = parse_target(target)
    musl = found.platform.slug.startswith("musllinux")
    markers, threaded = found.marker_environment, found.python.free_threaded
    assert differences(facts, markers, free_threaded=threaded, musl=musl) == wrong
