"""The evidence ladder of a package on a target in words: installs, declared, ran, known to break."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.reasons import ReasonKind
from projects.domain.assessment.verdicts import Verdict
from projects.domain.received_proof import DatedProof
from projects.presentation.sentences import describe_text
from scanner.domain.evidence.compiled_modules import CompiledFault, CompiledReading
from scanner.domain.evidence.declared import Declaration
from scanner.domain.evidence.wheel_reading import ImportGuard, WheelImport, WheelReading
from scanner.domain.phrases import count
from scanner.domain.targets.pythons import Python

# So many imports are listed of one wheel, and so many findings of compiled modules.
_MOST_IMPORTS = 8
_MOST_FINDINGS = 4
_LEVELS = {1: "unstable", 2: "beta", 3: "stable", 4: "resilient"}
_WORDS = {
    Declaration.CLASSIFIER: "declared",
    Declaration.REQUIRES_PYTHON: "declared",
    Declaration.UNDECLARED: "undeclared",
    Declaration.NOT_STATED: "not stated",
    Declaration.NOT_READ: "",
}


class EvidenceLine(Struct, frozen=True):
    """One rung of the ladder: `look` is the verdict that gives its colour and glyph."""

    rung: str
    text: str
    look: Verdict


def evidence_word(package: PackageResult) -> str:
    """Return the highest rung in a word, of a package that installs: "declared", "undeclared", "not stated" or ""."""
    return _WORDS[package.evidence.declaration] if package.verdict.installs else ""


def declaration_word(declaration: Declaration) -> str:
    """Return what a release says of a Python in a word or two; empty where it was not read."""
    return _WORDS[declaration]


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
        what = package.file or "a build from source"
        yield EvidenceLine("Installs", f"{what}, by the index", Verdict.READY)
    text = declaration_text(package, python)
    if text:
        look = Verdict.READY if package.evidence.declaration.is_declared else Verdict.UNKNOWN
        yield EvidenceLine("Declared", text, look)
    if python.free_threaded:
        level = package.evidence.free_threading
        yield EvidenceLine("Without the GIL", free_threading_text(package), _gil_look(level))
    if reading is not None:
        yield from _read_lines(reading, python)
        if reading.compiled is not None:
            yield from _compiled_lines(reading.compiled)
    if proof is not None:
        yield from _proof_lines(package, proof)
    if breaks:
        yield EvidenceLine("Known to break", describe_text(package.reason), Verdict.BLOCKED)


def _proof_lines(package: PackageResult, proof: DatedProof) -> Iterator[EvidenceLine]:
    ran = proof.proof.ran_in(package.name, package.installed_version)
    if ran is None:
        return
    where = proof_place(proof)
    if ran:
        gil = "; its import turned the GIL on" if package.name in proof.proof.gil_enabled_by else ""
        yield EvidenceLine("Ran", f"its modules were imported on {where}{gil}", Verdict.READY)
        return
    why = proof.proof.error_of(package.name) or "it took too long"
    yield EvidenceLine("Failed", f"importing it failed on {where}: {why}", Verdict.BLOCKED)


def proof_place(proof: DatedProof) -> str:
    """Return where and when something ran: "Python 3.14.0, linux x86_64, 27 Nov 2026"."""
    return f"Python {proof.proof.python}, {proof.proof.machine}, {proof.received_at:%-d %b %Y}"


_GUARDS = {
    ImportGuard.CERTAIN: "importing the package fails",
    ImportGuard.OTHER_MODULE: "importing that module fails",
    ImportGuard.CALL: "the function fails when it is called",
    ImportGuard.SCRIPT: "the file fails as a program",
    ImportGuard.POSSIBLE: "it may fail, where the import runs: that depends on a condition or on another import",
}


def _read_lines(reading: WheelReading, python: Python) -> Iterator[EvidenceLine]:
    found = missing_imports(reading, python)
    for one in found[:_MOST_IMPORTS]:
        text = f"{one.path} line {one.line} imports {one.module}, which Python {python.version[0]}.{python.version[1]} "
        look = Verdict.BLOCKED if one.guard is ImportGuard.CERTAIN else Verdict.UPGRADE
        yield EvidenceLine("Read from the wheel", f"{text}lacks: {_GUARDS[one.guard]}", look)
    if len(found) > _MOST_IMPORTS:
        more = f"{count(len(found) - _MOST_IMPORTS, 'more import')} of modules that are gone"
        yield EvidenceLine("Read from the wheel", more, Verdict.UPGRADE)
    if not found:
        text = f"none of its {count(reading.files, 'Python file')} imports a module that is gone"
        unread = f"; {reading.unread} could not be read" if reading.unread else ""
        yield EvidenceLine("Read from the wheel", f"{text}{unread}", Verdict.READY)


_FAULTS = {
    CompiledFault.NUMPY_1: "{path} is compiled for NumPy 1: what it does with NumPy fails beside NumPy 2",
    CompiledFault.GLIBC: "{path} needs {needs}, and the wheel's tag promises glibc {promised}",
    CompiledFault.STABLE_ABI: "{path} uses {needs}, outside of the stable ABI of Python {promised} that the tag names",
}


def _compiled_lines(reading: CompiledReading) -> Iterator[EvidenceLine]:
    rung = "Its compiled modules"
    if reading.error:
        yield EvidenceLine(rung, f"not read: {reading.error}", Verdict.UNKNOWN)
        return
    for one in reading.findings[:_MOST_FINDINGS]:
        yield EvidenceLine(rung, _FAULTS[one.fault].format(**one.to_json()), Verdict.UPGRADE)
    if len(reading.findings) > _MOST_FINDINGS:
        more = f"{count(len(reading.findings) - _MOST_FINDINGS, 'more finding')} of this kind"
        yield EvidenceLine(rung, more, Verdict.UPGRADE)
    unread = f"; {reading.unread} could not be read" if reading.unread else ""
    if not reading.findings:
        numpy = ", and those that use NumPy run with NumPy 1 and 2" if reading.numpy == 2 else ""
        text = f"none of {count(reading.modules, 'module')} needs more than the wheel's tags say{numpy}{unread}"
        yield EvidenceLine(rung, text, Verdict.READY if reading.modules else Verdict.UNKNOWN)
    elif unread:
        yield EvidenceLine(rung, f"{count(reading.modules, 'module')} read{unread}", Verdict.UNKNOWN)


def reading_text(reading: WheelReading, python: Python) -> str:
    """Return what a wheel shows against running on a Python, as a clause; empty if nothing does."""
    found = [line.text for line in _read_lines(reading, python) if line.look is not Verdict.READY]
    compiled = reading.compiled.findings if reading.compiled is not None else ()
    found += [_FAULTS[one.fault].format(**one.to_json()) for one in compiled]
    return "; ".join(found[:_MOST_FINDINGS])


def missing_imports(reading: WheelReading, python: Python) -> list[WheelImport]:
    """Return the imports of a wheel that fail on a Python unless another package helps, the certain ones first."""
    found = [one for one in reading.imports if one.guard in _GUARDS and one.fails_on(python.version, {})]
    return sorted(found, key=lambda one: (list(_GUARDS).index(one.guard), one.path, one.line))


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
            return f"its classifiers name {name}"
        case Declaration.REQUIRES_PYTHON:
            return f"its Requires-Python admits {name} and ends after it"
        case Declaration.UNDECLARED:
            since = f"; {evidence.declared_from} is the first that does" if evidence.declared_from else ""
            return f"it does not name {name}; the newest that it names is {evidence.newest_declared}{since}"
        case Declaration.NOT_STATED:
            since = f"; {evidence.declared_from} names {name}" if evidence.declared_from else ""
            return f"it names no minor version of Python 3{since}"
        case Declaration.NOT_READ:
            return ""


def free_threading_text(package: PackageResult) -> str:
    """Return what the release declares of running without the GIL."""
    return gil_level_text(package.evidence.free_threading)


def gil_level_text(level: int | None) -> str:
    """Return a level of the free-threading classifier as a clause."""
    if level is None:
        return "it says nothing of running without the GIL, and may turn it on again"
    return f"its free-threading classifier says: level {level}, {_LEVELS[level]}"


def gil_level_word(level: int) -> str:
    """Return a level of the free-threading classifier in a few words, 0 for none."""
    return f"free-threading level {level}, {_LEVELS[level]}" if level in _LEVELS else "free-threading not stated"
