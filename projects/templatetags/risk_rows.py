"""The rows of the risk table as HTML.

They are written in Python because a table of 200 packages on 12 targets has some 20,000 variables, and the template
engine takes microseconds for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import NamedTuple
from urllib.parse import quote

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from projects.domain.assessment.verdicts import SEVERITIES, Severity, Verdict
from projects.presentation.cell_summary import evidence_text
from projects.presentation.risk_table.table import PackageRow, RiskTable
from projects.presentation.words import severity_word, verdict_word
from scanner.domain.translation import gettext, language, ngettext

register = template.Library()
_YANKED = '<span class="flag yanked"><span aria-hidden="true">⊘</span> {}</span>'
_YANKED_CELL = ' <span class="yank" aria-hidden="true">⊘</span><span class="vh"> {}</span>'
# A class whose rule adds a symbol with its word: a page has thousands of cells.
_MARKS = {"declared": " declared", "ran": " ran", "ran with the GIL": " ran", "failed": " failed"}


@register.simple_tag
def risk_rows(table: RiskTable, cells_path: str, confused: Mapping[str, int]) -> SafeString:
    """Return a <tr> for each row.

    `cells_path` is the URL prefix of a cell's page, followed by target/package/. `confused` is the number of indexes of
    each name that several indexes have.
    """
    package_path = reverse("package", args=["-"]).removesuffix("-/")
    targets = [f'><a href="{cells_path}{column.slug}/' for column in table.columns]
    spoken = _Spoken(language(), _YANKED.format(gettext("yanked")), {one: severity_word(one) for one in SEVERITIES})
    rows = [
        _row(row, _quoted(row.name), targets, package_path, confused.get(row.name, 0), spoken) for row in table.rows
    ]
    return mark_safe("\n".join(rows))  # noqa: S308  whatever comes from outside is escaped below


class _Spoken(NamedTuple):
    """What is asked once for all rows: the language of the texts, the flag of a yanked release, and the severities."""

    language: str
    yanked: str
    severities: Mapping[Severity, str]


# The same packages are on page after page.
@lru_cache(maxsize=4096)
def _quoted(name: str) -> str:
    return quote(name, safe="")


def _row(row: PackageRow, path: str, targets: Sequence[str], package_path: str, indexes: int, spoken: _Spoken) -> str:
    single = len(targets) == 1
    version = escape(row.version)
    beside = "" if single else f' <span class="ver">{version}</span>'
    if row.yanked:
        beside += f" {spoken.yanked}"
    if indexes:
        title = escape(gettext("pip may take it from any of them"))
        text = ngettext("on {count} index", "on {count} indexes", indexes).format(count=indexes)
        beside += f' <span class="flag" title="{title}">{text}</span>'
    cells = "".join(
        [
            link.join(_around(spoken.language, cell.verdict, cell.text, cell.reason, cell.evidence, cell.yanked))
            for link, cell in zip([f"{target}{path}/" for target in targets], row.cells, strict=True)
        ]
    )
    severity_text = row.severity_text if row.is_unknown else spoken.severities[row.severity]
    severity = f'<td class="sev {row.severity}">{severity_text}</td>'
    if single:
        why = f'<td class="why">{escape(row.reason)}</td>'
        offers = "".join(f"<td>{escape(offer) or '&ndash;'}</td>" for offer in (row.first, row.latest))
        evidence = f"<td>{escape(evidence_text(row.evidence)) or '&ndash;'}</td>"
        cells = f"<td>{version}</td>{cells}{evidence}{severity}{why}{offers}"
    else:
        cells = f"{severity}{cells}"
    return (
        f'<tr><th scope="row"><a href="{package_path}{path}/" translate="no" hx-boost="false">{escape(row.name)}</a>'
        f'{beside}<small class="via">{escape(row.via)}</small></th>{cells}</tr>'
    )


# Thousands of cells have one of a few hundred contents.
@lru_cache(maxsize=2048)
def _around(_language: str, verdict: str, text: str, reason: str, evidence: str, yanked: bool) -> tuple[str, str]:
    """Return a cell before its address and after it. The style sheet adds the symbol of the verdict.

    The language is that of the context, given so that each one's texts are kept apart.
    """
    title = "; ".join(filter(None, (reason, evidence_text(evidence))))
    mark = _YANKED_CELL.format(gettext("yanked")) if yanked else ""
    return (
        f'<td class="cell {verdict}{_MARKS.get(evidence.partition(";")[0], "")}"',
        f'" title="{escape(title)}"><i>{verdict_word(Verdict(verdict))} </i>{escape(text)}{mark}</a></td>',
    )
