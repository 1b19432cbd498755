"""A whole assessment: what exports and reports are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.dependency_files import ParsedFiles
from projects.domain.rewriting.written_plan import WrittenPlan
from scanner.domain.evidence.wheel_reading import WheelReading


class AssessmentRecord(Struct, frozen=True):
    """The parsed files with the results for each target, and the indexes that these rest on.

    `made_at` is aware; the URLs carry no credentials. `confusions` are the names that several indexes have
    (docs/schema.md). `bridge` is one plan for all of `bridge_targets`, which are slugs. `written` maps the slug of a
    target to its plan as written into the files; `written_bridge` is the bridge as written. `wheels` is what was read
    of the wheels that the packages take, by file name.
    """

    parsed: ParsedFiles
    results: Sequence[TargetResult]
    made_at: datetime
    index_url: str
    extra_urls: Sequence[str] = ()
    confusions: Sequence[Mapping[str, Any]] = ()
    bridge: UpgradePlan | None = None
    bridge_targets: Sequence[str] = ()
    written: Mapping[str, WrittenPlan] = field(default_factory=dict)
    written_bridge: WrittenPlan | None = None
    wheels: Mapping[str, WheelReading] = field(default_factory=dict)
