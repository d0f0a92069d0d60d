"""The requests of a soak's clients, and what the answers have to be.

Owner: a client keeps its Asks.   Thread: the client's.
Not here: sending them (soak_clients.py, soak_websockets.py), which failures are allowed (soak_judge.py).
"""
import dataclasses
import hashlib
import time

BOUND = 15.0       # seconds; no request takes longer, with two lost workers, a queue and a retry
SLOW_BOUND = 90.0  # seconds, for clients that read slowly
LINES = b''.join(b'%015x\n' % at for at in range(0, 2 << 20, 16))
OPEN, BIN, WS, STICKY, TCP = 'open', 'bin', 'ws', 'sticky', 'tcp'  # pools of workers
REALMS = 'realm1', 'realm2'          # the same, of WAMP; see soak_wamp.py
SERVERS = 'servers'                  # a pool of servers that answer as the workers of OPEN do
CIRCUITS = 'circuits'                # servers of the same answers behind circuits; see soak_circuits.py
FILES = 'files'                      # a folder; see soak_files.py
GUARDED = 'guarded'                  # requests that a router refuses by itself; see soak_guarded.py
LEAST = 300                          # bytes that every file of the folder has at any time
ONCE, AGAIN = 'once', 'again'        # prefix of the ids of requests that must not be done twice, and of other requests


@dataclasses.dataclass
class Failure:
    """`how`: connect, no reply, broken (after the head), status, close, wrong, stranger (answered), left (the `member`
    to which the client is bound), late; of a session of WAMP: abort (with a `reason`), end (with the reason of its
    GOODBYE), apart (sessions at different workers), silent (the end of its worker was not told in time)."""
    kind: str
    pool: str
    method: str
    id: str
    begin: float
    how: str
    detail: str
    code: int = 0
    body: bytes = b''
    member: str = ''
    reason: str = ''


@dataclasses.dataclass
class Ask:
    """One request, and what the answer has to be."""
    pool: str
    method: str
    path: str
    id: str
    body: bytes = None
    fields: tuple = ()
    answer: bytes = None     # the whole body of the answer, or
    is_right: object = None  # a function that says whether the body is right
    host: str = None
    server: str = ''         # the beginning of the name of the worker that has to answer
    status: int = 200

    @property
    def authority(self):
        return self.host or self.pool + '.test'

    @property
    def headers(self):
        return (('x-request-id', self.id), *self.fields)

    def check(self, body):
        return body == self.answer if self.answer is not None else self.is_right(body)


class Asks:
    """Makes requests of all kinds. `digests`: (size, seed) → the digest of the random bytes that the workers of /bytes
    send; `routes`: those of soak_routes.py.

    A router that was just started knows no routes, and would send the requests of a route to the open pool.
    """

    def __init__(self, name, soak, random_, digests, routes):
        self.name, self.soak, self.random, self.digests, self.routes = name, soak, random_, digests, routes
        self.number = 0
        self.noise = random_.randbytes(300_000)

    def any(self):
        makers = [self.small, self.bytes, self.post, self.echo, self.put, self.keyed]
        weights = [6, 4, 6, 3, 2, 2]
        if self.soak.knows_routes():
            makers += [self.random_bytes, self.upload, self.delay, self.slow_post, self.drip]
            weights += [2, 2, 1, 0.3, 0.3]
        ask = self.random.choices(makers, weights)[0]()
        if ask.pool == OPEN and self.soak.has_servers() and self.random.random() < 0.4:
            return dataclasses.replace(ask, pool=SERVERS)
        if self.soak.has_servers() and self.random.random() < 0.1:
            return self.random.choice([self.file, self.part_of_file])()
        return ask

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
        return self.after('GET', self.random.choice(['0.05', '0.3', '1']))

    def slow_post(self):
        return self.after('POST', self.random.choice(['0.5', '3']))

    def after(self, method, seconds):
        return Ask(BIN, method, f'/delay/{seconds}', self.next_id(AGAIN if method == 'GET' else 'slow'),
                   is_right=lambda body: b'"url"' in body)

    def drip(self):
        """A reply that takes longer than the drain time of some workers."""
        size, seconds = self.random.randint(2, 40), self.random.uniform(1, 4)
        return Ask(BIN, 'GET', f'/drip?numbytes={size}&duration={seconds:.2f}', self.next_id(AGAIN), answer=b'*' * size)

    def file(self, name=None):
        files, begin = self.soak.files(), time.monotonic()
        name = name or self.random.choice(list(files.states))
        return Ask(FILES, 'GET', f'/{name}', self.next_id(AGAIN), is_right=lambda body: files.is_whole(name, begin, body))

    def part_of_file(self):
        files, begin = self.soak.files(), time.monotonic()
        name, first, last = self.random.choice(list(files.states)), *sorted(self.random.choices(range(LEAST), k=2))
        return Ask(FILES, 'GET', f'/{name}', self.next_id(AGAIN), fields=(('range', f'bytes={first}-{last}'),), status=206,
                   is_right=lambda body: len(body) == last + 1 - first and files.is_part(name, begin, first, body))

    def routed(self):
        route = self.random.choice(self.routes)
        ask = self.random.choice([self.small, self.post, self.put])()
        return dataclasses.replace(ask, pool=route.name, host=route.host, path=route.path, server=route.name + '-')
