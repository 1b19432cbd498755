"""Claims as their file states them, and files that are refused."""

import pytest

from projects.domain.claims.claim import Claim, InvalidClaims, read_claims


def test_names_are_normalised_and_extras_left_to_the_requirements() -> None:
    assert read_claims([{"name": "Passlib[argon2]", "claim": "ok"}]) == (Claim("passlib", "ok"),)


def test_names_that_are_imported_but_not_required_are_claims_of_their_own() -> None:
    claims = read_claims([{"name": "a", "claim": "ok"}], ["Beautiful_Soup4"])
    assert claims[1:] == (Claim("beautiful-soup4", "imported but not required"),)


@pytest.mark.parametrize("names", [{"a": 1}, [1], 7, None, "names"])
def test_names_in_another_form_are_refused(names: object) -> None:
    with pytest.raises(InvalidClaims, match="imported_but_not_required is a list of names"):
        read_claims([], names)


@pytest.mark.parametrize("entry", [{}, {"name": "a"}, {"name": 1, "claim": "ok"}])
def test_an_entry_without_name_or_claim_is_refused(entry: dict[str, object]) -> None:
    with pytest.raises(InvalidClaims):
        read_claims([entry])
