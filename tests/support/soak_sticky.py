"""Clients of a soak that keep the router's cookie: nobody leaves a worker that lives and does not drain.

Owner: soak_run.py.   Thread: each client's own.
Not here: which failures are allowed (soak_judge.py); clients of circuits, which keep cookies, too (soak_circuits.py).
"""
import dataclasses
import functools
import time

from soak_asks import BOUND, STICKY, Ask
from soak_clients import Heard, Http1Client
import zeroway_e2e as z

HOST = STICKY + '.test'
COOKIE = 'ZRAFF='
UPGRADE = [('connection', 'Upgrade'), ('upgrade', 'websocket'), ('sec-websocket-version', '13'),
           ('sec-websocket-key', 'c2l4dGVlbiBieXRlcyAhIQ==')]
MOST = 60  # requests for which a client keeps its cookie


class StickyClient(Http1Client):
    """Keeps its cookie for some requests, which all go to one router, and then comes as somebody new."""
    kind = 'sticky'
    left = 0  # requests until it forgets the cookie

    def step(self):
        if self.left == 0:
            self.begin_anew()
        self.left -= 1
        if self.random.random() < 0.15:
            return self.open_socket()
        if self.random.random() < 0.3:
            self.leave()
        ask, begin = self.ask(), time.monotonic()
        try:
            if self.connection is None or not self.connection.is_open:
                self.connection = None
                self.connection = self.connected_anew()
        except OSError as error:
            return self.refused(ask, begin, error)
        self.exchange(self.connection, [ask], begin)

    def connected_anew(self):
        return Heard(self.soak.road_to(self.router, self.is_tls), 2 * BOUND * z.SLOW)

    def open_socket(self):
        """Opens a WebSocket, which follows the cookie, too, and goes away."""
        ask, begin = Ask(STICKY, 'WEBSOCKET', '/', self.asks.next_id('socket'), host=HOST), time.monotonic()
        fields = [*UPGRADE, ('cookie', self.cookie)] if self.cookie else UPGRADE
        try:
            with self.connected_anew() as connection:
                connection.send(connection.head_bytes('GET', ask.path, fields, HOST))
                reply = connection.read_head()
        except (OSError, z.Broken) as error:
            return self.fail(ask, begin, 'connect', repr(error))
        if reply.status != 101:
            return self.fail(ask, begin, 'status', reply, code=reply.status)
        self.soak.took(self.kind, time.monotonic() - begin)
        self.judge_worker(ask, begin, reply.worker, reply.get('set-cookie') or '')

    def begin_anew(self):
        self.leave()
        self.left = self.random.randint(1, MOST)
        self.router, self.is_tls = self.soak.some_router(self.random), self.random.random() < 0.3
        self.cookie = self.worker = None

    def ask(self):
        maker = self.random.choice([self.asks.small, self.asks.post, self.asks.put,
                                    functools.partial(self.asks.bytes, 300_000)])
        ask = maker()
        fields = (*ask.fields, ('cookie', self.cookie)) if self.cookie else ask.fields
        return dataclasses.replace(ask, pool=STICKY, host=HOST, fields=fields)

    def judge(self, ask, begin, status, body, worker, bound=BOUND):
        if status == ask.status:
            self.judge_worker(ask, begin, worker, self.connection.head.get('set-cookie') or '')
        super().judge(ask, begin, status, body, worker, bound)

    def judge_worker(self, ask, begin, worker, cookie):
        has_moved = worker != self.worker
        if has_moved and self.worker:
            self.fail(ask, begin, 'left', f'{self.worker} for {worker}', member=self.worker)
        if cookie.startswith(COOKIE) != has_moved:
            self.fail(ask, begin, 'wrong', f'the cookie is {cookie!r}, from {self.worker} to {worker}')
        if has_moved:
            self.cookie, self.worker = cookie.partition(';')[0], worker
