"""The clients of a soak: each asks in its own way without end, checks every byte that comes back, and tells what failed.

Owner: tools/soak; every client is a thread of its own.   Thread: `run` the client's; the soak's own calls are thread-safe.
Not here: which failures may be (tools/soak: Judge), what happens to routers and workers meanwhile.

A client uses of its soak: port(random), may_go_on(client), failed(Failure), answered(id), took(kind, seconds),
knows_routes().
"""
import asyncio
import dataclasses
import functools
import hashlib
import random
import threading
import time

import websockets

from h2_peer import H2Client
import zeroway_e2e as z

BOUND = 15.0       # seconds; no request waits longer: two lost workers, a queue, and a retry
SLOW_BOUND = 90.0  # for who reads slowly
LINES = b''.join(b'%015x\n' % at for at in range(0, 2 << 20, 16))
OPEN, BIN, WS = 'open', 'bin', 'ws'  # pools of workers
ONCE, AGAIN = 'once', 'again'        # ids of requests that nobody may do twice, and of others
REFUSED_STREAM = 7
BEHIND = 'behind one that broke'


@dataclasses.dataclass
class Failure:
    """`how`: connect, no reply, broken (after the head), status, close, wrong, late."""
    kind: str
    pool: str
    method: str
    id: str
    begin: float
    how: str
    detail: str
    code: int = 0
    body: bytes = b''

    @property
    def may_run_again(self):
        return self.id.startswith(AGAIN)


@dataclasses.dataclass
class Ask:
    """One request, and what its answer has to be."""
    pool: str
    method: str
    path: str
    id: str
    body: bytes = None
    fields: tuple = ()
    answer: bytes = None     # the whole body, or
    is_right: object = None  # a question about it

    @property
    def headers(self):
        return (('x-request-id', self.id), *self.fields)

    def check(self, body):
        return body == self.answer if self.answer is not None else self.is_right(body)


class Asks:
    """Makes requests of all kinds. `digests`: of (size, seed) at the workers of /bytes that are random.

    A router that was just started knows no routes: what they are for would go to the open pool.
    """

    def __init__(self, name, soak, random_, digests):
        self.name, self.soak, self.random, self.digests = name, soak, random_, digests
        self.number = 0
        self.noise = random_.randbytes(300_000)

    def any(self):
        makers = [self.small, self.bytes, self.post, self.echo, self.put, self.keyed]
        weights = [6, 4, 6, 3, 2, 2]
        if self.soak.knows_routes():
            makers += [self.random_bytes, self.upload, self.delay]
            weights += [2, 2, 1]
        return self.random.choices(makers, weights)[0]()

    def next_id(self, word):
        self.number += 1
        return f'{word}-{self.name}-{self.number}'

    def size(self, most):
        return int(most * self.random.random() ** 3)

    def some(self, most):
        size = self.size(most)
        at = self.random.randrange(len(self.noise) - size)
        return self.noise[at:at + size]

    def small(self):
        id = self.next_id(AGAIN)
        return Ask(OPEN, 'GET', '/', id, answer=f'{id} 0\n'.encode())

    def bytes(self, most=1_500_000):
        size = self.size(most)
        return Ask(OPEN, 'GET', f'/bytes/{size}', self.next_id(AGAIN), answer=LINES[:size])

    def post(self):
        return self.with_body('POST', ONCE, 280_000)

    def put(self):
        return self.with_body('PUT', AGAIN, 30_000)

    def keyed(self):
        return self.with_body('POST', AGAIN, 30_000, (('idempotency-key', '1'),))

    def with_body(self, method, word, most, fields=()):
        id, body = self.next_id(word), self.some(most)
        return Ask(OPEN, method, '/', id, body, fields, answer=f'{id} {len(body)}\n'.encode())

    def echo(self):
        body = self.some(120_000)
        return Ask(OPEN, 'POST', '/echo', self.next_id(ONCE), body, answer=body)

    def random_bytes(self):
        (size, seed), digest = self.random.choice(list(self.digests.items()))
        path = self.random.choice([f'/bytes/{size}?seed={seed}', f'/stream-bytes/{size}?seed={seed}'])
        return Ask(BIN, 'GET', path, self.next_id(AGAIN),
                   is_right=lambda body: hashlib.sha256(body).hexdigest() == digest)

    def upload(self):
        body = self.some(250_000)
        digest = hashlib.sha256(body).hexdigest().encode()
        return Ask(BIN, 'POST', '/upload', self.next_id('upload'), body, is_right=lambda answer: digest in answer)

    def delay(self):
        return Ask(BIN, 'GET', f'/delay/{self.random.choice(["0.05", "0.3", "1"])}', self.next_id(AGAIN),
                   is_right=lambda body: b'"url"' in body)


