"""Sentences on deliveries and messages that failed or were not taken, which are stored in English."""

from __future__ import annotations

from scanner.domain.translation import noop

API_STATUS = noop("its API answers with status {status}")
ATTEMPTS_USED = noop("stopped after {attempts} attempts")
BRANCH_MISSING = noop("the branch {branch} does not exist")
NOT_FINISHED = noop("not finished within {seconds} seconds")
NOT_A_PUSH = noop("{event} is not a push")
OTHER_BRANCH = noop("it updates {refs}, not the followed branch {branch}")
OTHER_REPOSITORY = noop("it is from {repository}, not the configured repository")
RENAMED = noop("the repository is now {name}")
READING_TOO_LONG = noop(
    "reading it takes more than {seconds} seconds, the most that this installation allows; nothing was stored. "
    "Send fewer or smaller files"
)
READING_TOO_LARGE = noop(
    "reading it takes more than {megabytes} MB of memory, the most that this installation allows; nothing was stored. "
    "Send fewer or smaller files"
)
MAY_HAVE_ARRIVED = noop("{answer}; it may have arrived, so it is not sent again")
UNWRITABLE = noop("the message could not be written: {error}")
RETURNED = noop("it was returned: {answer}")

SENTENCES = (
    *(API_STATUS, NOT_FINISHED),
    *(ATTEMPTS_USED, BRANCH_MISSING, NOT_A_PUSH, OTHER_BRANCH, OTHER_REPOSITORY, RENAMED),
    *(READING_TOO_LONG, READING_TOO_LARGE),
    *(MAY_HAVE_ARRIVED, UNWRITABLE, RETURNED),
)
