"""The command line of the client: `wheelway assess PATH…` and the others."""

from __future__ import annotations

import os
import sys
from importlib import metadata

COMMANDS = {
    "assess": "say for each target whether requirements can move there, and what prevents it",
    "requirements": "print what is read of dependency files",
    "targets": "list the names of targets",
    "audit": "find what the source imports that a target no longer has",
    "move": "print the whole move to a target as one patch",
    "decide": "show the options of a move side by side",
    "prove": "install the planned set with a real interpreter and import all of it",
    "mcp": "serve these to a language model (Model Context Protocol)",
}


def main() -> None:
    """Run a command. Exit with 2 for one that there is not."""
    # Whatever the shell has: it may be that of the user's own Django project.
    os.environ["DJANGO_SETTINGS_MODULE"] = "compat_site.client.settings"
    arguments = sys.argv[1:]
    if arguments[:1] == ["--version"]:
        sys.stdout.write(f"wheelway {metadata.version('wheelway')}\n")
        return
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        sys.stdout.write(_help())
        return
    if arguments[0] not in COMMANDS:
        sys.stderr.write(f"There is no command {arguments[0]!r}.\n{_help()}")
        sys.exit(2)
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import InterfaceError, OperationalError

    try:
        execute_from_command_line(["wheelway", *arguments])
    except (ImproperlyConfigured, OperationalError, InterfaceError) as error:
        sys.stderr.write(f"The data directory or a setting cannot be used: {' '.join(str(error).split())}\n")
        sys.exit(2)


def _help() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:{width}}  {text}" for name, text in COMMANDS.items()]
    return "\n".join(["Usage: wheelway COMMAND …  (`wheelway COMMAND --help` lists the options)", "", *lines, ""])


if __name__ == "__main__":
    main()
