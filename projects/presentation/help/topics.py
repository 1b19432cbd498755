"""The answers themselves, in the order of the page. `links` are names of URL patterns without arguments."""

from __future__ import annotations

from msgspec import Struct


class HelpTopic(Struct, frozen=True):
    """One question with its answer. `words` are what people call it that is not in the text.

    `links` are (text, name of a URL pattern), `more` is the file in docs/ that says everything.
    """

    key: str
    question: str
    answer: str
    links: tuple[tuple[str, str], ...] = ()
    more: str = ""
    words: str = ""


class HelpSection(Struct, frozen=True):
    """Topics under one heading."""

    heading: str
    topics: tuple[HelpTopic, ...]


_PORTFOLIO = ("Portfolio", "home")
_PACKAGES = ("Packages", "packages")

SECTIONS = (
    HelpSection(
        "What you want to know",
        (
            HelpTopic(
                "which-can-move",
                "Which projects can move to a new Python?",
                "The bar and the column of that Python on the portfolio: green is ready, yellow is ready after "
                "upgrades, red is blocked. A cell leads to what to do. “Choose targets” shows other Pythons and "
                "platforms.",
                (_PORTFOLIO,),
                words="ready migrate 3.14 3.15 status overview",
            ),
            HelpTopic(
                "best-upgrade",
                "Which single upgrade clears most?",
                "The first line of “Which upgrade clears most” on the portfolio, with the projects that need it.",
                (_PORTFOLIO,),
                words="bump priority",
            ),
            HelpTopic(
                "what-blocks",
                "What blocks most projects?",
                "“What blocks most” on the portfolio, ranked by the projects and packages that depend on each. For one "
                "project: its cell, which leads to “What blocks it”.",
                (_PORTFOLIO,),
                words="blocker stuck worst",
            ),
            HelpTopic(
                "what-broke",
                "What did last week's releases break?",
                "“What changed this week” on the portfolio; for one project “What changed upstream” on its page. "
                "Follow a project to get the same by e-mail.",
                (_PORTFOLIO, ("Alerts", "alerts")),
                words="regression yanked news digest",
            ),
            HelpTopic(
                "when",
                "When will a package have wheels for a Python?",
                "The page of the package: “When its first wheels came” has the days since each Python's release, and "
                "a forecast, or why there is none. For a whole project: a blocked cell leads to “When can it move”.",
                (_PACKAGES,),
                words="forecast date lag release",
            ),
            HelpTopic(
                "tell-me",
                "How am I told when the last blocker falls?",
                "Open the blocked cell and press “Tell me when it clears”. Each mail says what remains; the last one "
                "comes when nothing is left. “Watch this cell” does the same for one package.",
                (("Alerts", "alerts"),),
                "alerts.md",
                "watch subscribe mail notify notification",
            ),
            HelpTopic(
                "path",
                "How does a project get there, and what changes in its files?",
                "Its yellow cell leads to the upgrade path: the smallest change, the rewritten files to copy or "
                "download, and what-if questions such as a package to hold or a cap.",
                (_PORTFOLIO,),
                "resolution.md",
                "patch diff constraints plan",
            ),
            HelpTopic(
                "report",
                "What do I give to management?",
                "“report” in each cell of a project's page: one page first, then the details. “Print” makes a PDF.",
                (_PORTFOLIO,),
                "report.md",
                "pdf print share summary",
            ),
            HelpTopic(
                "own-line",
                "Which line of ours holds a package back?",
                "The cell of the package names it: “requirements.txt line 3 says numpy<2”, and every way by which it "
                "comes into the set. “Who asks for whom” on the page of a target draws them.",
                (_PORTFOLIO,),
                words="pin cap why transitive graph dependency",
            ),
            HelpTopic(
                "who-uses",
                "Who uses a package, and in which version?",
                "Find the package (press / anywhere): its page lists the projects with version and verdict.",
                (_PACKAGES,),
                words="dependents search inventory",
            ),
            HelpTopic(
                "ask-maintainers",
                "How do I ask maintainers for a wheel?",
                "The cell of a blocked package has “Ask its maintainers for a wheel”: first whether a newer version, "
                "abi3 or another name serves already, then a text that opens in the form of its tracker.",
                words="issue upstream request report",
            ),
            HelpTopic(
                "policies",
                "What do our projects demand, accept and ignore?",
                "“Policies” on the page of a team: policy, targets and waivers of all its projects, with what differs.",
                (("Teams", "teams"),),
                words="rules standard governance",
            ),
        ),
    ),
    HelpSection(
        "What the words and signs mean",
        (
            HelpTopic(
                "states",
                "What do ✓ ◐ ↑ ↓ ✕ ~ ‖ ? and · mean?",
                "✓ ready: a wheel installs. ◐ slower: it installs without its compiled part, or by building it. "
                "↑ upgrade: the version shown installs, the one in use does not. ↓ held back: only an old version "
                "installs. ✕ blocked: no version installs. ~ not judged: it does not come from an index. ‖ ignored by "
                "the team. ? unknown: not read yet, and never counted as ready. · not needed on that target.",
                more="verdicts.md",
                words="symbol glyph colour color legend verdict state key",
            ),
            HelpTopic(
                "declared",
                "What do ◆ and ▶ beside a verdict mean?",
                "◆: the release declares this Python in its classifiers. ▶: the set was installed and imported there "
                "by a proof of yours. ✕ there: it failed when it was run.",
                more="evidence.md",
                words="evidence classifier ran proof symbol",
            ),
            HelpTopic(
                "target",
                "What is a target?",
                "One Python on one platform, such as Python 3.14 on Linux x86-64 with glibc 2.28. An image or a system "
                "can be named instead: python:3.14-slim, ubuntu-24.04, windows.",
                more="adding-a-target.md",
                words="platform column image distribution",
            ),
            HelpTopic(
                "abi3",
                "What are abi3 and abi3t?",
                "A wheel tagged abi3 serves its Python and all later ones with the GIL, so a missing cp315 wheel may "
                "be no problem. It does not serve free-threaded Pythons (3.14t); abi3t does, from 3.15 on.",
                more="matching.md",
                words="stable abi limited api cp39-abi3",
            ),
            HelpTopic(
                "free-threaded",
                "What is 3.14t?",
                "Python 3.14 built without the global interpreter lock. It needs wheels of its own (cp314t).",
                more="matching.md",
                words="free-threaded nogil gil no-gil t",
            ),
            HelpTopic(
                "pure",
                "What is the difference between “wheel”, “pure” and “builds”?",
                "A wheel is compiled for the platform, a pure wheel is Python alone and installs everywhere, and "
                "“builds” means that only a source distribution is offered and your policy accepts building it.",
                more="matching.md",
                words="sdist source compile",
            ),
            HelpTopic(
                "closed",
                "Why can a version that I pinned never get a wheel?",
                "The public index takes no new files for a release after 14 days. Only an upgrade helps then; a watch "
                "waits for a new release.",
                more="matching.md",
                words="14 days closed open release old",
            ),
            HelpTopic(
                "stale",
                "How old is what I see?",
                "Each page says when it was checked, and old answers are marked as stale. Point at a time to see it "
                "exactly, in your zone and in UTC.",
                (("Account", "account"),),
                words="fresh age time zone refresh update",
            ),
        ),
    ),
    HelpSection(
        "How to set it up",
        (
            HelpTopic(
                "add",
                "How do I add a project?",
                "“Add a project”: paste requirements or upload files (requirements, pyproject.toml, lock files, "
                "environment.yml, SBOM). Or connect its repository, and each push is read.",
                (("Add a project", "project-add"),),
                "formats.md",
                "import upload start poetry uv pipenv lock create new",
            ),
            HelpTopic(
                "targets",
                "How do I change its Pythons, platforms and policy?",
                "Setup → Targets and policy on the page of the project: targets, builds from source, pre-releases, "
                "minimum age, evidence, and packages to hold.",
                more="verdicts.md",
                words="evidence prerelease cooldown hold settings configure",
            ),
            HelpTopic(
                "repository",
                "How does each push update a project?",
                "Setup → Repository: its address, and the webhook with the steps for your host. A push can also get a "
                "commit status and a comment.",
                more="webhooks.md",
                words="github gitlab gitea bitbucket webhook git ci status comment",
            ),
            HelpTopic(
                "ignore",
                "How do I ignore a package or accept a build?",
                "Open its cell: “Ignore” or “Accept this build”, with a reason, an owner and a last day. Decisions → "
                "Waivers lists them all.",
                more="verdicts.md",
                words="waiver exception suppress risk accept",
            ),
            HelpTopic(
                "index",
                "How do I use a private index?",
                "Setup → Indexes: its address and login, which is stored encrypted. A name that is on several indexes "
                "is a warning.",
                more="security.md",
                words="devpi artifactory nexus mirror extra-index-url token confusion",
            ),
            HelpTopic(
                "ci",
                "How does CI fail on new blockers?",
                "Run “wheelway assess . --baseline wheelway.json” in the build. There are a GitHub action, a GitLab "
                "template and pre-commit hooks.",
                more="ci.md",
                words="gate pipeline pull request sarif pre-commit",
            ),
            HelpTopic(
                "api",
                "Is there an API, and are there badges?",
                "Make a key on the page of API keys, which also links the description of the API. Badges are under "
                "Setup → Badges of a project.",
                (("API keys", "api-keys"),),
                "api.md",
                "key token rest json automate shield export",
            ),
            HelpTopic(
                "invite",
                "How do I invite people, and what may they do?",
                "The page of the team: invite by e-mail or by a link, as read-only, member, manager or owner.",
                (("Teams", "teams"),),
                "teams.md",
                "role permission access user member",
            ),
            HelpTopic(
                "chat",
                "How do messages get to Slack, Teams or a webhook?",
                "Setup → Endpoints of a project, or “Endpoints” of a team: an address and the events. Each message is "
                "signed, and each attempt is listed.",
                more="endpoints.md",
                words="slack teams matrix ntfy notification outgoing",
            ),
            HelpTopic(
                "account",
                "How do I change my address, theme, time zone or password?",
                "On the page of your account, which your name at the top leads to.",
                (("Account", "account"),),
                words="dark light email passkey second factor profile",
            ),
            HelpTopic(
                "views",
                "How do I keep or share what I filtered?",
                "The address of a page holds every filter: copy it. “Save this view” keeps it under a name on your "
                "portfolio. “Export CSV” and “Export JSON” write exactly what is shown.",
                (_PORTFOLIO,),
                words="bookmark link filter csv json download",
            ),
        ),
    ),
)
