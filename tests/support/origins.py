"""HTTP/1.1 servers that answer by a script, and keep every request byte for byte.

    origin = stack.closing(Origin(reply(b'hello')))              the same bytes for every request
    Origin(lambda request: reply(request.target.encode()))       bytes made of the request
    Origin(in_turn(reply(b'first'), then_close(b'HTTP/1.1 2')))  one script for each request, the last one for the rest

A script is bytes, or a function of the Request. The function returns bytes to send, or None when it has sent them
itself by `request.connection`.

Owner: a test.   Thread: an origin has threads of its own, one for each connection; close() ends them.
Not here: the router in front of an origin (sites_e2e.py), checks (tests/e2e/test_sites_*.py).
"""
import base64
import hashlib
import re
import socket
import struct
import threading

import zeroway_e2e as z

REASONS = {100: 'Continue', 101: 'Switching Protocols', 103: 'Early Hints', 200: 'OK', 204: 'No Content',
           304: 'Not Modified', 401: 'Unauthorized', 404: 'Not Found', 413: 'Content Too Large', 500: 'Oh No'}


# ------------------------------------------------------------------------------------------------ bytes of replies


def head(status=200, fields=(), version='HTTP/1.1'):
    lines = [f'{version} {status} {REASONS.get(status, "Reply")}', *(f'{name}: {value}' for name, value in fields)]
    return ('\r\n'.join(lines) + '\r\n\r\n').encode('latin-1')


def reply(body=b'', status=200, fields=()):
    return head(status, [*fields, ('Content-Length', len(body))]) + body


def chunked(*pieces, fields=(), trailers=(), is_whole=True):
    end = b'0\r\n' + ''.join(f'{name}: {value}\r\n' for name, value in trailers).encode() + b'\r\n'
    return (head(200, [*fields, ('Transfer-Encoding', 'chunked')]) + b''.join(map(z.chunk, pieces))
            + (end if is_whole else b''))


# -------------------------------------------------------------------------------------------------------- scripts


def in_turn(*scripts):
    """The first script for the origin's first request, and so on; the last script for all further ones."""
    lock, left = threading.Lock(), list(scripts)

    def answer(request):
        with lock:
            script = left.pop(0) if len(left) > 1 else left[0]
        return script(request) if callable(script) else script
    return answer


def then_close(data=b''):
    """Sends the bytes and closes the connection in an orderly way."""
    def answer(request):
        request.connection.send(data)
        request.connection.close()
    return answer


def then_reset(data=b''):
    """Sends the bytes, waits until the router has them, and resets the connection."""
    def answer(request):
        request.connection.send(data)
        request.connection.wait_taken()
        request.connection.reset()
    return answer


def silent(request):
    """Says nothing until the router closes the connection."""
    request.connection.wait_end()


class Gate:
    """Holds every request that it answers until open()."""

    def __init__(self, script=None):
        self.script = script
        self.is_open = threading.Event()

    def __call__(self, request):
        self.is_open.wait(z.PATIENCE * z.SLOW)
        script = self.script or reply(request.origin.name.encode())
        return script(request) if callable(script) else script

    def open(self):
        self.is_open.set()


