"""Prove sets twice: as planned without known breaks and without reading wheels, and as planned with both.

    python -m benchmarks.prove_sets OUTPUT.jsonl PATH… --python /path/3.13 --python /path/3.12

It installs and runs the code of the packages, from the index that the commands would ask. A pair of a set and a Python
that is in the output is left out, so that a run can be continued; a plan that both ways share is proved once. The sets
are in `proved_sets`; the results are in docs/proving.md.
"""

import argparse
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from django.core.management import CommandError
from msgspec.structs import replace

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compat_site.settings")
django.setup()

# The models that these import need Django.
from projects.domain.proof import Proof  # noqa: E402
from projects.management.assessing import assess  # noqa: E402
from projects.management.assessment_options import add_assessment_options, make_request  # noqa: E402
from projects.management.commands.prove import planned_set  # noqa: E402
from projects.management.indexes import index_addresses  # noqa: E402
from projects.management.reading import read_files  # noqa: E402
from projects.services.proving.interpreters import NoInterpreter, find_interpreter  # noqa: E402
from projects.services.proving.prove import prove  # noqa: E402
from scanner.domain.evidence.known_breaks import NO_KNOWN_BREAKS  # noqa: E402
from scanner.domain.targets.target import Target, parse_target  # noqa: E402


def main() -> None:
    """Prove each set on each Python, and write a line of JSON for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("path", nargs="+", type=Path)
    parser.add_argument("--python", action="append", required=True)
    parser.add_argument("--after", action="store_true", help="only as planned with the known breaks")
    chosen = parser.parse_args()
    done = {(row["set"], row["target"]) for row in _rows(chosen.output)}
    for python in chosen.python:
        target = _target_of(python)
        for path in chosen.path:
            if (path.stem, target.slug) in done:
                continue
            row = _prove_both(path, target, python, only_after=chosen.after)
            with chosen.output.open("a") as output:
                output.write(json.dumps(row) + "\n")
            print(path.stem, target.slug, row["before"].get("result"), row["after"]["result"], flush=True)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, path.read_text().splitlines() if path.exists() else [])


def _target_of(python: str) -> Target:
    for minor in range(8, 16):
        target = parse_target(f"cp3{minor}-manylinux_2_28_x86_64")
        try:
            find_interpreter(target, python)
        except NoInterpreter:
            continue
        return target
    raise SystemExit(f"{python} is no target of this benchmark")


def _prove_both(path: Path, target: Target, python: str, *, only_after: bool) -> dict[str, Any]:
    before = {} if only_after else _planned(path, target, with_facts=False)
    after = _planned(path, target, with_facts=True)
    row = {"set": path.stem, "target": target.slug, "before": before, "after": after}
    proofs: dict[str, dict[str, Any]] = {}
    for one in (before, after):
        if "pins" not in one:
            continue
        key = json.dumps(one["pins"], sort_keys=True)
        if key not in proofs:
            proofs[key] = _proved(path, target, python, one)
        one.update(proofs[key])
    return row


def _planned(path: Path, target: Target, *, with_facts: bool) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    add_assessment_options(parser)
    options = {**vars(parser.parse_args([])), "read_wheels": with_facts}
    files = read_files([str(path)])
    request = make_request(files, [target], options)
    if not with_facts:
        request = replace(request, known_breaks=NO_KNOWN_BREAKS)
    try:
        assessment = assess(request, files, options, lambda line: None)
        pins, unproven = planned_set(assessment.evaluation.targets[0], assessment.indexes)
    except CommandError as error:
        return {"result": "no plan", "why": str(error)}
    return {"pins": pins, "unproven": unproven, "verdict": assessment.evaluation.targets[0].verdict.value}


def _proved(path: Path, target: Target, python: str, planned: dict[str, Any]) -> dict[str, Any]:
    options: dict[str, Any] = {"index_url": None, "extra_index_url": []}
    interpreter = find_interpreter(target, python)
    urls = index_addresses(read_files([str(path)]).parsed, options).urls
    began = time.monotonic()
    proof = prove(target.slug, interpreter, planned["pins"], urls, unproven=planned["unproven"])
    return {
        "result": _result(proof),
        "seconds": round(time.monotonic() - began),
        "unproven": list(proof.unproven),
        "modules": len(proof.imports),
        "install_error": proof.install_error[-1500:],
        "conflicts": list(proof.conflicts),
        "failed": [{**one.to_json(), "tail": one.tail[-1500:]} for one in proof.failed],
    }


def _result(proof: Proof) -> str:
    if proof.install_error:
        return "not installed"
    if proof.failed:
        return "crashed"
    return "conflicts" if proof.conflicts else "ran"


if __name__ == "__main__":
    main()