class Client(threading.Thread):
    kind = None

    def __init__(self, soak, index, seed, digests):
        super().__init__(name=f'{self.kind}-{index}', daemon=True)
        self.soak = soak
        self.random = random.Random(f'{seed}-{self.kind}-{index}')
        self.asks = Asks(self.name, soak, self.random, digests)
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

    def judge(self, ask, begin, status, body, bound=BOUND):
        """The whole of an answer."""
        seconds = time.monotonic() - begin
        self.soak.took(self.kind, seconds)
        if status != 200:
            self.fail(ask, begin, 'status', f'{status} {body[:80]!r}', code=status, body=body)
        elif not ask.check(body):
            self.fail(ask, begin, 'wrong', f'{len(body)} bytes, {ask.path}')
        else:
            self.soak.answered(ask.id)
        if seconds > bound * z.SLOW:
            self.fail(ask, begin, 'late', f'{seconds:.1f} s')

    def leave(self):
        """Closes what is open: a rest begins."""


class Heard(z.Connection):
    """Remembers the last head: whether a reply had begun when its connection broke."""
    head = None

    @staticmethod
    def head_bytes(method, path, headers=(), host=None):
        """A request goes to the pool of its host."""
        fields = [field for field in headers if field[0] != 'x-pool']
        return z.Connection.head_bytes(method, path, fields, dict(headers)['x-pool'] + '.test')

    def send_request(self, *words, **more):
        self.head = None
        super().send_request(*words, **more)

    def read_head(self):
        self.head = None
        self.head = super().read_head()
        return self.head


class Http1Client(Client):
    """One request after another on one connection, for as long as it likes."""
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
            self.connection = Heard(self.soak.port(self.random), 2 * BOUND * z.SLOW, **options)
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
                self.judge(left.pop(0), begin, reply.status, reply.body, bound)
                connection.head = None
        except (OSError, z.Broken, ValueError) as error:
            how = 'broken' if connection.head is not None else 'no reply'
            self.fail(left[0], begin, how, f'{type(error).__name__}: {error}')
            for ask in left[1:]:  # nobody got to them: as lost as the first
                self.fail(ask, begin, 'no reply', BEHIND)
            self.leave()
        finally:
            if self.connection is not None and not self.connection.is_open:
                self.connection = None

    @staticmethod
    def send_all(connection, asks):
        try:
            for ask in asks:
                connection.send_request(ask.method, ask.path, (*ask.headers, ('x-pool', ask.pool)), ask.body)
        except ConnectionError:
            pass  # the answer may be there already

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
    """Takes a large reply in small sips."""
    kind = 'slow'

    def step(self):
        self.leave()
        size = self.random.randint(300_000, 1_500_000)
        ask = Ask(OPEN, 'GET', f'/bytes/{size}', self.asks.next_id(AGAIN), answer=LINES[:size])
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


class Aborter(Client):
    """Goes away in the middle of anything; nobody has promised it an answer."""
    kind = 'abort'

    def step(self):
        abort_once(self.soak, self.random, self.asks)
        time.sleep(self.random.uniform(0, 0.1))


