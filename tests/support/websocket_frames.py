"""A WebSocket client by hand: every frame, right or wrong, in any chops, and all that comes back until the TCP end.

Owner: a test.   Thread: the test's; every read is bounded.
Not here: which answers are right (tests/e2e/test_websocket_conformance.py).
"""
import select
import socket
import struct
import zlib

from many_web_sockets import OPENING
from zeroway_e2e import SLOW

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
KEY = b'\x37\xfa\x21\x3d'
NAMES = {TEXT: 'text', BINARY: 'binary', PING: 'ping', PONG: 'pong'}


def masked(payload):
    key = int.from_bytes((KEY * (len(payload) // 4 + 1))[:len(payload)], 'little')
    return (int.from_bytes(payload, 'little') ^ key).to_bytes(len(payload), 'little')


def head_of(opcode, size, fin=True, rsv=0):
    first = fin << 7 | rsv << 4 | opcode
    if size < 126:
        return struct.pack('>BB', first, 0x80 | size) + KEY
    if size < 65_536:
        return struct.pack('>BBH', first, 0xfe, size) + KEY
    return struct.pack('>BBQ', first, 0xff, size) + KEY


def frame(opcode, payload=b'', fin=True, rsv=0):
    return head_of(opcode, len(payload), fin, rsv) + masked(payload)


def fragments(opcode, payload, size, rsv=0):
    """The message in frames of `size` bytes; only the first has the reserved bits."""
    starts = range(0, max(len(payload), 1), size)
    return b''.join(frame(opcode if at == 0 else CONTINUATION, payload[at:at + size], at + size >= len(payload),
                          rsv if at == 0 else 0) for at in starts)


def close_frame(code=None, reason=b''):
    return frame(CLOSE, (b'' if code is None else struct.pack('>H', code)) + reason)


class Deflate:
    """The client's half of permessage-deflate (RFC 7692), by what the router answered."""

    def __init__(self, answer):
        names = dict((part.strip().split('=') + [''])[:2] for part in answer.split(';'))
        assert names.pop('permessage-deflate') == ''
        self.terms = names
        self.our_bits = int(names.get('client_max_window_bits', 15))
        self.their_bits = int(names.get('server_max_window_bits', 15))
        self.packer = self.unpacker = None

    def pack(self, payload):
        if self.packer is None or 'client_no_context_takeover' in self.terms:
            self.packer = zlib.compressobj(1, wbits=-max(self.our_bits, 9))
        return (self.packer.compress(payload) + self.packer.flush(zlib.Z_SYNC_FLUSH))[:-4]

    def unpack(self, payload):
        if self.unpacker is None or 'server_no_context_takeover' in self.terms:
            self.unpacker = zlib.decompressobj(-self.their_bits)
        return self.unpacker.decompress(payload + b'\0\0\xff\xff')


class ByHand:
    """One WebSocket after its 101."""

    def __init__(self, router, path='/', extensions=None, seconds=20):
        self.socket = socket.create_connection(('127.0.0.1', router.port), seconds * SLOW)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        more = f'Sec-WebSocket-Extensions: {extensions}\r\n' if extensions else ''
        self.socket.sendall(OPENING.format(path=path, more=more).encode())
        self.buffer = bytearray()
        self.message = None  # (opcode, is it compressed, its fragments)
        while b'\r\n\r\n' not in self.buffer:
            assert self._fill(), 'the end before an answer'
        head, _, rest = bytes(self.buffer).partition(b'\r\n\r\n')
        self.buffer = bytearray(rest)
        self.head = head.decode()
        assert self.head.startswith('HTTP/1.1 101 '), self.head
        self.fields = dict(line.lower().split(': ', 1) for line in self.head.split('\r\n')[1:])
        answer = self.fields.get('sec-websocket-extensions')
        self.deflate = Deflate(answer) if answer else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data, chop=65_536):
        """In writes of `chop` bytes; reads meanwhile, for an echo comes before its message has ended."""
        view = memoryview(data)
        while view:
            readable, writable, _ = select.select([self.socket], [self.socket], [], self.socket.gettimeout())
            assert readable or writable, 'the router neither reads nor writes'
            if writable:
                view = view[self.socket.send(view[:chop or 65_536], socket.MSG_DONTWAIT):]
            elif readable:
                assert self._fill(), 'the end while sending'

    def send_message(self, opcode, payload, fragment=0):
        """Compressed if that was agreed on; in frames of `fragment` bytes unless that is 0."""
        packed = self.deflate.pack(payload) if self.deflate else payload
        self.send(fragments(opcode, packed, fragment or max(len(packed), 1), 4 if self.deflate else 0))

    def receive(self):
        """The next event: ('text', b'…'), ('pong', b'…'), ('close', 1000 or None, b'reason'), or ('end',) of TCP."""
        while True:
            found = self._frame()
            if found is None:
                return ('end',)
            first, payload = found
            opcode = first & 15
            assert not first & 0x30, 'a reserved bit'
            if opcode == CLOSE:
                assert len(payload) != 1
                return ('close', struct.unpack('>H', payload[:2])[0] if payload else None, payload[2:])
            if opcode > 2:
                return (NAMES[opcode], payload)
            assert (opcode == CONTINUATION) == (self.message is not None), 'a fragment out of order'
            if self.message is None:
                assert not first & 0x40 or self.deflate
                self.message = (opcode, bool(first & 0x40), [])
            self.message[2].append(payload)
            if first & 0x80:
                opcode, is_packed, pieces = self.message
                self.message = None
                whole = b''.join(pieces)
                return (NAMES[opcode], self.deflate.unpack(whole) if is_packed else whole)

    def receive_part(self, size):
        """Until `size` bytes of a message that has not ended have come."""
        while not self.message or sum(map(len, self.message[2])) < size:
            first, payload = self._frame()
            assert not first & 0x80, 'ended, or a control frame'
            self.message = self.message or (first & 15, False, [])
            self.message[2].append(payload)

    def events(self):
        """All that comes, until and with the end of TCP."""
        found = []
        while not found or found[-1] != ('end',):
            found.append(self.receive())
        return found

    def _frame(self):
        if not self._have(2):
            return None
        size, at = self.buffer[1], 2
        assert size <= 127, 'a masked frame from a server (RFC 6455 §5.1)'
        if size > 125:
            more = 2 if size == 126 else 8
            assert self._have(2 + more)
            size, at = int.from_bytes(self.buffer[2:2 + more], 'big'), 2 + more
        assert self._have(at + size), 'the end within a frame'
        first, payload = self.buffer[0], bytes(self.buffer[at:at + size])
        del self.buffer[:at + size]
        return first, payload

    def _have(self, size):
        while len(self.buffer) < size:
            if not self._fill():
                return False
        return True

    def _fill(self):
        piece = self.socket.recv(262_144)
        self.buffer += piece
        return bool(piece)
