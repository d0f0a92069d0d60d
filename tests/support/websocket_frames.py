"""A WebSocket client by hand: sends any frame, right or wrong, cut anywhere, and reads the answer to its end.

Owner: a test.   Thread: the test's; every read is bounded.
Not here: the connection that carries the bytes (websocket_roads.py), checks (tests/e2e/test_websocket_conformance.py).
"""
import collections
import struct
import zlib

from zeroway_e2e import Closing

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
    """The client's half of permessage-deflate (RFC 7692), with the terms of the router's answer."""

    def __init__(self, answer):
        names = dict((part.strip().split('=') + [''])[:2] for part in answer.split(';'))
        assert names.pop('permessage-deflate') == ''
        self.terms = names
        self.our_bits = int(names.get('client_max_window_bits', 15))
        self.their_bits = int(names.get('server_max_window_bits', 15))
        self.forgets = 'client_no_context_takeover' in names
        self.packer = self.unpacker = None

    def pack(self, payload):
        if self.packer is None or self.forgets:
            self.packer = zlib.compressobj(1, wbits=-max(self.our_bits, 9))
        return (self.packer.compress(payload) + self.packer.flush(zlib.Z_SYNC_FLUSH))[:-4]

    def unpack(self, payload):
        if self.unpacker is None or 'server_no_context_takeover' in self.terms:
            self.unpacker = zlib.decompressobj(-self.their_bits)
        return self.unpacker.decompress(payload + b'\0\0\xff\xff')


class ByHand(Closing):
    """One WebSocket that was accepted, on a road of websocket_roads.py."""

    def __init__(self, road):
        self.road = road
        self.buffer = bytearray()
        self.message = None  # (opcode, is it compressed, its fragments)
        self.packed = 0      # number of messages that came compressed
        self.prepared = {}   # message -> its frames, when each message is compressed by itself
        assert road.answer.status == (200 if hasattr(road, 'connection') else 101), road.answer
        answer = road.answer.fields.get('sec-websocket-extensions')
        self.deflate = Deflate(answer) if answer else None

    def close(self):
        self.road.close()

    def send(self, data, chop=None):
        """Sends in writes of `chop` bytes. Reads meanwhile, as an echo begins before its message has ended."""
        view = memoryview(data)
        while view:
            if taken := self.road.push(view[:chop or len(view)]):
                view = view[taken:]
            else:
                assert self._fill(True), 'the end while sending'

    def echo(self, opcode, messages, fragment=0, chop=65_536, ahead=262_144):
        """Sends all messages, and checks that all come back in order. At most `ahead` bytes, and one message more, are
        under way."""
        messages, waiting, under_way, out = iter(messages), collections.deque(), 0, memoryview(b'')
        number, more = 0, True
        while more or waiting:
            while more and not out and (not waiting or under_way < ahead):
                if (message := next(messages, None)) is None:
                    more = False
                    break
                waiting.append(message)
                under_way += len(message)
                out = memoryview(self.framed(opcode, message, fragment))
            while out and (taken := self.road.push(out[:chop])):
                out = out[taken:]
            if out or (waiting and (not more or under_way >= ahead)):
                assert self._fill(bool(out)), f'the end instead of message {number}'
            while waiting and (found := self._event()):
                message = waiting.popleft()
                under_way -= len(message)
                assert found == (NAMES[opcode], message), f'message {number} of {len(message)} bytes'
                number += 1
        return number

    def framed(self, opcode, payload, fragment=0):
        """The message's frames: compressed if that was negotiated, of `fragment` bytes each unless that is 0."""
        if self.deflate and self.deflate.forgets:  # the result depends on the message alone
            if (opcode, payload, fragment) not in self.prepared:
                self.prepared[opcode, payload, fragment] = self._framed(opcode, payload, fragment)
            return self.prepared[opcode, payload, fragment]
        return self._framed(opcode, payload, fragment)

    def _framed(self, opcode, payload, fragment):
        packed = self.deflate.pack(payload) if self.deflate else payload
        return fragments(opcode, packed, fragment or max(len(packed), 1), 4 if self.deflate else 0)

    def receive(self):
        """The next event: ('text', b'…'), ('pong', b'…'), ('close', 1000 or None, b'reason'), or ('end',) of the
        road."""
        while (event := self._event()) is None:
            if not self._fill():
                assert not self.buffer, 'the end within a frame'
                return ('end',)
        return event

    def receive_part(self, size):
        """Waits until `size` bytes of a message that has not ended have come."""
        while not self.message or sum(map(len, self.message[2])) < size:
            assert self._event() is None, 'ended, or a control frame'
            assert (self.message and sum(map(len, self.message[2])) >= size) or self._fill(), 'the end'

    def events(self):
        """All events, up to the ('end',) of the road."""
        found = []
        while not found or found[-1] != ('end',):
            found.append(self.receive())
        return found

    def _event(self):
        """The event of the next frames in the buffer, or None when more bytes are needed."""
        while found := self._frame():
            first, payload = found
            opcode = first & 15
            assert not first & 0x30 and not (first & 0x40 and opcode in (CONTINUATION, CLOSE, PING, PONG)), 'a reserved bit'
            if opcode == CLOSE:
                assert first & 0x80 and len(payload) != 1
                return ('close', struct.unpack('>H', payload[:2])[0] if payload else None, payload[2:])
            if opcode > 2:
                assert first & 0x80 and len(payload) < 126
                return (NAMES[opcode], payload)
            assert (opcode == CONTINUATION) == (self.message is not None), 'a fragment out of order'
            if self.message is None:
                assert not first & 0x40 or self.deflate, 'compressed, which nobody asked for'
                self.message = (opcode, bool(first & 0x40), [])
            self.message[2].append(payload)
            if first & 0x80:
                opcode, is_packed, pieces = self.message
                self.message = None
                self.packed += is_packed
                whole = b''.join(pieces)
                return (NAMES[opcode], self.deflate.unpack(whole) if is_packed else whole)
        return None

    def _frame(self):
        """The first byte and the payload of the next frame, or None while the frame is not complete."""
        if len(self.buffer) < 2:
            return None
        size, at = self.buffer[1], 2
        assert size <= 127, 'a masked frame from a server (RFC 6455 §5.1)'
        if size > 125:
            at = 4 if size == 126 else 10
            if len(self.buffer) < at:
                return None
            size = int.from_bytes(self.buffer[2:at], 'big')
            assert size > (125 if at == 4 else 65_535), 'a length that could be shorter'
        if len(self.buffer) < at + size:
            return None
        first, payload = self.buffer[0], bytes(self.buffer[at:at + size])
        del self.buffer[:at + size]
        return first, payload

    def _fill(self, is_pushing=False):
        """Waits for more bytes, or until more bytes can be pushed. False at the end of the road."""
        while (piece := self.road.pull()) is None:
            self.road.wait(is_pushing)
            if is_pushing:
                piece = self.road.pull()
                break
        self.buffer += piece or b''
        return piece != b''
