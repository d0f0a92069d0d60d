"""The clients of a soak's TCP services: bytes both ways with a checksum, and an end of each direction.

Owner: soak_run.py.   Thread: each client's own; a long upload has one more.
Not here: which failures are allowed (soak_judge.py).
"""
import hashlib
import threading
import time

from soak_asks import BOUND, TCP, Ask
from soak_clients import Client
import zeroway_e2e as z

GREET, COUNT = '/greet', '/count'  # speaks first and echoes; counts, and answers behind the client's end
SERVICES = (GREET, COUNT)
MOST = 6  # pieces of noise in an upload


class CutOff(Exception):
    """The connection ended as if all bytes had come."""


class TcpClient(Client):
    kind = 'tcp'

    def step(self):
        service = self.random.choice(SERVICES)
        ask, begin = Ask(TCP, 'TCP', service, self.asks.next_id('tcp')), time.monotonic()
        heard = False
        try:
            with z.Connection(self.soak.tcp_port(self.random, service), 2 * BOUND * z.SLOW) as client:
                if service == GREET:
                    self.read_greeting(client)
                    heard = True
                self.converse(client, service)
            self.took(ask, begin)
        except ConnectionRefusedError as error:
            self.fail(ask, begin, 'connect', error)
            time.sleep(0.1)
        except (CutOff, TimeoutError) as error:
            self.fail(ask, begin, 'wrong', repr(error))
        except OSError as error:
            self.fail(ask, begin, 'broken' if heard else 'no reply', repr(error))
            time.sleep(0.1)

    def took(self, ask, begin):
        seconds = time.monotonic() - begin
        self.soak.took(self.kind, seconds)
        if seconds > BOUND * z.SLOW:
            self.fail(ask, begin, 'late', f'{seconds:.1f} s')

    @staticmethod
    def read_greeting(client):
        try:
            line = client.take_until(b'\n')
        except z.Broken as error:
            raise CutOff(str(error)) from None
        if line != b'hello 127.0.0.1':
            raise CutOff(line)

    def converse(self, client, service):
        kind = self.random.random()
        if kind < 0.05:
            client.send(self.asks.some(100_000))
            return client.abort()
        if service == COUNT:
            return self.upload(client)
        if kind < 0.6:
            self.talk(client)
        return self.echo(client)

    def talk(self, client):
        """One piece after the other, with pauses."""
        for _ in range(self.random.randint(1, 6)):
            piece = self.asks.some(60_000)
            client.send(piece)
            if self.take(client, len(piece)) != piece:
                raise CutOff('another piece')
            time.sleep(self.random.choice([0, 0, 0.05, 0.5]))

    @staticmethod
    def take(client, size):
        try:
            return client.take(size)
        except z.Broken as error:
            raise CutOff(str(error)) from None

    def echo(self, client):
        """All at once: who sends must not wait for who reads."""
        pieces = [self.asks.some(250_000) for _ in range(self.random.randint(1, MOST))]
        sender = Sender(client, pieces)
        sender.start()
        try:
            heard = read_digest(client)
        finally:
            sender.join(BOUND * z.SLOW)
        if sender.error:  # the kernel tells of a reset once, and the reader then sees an end
            raise sender.error
        if heard != digest_of(pieces):
            raise CutOff('other bytes, or fewer')

    def upload(self, client):
        pieces = [self.asks.some(250_000) for _ in range(self.random.randint(1, MOST))]
        send_all(client, pieces)
        size = sum(len(piece) for piece in pieces)
        if (said := self.take(client, len(b'%d\n' % size))) != b'%d\n' % size:
            raise CutOff(said)
        if client.fill():
            raise CutOff('more than the number')


class Sender(threading.Thread):
    error = None

    def __init__(self, client, pieces):
        super().__init__(daemon=True)
        self.client, self.pieces = client, pieces

    def run(self):
        try:
            send_all(self.client, self.pieces)
        except OSError as error:
            self.error = error


def send_all(client, pieces):
    """Sends the pieces, and ends the direction."""
    for piece in pieces:
        client.send(piece)
    client.half_close()


def digest_of(pieces):
    return hashlib.sha256(b''.join(pieces)).digest()


def read_digest(client):
    heard = hashlib.sha256(bytes(client.buffer))
    while piece := client.socket.recv(262_144):
        heard.update(piece)
    return heard.digest()
