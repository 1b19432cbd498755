"""A random project over a random small index, from a seed: what a team may require, lock, constrain and ignore."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from itertools import repeat

from msgspec import Struct
from msgspec.structs import replace
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName

from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.run_evidence import DemandedEvidence
from projects.domain.assessment.waivers import Waiver, WaiverKind
from projects.domain.dependency_files import ParsedRequirement
from projects.domain.dependency_files.values import LockRule
from scanner.domain.evidence.known_breaks import KnownBreak, KnownBreaks, Partner
from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy
from tests.projects.known import NOW, Releases, SmallIndex, requirements, targets, wheels

NAMES = [NormalizedName(name) for name in "abcd"]
VERSIONS = ["1.0", "1.0+cpu", "1.5", "2.0", "2.1rc1", "3.0"]
SLUGS = ("cp313-win_amd64", "cp312-win_amd64")
_TAGS = [*repeat("py3-none-any", 3), "cp313-cp313-win_amd64", "cp312-cp312-win_amd64", "cp39-abi3-win_amd64"]
_MARKERS = ["", "", "", '; python_version >= "3.13"']


class RandomProject(Struct, frozen=True):
    """What is asked, and all that the index would tell."""

    request: AssessmentRequest
    packages: dict[str, Releases]
    extras: dict[str, dict[str, tuple[str, ...]]]

    def index(self, packages: dict[str, Releases] | None = None) -> SmallIndex:
        """Return the index, or what is known of it."""
        known = self.packages if packages is None else packages
        return SmallIndex(known, self.request.targets, self.request.foreign, self.extras, self.request.waivers)

    def known_so_far(self, rng: random.Random) -> SmallIndex:
        """Return what may be known of the index at some time: some pages, and the metadata of some releases."""
        return self.index(
            {
                name: {
                    version: (files, needs if rng.random() < 0.6 else None)
                    for version, (files, needs) in releases.items()
                }
                for name, releases in self.packages.items()
                if rng.random() < 0.75
            }
        )


def random_project(rng: random.Random) -> RandomProject:
    """Return a project with up to six requirements of four packages."""
    packages = {str(name): _releases(rng, name) for name in NAMES if rng.random() < 0.95}
    extras = {
        name: {version: rng.choice([(), ("x",), ("x", "y")]) for version in releases if rng.random() < 0.75}
        for name, releases in packages.items()
    }
    asked = [one for _ in range(rng.randint(1, 4)) for one in _requirement(rng)]
    asked += [replace(one, constraint=True) for one in (_requirement(rng) if rng.random() < 0.15 else ())]
    asked += [replace(one, override=True) for one in (_requirement(rng) if rng.random() < 0.07 else ())]
    is_ignored = rng.random() < 0.1
    ignored = Waiver(rng.choice([*WaiverKind]), rng.choice(NAMES), rng.choice(["", *SLUGS]), "", "", date(2030, 1, 1))
    on = targets(*SLUGS)
    request = AssessmentRequest(
        _locked(rng, asked),
        on,
        BuildPolicy(rng.choice([*SourcePolicy]), prereleases=rng.random() < 0.1),
        NOW,
        known_breaks=KnownBreaks(tuple(_break(rng) for _ in range(rng.choice([0, 0, 1, 2])))),
        waivers=(ignored,) if is_ignored else (),
        present=rng.choice([None, None, on[1]]),
        demanded=rng.choice([*repeat(DemandedEvidence.INSTALLS, 6), DemandedEvidence.RAN]),
    )
    return RandomProject(request, packages, extras)


def _releases(rng: random.Random, name: str) -> Releases:
    needs = [_need(rng, [other for other in NAMES if other != name]) for _ in range(8)]
    return {
        version: (_files(rng, name, version), rng.sample(needs, rng.choice([0, 0, 1, 2])))
        for version in rng.sample(VERSIONS, rng.randint(1, 5))
    }


def _files(rng: random.Random, name: str, version: str) -> list[str]:
    found = wheels(name, version, *rng.sample(sorted(set(_TAGS)), rng.choice([0, 1, 1, 1, 2])))
    return found if found and rng.random() < 0.8 else [*found, f"{name}-{version}.tar.gz"]


def _need(rng: random.Random, names: Sequence[str]) -> str:
    operator = rng.choice(["", "", "==", ">=", "<", "!="])
    version = rng.choice([one for one in VERSIONS if "+" not in one]) if operator else ""
    marker = rng.choice([*_MARKERS, '; extra == "x"'])
    return f"{rng.choice(names)}{rng.choice(['', '', '[x]', '[y]'])}{operator}{version}{marker}"


def _requirement(rng: random.Random) -> Sequence[ParsedRequirement]:
    operator = rng.choice(["", "==", "==", "==", "===", ">=", "<", "<"])
    version = rng.choice([*VERSIONS, "9.9"]) if operator else ""
    extra = rng.choice(["", "", "", "[x]"])
    # A bound with a local version is not valid, and read as nothing.
    return requirements(f"{rng.choice(NAMES)}{extra}{operator}{version}{rng.choice(_MARKERS)}\n")


def _locked(rng: random.Random, asked: Sequence[ParsedRequirement]) -> tuple[ParsedRequirement, ...]:
    """Return the requirements, in half of the projects with pins as a lock of some kind has them."""
    rules = rng.choice([(), (LockRule.LINES,), (LockRule.PACKAGES,), (LockRule.GRAPH,), tuple(LockRule), ()])
    return tuple(
        replace(one, lock=rng.choice(rules), direct=rng.choice([True, False, None]))
        if rules and one.pinned and not one.constraint and not one.override and rng.random() < 0.7
        else one
        for one in asked
    )


def _break(rng: random.Random) -> KnownBreak:
    partner = Partner(rng.choice(NAMES), SpecifierSet(rng.choice(["<2", ">=1.5"])))
    helper = Partner(rng.choice(NAMES), SpecifierSet(""))
    return KnownBreak(
        rng.choice(NAMES),
        SpecifierSet(rng.choice(["<2", "<3", ">=2", ">0"])),
        SpecifierSet(rng.choice(["", ">=3.13"])),
        *("import it", "ImportError", "its tracker"),
        partner=partner if rng.random() < 0.5 else None,
        unless=(helper,) if rng.random() < 0.3 else (),
    )
