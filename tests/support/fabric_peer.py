"""A peer of the fabric by hand: frames, heads, and a worker that does exactly what a test tells it, also wrong things.

Owner: a test; close() or Stack.closing ends it.   Thread: the test's.
Not here: a worker that keeps the rules (examples/).
"""
import collections
import json
import os
import struct
import time

import hpack
import zmq

import zeroway_e2e as z

DATA, HEADERS, RST_STREAM, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 6, 7, 8
HELLO, WELCOME = 0xE0, 0xE1
END_STREAM, ACK, END_HEADERS = 1, 1, 4
REFUSED_STREAM = 7

Frame = collections.namedtuple('Frame', 'via type flags stream payload')


def frame(type, flags=0, stream=0, payload=b''):
    return struct.pack('>I', len(payload))[1:] + struct.pack('>BBI', type, flags, stream) + payload


def frames_in(message, via=None):
    at = 0
    while at < len(message):
        length = int.from_bytes(message[at:at + 3], 'big')
        type, flags, stream = struct.unpack('>BBI', message[at + 3:at + 9])
        payload = message[at + 9:at + 9 + length]
        assert len(payload) == length, 'a frame that is cut off'
        yield Frame(via, type, flags, stream & 0x7fffffff, payload)
        at += 9 + length


def encode(fields):
    encoder = hpack.Encoder()
    encoder.header_table_size = 0
    block = encoder.encode(fields, huffman=False)
    return block[1:] if block[:1] == b'\x20' else block


def decode(block):
    """Decodes one block by itself, with a new decoder that has no dynamic table."""
    decoder = hpack.Decoder()
    decoder.max_allowed_table_size = 0
    decoder.header_table_size = 0
    return [(name.decode() if isinstance(name, bytes) else name, value.decode() if isinstance(value, bytes) else value)
            for name, value in decoder.decode(block, raw=True)]


def reply(stream, body=b'', status=200, fields=()):
    head = encode([(':status', str(status)), *fields])
    if not body:
        return frame(HEADERS, END_HEADERS | END_STREAM, stream, head)
    return frame(HEADERS, END_HEADERS, stream, head) + frame(DATA, END_STREAM, stream, body)


def steer_of(deal):
    if deal.startswith('ipc://'):
        return deal + '.steer'
    host, port = deal.rsplit(':', 1)
    return f'{host}:{int(port) + 1}'


