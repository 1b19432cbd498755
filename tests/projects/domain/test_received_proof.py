"""What is kept of a proof that a machine sent, and which bodies are refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.domain.received_proof import FailedImport, InvalidProof, ReceivedProof, read_sent_proof

TARGET = "cp313-manylinux_2_28_x86_64"


def document(**changes: Any) -> dict[str, Any]:
    return {
        "schema": 1,
        "target": TARGET,
        "ran": False,
        "interpreter": {"version": "3.13.0", "sys_platform": "linux", "machine": "x86_64"},
        "isolation": "a network namespace: no network",
        "pins": {"Orm": "2.0", "helper": "1.0"},
        "unproven": ["built"],
        "imports": [
            {"package": "Orm", "module": "orm", "outcome": "failed", "tail": "x" * 9000 + "\nImportError: cgi"},
            {"package": "helper", "module": "helper", "outcome": "ran"},
        ],
        "tests": None,
        **changes,
    }


def read(**changes: Any) -> ReceivedProof:
    return read_sent_proof(json.dumps(document(**changes)).encode())


def test_a_proof_says_of_each_release_whether_it_ran() -> None:
    proof = read()
    assert proof.python == "3.13.0"
    assert proof.machine == "linux x86_64"
    (failed,) = proof.failed
    assert (failed.package, failed.module) == ("Orm", "orm")
    assert len(failed.tail) == 500
    assert failed.tail.endswith("ImportError: cgi")
    assert [proof.ran_in("orm", "2.0"), proof.ran_in("helper", "1.0"), proof.ran_in("helper", "1.1")] == [
        False,
        True,
        None,
    ]


def test_a_proof_is_of_a_set_with_the_same_versions_and_what_had_no_wheel() -> None:
    proof = read()
    assert proof.is_of({"orm": "2.0", "helper": "1.0", "built": "3"})
    assert not proof.is_of({"orm": "2.0", "helper": "1.1"})
    assert not proof.is_of({"orm": "2.0", "other": "1"})
    assert not proof.is_of({})


def test_what_is_kept_is_read_again() -> None:
    proof = read(tests={"passed": True, "tail": ""}, gil_enabled_by=["helper"])
    assert ReceivedProof.from_json(json.loads(json.dumps(proof.to_json()))) == proof


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"schema": 2}, "schema"),
        ({"target": "cp313-nowhere"}, "target"),
        ({"pins": {}}, "pins"),
        ({"pins": {"a b": "1"}}, "pins"),
        ({"pins": {"a": "one"}}, "pins"),
        ({"pins": {f"p{number}": "1" for number in range(2001)}}, "pins"),
        ({"imports": ["orm"]}, "imports"),
        ({"interpreter": None}, "interpreter"),
        ({"ran": "yes"}, "ran"),
    ],
)
def test_a_body_that_is_no_proof_is_refused_with_what_is_wrong(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidProof, match=why):
        read(**changes)


VALUES = st.recursive(
    st.none() | st.booleans() | st.text() | st.floats(),
    lambda part: st.lists(part) | st.dictionaries(st.text(), part),
)


@given(VALUES, st.sampled_from(sorted(document())))
def test_whatever_stands_under_a_key_is_read_or_refused(value: object, key: str) -> None:
    try:
        proof = read(**{key: value})
    except InvalidProof:
        return
    assert len(json.dumps(proof.to_json())) < 20_000


def test_failures_are_kept_up_to_a_number_and_without_control_characters() -> None:
    many = [{"package": "p", "module": f"m{number}\x00\x1b", "outcome": "failed"} for number in range(500)]
    proof = read(imports=many)
    assert len(proof.failed) == 100
    assert proof.failed[0] == FailedImport("p", "m0??", "")
