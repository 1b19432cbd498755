"""The shell steps of action.yml and of the template for GitLab, run as those hosts run them."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.commands import ROOT
from tests.patience import PATIENCE

_EXPRESSION = re.compile(r"\$\{\{ *([^}]+?) *\}\}")


def run_action(
    inputs: Mapping[str, str], folder: Path, temporary: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run the steps of the action in a folder, until one fails; return the last, with the output of all."""
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    known = {f"inputs.{name}": str(one.get("default", "")) for name, one in action["inputs"].items()}
    known |= {f"inputs.{name}": value for name, value in inputs.items()}
    known |= {"github.action_path": str(ROOT), "runner.temp": str(temporary)}
    files = {name: temporary / name for name in ("GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    given = {**environment, "RUNNER_TEMP": str(temporary), **{name: str(path) for name, path in files.items()}}
    output = ""
    for step in action["runs"]["steps"]:
        added = files["GITHUB_PATH"].read_text().split() if files["GITHUB_PATH"].exists() else []
        path = ":".join([*added, given["PATH"]])
        variables = {name: _expanded(value, known) for name, value in step["env"].items()}
        done = _run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            folder,
            {**given, "PATH": path, **variables},
        )
        output += done.stdout
        if done.returncode:
            break
    return subprocess.CompletedProcess(done.args, done.returncode, output, done.stderr)


def run_gitlab_job(
    variables: Mapping[str, str], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run the script of the template's job in a folder."""
    job: dict[str, Any] = yaml.safe_load((ROOT / "integrations" / "gitlab.yml").read_text())["wheelway"]
    script = "\n".join(["set -eo pipefail", *job["script"]])
    return _run(["bash", "-c", script], folder, {**environment, **job["variables"], **variables})


def _expanded(text: str, known: Mapping[str, str]) -> str:
    """Return a text with the expressions in it evaluated: a name, or the first of several that is not empty."""
    return _EXPRESSION.sub(lambda found: next(filter(None, (known[name] for name in found[1].split(" || "))), ""), text)


def _run(command: list[str], folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
