"""The clients of a soak: each sends requests without end, checks every byte of the answers, and reports failures.

Owner: soak_run.py; every client is a thread.   Thread: `run` is called on the client's; the functions of the soak that
it calls are thread-safe. Not here: WebSockets (soak_websockets.py), which failures are allowed (soak_judge.py).

A client calls these functions of its soak: road(random, is_tls), may_go_on(client), failed(Failure), answered(id),
took(kind, seconds), knows_routes(), has_servers(), files().
"""
import functools
import random
import ssl
import threading
import time

from h2_peer import H2Client
from soak_asks import AGAIN, BOUND, LINES, OPEN, SLOW_BOUND, Ask, Asks, Failure
import zeroway_e2e as z

REFUSED_STREAM = 7
BEHIND = 'behind one that broke'


class Client(threading.Thread):
    kind = None
    is_tls = False

    def __init__(self, soak, index, seed, digests, routes):
        super().__init__(name=f'{self.kind}-{index}', daemon=True)
        self.soak = soak
        self.random = random.Random(f'{seed}-{self.kind}-{index}')
        self.asks = Asks(self.name, soak, self.random, digests, routes)
        self.steps = 0

    def run(self):
        try:
            while self.soak.may_go_on(self):
                self.step()
                self.steps += 1
                time.sleep(self.random.uniform(0, 0.03))
        except Exception as error:  # noqa: a client that dies has tested nothing
            self.soak.client_died(self, error)

    def fail(self, ask, begin, how, detail='', **more):
        self.soak.failed(Failure(self.kind, ask.pool, ask.method, ask.id, begin, how, str(detail), **more))

    def judge(self, ask, begin, status, body, worker, bound=BOUND):
        """Checks a complete answer."""
        seconds = time.monotonic() - begin
        self.soak.took(self.kind, seconds)
        if status != ask.status:
            self.fail(ask, begin, 'status', f'{status} {body[:80]!r}', code=status, body=body)
        elif not (worker or '').startswith(ask.server):
            self.fail(ask, begin, 'stranger', f'by {worker}')
        elif not ask.check(body):
            self.fail(ask, begin, 'wrong', f'{len(body)} bytes, {ask.path}')
        else:
            self.soak.answered(ask.id)
        if seconds > bound * z.SLOW:
            self.fail(ask, begin, 'late', f'{seconds:.1f} s')

    def leave(self):
        """Closes the open connections: a rest begins."""


class Heard(z.Connection):
    """Keeps the head of the last reply, to know whether a reply had begun when its connection broke. `road`: a Road of
    soak_fleet.py."""
    head = None

    def __init__(self, road, timeout, **options):
        super().__init__(road.port, timeout, **options)
        self.road = road
        self.socket = road.wrap(self.socket, 'http/1.1')

    def close(self):
        self.road.keep_session(self.socket)
        super().close()

    @staticmethod
    def bytes_of(ask):
        fields = list(ask.headers)
        if ask.body is not None:
            fields.append(('content-length', len(ask.body)))
        return z.Connection.head_bytes(ask.method, ask.path, fields, ask.authority) + (ask.body or b'')

    def ask(self, ask):
        self.head = None
        self.send(self.bytes_of(ask))

    def read_head(self):
        self.head = None
        self.head = super().read_head()
        return self.head


