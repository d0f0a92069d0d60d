"""What happened when and to whom, and which failures of requests that excuses: README.md, "When things die".

Owner: soak_run.py.   Thread: any; Windows locks itself, the Judge is asked under the soak's lock.
Not here: making things happen (soak_events.py, soak_routes.py).
"""
import threading
import time

import zeroway_e2e as z
from soak_asks import AGAIN
from soak_clients import BEHIND

SETTLING = 4.0   # seconds after an event in which requests may end by it
RETRIES = 2      # of the router: a request that loses a third worker may fail
STALL = 0.5      # seconds in which nothing here ran: nor did, perhaps, a worker
EVER = float('inf')
# A worker is lost, or told to leave; a router is told to, and its drain time is over; a stand-still of the machine;
# nobody serves a route, and the router may have forgotten it.
LOSS, LEAVE, ROUTER, CUT, STILL, ABSENT, UNCLAIMED = 'loss', 'leave', 'router', 'cut', 'still', 'absent', 'unclaimed'


class Window:
    def __init__(self, what, whom, begin, end):
        self.what, self.whom, self.begin, self.end = what, whom, begin, end

    def close(self, later=SETTLING):
        self.end = time.monotonic() + later * z.SLOW


class Windows:
    """What happened when and to whom."""

    def __init__(self):
        self.lock = threading.Lock()
        self.all = []

    def open(self, what, whom, seconds=None, after=0.0):
        """Begins `after` seconds from now, and ends `seconds` later or when it is closed."""
        begin = time.monotonic() + after
        window = Window(what, whom, begin, begin + seconds * z.SLOW if seconds is not None else EVER)
        with self.lock:
            self.all.append(window)
        return window

    def add(self, window):
        with self.lock:
            self.all.append(window)

    def during(self, what, whom, begin, end=EVER):
        """Those that share a moment with the time from `begin` to `end`, or to now."""
        end = min(end, time.monotonic())
        with self.lock:
            return [one for one in self.all if one.what == what and one.whom == whom
                    and max(begin, one.begin) <= min(end, one.end)]

    def count(self, what, whom, begin):
        """How often such a thing happened while a request that began then, and ends now, was under way."""
        return len(self.during(what, whom, begin))


class Stalls(threading.Thread):
    """Notes when the whole machine stood still: no worker can be told from one that hangs then."""

    def __init__(self, windows):
        super().__init__(daemon=True)
        self.windows, self.count = windows, 0

    def run(self):
        last = time.monotonic()
        while True:
            time.sleep(0.05)
            now = time.monotonic()
            if now - last > STALL * z.SLOW:
                self.count += 1
                self.windows.add(Window(STILL, None, last, now + SETTLING * z.SLOW))
            last = now


class Judge:
    """`queue_timeout`: of the routers, in seconds."""

    def __init__(self, windows, queue_timeout):
        self.windows, self.queue_timeout = windows, queue_timeout
        self.unheard = set()  # ids whose clients were sent away: nobody may have seen them

    def excuse(self, failure):
        """Why it may be; None if it may not."""
        def count(what, whom=None):
            return self.windows.count(what, whom, failure.begin)
        lost = count(LOSS, failure.pool) + count(STILL)
        if failure.how == 'stranger':
            return (count(UNCLAIMED, failure.pool) and 'nobody claims it') or (count(ROUTER) and 'router') or None
        if failure.how in ('broken', 'no reply', 'close') and count(CUT):
            return 'cut'
        if failure.method == 'WEBSOCKET':
            return self.excuse_socket(failure, lost, count(LEAVE, failure.pool), count(ROUTER))
        if failure.how == 'status':
            return self.excuse_status(failure, lost)
        if failure.how == 'broken':
            return 'broken' if lost else None
        if failure.how in ('connect', 'no reply') and count(ROUTER):
            self.unheard.add(failure.id)
            return 'router'
        if failure.how == 'no reply' and lost and failure.detail == BEHIND:
            return 'broken'
        return None

    def excuse_status(self, failure, lost):
        if failure.code == 503 and b'not available now' in failure.body:
            return 'absent' if self.was_absent(failure.pool) else None
        is_lost = failure.code == 502 and b'went away before it answered' in failure.body
        return 'lost' if is_lost and lost > (RETRIES if self.is_safe(failure) else 0) else None

    def was_absent(self, pool):
        """For all of the time that a request waits, give or take a second."""
        now = time.monotonic()
        return any(one.begin <= now - self.queue_timeout + z.SLOW and one.end >= now - z.SLOW
                   for one in self.windows.during(ABSENT, pool, now - self.queue_timeout))

    @staticmethod
    def is_safe(failure):
        return failure.method in ('GET', 'PUT') or failure.id.startswith(AGAIN)

    @staticmethod
    def excuse_socket(failure, lost, leaves, router):
        if failure.how == 'close':
            return {1001: router and 'router', 1011: lost and 'lost', 1012: leaves and 'leaves'}.get(failure.code) or None
        if failure.how == 'connect' and router:
            return 'router'
        if failure.how == 'status':
            return {502: lost and 'lost'}.get(failure.code) or None
        return None
