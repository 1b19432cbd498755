"""What a release declares of Pythons: by classifiers, by a Requires-Python that ends between two, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.evidence.declared import Declaration, DeclaredPythons
from scanner.domain.files.core_metadata import parse_core_metadata
from scanner.domain.targets.target import parse_target

CLASSIFIER = "Programming Language :: Python :: "


def on(declared: DeclaredPythons, python: str) -> Declaration:
    return declared.on(parse_target(f"{python}-manylinux_2_28_x86_64").python)


@pytest.mark.parametrize(
    ("classifiers", "requires_python", "expected"),
    [
        (["3", "3.12", "3.13"], ">=3.9", Declaration.CLASSIFIER),
        (["3", "3.11", "3.12"], ">=3.9", Declaration.UNDECLARED),
        (["3", "3 :: Only"], ">=3.9", Declaration.NOT_STATED),
        (["2.7"], "", Declaration.NOT_STATED),
        ([], "", Declaration.NOT_STATED),
        ([], ">=3.9,<4", Declaration.NOT_STATED),
        ([], ">=3.9,<4.0", Declaration.NOT_STATED),
        ([], "!=3.9.7,>=3.9", Declaration.NOT_STATED),
        ([], ">=3.9,<3.14", Declaration.REQUIRES_PYTHON),
        ([], ">=3.9,<=3.13", Declaration.REQUIRES_PYTHON),
        ([], ">=3.9,<3.13", Declaration.UNDECLARED),
        ([], "~=3.9", Declaration.NOT_STATED),
        ([], "==3.13.*", Declaration.REQUIRES_PYTHON),
        (["3.12"], ">=3.9,<3.14", Declaration.REQUIRES_PYTHON),
        ([], "not a specifier", Declaration.NOT_STATED),
    ],
)
def test_a_release_declares_the_pythons_that_it_names(
    classifiers: list[str], requires_python: str, expected: Declaration
) -> None:
    declared = DeclaredPythons.of([CLASSIFIER + one for one in classifiers], requires_python)
    assert on(declared, "cp313") is expected


def test_the_free_threading_classifier_has_a_level() -> None:
    assert DeclaredPythons.of([f"{CLASSIFIER}Free Threading :: 2 - Beta"]).free_threading == 2
    assert DeclaredPythons.of([f"{CLASSIFIER}Free Threading"]).free_threading is None


def test_the_wheels_of_a_release_declare_what_any_of_them_does() -> None:
    one, other = DeclaredPythons(((3, 12),), (), 1), DeclaredPythons(((3, 13),), ((3, 9),), 2)
    assert one | other == DeclaredPythons(((3, 12), (3, 13)), ((3, 9),), 2)


def test_core_metadata_names_pythons_in_its_header_only() -> None:
    text = (
        f"Metadata-Version: 2.1\nName: x\nVersion: 1\nClassifier: {CLASSIFIER}3.12\nRequires-Python: >=3.8\n\n"
        f"Classifier: {CLASSIFIER}3.13\n"
    )
    assert parse_core_metadata(text).declared == DeclaredPythons(((3, 12),))


@given(
    st.lists(st.one_of(st.text(), st.from_regex(r"Programming Language :: Python :: 3\.\d{1,3}", fullmatch=True))),
    st.one_of(st.text(), st.from_regex(r">=3\.\d,<3\.\d\d?", fullmatch=True)),
)
def test_whatever_metadata_say_is_stored_and_read_again(classifiers: list[str], requires_python: str) -> None:
    declared = DeclaredPythons.of(classifiers, requires_python)
    text = declared.to_text()
    assert DeclaredPythons.from_text(text) == declared
    assert 0 < len(text) <= 350
