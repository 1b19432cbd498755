"""A source tree shaped like one that crashed after a move: its files, and exactly what is wrong with them.

No requirement names `anthropic` and `beautifulsoup4`, and the nineteen modules that Python 3.13 removed by PEP 594 are
spread over it: at the top, in functions, behind guards that hold and guards that do not.
"""

from __future__ import annotations

import json
from pathlib import Path

WINDOWS, LINUX = "cp313-win_amd64", "cp313-manylinux_2_28_x86_64"
REMOVED = {
    *("aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "mailcap", "msilib", "nis", "nntplib"),
    *("ossaudiodev", "pipes", "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib"),
}

FILES = {
    "requirements.txt": "fastapi\nrequests\nsendgrid\n",
    "app/__init__.py": "",
    "app/main.py": """\
import requests
from fastapi import FastAPI
from app import analysis, shell
import cgi, cgitb

app = FastAPI()
""",
    "app/analysis.py": """\
from bs4 import BeautifulSoup
from . import crawl

def classify(text):
    import anthropic
    return anthropic.Anthropic()
""",
    "app/crawl.py": """\
import urllib3
try:
    import tomllib
except ImportError:
    import tomli as tomllib
try:
    import sentry_sdk
except ImportError:
    sentry_sdk = None
import telnetlib
from nntplib import NNTP
""",
    "app/media/__init__.py": "",
    "app/media/kinds.py": """\
import imghdr
import sndhdr as sounds
from chunk import Chunk

def open_sound(path):
    if path.endswith(".au"):
        import sunau
        return sunau.open(path)
    import aifc
    return aifc.open(path)

class Volume:
    def of(self, data):
        from audioop import rms
        return rms(data, 2)
""",
    "app/mail.py": """\
import mailcap
try:
    import uu
except ImportError:
    uu = None
try:
    import xdrlib
except ImportError:
    from app import own_xdr as xdrlib
""",
    "app/own_xdr.py": "",
    "app/shell.py": """\
import importlib
import pipes
crypt = importlib.import_module("crypt")
""",
    "app/accounts.py": """\
import sys
if sys.platform == "win32":
    import winreg
else:
    import nis, spwd
if sys.version_info < (3, 13):
    import crypt
else:
    import hashlib as crypt
""",
    "app/devices.py": """\
import os
from app import settings
if os.name == "posix":
    import ossaudiodev
if settings.INSTALLER:
    import msilib
""",
    "app/settings.py": "INSTALLER = False\n",
    "app/hints.py": """\
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from cgi import FieldStorage
    import pandas
""",
    "notebooks/look.ipynb": json.dumps(
        {"cells": [{"cell_type": "code", "source": ["import telnetlib\n", "import requests"]}]}, indent=1
    ),
    "tests/test_app.py": "import pytest\nimport cgi\nfrom app import main\n",
}

Row = tuple[str, str, str, list[tuple[str, int]], list[str]]
_BOTH = [WINDOWS, LINUX]
FINDINGS: list[Row] = [
    ("imported-not-required", "high", "bs4", [("app/analysis.py", 1)], _BOTH),
    ("removed-module", "high", "nis", [("app/accounts.py", 5)], [LINUX]),
    ("removed-module", "high", "spwd", [("app/accounts.py", 5)], [LINUX]),
    ("removed-module", "high", "telnetlib", [("app/crawl.py", 10), ("notebooks/look.ipynb", 6)], _BOTH),
    ("removed-module", "high", "nntplib", [("app/crawl.py", 11)], _BOTH),
    ("removed-module", "high", "ossaudiodev", [("app/devices.py", 4)], [LINUX]),
    ("removed-module", "high", "mailcap", [("app/mail.py", 1)], _BOTH),
    ("removed-module", "high", "cgi", [("app/main.py", 4), ("tests/test_app.py", 2)], _BOTH),
    ("removed-module", "high", "cgitb", [("app/main.py", 4)], _BOTH),
    ("removed-module", "high", "imghdr", [("app/media/kinds.py", 1)], _BOTH),
    ("removed-module", "high", "sndhdr", [("app/media/kinds.py", 2)], _BOTH),
    ("removed-module", "high", "chunk", [("app/media/kinds.py", 3)], _BOTH),
    ("removed-module", "high", "pipes", [("app/shell.py", 2)], _BOTH),
    ("removed-module", "high", "crypt", [("app/shell.py", 3)], _BOTH),
    ("imported-not-required", "moderate", "anthropic", [("app/analysis.py", 5)], _BOTH),
    ("removed-module", "moderate", "aifc", [("app/media/kinds.py", 9)], _BOTH),
    ("removed-module", "moderate", "audioop", [("app/media/kinds.py", 14)], _BOTH),
    ("required-through-another", "moderate", "urllib3", [("app/crawl.py", 1)], _BOTH),
    ("imported-not-required", "low", "sentry_sdk", [("app/crawl.py", 7)], _BOTH),
    ("imported-not-required", "low", "pytest", [("tests/test_app.py", 1)], _BOTH),
    ("removed-module", "low", "msilib", [("app/devices.py", 6)], _BOTH),
    ("removed-module", "low", "uu", [("app/mail.py", 3)], _BOTH),
    ("removed-module", "low", "xdrlib", [("app/mail.py", 7)], _BOTH),
    ("removed-module", "low", "sunau", [("app/media/kinds.py", 7)], _BOTH),
    ("required-not-imported", "low", "sendgrid", [("requirements.txt", 3)], _BOTH),
]


def write_tree(folder: Path) -> Path:
    """Write the files below a folder and return it."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder
