"""Records which event happened when and to which pool, and decides which failed requests the events excuse: README.md,
"When things die".

Owner: soak_run.py.   Thread: any; Windows locks itself, the Judge is called under the soak's lock.
Not here: causing events (soak_events.py, soak_routes.py).
"""
import threading
import time

import zeroway_e2e as z
from soak_asks import AGAIN, BIN, CIRCUITS, FILES, OPEN, SERVERS, STICKY, WS
from soak_clients import BEHIND

SETTLING = 4.0   # seconds after an event in which requests may still fail because of it
RETRIES = 2      # of the router: a request that loses a third worker may fail
STALL = 0.5      # seconds in which this process did not run: perhaps no worker ran, either
EVER = float('inf')
# LOSS: a worker is lost, or a file is cut short. LEAVE: a worker is told to leave. ROUTER: a router is told to end. CUT: its drain time is up.
# STILL: the machine stood still. ABSENT: no worker serves a route or a realm, or a file is not there. UNCLAIMED: the router may have forgotten the route.
# AWAY: the worker of this name hangs, is dead or told to leave. RETURNING: workers come back to a router that was started again.
LOSS, LEAVE, ROUTER, CUT, STILL, ABSENT, UNCLAIMED = 'loss', 'leave', 'router', 'cut', 'still', 'absent', 'unclaimed'
AWAY, RETURNING = 'away', 'returning'
SHUTDOWN = 'wamp.close.system_shutdown'
RAW = 0  # the code of a session over RawSocket, which has none
WORKERS = (OPEN, BIN, WS, STICKY)  # pools in which each path that is asked for has a worker


class Window:
    def __init__(self, what, whom, begin, end):
        self.what, self.whom, self.begin, self.end = what, whom, begin, end

    def close(self, later=SETTLING):
        self.end = time.monotonic() + later * z.SLOW


class Windows:
    """The times of all events, and the pools that they happened to."""

    def __init__(self):
        self.lock = threading.Lock()
        self.all = []

    def open(self, what, whom, seconds=None, after=0.0):
        """Adds a window that begins `after` seconds from now, and ends `seconds` later or when it is closed."""
        begin = time.monotonic() + after
        window = Window(what, whom, begin, begin + seconds * z.SLOW if seconds is not None else EVER)
        with self.lock:
            self.all.append(window)
        return window

    def add(self, window):
        with self.lock:
            self.all.append(window)

    def during(self, what, whom, begin, end=EVER):
        """The windows that overlap with the time from `begin` to `end`, or to now."""
        end = min(end, time.monotonic())
        with self.lock:
            return [one for one in self.all if one.what == what and one.whom == whom
                    and max(begin, one.begin) <= min(end, one.end)]

    def count(self, what, whom, begin):
        """How many such events overlap with a request that began at `begin` and ends now."""
        return len(self.during(what, whom, begin))


