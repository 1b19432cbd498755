"""Which index is asked when nobody names one: the one that pip on this machine would use.

A company's mirror is then picked up by itself, and the product carries no address of its own. pip is a pinned
requirement; its configuration reader and its constant are internal, so this is the one module that touches them
and its tests name every source it reads.
"""

from scanner.index.addresses import without_credentials

__all__ = ["BadPipConfiguration", "default_index_url", "without_credentials"]

# First found wins. As in pip, the environment overrules every file and a command's section the global one.
_KEYS = (":env:.index-url", "install.index-url", "global.index-url")


class BadPipConfiguration(Exception):
    """pip's configuration files cannot be read, so which index they name is unknown.

    reason: pip's own sentence. Guessing the public index instead could ask it for private names.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"pip's configuration cannot be read: {self.reason}"


def default_index_url() -> str:
    """The simple index's address, without a trailing slash; it may carry credentials, so never print it as it is.

    Order: PIP_INDEX_URL, `install.index-url`, `global.index-url` (site, user and global files, as pip ranks
    them), else pip's constant. Reads files: call once. Raises BadPipConfiguration.
    """
    # Late: pip is slow to load, and most processes are told which index to ask.
    from pip._internal.configuration import Configuration
    from pip._internal.exceptions import ConfigurationError
    from pip._internal.models.index import PyPI

    configuration = Configuration(isolated=False)
    try:
        configuration.load()
    except ConfigurationError as error:
        raise BadPipConfiguration(str(error)) from error
    for key in _KEYS:
        try:
            value = configuration.get_value(key)
        except ConfigurationError:
            continue
        if isinstance(value, str) and value.strip():
            return value.strip().rstrip("/")
    return str(PyPI.simple_url).rstrip("/")
