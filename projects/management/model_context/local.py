"""The commands as operations: each runs in a process of its own, and prints the same JSON as for anyone else."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings

from projects.presentation.formats.brief import brief_assessment, brief_package

_PATIENCE = 900
_MOST_SAID = 2_000


class OperationFailed(Exception):
    """A command that could not be used. The message is what it printed."""


async def list_targets(name: str) -> Any:
    """Return the targets of the catalogue, or those that a name stands for or is a part of."""
    return await _run("targets", *([name] if name else []))


async def assess_path(path: str, options: Sequence[str]) -> dict[str, Any]:
    """Assess the dependency files at a path of this machine."""
    # A path is never taken for an option.
    return brief_assessment(await _run("assess", *options, "--fail-on", "never", "--", path))


async def assess_text(requirements: str, options: Sequence[str]) -> dict[str, Any]:
    """Assess the lines of a requirements file."""
    return brief_assessment(await _assess_text(requirements, options))


async def audit_path(path: str, options: Sequence[str]) -> Any:
    """Audit the source below a path of this machine."""
    return await _run("audit", *options, "--fail-on", "never", "--", path)


async def describe_package(name: str, version: str, options: Sequence[str]) -> dict[str, Any]:
    """Return how a package installs on targets: its newest version that does, or the given one."""
    document = await _assess_text(f"{name}=={version}" if version else name, options)
    return brief_package(document)


async def _assess_text(requirements: str, options: Sequence[str]) -> Any:
    with TemporaryDirectory(prefix="wheelway-") as folder:
        file = Path(folder) / "requirements.txt"
        file.write_text(f"{requirements}\n", encoding="utf-8")
        return await _run("assess", *options, "--fail-on", "never", "--", str(file))


async def _run(command: str, *arguments: str) -> Any:
    """Run a command and return what it printed as JSON. Raises OperationFailed."""
    path = os.pathsep.join(filter(None, (str(settings.BASE_DIR), os.environ.get("PYTHONPATH", ""))))
    # -P: the working directory may be any project, whose modules must not be taken for ours.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "django", command, "--format", "json", *arguments),
        # Standard input is the protocol's.
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )
    try:
        async with asyncio.timeout(_PATIENCE):
            output, errors = await process.communicate()
    except TimeoutError:
        raise OperationFailed(f"{command} took more than {_PATIENCE} seconds.") from None
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if process.returncode:
        raise OperationFailed(errors.decode(errors="replace").strip()[-_MOST_SAID:])
    return json.loads(output)
