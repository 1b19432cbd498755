"""Assessments, alerts, repository hosts and operators' files."""

from datetime import timedelta

from compat_site.env import env

# The client overrides these: the database is a cache of its own, and messages name its command.
WHEELWAY_IS_CLIENT, WHEELWAY_PROGRAM = False, "manage.py"

# Upstream changes of a project within this time are sent to its followers in one message.
WHEELWAY_DIGEST_AFTER = timedelta(minutes=env.int("DIGEST_MINUTES", default=60))
# The bearer token for /metrics ("Authorization: Bearer TOKEN"). Empty: only for signed-in staff.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# Packages on the ecosystem board beside those that most projects use.
WHEELWAY_BOARD = env.list("WHEELWAY_BOARD", default=[])
# How long the resolution for one target may take.
WHEELWAY_SEARCH_SECONDS = env.int("WHEELWAY_SEARCH_SECONDS", default=20)
# What one job of an assessment may use; the next one goes on where it stopped.
WHEELWAY_FIRST_SECONDS = env.int("WHEELWAY_FIRST_SECONDS", default=10)
WHEELWAY_ASSESSMENT_SECONDS = env.int("WHEELWAY_ASSESSMENT_SECONDS", default=180)
WHEELWAY_ASSESSMENT_REQUESTS = env.int("WHEELWAY_ASSESSMENT_REQUESTS", default=10_000)
WHEELWAY_ASSESSMENT_MEMORY_MB = env.int("WHEELWAY_ASSESSMENT_MEMORY_MB", default=2_000)

# Repository hosts. Hosts at private addresses are used only if they are listed here by name.
WHEELWAY_ALLOW_PRIVATE_HOSTS = env.list("WHEELWAY_ALLOW_PRIVATE_HOSTS", default=[])
# How often followed branches are checked for pushes without a delivery. 0: never.
WHEELWAY_BRANCH_CHECK = timedelta(minutes=env.int("WHEELWAY_BRANCH_CHECK_MINUTES", default=60))
# The file with the keys of hosts that may be used through ssh. Empty: none.
WHEELWAY_SSH_KNOWN_HOSTS = env.str("WHEELWAY_SSH_KNOWN_HOSTS", default="")
# The largest delivery that GitHub sends is 25 MB.
WHEELWAY_HOOK_MAX_BYTES = env.int("WHEELWAY_HOOK_MAX_BYTES", default=25 * 1024 * 1024)

# A file of the operator's own known breaks, beside those that come with the product (docs/known-breaks.md).
WHEELWAY_KNOWN_BREAKS = env.str("WHEELWAY_KNOWN_BREAKS", default="")
