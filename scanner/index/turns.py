"""Turns of threads that compute: of many connections, few pages are read and stored at a time.

Threads of one process share one processor, whose time they divide. Were sixteen pages read at once, the first of them
would be there no sooner than the last, and the thread that waits for it would get a seventeenth of the time.
"""

from __future__ import annotations

from threading import BoundedSemaphore

# Two, since storing waits for the database now and then.
reading_turn = BoundedSemaphore(2)
"""Held while a page is read or stored, never while a request is open."""