class Http1Client(Client):
    """Sends one request after another on one connection, for a random time."""
    kind = 'http1'
    connection = None

    def step(self):
        if self.random.random() < 0.02:
            self.leave()
        ask = self.asks.any()
        begin = time.monotonic()
        try:
            connection = self.connected()
        except OSError as error:
            return self.refused(ask, begin, error)
        self.exchange(connection, [ask], begin)

    def connected(self, **options):
        if self.connection is None or not self.connection.is_open:
            self.connection = None
            self.connection = Heard(self.soak.road(self.random, self.is_tls), 2 * BOUND * z.SLOW, **options)
        return self.connection

    def refused(self, ask, begin, error):
        self.fail(ask, begin, 'connect', error)
        time.sleep(0.1)

    def exchange(self, connection, asks, begin, bound=BOUND):
        left = list(asks)
        try:
            self.send_all(connection, asks)
            while left:
                reply = connection.read_reply(left[0].method)
                self.judge(left.pop(0), begin, reply.status, reply.body, reply.worker, bound)
                connection.head = None
        except (OSError, z.Broken, ValueError) as error:
            how = 'broken' if connection.head is not None else 'no reply'
            self.fail(left[0], begin, how, f'{type(error).__name__}: {error}')
            for ask in left[1:]:  # the pipeline's later requests are lost with the first
                self.fail(ask, begin, 'no reply', BEHIND)
            self.leave()
        finally:
            if self.connection is not None and not self.connection.is_open:
                self.connection = None

    @staticmethod
    def send_all(connection, asks):
        try:
            for ask in asks:
                connection.ask(ask)
        except (ConnectionError, ssl.SSLError):
            pass  # the answer may have come already

    def leave(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class PipeliningClient(Http1Client):
    kind = 'pipeline'

    def step(self):
        makers = [self.asks.small, functools.partial(self.asks.bytes, 100_000), self.asks.put]
        asks = [self.random.choice(makers)() for _ in range(self.random.randint(2, 8))]
        begin = time.monotonic()
        try:
            connection = self.connected()
        except OSError as error:
            return self.refused(asks[0], begin, error)
        self.exchange(connection, asks, begin)


class SlowReader(Http1Client):
    """Reads a large reply in small pieces."""
    kind = 'slow'

    def step(self):
        self.leave()
        ask = self.large()
        begin = time.monotonic()
        try:
            connection = self.connected(receive_buffer=16_384)
        except OSError as error:
            return self.refused(ask, begin, error)
        fill, pause = connection.fill, self.random.uniform(0, 0.06)

        def sip():
            time.sleep(pause)
            return fill()
        connection.fill = sip
        self.exchange(connection, [ask], begin, SLOW_BOUND)
        self.leave()

    def large(self):
        if self.soak.has_servers() and self.random.random() < 0.3:
            return self.asks.file(self.soak.files().largest())
        size = self.random.randint(300_000, 1_500_000)
        return Ask(OPEN, 'GET', f'/bytes/{size}', self.asks.next_id(AGAIN), answer=LINES[:size])


class Aborter(Client):
    """Closes its connection at any moment, so that it can expect no answer."""
    kind = 'abort'

    def step(self):
        abort_once(self.soak, self.random, self.asks)
        time.sleep(self.random.uniform(0, 0.1))


def abort_once(soak, random_, asks):
    ask = random_.choice([asks.any, functools.partial(asks.bytes, 2 << 20)])()
    try:
        with Heard(soak.road(random_, random_.random() < 0.3), BOUND * z.SLOW) as connection:
            data = connection.bytes_of(ask)
            cut = random_.choice([random_.randrange(len(data)), len(data)])
            connection.send(data[:cut])
            if cut == len(data) and random_.random() < 0.7:
                connection.socket.settimeout(random_.uniform(0, 0.3) + 0.001)
                connection.fill()
            if random_.random() < 0.5:
                connection.abort()
    except (OSError, z.Broken):
        pass


class RouteClient(Http1Client):
    """Sends requests for routes whose only worker comes and goes."""
    kind = 'route'

    def step(self):
        self.is_tls = self.random.random() < 0.5
        self.leave()
        ask = self.asks.routed()
        begin = time.monotonic()
        try:
            connection = self.connected()
        except OSError as error:
            return self.refused(ask, begin, error)
        self.exchange(connection, [ask], begin)


class TlsHttp1Client(Http1Client):
    kind = 'https1'
    is_tls = True


class TlsSlowReader(SlowReader):
    kind = 'slow-tls'
    is_tls = True


class HeardHttp2(H2Client):
    def __init__(self, road, timeout):
        self.road = road
        plain = z.Connection(road.port, timeout).socket
        try:
            super().__init__(road.port, timeout, socket_=road.wrap(plain, 'h2'))
        except BaseException:
            plain.close()
            raise

    def close(self):
        self.road.keep_session(self.socket)
        super().close()


class Http2Client(Client):
    """Several streams at once on one connection; some are cancelled."""
    kind = 'http2'
    connection = None

    def step(self):
        if self.random.random() < 0.05:
            self.leave()
        asks = [self.asks.any() for _ in range(self.random.randint(1, 8))]
        begin = time.monotonic()
        try:
            if self.connection is None:
                self.connection = HeardHttp2(self.soak.road(self.random, self.is_tls), 2 * BOUND * z.SLOW)
        except OSError as error:
            self.fail(asks[0], begin, 'connect', error)
            return time.sleep(0.1)
        self.exchange(self.connection, asks, begin)

    def exchange(self, connection, asks, begin):
        streams, error = {}, None
        try:
            for ask in asks:
                if connection.goaway:
                    break
                streams[self.open(connection, ask)] = ask
            for stream in [one for one in streams if self.random.random() < 0.05 and not connection.streams[one].is_over]:
                connection.h2.reset_stream(stream, 8)
                connection.flush()
                del streams[stream]
            connection.wait_for(lambda: all(connection.streams[stream].is_over for stream in streams))
        except (OSError, AssertionError) as caught:
            error = caught
        except Exception as caught:  # h2: a stream that the router closed while we were sending on it
            error = caught
        for stream, ask in streams.items():
            self.judge_stream(connection, stream, ask, begin, error)
        if error or connection.goaway or connection.is_closed:
            self.leave()

    def open(self, connection, ask):
        pseudo = [(':method', ask.method), (':scheme', 'https' if self.is_tls else 'http'),
                  (':authority', ask.authority), (':path', ask.path)]
        stream = connection.open(pseudo=pseudo, fields=ask.headers, end=ask.body is None)
        if ask.body is not None:
            connection.send(stream, ask.body, end=True)
        return stream

    def judge_stream(self, connection, stream, ask, begin, error):
        reply = connection.streams[stream]
        if reply.has_ended:
            return self.judge(ask, begin, reply.status, bytes(reply.body), reply.field('x-worker'))
        detail = f'{error!r}, reset {reply.reset}, goaway {connection.goaway}, closed {connection.is_closed}'
        last = connection.goaway.last_stream_id if connection.goaway else None
        is_unseen = reply.reset == REFUSED_STREAM or (last is not None and stream > last)
        how = 'broken' if reply.fields else 'connect' if is_unseen else 'no reply'
        return self.fail(ask, begin, how, detail)

    def leave(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class TlsHttp2Client(Http2Client):
    kind = 'https2'
    is_tls = True
