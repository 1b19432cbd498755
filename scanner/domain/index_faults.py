"""What an index did not give and why, in the sentences that are stored in English and said in the language of a page.

What a page or an archive has wrong inside is English, as all problems of files are.
"""

from __future__ import annotations

import re

from scanner.domain.stored_text import StoredSentences
from scanner.domain.translation import noop

NO_PACKAGE = noop("{name} is not on the index ({url})")
NO_FILE = noop("{url} does not exist")
UNAVAILABLE = noop("{url} did not answer: {reason}")
REFUSED = noop("{url} refused the request: {reason}")
THROTTLED = noop("{host} {reason}; next request not before {until} UTC")
INVALID_PAGE = noop("{url} cannot be read at {place}: {message}")
INVALID_ARCHIVE = "{url}: {message}"
NOT_USABLE = noop("{url} cannot be asked: its address or its login cannot be used")

# Why an index did not answer.
STATUS = noop("status {status}")
NOT_COMPLETE = noop("the answer was not complete after {seconds} s")
NO_CONNECTION = noop("no connection ({cause})")
NO_CAUSE = noop("no reason given")
NO_CONNECTION_WITHIN = noop("no connection within {seconds} s")
SILENT = noop("silent for {seconds} s")
UNTRUSTED = noop("its certificate cannot be trusted")
PROXY_NOT_USABLE = noop("the proxy cannot be used")
ADDRESS_NOT_USABLE = noop("its address cannot be used")
CONNECTION_FAILED = noop("the connection failed ({cause})")
NOT_PUBLIC = noop("its address is not public, and WHEELWAY_ALLOW_PRIVATE_HOSTS does not list its host")

# Why a host is sent no request.
PAUSE = noop("asked for a pause")
ALL_IN_USE = noop("has all its connections in use")
ANSWERED = noop("answered {status}")

# What is stored of a package or an index without an error of a request.
# The server has a stale copy; the message gives no serials, so that equal errors have equal texts.
OLDER_PAGE = noop("the index answered with an older page than before")
INDEX_NOT_USABLE = noop("the address or the login of its index cannot be used")
NOT_STORED = noop("its page could not be stored: {error}")
NO_SERIALS = noop("its root page has no serials")
NOT_ASKED_YET = noop("not asked yet")

# What gives a request its address comes before what may stand for anything.
_SENTENCES = StoredSentences(
    (
        *(NO_PACKAGE, UNAVAILABLE, REFUSED, THROTTLED, INVALID_PAGE, NOT_USABLE, NO_FILE),
        *(STATUS, NOT_COMPLETE, NO_CONNECTION_WITHIN, NO_CONNECTION, SILENT, CONNECTION_FAILED, ANSWERED, NOT_STORED),
        INVALID_ARCHIVE,
    ),
    inner=("reason", "cause", "message"),
)
# The errors of several indexes are stored together, each with its address.
_NEXT_INDEX = re.compile(r"; (?=https?://)")


def index_fault_text(stored: str) -> str:
    """Return a stored fault in the language spoken; what an index or the system said stays as it is."""
    return "; ".join(map(_SENTENCES.say, _NEXT_INDEX.split(stored)))
