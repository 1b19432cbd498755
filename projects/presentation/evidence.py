"""The evidence ladder of a package on a target in words: installs, declared, ran, known to break."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from msgspec import Struct

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.reasons import ReasonKind
from projects.domain.assessment.verdicts import Verdict
from projects.domain.received_proof import DatedProof
from projects.presentation.reason_clauses import describe_text
from scanner.domain.evidence.compiled_modules import CompiledFault, CompiledReading
from scanner.domain.evidence.declared import Declaration
from scanner.domain.evidence.wheel_reading import ImportGuard, WheelImport, WheelReading
from scanner.domain.phrases import day_text, join_first
from scanner.domain.targets.pythons import Python
from scanner.domain.translation import gettext, ngettext, noop

# So many imported modules are listed of the files of one wheel, so many lines of each, and so many findings of
# compiled modules.
_MOST_IMPORTS = 8
_MOST_LINES = 4
_MOST_FINDINGS = 4
_LEVELS = {1: noop("unstable"), 2: noop("beta"), 3: noop("stable"), 4: noop("resilient")}
# Codes as well as words: pages mark and sort by them.
_WORDS = {
    Declaration.CLASSIFIER: noop("declared"),
    Declaration.REQUIRES_PYTHON: noop("declared"),
    Declaration.UNDECLARED: noop("undeclared"),
    Declaration.NOT_STATED: noop("not stated"),
    Declaration.NOT_READ: "",
}


class EvidenceLine(Struct, frozen=True):
    """One rung of the ladder: `look` is the verdict that gives its colour and glyph."""

    rung: str
    text: str
    look: Verdict


def evidence_word(package: PackageResult) -> str:
    """Return the code of the highest rung of a package that installs: "declared", "undeclared", "not stated" or ""."""
    return _WORDS[package.evidence.declaration] if package.verdict.installs else ""


def declaration_word(declaration: Declaration) -> str:
    """Return what a release says of a Python in a word or two; empty where it was not read."""
    return gettext(_WORDS[declaration])


def evidence_lines(
    package: PackageResult, python: Python, reading: WheelReading | None = None, proof: DatedProof | None = None
) -> tuple[EvidenceLine, ...]:
    """Return the rungs of the ladder about which something is known, lowest first.

    `reading` is of the file in use, `proof` the last one of the target.
    """
    return tuple(_lines(package, python, reading, proof))


def _lines(
    package: PackageResult, python: Python, reading: WheelReading | None, proof: DatedProof | None
) -> Iterator[EvidenceLine]:
    if not package.is_needed or package.version is None:
        return
    breaks = package.reason.kind is ReasonKind.KNOWN_BREAK
    if package.verdict.installs or breaks:
        what = package.file or gettext("a build from source")
        yield EvidenceLine(gettext("Installs"), gettext("{file}, by the index").format(file=what), Verdict.READY)
    text = declaration_text(package, python)
    if text:
        look = Verdict.READY if package.evidence.declaration.is_declared else Verdict.UNKNOWN
        yield EvidenceLine(gettext("Declared"), text, look)
    if python.free_threaded:
        level = package.evidence.free_threading
        yield EvidenceLine(gettext("Without the GIL"), free_threading_text(package), _gil_look(level))
    if reading is not None:
        yield from _read_lines(reading, python)
        if reading.compiled is not None:
            yield from _compiled_lines(reading.compiled)
    if proof is not None:
        yield from _proof_lines(package, proof)
    if breaks:
        yield EvidenceLine(gettext("Known to break"), describe_text(package.reason), Verdict.BLOCKED)


def _proof_lines(package: PackageResult, proof: DatedProof) -> Iterator[EvidenceLine]:
    ran = proof.proof.ran_in(package.name, package.installed_version)
    if ran is None:
        return
    where = proof_place(proof)
    if ran:
        text = (
            gettext("its modules were imported on {place}; its import turned the GIL on")
            if package.name in proof.proof.gil_enabled_by
            else gettext("its modules were imported on {place}")
        )
        yield EvidenceLine(gettext("Ran"), text.format(place=where), Verdict.READY)
        return
    why = proof.proof.error_of(package.name) or gettext("it took too long")
    text = gettext("importing it failed on {place}: {why}").format(place=where, why=why)
    yield EvidenceLine(gettext("Failed"), text, Verdict.BLOCKED)


def proof_place(proof: DatedProof) -> str:
    """Return where and when something ran: "Python 3.14.0, linux x86_64, 27 November 2026"."""
    return f"Python {proof.proof.python}, {proof.proof.machine}, {day_text(proof.received_at)}"


_GUARDS = {
    ImportGuard.CERTAIN: noop("importing the package fails"),
    ImportGuard.OTHER_MODULE: noop("importing that module fails"),
    ImportGuard.CALL: noop("the function fails when it is called"),
    ImportGuard.SCRIPT: noop("the file fails as a program"),
    ImportGuard.POSSIBLE: noop("it may fail, where the import runs: that depends on a condition or on another import"),
}


def _read_lines(reading: WheelReading, python: Python) -> Iterator[EvidenceLine]:
    found = missing_imports(reading, python)
    rung = gettext("Read from the wheel")
    version = f"{python.version[0]}.{python.version[1]}"
    groups = [list(ones) for _, ones in groupby(found, key=lambda one: (one.guard, one.path, one.module))]
    for ones in groups[:_MOST_IMPORTS]:
        one = ones[0]
        text = ngettext(
            "{path} line {lines} imports {module}, which Python {version} lacks: {effect}",
            "{path} lines {lines} import {module}, which Python {version} lacks: {effect}",
            len(ones),
        ).format(
            path=one.path,
            lines=join_first([str(each.line) for each in ones], _MOST_LINES),
            module=one.module,
            version=version,
            effect=gettext(_GUARDS[one.guard]),
        )
        yield EvidenceLine(rung, text, Verdict.BLOCKED if one.guard is ImportGuard.CERTAIN else Verdict.UPGRADE)
    more = sum(map(len, groups[_MOST_IMPORTS:]))
    if more > 0:
        text = ngettext(
            "{count} more import of modules that are gone", "{count} more imports of modules that are gone", more
        )
        yield EvidenceLine(rung, text.format(count=more), Verdict.UPGRADE)
    if not found:
        text = ngettext(
            "none of its {count} Python file imports a module that is gone",
            "none of its {count} Python files imports a module that is gone",
            reading.files,
        )
        yield EvidenceLine(rung, f"{text.format(count=reading.files)}{_unread(reading.unread)}", Verdict.READY)


def _unread(number: int) -> str:
    return gettext("; {number} could not be read").format(number=number) if number else ""


_FAULTS = {
    CompiledFault.NUMPY_1: noop("{path} is compiled for NumPy 1: what it does with NumPy fails beside NumPy 2"),
    CompiledFault.GLIBC: noop("{path} needs {needs}, and the wheel's tag promises glibc {promised}"),
    CompiledFault.STABLE_ABI: noop(
        "{path} uses {needs}, outside of the stable ABI of Python {promised} that the tag names"
    ),
}


def _compiled_lines(reading: CompiledReading) -> Iterator[EvidenceLine]:
    rung = gettext("Its compiled modules")
    if reading.error:
        yield EvidenceLine(rung, gettext("not read: {why}").format(why=reading.error), Verdict.UNKNOWN)
        return
    for one in reading.findings[:_MOST_FINDINGS]:
        yield EvidenceLine(rung, gettext(_FAULTS[one.fault]).format(**one.to_json()), Verdict.UPGRADE)
    more = len(reading.findings) - _MOST_FINDINGS
    if more > 0:
        text = ngettext("{count} more finding of this kind", "{count} more findings of this kind", more)
        yield EvidenceLine(rung, text.format(count=more), Verdict.UPGRADE)
    unread = _unread(reading.unread)
    if not reading.findings:
        numpy = gettext(", and those that use NumPy run with NumPy 1 and 2") if reading.numpy == 2 else ""
        text = ngettext(
            "none of {count} module needs more than the wheel's tags say",
            "none of {count} modules needs more than the wheel's tags say",
            reading.modules,
        ).format(count=reading.modules)
        yield EvidenceLine(rung, f"{text}{numpy}{unread}", Verdict.READY if reading.modules else Verdict.UNKNOWN)
    elif unread:
        text = ngettext("{count} module read", "{count} modules read", reading.modules)
        yield EvidenceLine(rung, f"{text.format(count=reading.modules)}{unread}", Verdict.UNKNOWN)


def reading_text(reading: WheelReading, python: Python) -> str:
    """Return what a wheel shows against running on a Python, as a clause; empty if nothing does."""
    found = [line.text for line in _read_lines(reading, python) if line.look is not Verdict.READY]
    compiled = reading.compiled.findings if reading.compiled is not None else ()
    found += [gettext(_FAULTS[one.fault]).format(**one.to_json()) for one in compiled]
    return "; ".join(found[:_MOST_FINDINGS])


def missing_imports(reading: WheelReading, python: Python) -> list[WheelImport]:
    """Return the imports of a wheel that fail on a Python unless another package helps, the certain ones first."""
    found = [one for one in reading.imports if one.guard in _GUARDS and one.fails_on(python.version, {})]
    return sorted(found, key=lambda one: (list(_GUARDS).index(one.guard), one.path, one.module, one.line))


def _gil_look(level: int | None) -> Verdict:
    if level is None:
        return Verdict.UNKNOWN
    return Verdict.READY if level >= 3 else Verdict.DEGRADED


def declaration_text(package: PackageResult, python: Python) -> str:
    """Return what the release declares of a Python, as a clause; empty where its metadata was not read for it."""
    evidence = package.evidence
    name = f"Python {python.version[0]}.{python.version[1]}"
    match evidence.declaration:
        case Declaration.CLASSIFIER:
            return gettext("its classifiers name {python}").format(python=name)
        case Declaration.REQUIRES_PYTHON:
            return gettext("its Requires-Python admits {python} and ends after it").format(python=name)
        case Declaration.UNDECLARED:
            since = ""
            if evidence.declared_from:
                since = gettext("; {version} is the first that does").format(version=evidence.declared_from)
            text = gettext("it does not name {python}; the newest that it names is {newest}{since}")
            return text.format(python=name, newest=evidence.newest_declared, since=since)
        case Declaration.NOT_STATED:
            text = gettext("it names no minor version of Python 3")
            if not evidence.declared_from:
                return text
            since = gettext("; {version} names {python}").format(version=evidence.declared_from, python=name)
            return f"{text}{since}"
        case Declaration.NOT_READ:
            return ""


def free_threading_text(package: PackageResult) -> str:
    """Return what the release declares of running without the GIL."""
    return gil_level_text(package.evidence.free_threading)


def gil_level_text(level: int | None) -> str:
    """Return a level of the free-threading classifier as a clause."""
    if level is None:
        return gettext("it says nothing about running without the GIL, and may turn it on again")
    text = gettext("its free-threading classifier says: level {level}, {word}")
    return text.format(level=level, word=gettext(_LEVELS[level]))


def gil_level_word(level: int) -> str:
    """Return a level of the free-threading classifier in a few words, 0 for none."""
    if level not in _LEVELS:
        return gettext("free-threading not stated")
    return gettext("free-threading level {level}, {word}").format(level=level, word=gettext(_LEVELS[level]))