class Stalls(threading.Thread):
    """Records when the whole machine stood still: a router then counts any worker as one that hangs."""

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
    """Decides which failures are excused. `queue_timeout`: that of the routers, in seconds; `routes`: the pools whose
    requests go to the open pool while no worker claims them."""

    def __init__(self, windows, queue_timeout, routes=()):
        self.windows, self.queue_timeout, self.routes = windows, queue_timeout, routes
        self.unheard = set()  # ids of requests that got no connection or no reply: perhaps no worker has seen them

    def excuse(self, failure):
        """The event that excuses the failure; None if no event does."""
        def count(what, whom=None):
            return self.windows.count(what, whom, failure.begin)
        unclaimed = self.why_unclaimed(failure)
        lost = count(LOSS, failure.pool) + count(STILL) + (count(LOSS, OPEN) if unclaimed else 0)
        if failure.method == 'WAMP':
            return self.excuse_session(failure, lost, count(LEAVE, failure.pool), count(ROUTER))
        if failure.how == 'stranger':
            return unclaimed
        if failure.how == 'left':
            away = count(AWAY, failure.member)
            return (away and 'away') or (count(ROUTER) and 'router') or (count(STILL) and 'still') or None
        if failure.how == 'status' and failure.code == 404 and failure.pool in (*WORKERS, *self.routes) and count(RETURNING):
            return 'returning'
        if failure.how in ('broken', 'no reply', 'close') and count(CUT):
            return 'cut'
        if failure.method == 'TCP':
            return self.excuse_connection(failure, lost, count(ROUTER))
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

    def why_unclaimed(self, failure):
        """Why the request for a route may have gone to a worker of the open pool; None if it must not have gone there."""
        if failure.pool not in self.routes:
            return None
        if self.windows.count(UNCLAIMED, failure.pool, failure.begin):
            return 'nobody claims it'
        return 'router' if self.windows.count(ROUTER, None, failure.begin) else None

    def excuse_status(self, failure, lost):
        if failure.code == 503 and b'not available now' in failure.body:
            return 'absent' if self.was_absent(failure.pool) else None
        if failure.pool == FILES:
            return 'absent' if failure.code == 404 and self.windows.count(ABSENT, FILES, failure.begin) else None
        if failure.pool in (SERVERS, CIRCUITS):
            return 'lost' if failure.code in (502, 504) and lost > (RETRIES if self.is_safe(failure) else 0) else None
        is_lost = failure.code == 502 and b'went away before it answered' in failure.body
        return 'lost' if is_lost and lost > (RETRIES if self.is_safe(failure) else 0) else None

    def was_absent(self, pool):
        """Whether the route had no worker for all of the queue timeout until now, give or take a second."""
        now = time.monotonic()
        return any(one.begin <= now - self.queue_timeout + z.SLOW and one.end >= now - z.SLOW
                   for one in self.windows.during(ABSENT, pool, now - self.queue_timeout))

    @staticmethod
    def is_safe(failure):
        return failure.method in ('GET', 'PUT') or failure.id.startswith(AGAIN)

    @staticmethod
    def excuse_connection(failure, lost, router):
        """Of a TCP service: what a lost worker had is reset. A router that has just started has no worker for it yet."""
        if failure.how in ('no reply', 'broken') and lost:
            return 'lost'
        return 'router' if failure.how in ('connect', 'no reply') and router else None

    @staticmethod
    def excuse_socket(failure, lost, leaves, router):
        if failure.how == 'close':
            return {1001: router and 'router', 1011: lost and 'lost', 1012: leaves and 'leaves'}.get(failure.code) or None
        if failure.how == 'connect' and router:
            return 'router'
        if failure.how == 'status':
            return {502: lost and 'lost'}.get(failure.code) or None
        return None

    def excuse_session(self, failure, lost, leaves, router):
        """Of WAMP: who leaves says GOODBYE, and only workers that are lost do not. A realm has nobody only while it has
        no worker; clients wait for one that was lost."""
        absent = self.windows.count(ABSENT, failure.pool, failure.begin - z.SLOW)
        goes = (leaves and 'leaves') or (router and 'router')
        if failure.how == 'end' or failure.how == 'abort' and failure.reason == SHUTDOWN:
            is_lost = not failure.reason and failure.code in (1001, RAW)
            return (failure.reason == SHUTDOWN and failure.code in (1001, RAW) and goes) or (is_lost and lost and 'lost') or None
        if failure.how in ('no reply', 'apart', 'silent'):
            return goes or (lost and 'lost') or None
        if failure.how == 'abort' and failure.reason == 'wamp.error.network_failure':
            return 'absent' if self.was_absent(failure.pool) else None
        if failure.how == 'abort' and failure.reason == 'wamp.error.no_such_realm':
            return (absent and 'absent') or (router and 'router') or None
        # Without a file, the path is of WAMP only while workers announce a realm.
        is_elsewhere = failure.how == 'stranger' or failure.how == 'status' and failure.code == 404
        return 'router' if (failure.how == 'connect' or is_elsewhere) and router else None
