"""Limits on what others send and on what costs much."""

from compat_site.env import env
from projects.domain.request_rate import RequestRate

# Work on what others send, in child processes. Processor time for one set of files, memory of a child, and how many
# children a process of this installation may run.
WHEELWAY_READ_SECONDS = env.float("WHEELWAY_READ_SECONDS", default=20.0)
# A page waits for so long; then a job goes on reading.
WHEELWAY_PAGE_READ_SECONDS = env.float("WHEELWAY_PAGE_READ_SECONDS", default=2.0)
WHEELWAY_READ_MEMORY_MB = env.int("WHEELWAY_READ_MEMORY_MB", default=768)
WHEELWAY_READ_PROCESSES = env.int("WHEELWAY_READ_PROCESSES", default=2)
# How many wheels one job reads for modules that are gone; 0 reads none.
WHEELWAY_READ_WHEELS = env.int("WHEELWAY_READ_WHEELS", default=400)

# How often a request may be made that costs much, as REQUESTS/SECONDS; 0/1 is no limit.
WHEELWAY_REQUEST_LIMITS = {
    name: RequestRate.parse(env.str(variable, default=rate))
    for name, variable, rate in (
        ("sign-in, by address", "LIMIT_SIGN_IN_ADDRESS", "10/300"),
        ("sign-in, by account", "LIMIT_SIGN_IN_ACCOUNT", "20/900"),
        ("sign-in links, by address", "LIMIT_LINKS", "20/900"),
        ("invitations, by account", "LIMIT_INVITATIONS", "20/86400"),
        ("test messages, by account", "LIMIT_TEST_MESSAGES", "20/600"),
        ("refused deliveries, by address and hook", "LIMIT_REFUSED_DELIVERIES", "60/60"),
        ("deliveries, by hook", "LIMIT_DELIVERIES", "12000/60"),
        ("uploads, by account", "LIMIT_UPLOADS_ACCOUNT", "60/3600"),
        ("uploads, by address", "LIMIT_UPLOADS_ADDRESS", "240/3600"),
        ("signed uploads, by hook", "LIMIT_SIGNED_UPLOADS", "600/3600"),
        ("API requests, by key", "LIMIT_API", "600/60"),
        ("refused API requests, by address", "LIMIT_REFUSED_API", "60/300"),
        ("requests to indexes, by project", "LIMIT_INDEX_REQUESTS", "30000/3600"),
    )
}
