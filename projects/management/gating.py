"""What the commands of a gate share: their options, the baseline file, and results in several formats."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from django.core.management import CommandError

from projects.domain.gate.baseline import Baseline, InvalidBaseline
from projects.presentation.checks.annotations import annotations_text, code_quality_text
from projects.presentation.checks.result import CheckResult
from projects.presentation.checks.sarif import sarif_text

_MAX_BYTES = 200 * 1024 * 1024
# For code hosts: by name, what writes the results of a tool.
CHECK_FORMATS: dict[str, Callable[[str, Sequence[CheckResult]], str]] = {
    "sarif": sarif_text,
    "annotations": annotations_text,
    "code-quality": code_quality_text,
}


def add_gate_options(parser: ArgumentParser, formats: Collection[str]) -> None:
    """Add the options for formats and for the baseline."""
    names = (*formats, *CHECK_FORMATS)
    parser.add_argument("--format", choices=names, default="table", help="of standard output")
    parser.add_argument(
        "--output",
        action="append",
        default=[],
        type=lambda text: _parse_output(text, names),
        metavar="FORMAT=FILE",
        help="also write this format to a file; repeatable",
    )
    parser.add_argument(
        "--baseline", metavar="FILE", help="compare with what --write-baseline, or --format json, wrote"
    )
    parser.add_argument("--write-baseline", metavar="FILE", help="keep what is known now, to compare with it later")


def _parse_output(text: str, names: Collection[str]) -> tuple[str, str]:
    form, _, path = text.partition("=")
    if form not in names or not path:
        raise ArgumentTypeError(f"{text!r} is not FORMAT=FILE with a format of {', '.join(names)}")
    return form, path


def read_baseline(path: str | None) -> Baseline | None:
    """Return the baseline at a path, None without a path. Raises CommandError with status 2."""
    if path is None:
        return None
    try:
        file = Path(path)
        if file.stat().st_size > _MAX_BYTES:
            raise CommandError(f"{path}: too large for a baseline.", returncode=2)
        return Baseline.from_json(json.loads(file.read_bytes()))
    except OSError as error:
        message = f"{path}: {error.strerror}. `--write-baseline {path}` makes one."
        raise CommandError(message, returncode=2) from error
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise CommandError(f"{path}: not JSON.", returncode=2) from error
    except InvalidBaseline as error:
        raise CommandError(f"{path}: {error}.", returncode=2) from error


def update_baseline(path: str, change: Callable[[Baseline], Baseline]) -> None:
    """Write a baseline in which one part is replaced; the other part of an existing file is kept."""
    before = read_baseline(path) if Path(path).exists() else None
    text = json.dumps(change(before or Baseline()).to_json(), indent=2, ensure_ascii=False)
    write_file(path, f"{text}\n")


def write_file(path: str, text: str) -> None:
    """Write a file that an option names. Raises CommandError with status 2."""
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.", returncode=2) from error


def seen_from_here(results: Sequence[CheckResult], folder: str = "") -> list[CheckResult]:
    """Return results with paths as seen from the working directory, which is the root of the source in CI.

    Paths are relative to `folder`, which is so to the working directory.
    """
    here = Path.cwd()
    # Not resolved: a link is where it stands.
    return [one.below(Path(os.path.normpath(here / folder)), here) for one in results]
