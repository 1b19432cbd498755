"""The upgrade path of one target, ready to be read: from a plan (design §10) and what is stored around it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from packaging.version import InvalidVersion, Version

from projects.domain.current_runtime import Today, likely_targets
from projects.presentation.columns import Column, columns_of
from projects.presentation.upgrade.marked_lines import marked_lines
from projects.presentation.upgrade.query import UpgradeQuery
from projects.presentation.upgrade.sentences import (
    Check,
    PlanDocument,
    Sentence,
    answer_cut_short,
    answer_missing,
    answer_planned,
    answer_unplanned,
    checks_of,
    place_words,
    plain,
)
from projects.presentation.upgrade.values import (
    ChangeLine,
    Choice,
    FileView,
    Planned,
    Release,
    StoredUpgrade,
    StuckLine,
    UpgradePage,
)

_CONTEXT = 3
# A file that is longer is shown around its changes only.
_WHOLE = 80


def upgrade_page(
    target: str,
    targets: Sequence[str],
    query: UpgradeQuery,
    stored: StoredUpgrade,
    planned: Planned,
    *,
    files: Mapping[str, str],
    released: Mapping[Release, datetime | None],
    today: Today | None,
) -> UpgradePage:
    """The page. `files` are the texts before the change by path, `released` says when a release first had a file."""
    columns = columns_of(query.targets(target))
    column, together = columns[-1], columns[:-1]
    plan = planned.plan or {}
    choices = _choices(target, targets, query, likely_targets(today, targets))
    return UpgradePage(
        column=column,
        together=together,
        query=query,
        answer=_answer(columns, stored, planned),
        can_fetch=bool(planned.missing) and not query.is_stored and not query.looks,
        # A partial assessment is asked for by the schedule, anything else once somebody wants it.
        next_look=query.next_look if planned.missing and (query.is_stored or query.looks) else "",
        changes=tuple(_change(change, columns, stored, released) for change in plan.get("changes", ())),
        added=tuple((name, plan["pins"].get(name, "")) for name in plan.get("added", ())),
        dropped=tuple(plan.get("dropped", ())),
        stuck=tuple(StuckLine(one["name"], _clause(one["reason"], columns)) for one in plan.get("stuck", ())),
        derivation=tuple(plain(line, columns) for line in _derivation(stored, planned)),
        files=tuple(_file(path, files.get(path, ""), text) for path, text in plan.get("files", {}).items()),
        patch=plan.get("patch", ""),
        constraints=plan.get("constraints", ""),
        # Lines that install are given for a set that can be installed.
        pip=plan["pip"] if plan.get("feasible") else "",
        uv=plan["uv"] if plan.get("feasible") else "",
        checks=_checks(plan, columns, stored, choices),
        near=tuple(choice for choice in choices if _is_near(choice, column)),
        far=tuple(choice for choice in choices if not _is_near(choice, column)),
    )


def _answer(columns: Sequence[Column], stored: StoredUpgrade, planned: Planned) -> Sentence:
    if planned.cut_short:
        return answer_cut_short(columns)
    if planned.plan is not None:
        return answer_planned(planned.plan, columns)
    if planned.missing:
        return answer_missing(columns, planned.missing)
    return answer_unplanned(columns[-1:], stored.verdict, stored.counts, stored.conflict)


def _derivation(stored: StoredUpgrade, planned: Planned) -> Sequence[str]:
    """The proof of a plan that was made just now, else the stored one of the requirements as written."""
    if planned.plan is None or planned.plan["feasible"] or planned.plan["stuck"]:
        return ()
    return planned.derivation or stored.conflict.splitlines()


def _change(
    change: Mapping[str, Any],
    columns: Sequence[Column],
    stored: StoredUpgrade,
    released: Mapping[Release, datetime | None],
) -> ChangeLine:
    row = next((row for row in stored.packages if row["name"] == change["name"]), None)
    return ChangeLine(
        name=change["name"],
        before=change["from"],
        after=change["to"],
        size=change["size"],
        is_back=_is_back(change["from"], change["to"]),
        arrives=_arrives(row, asked=change["direct"]),
        why=_clause(change["why"], columns),
        released=released.get((change["name"], change["to"])),
    )


def _arrives(row: Mapping[str, Any] | None, *, asked: bool) -> str:
    """ "direct", or "listed" where no file says so; "by pydantic", the shortest way to what the files do not name."""
    if asked:
        return "listed" if row is not None and row.get("direct", True) is None else "direct"
    paths = sorted((row or {}).get("paths") or [], key=lambda path: (len(path), path))
    way = paths[0][:-1] if paths else ()
    return f"by {' → '.join(way)}" if way else "by others"


def _is_back(before: str, after: str) -> bool:
    try:
        return Version(after) < Version(before)
    except InvalidVersion:
        return False


def _clause(text: str, columns: Sequence[Column]) -> str:
    said = plain(text, columns)
    return said if said.endswith((".", "?")) else f"{said}."


def _file(path: str, before: str, after: str) -> FileView:
    long = after.count("\n") > _WHOLE
    return FileView(path, marked_lines(before, after, context=_CONTEXT if long else None))


def _choices(target: str, targets: Sequence[str], query: UpgradeQuery, today: Sequence[str]) -> tuple[Choice, ...]:
    others = columns_of(slug for slug in targets if slug != target)
    return tuple(Choice(column, column.slug in query.together, column.slug in today) for column in others)


def _is_near(choice: Choice, column: Column) -> bool:
    return choice.chosen or choice.is_today or choice.column.platform_slug == column.platform_slug


def _checks(
    plan: PlanDocument, columns: Sequence[Column], stored: StoredUpgrade, choices: Sequence[Choice]
) -> tuple[Check, ...]:
    if not plan:
        return ()
    today = next((choice for choice in choices if choice.is_today), None)
    label = place_words((today.column,)) if today else ""
    on_today = label if today is not None and today.chosen and plan["feasible"] else ""
    in_use = sum(1 for row in stored.packages if row["verdict"] != "inactive")
    return checks_of(
        plan,
        columns,
        in_use=in_use,
        open_today="" if on_today or (today is not None and today.chosen) else label,
        on_today=on_today,
    )
