"""The time in which a server of a soak is away, and in which routers may still take it for one that is.

Owner: the events of servers (soak_servers.py, soak_circuits.py).   Thread: the main one.
Not here: what happens to the server.
"""
import time

import zeroway_e2e as z

TRIAL = 1.0  # seconds until a request has tried a server that was out


class Absence:
    """The time in which one server of a pool is dead or hangs, and in which routers may pass it over behind that: as
    long again, because a router doubles the time until it tries the server."""

    def __init__(self, soak, over):
        """`over` is called at the end of it."""
        self.soak, self.over = soak, over
        self.began = time.monotonic()

    def end(self):
        """The server is well again."""
        self.soak.after(time.monotonic() - self.began + TRIAL * z.SLOW, self.over)
