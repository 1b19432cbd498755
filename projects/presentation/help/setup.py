"""Questions about setting projects, accounts and messages up."""

from __future__ import annotations

from projects.presentation.help.topics import HelpSection, HelpTopic
from scanner.domain.translation import noop

_PORTFOLIO = (noop("Portfolio"), "home")

SET_UP = HelpSection(
    noop("How to set it up"),
    (
        HelpTopic(
            "add",
            noop("How do I add a project?"),
            noop(
                "“Add a project”: paste requirements or upload files (requirements, pyproject.toml, lock files, "
                "environment.yml, SBOM). Or connect its repository, and each push is read."
            ),
            ((noop("Add a project"), "project-add"),),
            "formats.md",
            noop("import upload start poetry uv pipenv lock create new"),
        ),
        HelpTopic(
            "targets",
            noop("How do I change its Pythons, platforms and policy?"),
            noop(
                "Setup → Targets and policy on the page of the project: targets, builds from source, pre-releases, "
                "minimum age, evidence, and packages to hold."
            ),
            more="verdicts.md",
            words=noop("evidence prerelease cooldown hold settings configure"),
        ),
        HelpTopic(
            "repository",
            noop("How does each push update a project?"),
            noop(
                "Setup → Repository: its address, and the webhook with the steps for your host. A push can also get a "
                "commit status and a comment."
            ),
            more="webhooks.md",
            words=noop("github gitlab gitea bitbucket webhook git ci status comment"),
        ),
        HelpTopic(
            "ignore",
            noop("How do I ignore a package or accept a build?"),
            noop(
                "Open its cell: “Ignore” or “Accept this build”, with a reason, an owner and a last day. Decisions → "
                "Waivers lists them all."
            ),
            more="verdicts.md",
            words=noop("waiver exception suppress risk accept"),
        ),
        HelpTopic(
            "index",
            noop("How do I use a private index?"),
            noop(
                "Setup → Indexes: its address and login, which is stored encrypted. A name that is on several indexes "
                "is a warning."
            ),
            more="security.md",
            words=noop("devpi artifactory nexus mirror extra-index-url token confusion"),
        ),
        HelpTopic(
            "ci",
            noop("How does CI fail on new blockers?"),
            noop(
                "Run “wheelway assess . --baseline wheelway.json” in the build. There are a GitHub action, a GitLab "
                "template and pre-commit hooks."
            ),
            more="ci.md",
            words=noop("gate pipeline pull request sarif pre-commit"),
        ),
        HelpTopic(
            "api",
            noop("Is there an API, and are there badges?"),
            noop(
                "Create a key on the page of API keys, which also links to the description of the API. Badges are "
                "under Setup → Badges of a project."
            ),
            ((noop("API keys"), "api-keys"),),
            "api.md",
            noop("key token rest json automate shield export"),
        ),
        HelpTopic(
            "invite",
            noop("How do I invite people, and what may they do?"),
            noop("The page of the team: invite by e-mail or by a link, as read-only, member, manager or owner."),
            ((noop("Teams"), "teams"),),
            "teams.md",
            noop("role permission access user member"),
        ),
        HelpTopic(
            "chat",
            noop("How do messages get to Slack, Teams or a webhook?"),
            noop(
                "Setup → Endpoints of a project, or “Endpoints” of a team: an address and the events. Each message is "
                "signed, and each attempt is listed."
            ),
            more="endpoints.md",
            words=noop("slack teams matrix ntfy notification outgoing"),
        ),
        HelpTopic(
            "account",
            noop("How do I change my address, theme, time zone or password?"),
            noop("On the page of your account, which your name at the top leads to."),
            ((noop("Account"), "account"),),
            words=noop("dark light email passkey second factor profile"),
        ),
        HelpTopic(
            "views",
            noop("How do I keep or share what I filtered?"),
            noop(
                "The address of a page holds every filter: copy it. “Save this view” keeps it under a name on your "
                "portfolio. “Export CSV” and “Export JSON” write exactly what is shown."
            ),
            (_PORTFOLIO,),
            words=noop("bookmark link filter csv json download"),
        ),
    ),
)
