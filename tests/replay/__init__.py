"""The replay index: recorded and made-up packages over real HTTP, on any date, with faults on request.

with ReplayIndex(as_of="2024-08-01") as index:          # or the pytest fixture `replay`
    client = IndexClient(index.url, …)
    index.as_of = "2024-09-01"                           # time moves: newer files appear, serials grow
    index.add_package("demo", [a_file("demo-1.0-py3-none-any.whl", requires_dist=["numpy>=2"])])
    index.yank("demo", "1.0", "broken")                  # also unyank, remove_file, edit, add_files, set_status
    index.vanish("demo"); index.come_back("demo")
    index.fail(faults.Status(503, retry_after=30), path="/simple/demo/", times=1)
    index.style.json = False                             # an HTML-only index; see Style for more
    index.requests_for("demo"); index.clear_log()
    index.mount_body("demo", "demo-2.whl", b"…")         # odd archives; index.ranges = False for no ranges

By hand: `python -m tests.replay --as-of 2024-08-01`. New data: `python -m tests.replay.record NAME…` for pages,
`python -m tests.replay.record_on_demand` for whatever a client asks of it, core metadata included.
"""

from tests.replay import faults
from tests.replay.handler import Seen
from tests.replay.packages import ReplayFile, ReplayPackage, a_file
from tests.replay.recording import RecordedFile, recorded_names
from tests.replay.rendering import Style
from tests.replay.server import ReplayIndex

__all__ = [
    "RecordedFile",
    "ReplayFile",
    "ReplayIndex",
    "ReplayPackage",
    "Seen",
    "Style",
    "a_file",
    "faults",
    "recorded_names",
]
