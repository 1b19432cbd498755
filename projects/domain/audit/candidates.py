"""Packages in which a module is looked for. None is taken at its name: a wheel of it must have the module."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from packaging.utils import canonicalize_name

_OTHER_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Crypto": ("pycryptodome",),
        "Cryptodome": ("pycryptodomex",),
        "MySQLdb": ("mysqlclient",),
        "OpenSSL": ("pyopenssl",),
        "PIL": ("pillow",),
        "attr": ("attrs",),
        "bs4": ("beautifulsoup4",),
        "cv2": ("opencv-python-headless", "opencv-python"),
        "dateutil": ("python-dateutil",),
        "docx": ("python-docx",),
        "dotenv": ("python-dotenv",),
        "fitz": ("pymupdf",),
        "git": ("gitpython",),
        "github": ("pygithub",),
        "google": ("protobuf",),
        "jose": ("python-jose",),
        "jwt": ("pyjwt",),
        "ldap": ("python-ldap",),
        "magic": ("python-magic",),
        "mpl_toolkits": ("matplotlib",),
        "multipart": ("python-multipart",),
        "nacl": ("pynacl",),
        "pkg_resources": ("setuptools",),
        "pptx": ("python-pptx",),
        "psycopg2": ("psycopg2-binary", "psycopg2"),
        "rest_framework": ("djangorestframework",),
        "serial": ("pyserial",),
        "skimage": ("scikit-image",),
        "sklearn": ("scikit-learn",),
        "slugify": ("python-slugify",),
        "socks": ("pysocks",),
        "telegram": ("python-telegram-bot",),
        "usb": ("pyusb",),
        **dict.fromkeys(
            ("pythoncom", "pywintypes", "win32api", "win32com", "win32con", "win32event", "win32file", "win32gui"),
            ("pywin32",),
        ),
        **dict.fromkeys(("win32process", "win32profile", "win32security", "win32service"), ("pywin32",)),
        "yaml": ("pyyaml",),
        "zmq": ("pyzmq",),
    }
)


def candidates(module: str) -> tuple[str, ...]:
    """Return the normalised names of packages that may bring a module, given by its first part."""
    return tuple(dict.fromkeys((*_OTHER_NAMES.get(module, ()), str(canonicalize_name(module)))))