class FabricPeer:
    """Connected to one router's pair of sockets as a worker is. Sends nothing until the test says so."""

    def __init__(self, fabric, name='peer', deal=True, instance=None):
        self.name = name
        self.instance = instance or f'{name}#{os.urandom(8).hex()}'
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.ROUTER)
        self.socket.linger = 0
        self.socket.setsockopt(zmq.IDENTITY, self.instance.encode())
        self.socket.setsockopt(zmq.SNDHWM, 0)
        self.socket.setsockopt(zmq.RCVHWM, 0)
        if deal:
            self.socket.setsockopt(zmq.CONNECT_ROUTING_ID, b'deal')
            self.socket.connect(fabric)
        self.socket.setsockopt(zmq.CONNECT_ROUTING_ID, b'steer')
        self.socket.connect(steer_of(fabric))
        self.got = collections.deque()

    def send(self, payload, to=b'steer'):
        self.socket.send_multipart([to, payload])

    def hello(self, **members):
        body = {'version': 1, 'name': self.name, 'instance': self.instance, 'pid': os.getpid(), 'weight': 1,
                'capacity': 1024, 'state': 'ready', 'routes': [], **members}
        self.send(frame(HELLO, 0, 0, json.dumps(body).encode()))
        return self

    def join(self, **members):
        """Sends HELLO and waits for the WELCOME."""
        self.hello(**members)
        self.next(WELCOME)
        return self

    def next(self, type=None, within=z.PATIENCE * z.SLOW, answer_pings=True):
        """The next frame (of `type`). Answers the pings that come before it. Fails when no such frame comes in time."""
        deadline = time.monotonic() + within
        while True:
            while self.got:
                frame_ = self.got.popleft()
                if frame_.type == PING and not frame_.flags & ACK and answer_pings:
                    self.send(frame(PING, ACK, 0, frame_.payload))
                    if type != PING:
                        continue
                if type is None or frame_.type == type:
                    return frame_
            left = deadline - time.monotonic()
            if left <= 0 or not self.socket.poll(left * 1000):
                raise AssertionError(f'no frame of type {type} within {within:g} s')
            via, *parts = self.socket.recv_multipart()
            for part in parts:
                self.got.extend(frames_in(part, via.decode()))

    def serve(self, seconds, answer):
        """For `seconds`, answers each request's head with the payload `answer(head frame)`, or not at all if that is
        None."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                opening = self.next(HEADERS, within=left)
            except AssertionError:
                return
            payload = answer(opening)
            if payload is not None:
                self.send(payload)

    def close_when_sent(self):
        """Closes once the kernel has all sent frames: close() alone drops frames that the kernel does not have yet."""
        self.socket.linger = int(z.PATIENCE * 1000)
        self.close()

    def settle(self):
        """Waits until the router has read all earlier frames: the router answers a ping in order."""
        mark = os.urandom(8)
        self.send(frame(PING, 0, 0, mark))
        kept = []
        while not ((got := self.next()).type == PING and got.payload == mark):
            kept.append(got)
        self.got.extendleft(reversed(kept))

    def close(self):
        self.socket.close()
        self.context.term()


def request(stream, path='/get', method='GET', fields=(), flags=END_STREAM):
    head = encode([(':method', method), (':scheme', 'http'), (':authority', 'zeroway.test'), (':path', path), *fields])
    return frame(HEADERS, END_HEADERS | flags, stream, head)


class FabricHost:
    """A router's pair of sockets without a router: sends workers what a test tells it, also wrong things."""

    def __init__(self, fabric):
        self.fabric = fabric
        self.context = zmq.Context()
        self.deal = self.context.socket(zmq.DEALER)
        self.steer = self.context.socket(zmq.ROUTER)
        for socket, endpoint in ((self.deal, fabric), (self.steer, steer_of(fabric))):
            socket.linger = 0
            socket.sndtimeo = int(z.PATIENCE * z.SLOW * 1000)  # send on deal waits for a worker to connect
            socket.bind(endpoint)
        self.got = collections.deque()

    def next(self, type=None, within=z.PATIENCE * z.SLOW):
        """The next frame (of `type`) of any worker; `via` is the worker's routing id."""
        deadline = time.monotonic() + within
        while True:
            while self.got:
                frame_ = self.got.popleft()
                if type is None or frame_.type == type:
                    return frame_
            left = deadline - time.monotonic()
            if left <= 0 or not self.steer.poll(left * 1000):
                raise AssertionError(f'no frame of type {type} within {within:g} s')
            via, *parts = self.steer.recv_multipart()
            for part in parts:
                self.got.extend(frames_in(part, via))

    def welcome(self, **members):
        """Waits for a worker's HELLO and sends the WELCOME. Returns the worker's routing id. The heartbeat interval is
        an hour: a FabricHost answers no PING."""
        worker = self.next(HELLO).via
        body = {'version': 1, 'router': 'host#' + os.urandom(8).hex(), 'loop': 0,
                'pairs': [{'deal': self.fabric, 'steer': steer_of(self.fabric)}],
                'heartbeat_interval': 3_600_000, 'heartbeat_timeout': 3_600_000, **members}
        self.send(worker, frame(WELCOME, 0, 0, json.dumps(body).encode()))
        return worker

    def send(self, worker, payload):
        self.steer.send_multipart([worker, payload])

    def close(self):
        self.deal.close()
        self.steer.close()
        self.context.term()
