"""Questions about projects, packages and upgrades."""

from __future__ import annotations

from projects.presentation.help.topics import HelpSection, HelpTopic
from scanner.domain.translation import noop

_PORTFOLIO = (noop("Portfolio"), "home")
_PACKAGES = (noop("Packages"), "packages")

WANTED = HelpSection(
    noop("What you want to know"),
    (
        HelpTopic(
            "which-can-move",
            noop("Which projects can move to a new Python?"),
            noop(
                "The bar and the column of that Python on the portfolio: green is ready, yellow is ready after "
                "upgrades, red is blocked. A cell leads to what to do. “Choose targets” shows other Pythons and "
                "platforms."
            ),
            (_PORTFOLIO,),
            words=noop("ready migrate 3.14 3.15 status overview"),
        ),
        HelpTopic(
            "best-upgrade",
            noop("Which single upgrade clears most?"),
            noop("The first line of “Which upgrade clears most” on the portfolio, with the projects that need it."),
            (_PORTFOLIO,),
            words=noop("bump priority"),
        ),
        HelpTopic(
            "what-blocks",
            noop("What blocks most projects?"),
            noop(
                "“What blocks most” on the portfolio, ranked by the projects and packages that depend on each. For one "
                "project: its cell, which leads to “What blocks it”."
            ),
            (_PORTFOLIO,),
            words=noop("blocker stuck worst"),
        ),
        HelpTopic(
            "what-broke",
            noop("What did last week's releases break?"),
            noop(
                "“What changed this week” on the portfolio; for one project “What changed upstream” on its page. "
                "Follow a project to get the same by e-mail."
            ),
            (_PORTFOLIO, (noop("Alerts"), "alerts")),
            words=noop("regression yanked news digest"),
        ),
        HelpTopic(
            "when",
            noop("When will a package have wheels for a Python?"),
            noop(
                "The page of the package: “When its first wheels came” has the days since each Python's release, and "
                "a forecast, or why there is none. For a whole project: a blocked cell leads to “When can it move”."
            ),
            (_PACKAGES,),
            words=noop("forecast date lag release"),
        ),
        HelpTopic(
            "tell-me",
            noop("How am I notified when the last blocker falls?"),
            noop(
                "Open the blocked cell and press “Tell me when it clears”. Each mail says what remains; the last one "
                "comes when nothing is left. “Watch this cell” does the same for one package."
            ),
            ((noop("Alerts"), "alerts"),),
            "alerts.md",
            noop("watch subscribe mail notify notification"),
        ),
        HelpTopic(
            "path",
            noop("How does a project get there, and what changes in its files?"),
            noop(
                "Its yellow cell leads to the upgrade path: the smallest change, the rewritten files to copy or "
                "download, and what-if questions such as a package to hold or a cap."
            ),
            (_PORTFOLIO,),
            "resolution.md",
            noop("patch diff constraints plan"),
        ),
        HelpTopic(
            "report",
            noop("What do I give to management?"),
            noop("“report” in each cell of a project's page: one page first, then the details. “Print” makes a PDF."),
            (_PORTFOLIO,),
            "report.md",
            noop("pdf print share summary"),
        ),
        HelpTopic(
            "own-line",
            noop("Which line of ours holds a package back?"),
            noop(
                "The cell of the package names it: “requirements.txt line 3 says numpy<2”, and every way by which it "
                "comes into the set. “Who asks for whom” on the page of a target draws them."
            ),
            (_PORTFOLIO,),
            words=noop("pin cap why transitive graph dependency"),
        ),
        HelpTopic(
            "who-uses",
            noop("Who uses a package, and in which version?"),
            noop("Find the package (press / anywhere): its page lists the projects with version and verdict."),
            (_PACKAGES,),
            words=noop("dependents search inventory"),
        ),
        HelpTopic(
            "ask-maintainers",
            noop("How do I ask maintainers for a wheel?"),
            noop(
                "The cell of a blocked package has “Ask its maintainers for a wheel”: first whether a newer version, "
                "abi3 or another name serves already, then a text that opens in the form of its tracker."
            ),
            words=noop("issue upstream request report"),
        ),
        HelpTopic(
            "policies",
            noop("What do our projects demand, accept and ignore?"),
            noop(
                "“Policies” on the page of a team: policy, targets and waivers of all its projects, with what differs."
            ),
            ((noop("Teams"), "teams"),),
            words=noop("rules standard governance"),
        ),
    ),
)
