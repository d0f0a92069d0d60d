"""Routes whose only worker leaves and comes back: at once, soon, or after the routers have forgotten the route.

Owner: soak_run.py.   Thread: the main one; clients read a route's constant members.
Not here: the requests for these routes (soak_asks.py), which failures are allowed (soak_judge.py).
"""
import random
import time

from soak_fleet import QUEUE_TIMEOUT
from soak_judge import ABSENT, LOSS, SETTLING, UNCLAIMED
import zeroway_e2e as z

EARLY = 0.5  # seconds: a router may notice a loss, and forget the route, this much earlier than we record the loss


class Route:
    def __init__(self, name, claim, host, path):
        self.name, self.claim, self.host, self.path = name, claim, host, path
        self.worker = None   # the worker that serves the route, or None
        self.coming = None   # the worker that is to serve it next
        self.leaving = None  # the worker that is told to leave once the next worker is there
        self.windows = []

    @property
    def rests(self):
        return self.worker is not None and self.coming is None


def make_routes():
    return [Route('near', '/near', 'open.test', '/near/by?x'), Route('far', 'far.test/', 'far.test', '/'),
            Route('deep', '*.deep.test/a/b', 'x.y.deep.test', '/a/b/c')]


class RouteEvents:
    def __init__(self, soak, routes):
        self.soak, self.routes = soak, routes
        self.fleet, self.windows, self.random = soak.fleet, soak.windows, random.Random(f'{soak.seed}-routes')

    def weights(self):
        return [(self.move, 4)]

    def start(self):
        for route in self.routes:
            self.be_absent(route)
            self.come(route)

    def workers(self):
        return [one for route in self.routes for one in (route.worker, route.coming, route.leaving) if one]

    def are_settled(self):
        return all(route.rests for route in self.routes)

    def move(self):
        able = [route for route in self.routes if route.rests]
        if not able:
            return
        route = self.random.choice(able)
        if self.random.random() < 0.3:
            self.soak.say(f'{route.worker.name} leaves as soon as its successor is there')
            route.leaving = route.worker
            return self.come(route)
        gap = self.random.choice([self.random.uniform(0, 1), self.random.uniform(0.4, 0.95) * QUEUE_TIMEOUT,
                                  self.random.uniform(1.05, 1.6) * QUEUE_TIMEOUT])
        self.be_absent(route)
        if self.random.random() < 0.6:
            self.soak.say(f'{route.worker.name} leaves; another comes {gap:.2f} s later')
            self.soak.tell_to_leave(route.worker)
        else:
            self.soak.say(f'{route.worker.name} is killed; another comes {gap:.2f} s later')
            self.windows.open(LOSS, route.name, SETTLING)
            route.worker.process.kill()
        route.worker = None
        self.soak.after(gap, lambda: self.come(route))

    def be_absent(self, route):
        route.windows = [self.windows.open(ABSENT, route.name),
                         self.windows.open(UNCLAIMED, route.name, after=QUEUE_TIMEOUT - EARLY * z.SLOW)]

    def come(self, route):
        route.coming = self.fleet.start_worker(route.name, '--route', route.claim, '--verbose')
        route.since = time.monotonic()

    def look(self):
        for route in self.routes:
            if route.coming and self.fleet.knows(route.coming):
                self.is_there(route)

    def is_there(self, route):
        route.worker, route.coming = route.coming, None
        for window in route.windows:
            window.close(0)
        if route.leaving:
            self.soak.tell_to_leave(route.leaving)
            route.leaving = None
