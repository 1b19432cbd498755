"""What a push changed, as a commit status and as a comment on its change request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from projects.domain.assessment.diff import ChangeKind, PackageChange
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.presentation.changes import describe_differences
from projects.presentation.columns import Column, columns_of
from projects.presentation.host_markdown import bullets, cut, plain
from projects.presentation.sentences import describe_reason
from scanner.domain.phrases import agree, count, join_first, join_words

_MOST_LINES = 40
# GitHub takes 140 characters.
_LONGEST_STATUS = 140
_KINDS = {
    ChangeKind.WORSE: "Worse",
    ChangeKind.NEW: "New",
    ChangeKind.BETTER: "Better",
    ChangeKind.GONE: "Gone",
    ChangeKind.MOVED: "Moved",
}


class OtherRepository(Struct, frozen=True):
    """Another repository of the project at its commit; `is_new`: its push came since the last assessment, too."""

    name: str
    commit: str
    is_new: bool


class PushFacts(Struct, frozen=True):
    """What is known of a push when its assessment is complete.

    - results: by target, as they are now; changes: what the push changed, None for the first one of a project.
    - has_new_files: whether its dependency files differ from those before; imports: what it imports without a package.
    - page: the address of the project's page; beside: the other repositories that were judged together with it.
    """

    project: str
    commit: str
    results: Mapping[str, TargetResult]
    changes: Sequence[PackageChange] | None
    has_new_files: bool
    imports: str
    page: str
    beside: Sequence[OtherRepository] = ()

    @property
    def harmful(self) -> list[PackageChange]:
        """The changes for the worse, and new packages that do not install."""
        return [
            one
            for one in self.changes or ()
            if one.kind is ChangeKind.WORSE
            or (one.kind is ChangeKind.NEW and one.after_verdict is not None and not one.after_verdict.installs)
        ]

    @property
    def makes_worse(self) -> bool:
        """Whether the push makes something worse."""
        return bool(self.harmful or self.imports)

    @property
    def has_news(self) -> bool:
        """Whether there is a difference to tell."""
        return bool(self.changes or self.imports)


def status_text(facts: PushFacts) -> str:
    """Return the text of the commit status."""
    reached = [one for one in facts.results.values() if one.verdict in (ProjectVerdict.GO, ProjectVerdict.CONDITIONAL)]
    state = f"{len(reached)} of {count(len(facts.results), 'target')} reachable"
    names = list(dict.fromkeys(one.name for one in facts.harmful))
    if names:
        text = f"{join_first(names, 3)} {agree(len(names), 'does', 'do')} worse; {state}"
    elif facts.imports:
        text = f"{facts.imports.rstrip('.')}; {state}"
    elif facts.changes is None:
        text = f"First assessment: {state}"
    else:
        text = f"Nothing is worse; {state}"
    return text if len(text) <= _LONGEST_STATUS else f"{text[: _LONGEST_STATUS - 1]}…"


def comment_text(facts: PushFacts) -> str:
    """Return the comment in Markdown."""
    return cut("\n\n".join(_parts(facts)) + "\n")


def _parts(facts: PushFacts) -> Iterator[str]:
    columns = columns_of(facts.results)
    yield f"**Wheelway: what {facts.commit[:12]} changes for {plain(facts.project)}**"
    if facts.beside:
        yield plain(_together_text(facts.beside))
    if facts.imports:
        yield plain(facts.imports)
    if facts.changes:
        by_slug = {column.slug: column for column in columns}
        lines = describe_differences(facts.changes, by_slug)
        yield bullets(
            (f"{_KINDS[one.kind]}: **{plain(one.name)}** {plain(one.text)} ({plain(one.where)})" for one in lines),
            _MOST_LINES,
        )
        if not facts.has_new_files:
            yield "The dependency files did not change: what differs is the index."
    causes = list(_causes(facts))
    if causes:
        yield "### Why"
        yield bullets(causes, _MOST_LINES)
    yield "\n".join(["| Target | Verdict |", "| --- | --- |", *_rows(columns, facts.results)])
    yield f"[All of it in Wheelway]({facts.page})"


def _together_text(beside: Sequence[OtherRepository]) -> str:
    text = f"Judged together with {join_words([_named(one) for one in beside])}."
    new = [one.name for one in beside if one.is_new]
    if new:
        text += f" What {join_words(new)} changed since the last assessment is included."
    return text


def _named(one: OtherRepository) -> str:
    return f"{one.name} at {one.commit[:7]}" if one.commit else one.name


def _causes(facts: PushFacts) -> Iterator[str]:
    """Yield why each package that is worse does not install, once, on the first target where it is."""
    seen = set()
    for change in facts.harmful:
        result = facts.results.get(change.target)
        package = next((one for one in result.packages if one.name == change.name), None) if result else None
        if package is not None and change.name not in seen:
            seen.add(change.name)
            yield f"**{plain(change.name)}** {plain(package.shown_version)}: {plain(describe_reason(package))}"


def _rows(columns: Sequence[Column], results: Mapping[str, TargetResult]) -> Iterator[str]:
    for column in columns[:_MOST_LINES]:
        result = results[column.slug]
        blocked = f": {plain(join_first(result.blockers, 5))}" if result.blockers else ""
        yield f"| {plain(column.label)} | {result.verdict.value}{blocked} |"
