"""Values that the settings read from the environment and from the data directory."""

import os
import secrets
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

# Every variable may also be given as NAME_FILE, the path of a file that holds the value.
env = environ.FileAwareEnv()


def embedded_secret_key(data_dir: Path) -> str:
    """Return the key in `data_dir`, created there (mode 0600) on first use.

    For the embedded default, where one machine is the whole installation. Two processes that start at once use the
    same key: the file is created exclusively, and the second process reads it.
    """
    try:
        return _key_in(data_dir)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{data_dir} cannot be used: {error.strerror or error}. Set WHEELWAY_DATA to another directory."
        ) from error


def _key_in(data_dir: Path) -> str:
    path = data_dir / "secret-key"
    if not path.exists():
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = data_dir / f".secret-key-{os.getpid()}-{secrets.token_hex(4)}"
        try:
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
            # A link is atomic; a file that is written could be read incomplete.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink(missing_ok=True)
    return path.read_text(encoding="ascii").strip()
