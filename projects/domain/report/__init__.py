"""The document that a team would otherwise write by hand: one value, told as Markdown, HTML or JSON. Pure."""

from projects.domain.report.building import Proofs, build_report, planned_pins
from projects.domain.report.ladder import ladders
from projects.domain.report.markdown import as_markdown
from projects.domain.report.values import Evidence, Report

__all__ = ["Evidence", "Proofs", "Report", "as_markdown", "build_report", "ladders", "planned_pins"]
