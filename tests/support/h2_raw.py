"""HTTP/2 by hand: one connection that sends any bytes and reads the answer frame by frame.

Owner: a test; one thread at a time.
Not here: a client that keeps the rules (h2_peer.py).
"""
import collections
import socket
import struct
import time

import hpack

import zeroway_e2e as z

PREFACE = b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS, PADDED, PRIORITIZED = 0x1, 0x1, 0x4, 0x8, 0x20
CODES = ('NO_ERROR PROTOCOL_ERROR INTERNAL_ERROR FLOW_CONTROL_ERROR SETTINGS_TIMEOUT STREAM_CLOSED FRAME_SIZE_ERROR '
         'REFUSED_STREAM CANCEL COMPRESSION_ERROR CONNECT_ERROR ENHANCE_YOUR_CALM').split()
WITHIN = z.PATIENCE * z.SLOW  # seconds to wait for each answer

Frame = collections.namedtuple('Frame', 'type flags stream payload')


def frame(type, flags, stream, payload=b''):
    return struct.pack('>I', len(payload))[1:] + bytes([type, flags]) + struct.pack('>I', stream) + payload


def data(stream, payload=b'test', flags=END_STREAM):
    return frame(DATA, flags, stream, payload)


def rst(stream, code=8):
    return frame(RST_STREAM, 0, stream, struct.pack('>I', code))


def window_update(stream, by):
    return frame(WINDOW_UPDATE, 0, stream, struct.pack('>I', by))


def settings(*pairs):
    return frame(SETTINGS, 0, 0, b''.join(struct.pack('>HI', *pair) for pair in pairs))


def priority_fields(depends_on, weight=255, exclusive=False):
    return struct.pack('>IB', depends_on | (exclusive << 31), weight)


def priority(stream, depends_on=0, **more):
    return frame(PRIORITY, 0, stream, priority_fields(depends_on, **more))


def ping(payload=bytes(8), flags=0, stream=0):
    return frame(PING, flags, stream, payload)


def goaway(code, stream=0):
    return frame(GOAWAY, 0, stream, struct.pack('>II', 0, code))


def code_of(frame_):
    code = struct.unpack_from('>I', frame_.payload, 4 if frame_.type == GOAWAY else 0)[0]
    return CODES[code] if code < len(CODES) else hex(code)


class RawH2(z.Closing):
    """`wrap` makes a TLS socket of a socket. `heard` has all that came so far, for the message of a failed test."""

    def __init__(self, port, wrap=None):
        self.socket = socket.create_connection(('127.0.0.1', port), WITHIN)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if wrap:
            self.socket = wrap(self.socket)
        self.scheme = 'https' if wrap else 'http'
        self.authority = f'127.0.0.1:{port}'
        self.encoder, self.decoder = hpack.Encoder(), hpack.Decoder()
        self.settings = {}
        self.heard = []
        self.buffer = b''

    def close(self):
        self.socket.close()

    def send(self, data):
        """Sends bytes. If the peer has closed, they are lost without an error: the test sees the end when it reads."""
        try:
            self.socket.sendall(data)
        except OSError:
            self.heard.append('could not send')

    def handshake(self):
        """Waits until both sides have acknowledged each other's settings."""
        self.send(PREFACE + settings((4, 65_535)))
        has_settings = has_ack = False
        while not (has_settings and has_ack):
            one = self.read()
            assert one, self.heard
            if one.type == SETTINGS and one.flags & ACK:
                has_ack = True
            elif one.type == SETTINGS:
                has_settings = True
                self.settings = dict(struct.iter_unpack('>HI', one.payload))
                self.send(frame(SETTINGS, ACK, 0))

    def fields(self, method='GET', path='/'):
        return [(':method', method), (':scheme', self.scheme), (':path', path), (':authority', self.authority)]

    def block(self, fields):
        return self.encoder.encode(fields)

    def read(self):
        """The next frame, or None at the connection's end. Fails when neither comes in time."""
        head = self._take(9)
        if head is None:
            return None
        length, type, flags, stream = int.from_bytes(head[:3], 'big'), head[3], head[4], int.from_bytes(head[5:], 'big')
        payload = self._take(length)
        if payload is None:
            return None
        one = Frame(type, flags, stream, payload)
        self.heard.append(f'{type}/{flags:x}@{stream} {code_of(one) if type in (RST_STREAM, GOAWAY) else len(payload)}')
        return one

    def read_to_end(self):
        """All frames until the connection ends."""
        return list(iter(self.read, None))

    def _take(self, size):
        deadline = time.monotonic() + WITHIN
        while len(self.buffer) < size:
            assert time.monotonic() < deadline, f'nothing more came; heard {self.heard}'
            try:
                more = self.socket.recv(65_536)
            except TimeoutError:
                raise AssertionError(f'nothing came; heard {self.heard}') from None
            except OSError:
                more = b''
            if not more:
                self.heard.append('closed')
                return None
            self.buffer += more
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken
