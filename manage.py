#!/usr/bin/env python
"""The project's one command line: `manage.py run`, `assess`, `migrate` and the rest."""

import gc
import os
import sys
from typing import NoReturn


def main() -> None:
    """Run the command, and report an unusable database or setting in one line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compat_site.settings")
    # What is loaded stays: to look for garbage in it takes a tenth of the start. compat_site/apps.py begins with that.
    gc.disable()
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        raise SystemExit(f"{error}. Run `make setup` first, then use .venv/bin/python manage.py") from error
    from django.core.exceptions import ImproperlyConfigured
    from django.db import InterfaceError, OperationalError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        _give_up(f"The settings cannot be used: {error}")
    except (OperationalError, InterfaceError) as error:
        # A full or read-only disk, a server that is away, tables that are not there yet: nothing is half stored.
        _give_up(f"The database cannot be used: {error}")


def _give_up(why: str) -> NoReturn:
    """Print one line instead of a traceback, which --traceback still shows. Exit with 2."""
    if "--traceback" in sys.argv:
        raise  # noqa: PLE0704  called where an exception is handled
    sys.stderr.write(" ".join(why.split()) + "\n")
    sys.exit(2)


if __name__ == "__main__":
    main()