def abort_once(soak, random_, asks):
    ask = random_.choice([asks.any, functools.partial(asks.bytes, 2 << 20)])()
    try:
        with Heard(soak.port(random_), BOUND * z.SLOW) as connection:
            data = connection.head_bytes(ask.method, ask.path, [
                *ask.headers, ('x-pool', ask.pool), *([('content-length', len(ask.body))] if ask.body else [])])
            data += ask.body or b''
            cut = random_.choice([random_.randrange(len(data)), len(data)])
            connection.send(data[:cut])
            if cut == len(data) and random_.random() < 0.7:
                connection.socket.settimeout(random_.uniform(0, 0.3) + 0.001)
                connection.fill()
            if random_.random() < 0.5:
                connection.abort()
    except (OSError, z.Broken):
        pass


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
                self.connection = H2Client(self.soak.port(self.random), 2 * BOUND * z.SLOW)
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

    @staticmethod
    def open(connection, ask):
        pseudo = [(':method', ask.method), (':scheme', 'http'), (':authority', ask.pool + '.test'), (':path', ask.path)]
        stream = connection.open(pseudo=pseudo, fields=ask.headers, end=ask.body is None)
        if ask.body is not None:
            connection.send(stream, ask.body, end=True)
        return stream

    def judge_stream(self, connection, stream, ask, begin, error):
        reply = connection.streams[stream]
        if reply.has_ended:
            return self.judge(ask, begin, reply.status, bytes(reply.body))
        detail = f'{error!r}, reset {reply.reset}, goaway {connection.goaway}, closed {connection.is_closed}'
        last = connection.goaway.last_stream_id if connection.goaway else None
        is_unseen = reply.reset == REFUSED_STREAM or (last is not None and stream > last)
        how = 'broken' if reply.fields else 'connect' if is_unseen else 'no reply'
        return self.fail(ask, begin, how, detail)

    def leave(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class WebSocketClients(Client):
    """A dozen WebSockets on one thread; each says some messages, hears them again, and may be quiet for a while."""
    kind = 'websocket'
    count = 10

    def run(self):
        try:
            asyncio.run(self.all())
        except Exception as error:  # noqa
            self.soak.client_died(self, error)

    async def all(self):
        await asyncio.gather(*(self.one(index) for index in range(self.count)))
        self.soak.may_go_on(self)

    async def one(self, index):
        while not self.soak.is_stopping():
            if self.soak.is_resting():
                self.soak.rests(f'{self.name}-{index}')
                await asyncio.sleep(0.05)
                continue
            self.soak.works(f'{self.name}-{index}')
            await self.talk()
            self.steps += 1
            await asyncio.sleep(self.random.uniform(0, 0.2))
        self.soak.rests(f'{self.name}-{index}')

    async def talk(self):
        pool = self.random.choice([OPEN, WS]) if self.soak.knows_routes() else OPEN
        ask = Ask(pool, 'WEBSOCKET', '/', self.asks.next_id('socket'))
        begin = time.monotonic()
        options = dict(max_size=None, ping_interval=None, close_timeout=BOUND * z.SLOW, open_timeout=BOUND * z.SLOW,
                       compression=self.random.choice([None, 'deflate']))
        port = self.soak.port(self.random)
        try:
            client = await websockets.connect(f'ws://{ask.pool}.test:{port}/', host='127.0.0.1', port=port, **options)
        except websockets.InvalidStatusCode as error:
            return self.fail(ask, begin, 'status', error, code=error.status_code)
        except asyncio.TimeoutError:
            return self.fail(ask, begin, 'late', 'no answer to the opening')
        except (OSError, websockets.InvalidHandshake, websockets.InvalidMessage, EOFError) as error:
            await asyncio.sleep(0.1)
            return self.fail(ask, begin, 'connect', f'{type(error).__name__}: {error}')
        try:
            await self.converse(client, ask)
        except websockets.ConnectionClosed:
            self.fail(ask, begin, 'close', f'{client.close_code} {client.close_reason!r}', code=client.close_code)
        except asyncio.TimeoutError:
            self.fail(ask, begin, 'late', f'no answer to a message, open {client.open}')
        finally:
            await client.close()

    async def converse(self, client, ask):
        for _ in range(self.random.randint(1, 25)):
            message = self.message()
            begin = time.monotonic()
            await asyncio.wait_for(client.send(message), BOUND * z.SLOW)
            got = await asyncio.wait_for(client.recv(), BOUND * z.SLOW)
            self.soak.took(self.kind, time.monotonic() - begin)
            if got != message:
                self.fail(ask, begin, 'wrong', f'{len(got)} instead of {len(message)}')
            if self.soak.is_resting():
                return
            await asyncio.sleep(self.random.choice([0, 0, 0.05, 0.5]))

    def message(self):
        message = self.asks.some(self.random.choice([200, 200, 200, 5_000, 200_000]))
        return message.hex() if self.random.random() < 0.5 else message
