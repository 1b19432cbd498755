"""The replay index by hand: `python -m tests.replay [--port N] [--as-of DATE] [--html-only]…`; ends on Ctrl-C."""

import argparse
import sys

from tests.replay.recording import recorded_names
from tests.replay.rendering import Style
from tests.replay.server import ReplayIndex
from tests.replay.until_told import wait_until_told


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.replay", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="default: any free port")
    parser.add_argument("--as-of", default=None, metavar="DATE", help="files uploaded later are not there yet")
    parser.add_argument("--html-only", action="store_true", help="offer no JSON, as some proxies do")
    parser.add_argument("--delay", type=float, default=0.0, metavar="SECONDS", help="before each answer")
    options = parser.parse_args(arguments)
    style = Style(json=not options.html_only, html_upload_times=options.html_only)
    with ReplayIndex(as_of=options.as_of, style=style, port=options.port, delay=options.delay) as index:
        print(index.url, flush=True)
        print(f"{len(recorded_names())} recorded packages; Ctrl-C ends", file=sys.stderr)
        wait_until_told()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
