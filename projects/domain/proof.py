"""The proof that a planned set runs: what was installed, what each module did when it was imported."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace
from packaging.utils import NormalizedName, canonicalize_name

from scanner.domain.evidence.wheel_reading import is_missing


class ImportOutcome(StrEnum):
    """What became of one import."""

    RAN = "ran"
    FAILED = "failed"
    TIMED_OUT = "timed-out"


class ModuleImport(Struct, frozen=True):
    """The import of one top-level module in a process of its own. `tail` is the end of its standard error."""

    package: str
    module: str
    outcome: ImportOutcome
    seconds: float
    tail: str = ""
    gil_enabled: bool | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values; the state of the GIL only of a free-threaded build."""
        data: dict[str, Any] = {
            "package": self.package,
            "module": self.module,
            "outcome": self.outcome.value,
            "seconds": round(self.seconds, 2),
        }
        if self.tail:
            data["tail"] = self.tail
        if self.gil_enabled is not None:
            data["gil_enabled"] = self.gil_enabled
        return data


class InterpreterFacts(Struct, frozen=True):
    """The interpreter that ran the proof. `libc` is "glibc 2.36", "musl" or empty."""

    executable: str
    implementation: str
    version: str
    free_threaded: bool
    sys_platform: str
    machine: str
    libc: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "executable": self.executable,
            "implementation": self.implementation,
            "version": self.version,
            "free_threaded": self.free_threaded,
            "sys_platform": self.sys_platform,
            "machine": self.machine,
            "libc": self.libc,
        }


class Proof(Struct, frozen=True):
    """What happened to one set on one target.

    `pins` are the packages that were installed, `unproven` those that were not tried: of the set without a wheel, what
    cannot be imported without those, and what nothing in the set imports.
    `install_error` is the end of the installer's output where it failed; then nothing was imported. `conflicts` are
    the lines of `pip check`. `isolation` says what the imports were kept from. `digests` are the SHA-256 values of the
    installed wheels, where the installer reports them. `tests` is the end of the tests' output; `tests_passed` is None
    where none were run.
    """

    target: str
    interpreter: InterpreterFacts
    isolation: str
    pins: Mapping[str, str]
    unproven: Sequence[str] = ()
    install_error: str = ""
    conflicts: Sequence[str] = ()
    imports: Sequence[ModuleImport] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    tests: str = ""
    tests_passed: bool | None = None

    @property
    def failed(self) -> list[ModuleImport]:
        """The imports that did not run, without modules beside a package's own one, which ran.

        Such modules often belong to an extra: blackd, of black.
        """
        own = {
            one.package
            for one in self.imports
            if one.outcome is ImportOutcome.RAN and _is_named_after(one.package, one.module)
        }
        return [
            one
            for one in self.imports
            if one.outcome is not ImportOutcome.RAN
            and (one.package not in own or _is_named_after(one.package, one.module))
        ]

    @property
    def ran(self) -> bool:
        """Whether everything that was tried ran: installation, dependency check, each import, and tests if any."""
        return not (self.install_error or self.conflicts or self.failed or self.tests_passed is False)

    @property
    def gil_enabled_by(self) -> list[str]:
        """The packages whose import enabled the GIL again in a free-threaded build."""
        return sorted({one.package for one in self.imports if one.gil_enabled})

    def to_json(self) -> dict[str, Any]:
        """Return the proof as JSON values. docs/proving.md describes the keys."""
        return {
            "schema": 1,
            "target": self.target,
            "ran": self.ran,
            "interpreter": self.interpreter.to_json(),
            "isolation": self.isolation,
            "pins": dict(self.pins),
            "digests": dict(self.digests),
            "unproven": list(self.unproven),
            "install_error": self.install_error,
            "conflicts": list(self.conflicts),
            "imports": [one.to_json() for one in self.imports],
            "gil_enabled_by": self.gil_enabled_by,
            "tests": {"passed": self.tests_passed, "tail": self.tests} if self.tests_passed is not None else None,
        }