def accept_key(key):
    return base64.b64encode(hashlib.sha1(key.encode() + b'258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest()).decode()


def accept_websocket(request, fields=(), first=b''):
    """Accepts the WebSocket with the bytes `first` right behind the head; then waits for the other side's end."""
    request.connection.send(head(101, [('Connection', 'Upgrade'), ('Upgrade', 'websocket'),
                                       ('Sec-WebSocket-Accept', accept_key(request.get('sec-websocket-key'))),
                                       *fields]) + first)
    request.connection.wait_end()


# -------------------------------------------------------------------------------------------------------- origins


class Request:
    """One request as it came. `body` is None as long as the origin has not read it."""

    def __init__(self, connection, raw_head):
        self.connection = connection
        self.raw_head = raw_head
        line, *lines = raw_head[:-4].split(b'\r\n')
        self.method, self.target, self.version = line.decode('latin-1').split(' ')
        self.fields = z.fields_of(lines)
        self.body = None
        self.trailers = []

    @property
    def origin(self):
        return self.connection.origin

    def get(self, name, default=None):
        return next((value for field, value in self.fields if field == name), default)

    def all(self, name):
        return [value for field, value in self.fields if field == name]

    def read_body(self):
        self.body = self.connection.read_body(self)
        return self.body

    def __repr__(self):
        return f'<{self.method} {self.target} {self.fields}>'


class OriginConnection(z.Closing):
    """One connection that an origin accepted."""

    def __init__(self, origin, accepted):
        self.origin = origin
        self.socket = accepted
        self.socket.settimeout(z.PATIENCE * z.SLOW)
        self.buffer = bytearray()
        self.requests = []
        self.received = 0  # bytes
        self.has_ended = threading.Event()

    def send(self, data):
        self.socket.sendall(data)

    def close(self):
        """Ends both directions. Only the connection's own thread closes the socket: its number may be another one's
        by the time that thread reads from it."""
        self.has_ended.set()
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self):
        self.has_ended.set()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.socket.close()

    def wait_taken(self):
        """Waits until the other side's kernel has acknowledged all bytes: a reset could take them back."""
        z.eventually(lambda: struct.unpack('i', _outq(self.socket))[0] == 0, what='acknowledged bytes')

    def fill(self):
        piece = self.socket.recv(262_144)
        self.buffer += piece
        self.received += len(piece)
        return bool(piece)

    def take(self, size):
        while len(self.buffer) < size:
            if not self.fill():
                raise EOFError
        piece = bytes(self.buffer[:size])
        del self.buffer[:size]
        return piece

    def take_until(self, mark):
        while mark not in self.buffer:
            if not self.fill():
                raise EOFError
        return self.take(self.buffer.index(mark) + len(mark))

    def wait_end(self):
        """Reads until the router closes. All bytes since the last request."""
        try:
            while self.fill():
                pass
        except OSError:
            pass
        return bytes(self.buffer)

    def read_body(self, request):
        if request.get('transfer-encoding') is None:
            return self.take(int(request.get('content-length', 0)))
        pieces = []
        while size := int(self.take_until(b'\r\n').split(b';')[0], 16):
            pieces.append(self.take(size))
            assert self.take(2) == b'\r\n'
        lines = []
        while (line := self.take_until(b'\r\n')) != b'\r\n':
            lines.append(line[:-2])
        request.trailers = z.fields_of(lines)
        return b''.join(pieces)


def _outq(socket_):
    import fcntl
    import termios
    return fcntl.ioctl(socket_, termios.TIOCOUTQ, bytes(4))


class Origin(z.Closing):
    """A server on 127.0.0.1. Without a script it answers its name.

    `reads_bodies`: whether a request's body is read before its script runs.
    """

    def __init__(self, script=None, name='origin', reads_bodies=True, port=None, path=None):
        self.name = name
        self.script = script if script is not None else reply(name.encode())
        self.reads_bodies = reads_bodies
        self.port = port or z.free_port()
        self.path = path  # of a unix socket, in the place of the port
        self.requests = []     # in the order of their heads
        self.connections = []  # in the order of their arrival
        self.errors = []
        self.listener = None
        self.acceptor = None
        self.threads = []
        self.start()

    @property
    def url(self):
        return f'unix:{self.path}' if self.path else f'http://127.0.0.1:{self.port}'

    def start(self):
        self.listener = socket.socket(socket.AF_UNIX if self.path else socket.AF_INET)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(self.path or ('127.0.0.1', self.port))
        self.listener.listen(512)
        self.acceptor = threading.Thread(target=self._accept, args=(self.listener,), daemon=True)
        self.acceptor.start()

    def close(self):
        """Refuses connections, and ends those that are open. start() begins again."""
        if self.acceptor:
            self.listener.shutdown(socket.SHUT_RDWR)  # ends accept()
            self.acceptor.join(z.PATIENCE)
            self.acceptor = None
            self.listener.close()
        if isinstance(self.script, Gate):
            self.script.open()
        for connection in list(self.connections):
            connection.close()
        for thread in self.threads:
            thread.join(z.PATIENCE)
        self.threads.clear()
        assert not self.errors, self.errors

    def close_idle(self):
        """Closes the connections that are open, in an orderly way."""
        for connection in self.connections:
            if not connection.has_ended.is_set():
                connection.close()

    def open_connections(self):
        return [connection for connection in self.connections if not connection.has_ended.is_set()]

    def wait_requests(self, count):
        z.eventually(lambda: len(self.requests) >= count, what=f'{count} requests at {self.name}')
        return self.requests

    @property
    def last(self):
        return self.requests[-1]

    def targets(self):
        return [request.target for request in self.requests]

    def _accept(self, listener):
        while True:
            try:
                accepted, _ = listener.accept()
            except OSError:
                return
            connection = OriginConnection(self, accepted)
            self.connections.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def _serve(self, connection):
        try:
            while not connection.has_ended.is_set():
                self._answer(connection)
        except (EOFError, OSError):
            pass  # the router has closed, or the test has
        except Exception as error:  # noqa: a fault of the test, which close() reports
            self.errors.append(repr(error))
        finally:
            connection.has_ended.set()
            connection.socket.close()

    def _answer(self, connection):
        request = Request(connection, connection.take_until(b'\r\n\r\n'))
        connection.requests.append(request)
        self.requests.append(request)
        if self.reads_bodies:
            request.read_body()
        said = self.script(request) if callable(self.script) else self.script
        if said and not connection.has_ended.is_set():
            connection.send(said)


def full_backlog():
    """A socket that lets nobody connect: its backlog is full, and the kernel drops further attempts. Returns
    (port, what holds it)."""
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen(0)
    held = [listener]
    for _ in range(4):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(listener.getsockname())
        held.append(client)
    return listener.getsockname()[1], held


def split_by(names):
    """How often each name is in the list, as a dict."""
    return {name: names.count(name) for name in sorted(set(names))}


def numbers_in(text):
    return [int(number) for number in re.findall(r'\d+', text)]
