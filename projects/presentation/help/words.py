"""Questions about the words and signs on the pages."""

from __future__ import annotations

from projects.presentation.help.topics import HelpSection, HelpTopic
from scanner.domain.translation import noop

MEANT = HelpSection(
    noop("What the words and signs mean"),
    (
        HelpTopic(
            "states",
            noop("What do ✓ ◐ ↑ ↓ ✕ ~ ‖ ? and · mean?"),
            noop(
                "✓ ready: a wheel installs. ◐ slower: it installs without its compiled part, or by building it. "
                "↑ upgrade: the version shown installs, the one in use does not. ↓ held back: only an old version "
                "installs. ✕ blocked: no version installs. ~ not judged: it does not come from an index. ‖ ignored by "
                "the team. ? unknown: not read yet, and never counted as ready. · not needed on that target."
            ),
            more="verdicts.md",
            words=noop("symbol glyph colour color legend verdict state key"),
        ),
        HelpTopic(
            "declared",
            noop("What do ◆ and ▶ beside a verdict mean?"),
            noop(
                "◆: the release declares this Python in its classifiers. ▶: the set was installed and imported there "
                "by a proof of yours. ✕ there: it failed when it was run."
            ),
            more="evidence.md",
            words=noop("evidence classifier ran proof symbol"),
        ),
        HelpTopic(
            "target",
            noop("What is a target?"),
            noop(
                "One Python on one platform, such as Python 3.14 on Linux x86-64 with glibc 2.28. An image or a system "
                "can be named instead: python:3.14-slim, ubuntu-24.04, windows."
            ),
            more="adding-a-target.md",
            words=noop("platform column image distribution"),
        ),
        HelpTopic(
            "abi3",
            noop("What are abi3 and abi3t?"),
            noop(
                "A wheel tagged abi3 serves its Python and all later ones with the GIL, so a missing cp315 wheel may "
                "be no problem. It does not serve free-threaded Pythons (3.14t); abi3t does, from 3.15 on."
            ),
            more="matching.md",
            words=noop("stable abi limited api cp39-abi3"),
        ),
        HelpTopic(
            "free-threaded",
            noop("What is 3.14t?"),
            noop("Python 3.14 built without the global interpreter lock. It needs wheels of its own (cp314t)."),
            more="matching.md",
            words=noop("free-threaded nogil gil no-gil t"),
        ),
        HelpTopic(
            "pure",
            noop("What is the difference between “wheel”, “pure” and “builds”?"),
            noop(
                "A wheel is compiled for the platform, a pure wheel is Python alone and installs everywhere, and "
                "“builds” means that only a source distribution is offered and your policy accepts building it."
            ),
            more="matching.md",
            words=noop("sdist source compile"),
        ),
        HelpTopic(
            "closed",
            noop("Why can a version that I pinned never get a wheel?"),
            noop(
                "The public index takes no new files for a release after 14 days. Only an upgrade helps then; a watch "
                "waits for a new release."
            ),
            more="matching.md",
            words=noop("14 days closed open release old"),
        ),
        HelpTopic(
            "stale",
            noop("How old is what I see?"),
            noop(
                "Each page says when it was checked, and old answers are marked as stale. Point at a time to see it "
                "exactly, in your zone and in UTC."
            ),
            ((noop("Account"), "account"),),
            words=noop("fresh age time zone refresh update"),
        ),
    ),
)
