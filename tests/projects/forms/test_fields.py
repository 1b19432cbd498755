"""Fields accept what the standard of their field allows, and nothing that a reader cannot see."""

import subprocess

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from projects.forms.indexes import IndexForm
from projects.forms.repository import RepositoryForm
from projects.forms.requirements import ProjectNameForm

pytestmark = pytest.mark.django_db
HIDDEN = ["\r\nSet-Cookie: a", "\n", "\x00", "\x1b[31m", "\u2028", "\u202e", "\x85", "\ue000"]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_project_name_holds_no_hidden_character(hidden: str) -> None:
    form = ProjectNameForm({"name": f"a{hidden}b"})
    assert "name" in form.errors


@pytest.mark.parametrize("name", ["Zürich API", "支付 🚀", "a-b_c (v2)", "संपर्क"])
def test_a_project_name_may_be_of_any_script(name: str) -> None:
    assert ProjectNameForm({"name": name}).is_valid()


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("field", ["branch", "clone_username", "paths"])
def test_no_field_of_a_repository_holds_one(field: str, hidden: str) -> None:
    if field == "paths" and hidden in {"\n", "\r\nSet-Cookie: a", "\u2028", "\x85"}:
        return  # Each line is a path.
    assert field in RepositoryForm(repository(**{field: f"a{hidden}b"})).errors


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("field", ["address", "username"])
def test_no_field_of_an_index_holds_one(field: str, hidden: str) -> None:
    given = {"address": "https://index.example/simple", "role": "extra", field: f"https://index.example/a{hidden}b"}
    assert field in IndexForm(given).errors


@given(
    st.one_of(
        st.text(st.sampled_from("ab/.-_@{}~^:?*[\\ \n\x7flock"), min_size=1, max_size=12),
        st.lists(st.sampled_from(["a", ".", "..", ".lock", "@", "@{", "/", "-", "x.lock"]), max_size=5).map("".join),
    )
)
@example("--upload-pack=touch x")
@example("a:b")
@example("a\nb")
@example("@")
@example("feature/né-1.2")
def test_a_branch_is_accepted_exactly_if_git_accepts_it(branch: str) -> None:
    """What git refuses is refused. White space around a name is a slip of the one who types."""
    typed = branch.strip()
    asked = subprocess.run(["git", "check-ref-format", f"refs/heads/{typed}"], check=False, capture_output=True)
    is_branch = asked.returncode == 0 and not typed.startswith("-")
    assert ("branch" not in RepositoryForm(repository(branch=branch)).errors) == is_branch


def repository(**fields: str) -> dict[str, str]:
    return {"provider": "github", "clone_url": "https://git.example/a/b.git", "branch": "main", **fields}
