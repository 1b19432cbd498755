"""The package index, and how it is polled."""

from datetime import timedelta

from compat_site.env import env

# The package index. Empty: the one that pip on this machine uses.
WHEELWAY_INDEX_URL = env.str("WHEELWAY_INDEX_URL", default="")
# The contact for index operators, sent in the User-Agent header.
WHEELWAY_CONTACT = env.str("WHEELWAY_CONTACT", default="")
# How long after an answer a package is polled again (scanner.domain.next_poll chooses between them).
WHEELWAY_POLL_INTERVALS = {
    "open_release": timedelta(minutes=env.int("POLL_OPEN_RELEASE_MINUTES", default=30)),
    "watched": timedelta(minutes=env.int("POLL_WATCHED_MINUTES", default=120)),
    "quiet": timedelta(minutes=env.int("POLL_QUIET_MINUTES", default=1440)),
    "followed": timedelta(minutes=env.int("POLL_FOLLOWED_MINUTES", default=7 * 1440)),
    "first_retry": timedelta(seconds=env.int("POLL_FIRST_RETRY_SECONDS", default=60)),
    "last_retry": timedelta(minutes=env.int("POLL_LAST_RETRY_MINUTES", default=360)),
}
# The number of packages from which the serials of the index's root page decide which are due, and how long without an
# answer of that page before its packages are polled one by one again.
WHEELWAY_ROOT_FROM = env.int("POLL_ROOT_FROM_PACKAGES", default=500)
WHEELWAY_ROOT_PATIENCE = timedelta(minutes=env.int("POLL_ROOT_PATIENCE_MINUTES", default=60))
# How often all rows of the root page are compared; in between only those with a new serial are.
WHEELWAY_ROOT_COMPARE = timedelta(minutes=env.int("POLL_ROOT_COMPARE_MINUTES", default=60))
# Packages queued by one tick, packages in one job, and how long a job starts new polls: well below its time limit.
WHEELWAY_QUEUE_MOST = env.int("POLL_QUEUE_MOST", default=1000)
WHEELWAY_POLL_BATCH = env.int("POLL_BATCH", default=20)
WHEELWAY_BATCH_SECONDS = env.int("POLL_BATCH_SECONDS", default=20)
# How long a claim or queue mark on a package lasts: longer than a request with its time limits, and than a batch waits
# in the queue.
WHEELWAY_CLAIM_FOR = timedelta(seconds=env.int("POLL_CLAIM_SECONDS", default=600))
# A release is settled this long after its last upload, and at most this long after it was first seen.
WHEELWAY_QUIET_FOR = timedelta(minutes=env.int("QUIET_MINUTES", default=30))
WHEELWAY_QUIET_PATIENCE = timedelta(minutes=env.int("QUIET_PATIENCE_MINUTES", default=360))

# Concurrent requests to one index host.
WHEELWAY_INDEX_CONNECTIONS = env.int("WHEELWAY_INDEX_CONNECTIONS", default=16)