def without_lacking(proof: Proof, dependents: Mapping[NormalizedName, Sequence[str]]) -> Proof:
    """Return the proof without what could not be tried because a package of the set was left out.

    That is a package that requires one without a wheel, at any distance, and that fails for lack of a module; and what
    `pip check` says of a left-out one. `dependents` are the packages that name each one in their requirements.
    """
    left_out = {canonicalize_name(name) for name in proof.unproven}
    lacking, waiting = set(left_out), list(left_out)
    while waiting:
        for name in map(canonicalize_name, dependents.get(waiting.pop(), ())):
            if name not in lacking:
                lacking.add(name)
                waiting.append(name)
    untried = {
        canonicalize_name(one.package)
        for one in proof.failed
        if canonicalize_name(one.package) in lacking and "ModuleNotFoundError" in one.tail
    }
    missing = tuple(f"requires {name}, which is not installed" for name in left_out)
    return replace(
        _left_out(proof, untried),
        conflicts=[line for line in proof.conflicts if not line.removesuffix(".").endswith(missing)]
        if missing
        else proof.conflicts,
    )


_NO_MODULE = re.compile(r"ModuleNotFoundError: No module named '([\w.]{1,200})'\Z", re.ASCII)


def without_unused(proof: Proof, dependents: Mapping[NormalizedName, Sequence[str]]) -> Proof:
    """Return the proof without packages that need one which nothing in the set requires, and whose dependents all ran.

    They are for those who have that one too: matplotlib-inline, which IPython requires, for those with Matplotlib. What
    the standard library has lost, and pkg_resources, nobody has by another need: that counts.
    """
    major, minor = map(int, proof.interpreter.version.split(".")[:2])
    brought = {one.module.partition(".")[0] for one in proof.imports}
    failed = {canonicalize_name(one.package) for one in proof.failed}
    unused = set()
    for one in proof.failed:
        name, lacking = canonicalize_name(one.package), _NO_MODULE.search(one.tail)
        others = {canonicalize_name(other) for other in dependents.get(name, ())} & {
            *map(canonicalize_name, proof.pins)
        }
        if lacking is None or not others or others & failed:
            continue
        module = lacking[1].partition(".")[0]
        if (
            module not in brought
            and not is_missing(module, (major, minor))
            and not is_missing(lacking[1], (major, minor))
        ):
            unused.add(name)
    return _left_out(proof, unused) if unused else proof


def _left_out(proof: Proof, names: Collection[NormalizedName]) -> Proof:
    """Return the proof in which these packages count as not tried."""
    return replace(
        proof,
        pins={name: version for name, version in proof.pins.items() if canonicalize_name(name) not in names},
        unproven=sorted({*proof.unproven, *names}),
        imports=[one for one in proof.imports if canonicalize_name(one.package) not in names],
    )


def _is_named_after(package: str, module: str) -> bool:
    return canonicalize_name(package) == canonicalize_name(module.replace(".", "-"))


def differences(
    interpreter: InterpreterFacts, markers: Mapping[str, str], *, free_threaded: bool, musl: bool
) -> list[str]:
    """Return how an interpreter differs from a target, as clauses; none if it can prove the target.

    `markers` is the target's marker environment (PEP 508).
    """
    pairs = [
        ("the implementation", interpreter.implementation, markers["implementation_name"]),
        ("the Python version", ".".join(interpreter.version.split(".")[:2]), markers["python_version"]),
        ("sys.platform", interpreter.sys_platform, markers["sys_platform"]),
        ("the machine", interpreter.machine.lower(), markers["platform_machine"].lower()),
    ]
    found = [f"{what} is {here}, the target's is {there}" for what, here, there in pairs if here != there]
    if interpreter.free_threaded != free_threaded:
        found.append("it has no GIL" if interpreter.free_threaded else "it has a GIL")
    if interpreter.sys_platform == "linux" and (interpreter.libc == "musl") != musl:
        found.append(f"its C library is {interpreter.libc or 'unknown'}")
    return found
