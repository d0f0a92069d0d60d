"""The clients of a soak's circuits: they compare who answers with what each router was told, and keep its cookies.

Owner: soak_run.py; every client is a thread.   Thread: the client's.
Not here: what routers were told (soak_circuits.py), which failures are allowed (soak_judge.py).
"""
import dataclasses
import functools
import time

from soak_asks import AGAIN, BOUND, CIRCUITS, Ask
from soak_circuits import HOST, IDS, path_of
from soak_clients import Heard, HeardHttp2, Http1Client, Http2Client
from soak_judge import LOSS, STILL
import zeroway_e2e as z

SLOW = 5  # seconds of a request that changes outlive


class CircuitUser:
    """What these clients have in common; each is a client of soak_clients.py, too."""

    def __init__(self, *words):
        super().__init__(*words)
        self.bound = {}  # {(router's name, id): (cookie, server)}
        self.places = {}  # by the id of a request: its key in `bound`, and the server of the cookie that it has

    def some_ask(self, router_name):
        id = self.random.choice(IDS)
        makers = [self.asks.small, self.asks.post, self.asks.put, self.asks.keyed, self.asks.echo,
                  functools.partial(self.asks.bytes, 200_000), self.slow]
        ask = self.random.choices(makers, [6, 4, 2, 2, 2, 2, 0.5])[0]()
        cookie, server = self.bound.get((router_name, id), (None, None))
        self.places[ask.id] = (router_name, id), server
        fields = (*ask.fields, ('cookie', cookie)) if cookie else ask.fields
        return dataclasses.replace(ask, pool=CIRCUITS, host=HOST, path=path_of(id) + ask.path, fields=fields)

    def slow(self):
        return Ask(CIRCUITS, 'GET', f'/delay/{SLOW}', self.asks.next_id(AGAIN), answer=b'late\n')

    def judge(self, ask, begin, status, body, worker, bound=BOUND):
        place, server = self.places[ask.id]
        possible = self.soak.circuits().possible(*place, begin)
        if status == 404 and any(told.members is None for told in possible):
            return self.soak.took(self.kind, time.monotonic() - begin)
        if status == 404:
            return self.fail(ask, begin, 'wrong', f'nobody answers at {place}: {describe(possible)}')
        if status == 200:
            self.judge_server(ask, begin, possible, place, server)
        super().judge(ask, begin, status, body, worker, bound)

    def judge_server(self, ask, begin, possible, place, bound):
        server, cookie = self.field('x-origin'), self.field('set-cookie')
        windows = self.soak.windows
        is_troubled = windows.count(LOSS, CIRCUITS, begin) or windows.count(STILL, None, begin)
        since = self.soak.circuits().drains_since(*place, bound)
        if not any(told.allows(server, bound, is_troubled) for told in possible):
            self.fail(ask, begin, 'wrong', f'{server} answers at {place}, bound to {bound}: {describe(possible)}')
        elif bound and server != bound and not is_troubled and all(told.keeps(bound, since) for told in possible):
            self.fail(ask, begin, 'wrong', f'{server} answers at {place}, not {bound}: {describe(possible)}')
        if cookie:
            self.bound[place] = cookie.partition(';')[0], server


def describe(possible):
    return '; '.join(f'{told.members}{" sticky" if told.is_sticky else ""} from {told.since:.2f} to {told.until}'
                     for told in possible)


class CircuitClient(CircuitUser, Http1Client):
    """Some requests, one after the other on one connection."""
    kind = 'circuit'

    def step(self):
        self.is_tls = self.random.random() < 0.3
        self.leave()
        self.places.clear()
        road, begin = self.soak.road(self.random, self.is_tls), time.monotonic()
        try:
            self.connection = Heard(road, 2 * BOUND * z.SLOW)
        except OSError as error:
            return self.refused(self.some_ask(road.name), begin, error)
        for _ in range(self.random.randint(1, 5)):
            if self.connection is not None:
                self.exchange(self.connection, [self.some_ask(road.name)], time.monotonic())

    def field(self, name):
        return self.connection.head.get(name)


class Http2CircuitClient(CircuitUser, Http2Client):
    """Several requests at once, some of them to one circuit."""
    kind = 'circuit2'
    reply = None  # the one that is judged

    def step(self):
        if self.random.random() < 0.1:
            self.leave()
        begin = time.monotonic()
        self.places.clear()
        try:
            if self.connection is None:
                self.is_tls = self.random.random() < 0.3
                road = self.soak.road(self.random, self.is_tls)
                self.connection = HeardHttp2(road, 2 * BOUND * z.SLOW)
        except OSError as error:
            self.fail(self.some_ask(road.name), begin, 'connect', error)
            return time.sleep(0.1)
        name, count = self.connection.road.name, self.random.randint(1, 8)
        self.exchange(self.connection, [self.some_ask(name) for _ in range(count)], time.monotonic())

    def judge_stream(self, connection, stream, ask, begin, error):
        self.reply = connection.streams[stream]
        super().judge_stream(connection, stream, ask, begin, error)

    def field(self, name):
        return self.reply.field(name)
