"""The steps at each host, with the pages of the repository at hand."""

import pytest

from projects.domain.webhooks.events import PROVIDERS
from projects.presentation.host_steps import host_steps, refused_token


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_host_has_steps_for_its_webhook_and_for_a_token_with_its_scopes(provider: str) -> None:
    steps = host_steps(provider, "https://host.example/octo/app.git")
    assert steps.webhook
    assert steps.token
    assert all(scope in refused_token(provider, 403) for scope in steps.scopes)


@pytest.mark.parametrize(
    ("provider", "clone_url", "webhook", "token"),
    [
        ("github", "git@github.com:octo/app.git", "https://github.com/octo/app/settings/hooks/new",
         "https://github.com/settings/personal-access-tokens/new"),
        ("gitlab", "https://code.example:8443/a/b/app.git", "https://code.example:8443/a/b/app/-/hooks",
         "https://code.example:8443/a/b/app/-/settings/access_tokens"),
        ("gitea", "https://code.example/octo/app", "https://code.example/octo/app/settings/hooks/gitea/new",
         "https://code.example/user/settings/applications"),
    ],
)  # fmt: skip
def test_pages_are_those_of_the_repository(provider: str, clone_url: str, webhook: str, token: str) -> None:
    steps = host_steps(provider, clone_url)
    assert (steps.webhook_page, steps.token_page) == (webhook, token)


def test_a_signed_upload_needs_no_token() -> None:
    assert host_steps("upload", "").token == ()
