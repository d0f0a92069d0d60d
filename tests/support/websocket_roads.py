"""Roads carry a WebSocket's bytes: an HTTP/1.1 connection, or an HTTP/2 stream (RFC 8441), in cleartext or in TLS.

    push(bytes) returns how many bytes it has sent      pull() returns received bytes, None if none, b'' at the end

Owner: a test.   Thread: the test's; only wait() blocks, for a bounded time.
Not here: the frames of WebSocket (websocket_frames.py).
"""
import collections
import select
import socket
import ssl
import struct

import hpack

import h2_raw
from many_web_sockets import OPENING
from zeroway_e2e import MIB, SLOW

Answer = collections.namedtuple('Answer', 'status fields')
LARGEST_WRITE = 16_384  # the size of a TLS record, or of a DATA frame


class Pipe:
    """A TCP connection that does not block. With a context as `tls`, it is a TLS connection."""

    def __init__(self, port, tls=None, seconds=20):
        self.seconds = seconds * SLOW
        self.socket = socket.create_connection(('127.0.0.1', port), self.seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname='localhost', suppress_ragged_eofs=False)
        self.socket.setblocking(False)

    def push(self, data):
        try:
            return self.socket.send(data[:LARGEST_WRITE])
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return 0

    def pull(self):
        try:
            return self.socket.recv(262_144)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return None
        except ssl.SSLZeroReturnError:
            return b''

    def wait(self, is_pushing):
        """Waits until bytes can be read or, with `is_pushing`, written."""
        if isinstance(self.socket, ssl.SSLSocket) and self.socket.pending():
            return
        readable, writable, _ = select.select([self.socket], [self.socket] if is_pushing else [], [], self.seconds)
        assert readable or writable, 'the router neither reads nor writes'

    def close(self):
        self.socket.close()


class UpgradedConnection:
    """HTTP/1.1: the WebSocket has the whole connection, and ends with it."""

    def __init__(self, pipe, path, extensions):
        self.pipe = pipe
        more = f'Sec-WebSocket-Extensions: {extensions}\r\n' if extensions else ''
        assert pipe.push(OPENING.format(path=path, more=more).encode()) > 100
        said = b''
        while b'\r\n\r\n' not in said:
            piece = pipe.pull()
            assert piece != b'', 'the end before an answer'
            said += piece or b''
            if piece is None:
                pipe.wait(False)
        head, _, self.rest = said.partition(b'\r\n\r\n')
        first, *lines = head.decode().split('\r\n')
        self.answer = Answer(int(first.split()[1]), dict(line.lower().split(': ', 1) for line in lines))
        self.push, self.wait, self.close = pipe.push, pipe.wait, pipe.close

    def pull(self):
        if self.rest:
            piece, self.rest = self.rest, b''
            return piece
        return self.pipe.pull()


class Http2Connection:
    """One connection for any number of WebSockets. `window`: that of each stream; a WINDOW_UPDATE gives back half."""

    def __init__(self, pipe, window=MIB):
        self.pipe, self.window = pipe, window
        self.scheme = 'https' if isinstance(pipe.socket, ssl.SSLSocket) else 'http'
        self.out = bytearray(h2_raw.PREFACE + h2_raw.settings((4, window)) + h2_raw.window_update(0, 16 * MIB - 65_535))
        self.received = bytearray()
        self.unreturned = 0
        self.encoder, self.decoder = hpack.Encoder(), hpack.Decoder()
        self.settings = {}
        self.room, self.room_of_stream = 65_535, 65_535
        self.streams = {}
        self.next = 1
        while not self.settings:
            self.serve(wait=True)
        assert self.settings[8] == 1, 'no extended CONNECT'

    def open(self, path, extensions):
        fields = [(':method', 'CONNECT'), (':protocol', 'websocket'), (':scheme', self.scheme),
                  (':authority', 'zeroway.test'), (':path', path), ('sec-websocket-version', '13')]
        if extensions:
            fields.append(('sec-websocket-extensions', extensions))
        stream = Http2Stream(self, self.next)
        self.next += 2
        self.streams[stream.id] = stream
        self.out += h2_raw.frame(h2_raw.HEADERS, h2_raw.END_HEADERS, stream.id, self.encoder.encode(fields))
        while not stream.answer:
            self.serve(wait=True)
        return stream

    def flush(self):
        while self.out and (taken := self.pipe.push(bytes(self.out[:LARGEST_WRITE]))):
            del self.out[:taken]

    def serve(self, wait=False):
        """Writes and reads as many bytes as it can without blocking."""
        self.flush()
        if wait:
            self.pipe.wait(bool(self.out))
            self.flush()
        while (piece := self.pipe.pull()) is not None:
            if not piece:
                raise ConnectionError('the connection of HTTP/2 ended')
            self.received += piece
            at = 0
            while len(self.received) >= at + 9:
                size = int.from_bytes(self.received[at:at + 3], 'big')
                if len(self.received) < at + 9 + size:
                    break
                type_, flags, stream = struct.unpack_from('>BBI', self.received, at + 3)
                self.take(type_, flags, stream, bytes(self.received[at + 9:at + 9 + size]))
                at += 9 + size
            del self.received[:at]
        self.flush()

    def take(self, type_, flags, id_, payload):
        stream = self.streams.get(id_)
        if type_ == h2_raw.DATA:
            self.unreturned += len(payload)
            if self.unreturned >= 8 * MIB:
                self.out += h2_raw.window_update(0, self.unreturned)
                self.unreturned = 0
            stream.take_data(payload, bool(flags & h2_raw.END_STREAM))
        elif type_ == h2_raw.HEADERS:
            assert flags & h2_raw.END_HEADERS and not stream.answer
            fields = dict(self.decoder.decode(payload))
            stream.answer = Answer(int(fields.pop(':status')), fields)
            stream.has_ended = bool(flags & h2_raw.END_STREAM)
        elif type_ == h2_raw.SETTINGS and not flags & h2_raw.ACK:
            self.settings = dict(struct.iter_unpack('>HI', payload))
            self.room_of_stream = self.settings.get(4, 65_535)
            self.out += h2_raw.frame(h2_raw.SETTINGS, h2_raw.ACK, 0)
        elif type_ == h2_raw.WINDOW_UPDATE:
            by = struct.unpack('>I', payload)[0]
            if id_ == 0:
                self.room += by
            elif stream:
                stream.room += by
        elif type_ == h2_raw.RST_STREAM:
            stream.reset = struct.unpack('>I', payload)[0]
        elif type_ == h2_raw.PING and not flags & h2_raw.ACK:
            self.out += h2_raw.ping(payload, h2_raw.ACK)
        elif type_ == h2_raw.GOAWAY:
            raise ConnectionError(f'GOAWAY {h2_raw.code_of(h2_raw.Frame(type_, flags, id_, payload))} {payload[8:]!r}')

    def close(self):
        self.pipe.close()


