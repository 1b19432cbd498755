"""A decision sheet as JSON."""

from __future__ import annotations

import json

from projects.domain.report.decision import DecisionSheet, MoveOption
from projects.presentation.report.blocks import ItemList, ReportPage
from projects.presentation.report.decision_facts import DecisionFacts, support_ends
from scanner.domain.resolution.explain.conflict_text import conflict_lines, ways_out
from scanner.domain.resolution.explain.sentences import plan_cause_text


def decision_json(sheet: DecisionSheet, facts: DecisionFacts, page: ReportPage) -> str:
    """Return the sheet as JSON. Its steps are those of the page."""
    conflict = sheet.conflict
    return (
        json.dumps(
            {
                "decision": 2,
                "project": facts.project,
                "generated_at": facts.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "headline": page.headline,
                "options": [_option(one, facts) for one in sheet.options],
                "packages": [
                    {
                        "name": one.name,
                        "direct": one.is_direct,
                        "before": one.before,
                        "lowest": one.lowest or None,
                        "after": {kind.value: version for kind, version in one.after.items()},
                    }
                    for one in sheet.packages
                ],
                "changes": [
                    {
                        "name": one.name,
                        "from": str(one.before),
                        "to": str(one.after),
                        "direct": one.direct,
                        "why": plan_cause_text(one.reason, lambda _: ""),
                    }
                    for one in sheet.changes
                ],
                "systems": [
                    {
                        "target": one.target,
                        "verdict": one.verdict.value,
                        "changes": one.changes,
                        "blocked": list(one.blocked),
                        "builds": [{"name": name, "detail": detail} for name, detail in one.builds],
                    }
                    for one in sheet.systems
                ],
                "newer_on_target": (
                    [{"name": one.name, "today": one.today, "target": one.target} for one in sheet.behind]
                    if sheet.behind is not None
                    else None
                ),
                "conflict": (
                    {"lines": conflict_lines(conflict, lambda _: ""), "ways_out": ways_out(conflict)}
                    if conflict is not None
                    else None
                ),
                "findings": ([one.to_json() for one in facts.findings] if facts.findings is not None else None),
                "steps": [
                    {"text": text, "proof": proof, "done": done}
                    for blocks in page.sections.values()
                    for block in blocks
                    if isinstance(block, ItemList)
                    for text, proof, done in block.items
                    if done is not None
                ],
            },
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )


def _option(one: MoveOption, facts: DecisionFacts) -> dict[str, object]:
    declared, read = facts.evidence(one)
    ends = [support_ends(slug) for slug in one.targets]
    return {
        "option": one.kind.value,
        "targets": list(one.targets),
        "possible": one.is_possible,
        "supported_until": [end.isoformat() if end is not None else None for end in ends],
        "changes": {"direct": one.direct, "transitive": one.transitive, "major": len(one.majors)},
        "majors": list(one.majors),
        "added": one.added,
        "dropped": one.dropped,
        "held_back": list(one.held_back),
        "blocked": list(one.blocked),
        "evidence": {"releases": len(one.pins), "read": read, "declared": declared},
    }