class Http2Stream:
    """HTTP/2: the WebSocket has a stream and ends with END_STREAM. The connection is kept."""

    def __init__(self, connection, id_):
        self.connection, self.id = connection, id_
        self.room = connection.room_of_stream
        self.data = bytearray()
        self.answer = None
        self.has_ended = False
        self.reset = None
        self.unreturned = 0

    def take_data(self, payload, is_last):
        assert not self.has_ended, 'DATA after END_STREAM'
        self.data += payload
        self.has_ended = is_last

    def push(self, data):
        connection = self.connection
        connection.flush()
        size = min(len(data), LARGEST_WRITE, self.room, connection.room)
        if connection.out or size <= 0:
            return 0
        self.room -= size
        connection.room -= size
        connection.out += h2_raw.data(self.id, bytes(data[:size]), 0)
        connection.flush()
        return size

    def pull(self):
        if not self.data:
            self.connection.serve()
        if self.data:
            piece = bytes(self.data)
            self.data.clear()
            self.give_back(len(piece))
            return piece
        if self.has_ended:
            return b''
        if self.reset is not None:
            raise ConnectionResetError(f'RST_STREAM {h2_raw.CODES[self.reset]}')
        return None

    def give_back(self, size):
        self.unreturned += size
        if self.unreturned < self.connection.window // 2 or self.has_ended or self.reset is not None:
            return
        self.connection.out += h2_raw.window_update(self.id, self.unreturned)
        self.unreturned = 0

    def wait(self, is_pushing):
        connection = self.connection
        connection.flush()
        has_room = min(self.room, connection.room) > 0
        connection.pipe.wait(bool(connection.out) or (is_pushing and has_room))

    def close(self):
        """Half-closes the stream. Bytes that the router sends on the stream after that are not read."""
        if self.answer and self.answer.status == 200 and self.reset is None:
            self.connection.out += h2_raw.data(self.id, b'', h2_raw.END_STREAM)
            self.connection.flush()


class Roads:
    """The WebSockets of a router, over one kind of road: 'http1', 'http2', 'http1-tls' or 'http2-tls'.

    `ca`: the file of the authority that TLS trusts. Before the first open(), a Roads may be passed to another process.
    """

    def __init__(self, port, kind='http1', ca=None):
        self.port, self.kind, self.ca = port, kind, ca
        self.is_http2 = kind.startswith('http2')
        self.connection = None  # with HTTP/2: the connection of all WebSockets

    def pipe(self, seconds):
        if not self.ca:
            return Pipe(self.port, None, seconds)
        context = ssl.create_default_context(cafile=self.ca)
        context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF  # an end without close_notify is an error
        context.set_alpn_protocols(['h2' if self.is_http2 else 'http/1.1'])
        return Pipe(self.port, context, seconds)

    def open(self, path='/', extensions=None, seconds=20):
        if not self.is_http2:
            return UpgradedConnection(self.pipe(seconds), path, extensions)
        if not self.connection:
            self.connection = Http2Connection(self.pipe(seconds))
        self.connection.pipe.seconds = seconds * SLOW
        return self.connection.open(path, extensions)

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None
