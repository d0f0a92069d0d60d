"""An HTTP server for tests, in HTTP/1.1 or HTTP/2, in cleartext or over TLS. One handler serves both languages.

Owner: a test (Served, in a thread of its own) or a program (origin_program.py).   Thread: that of its asyncio loop.
Not here: what is answered (a handler), malformed replies.

A handler is a coroutine `answer(request, reply)`. It may read the body while it writes the reply.
"""
import asyncio
import collections
import contextlib
import ssl
import threading

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions

from zeroway_e2e import PATIENCE, SLOW

HTTP1, H2 = 'http/1.1', 'h2'
LIMIT = 1 << 20  # bytes of a head
QUIET = (204, 304)


class Gone(Exception):
    """The router has cancelled the request."""


class Request:
    """`fields` have HTTP/2's form: pseudo-fields first. `gone()` says whether the router has cancelled the request."""

    def __init__(self, fields, gone):
        self.fields, self.gone = fields, gone
        self.trailers = []
        self.pieces = asyncio.Queue()  # of bytes; None is the end

    def get(self, name, default=None):
        return next((value for field, value in self.fields if field == name), default)

    @property
    def method(self):
        return self.get(':method')

    @property
    def path(self):
        return self.get(':path')

    async def read(self):
        """The next piece of the body; b'' at its end."""
        raise NotImplementedError

    async def body(self):
        pieces = []
        while piece := await self.read():
            pieces.append(piece)
        return b''.join(pieces)

    async def until_gone(self):
        while not self.gone():
            await asyncio.sleep(0.01)


# ------------------------------------------------------------------------------------------------- HTTP/1.1


def text_of(data):
    return data.decode('utf-8', 'surrogateescape')


def bytes_of(text):
    return text.encode('utf-8', 'surrogateescape')


def fields_of(lines):
    fields = []
    for line in lines:
        name, _, value = line.partition(b':')
        fields.append((text_of(name).lower(), text_of(value.strip())))
    return fields


class Http1Request(Request):
    def __init__(self, connection, fields):
        super().__init__(fields, connection.is_gone)
        self.connection = connection
        self.is_chunked = self.get('transfer-encoding') == 'chunked'
        self.left = int(self.get('content-length', 0))
        self.expects = (self.get('expect') or '').lower() == '100-continue'
        self.has_ended = not self.is_chunked and self.left == 0

    async def read(self):
        if self.has_ended:
            return b''
        if self.expects:
            self.expects = False
            self.connection.writer.write(b'HTTP/1.1 100 Continue\r\n\r\n')
        reader = self.connection.reader
        if self.left == 0:
            self.left = int((await reader.readuntil(b'\r\n')).split(b';')[0], 16)
            if self.left == 0:
                await self._read_trailers(reader)
                return b''
        piece = await reader.read(min(self.left, 65_536))
        if not piece:
            raise Gone
        self.left -= len(piece)
        if self.left == 0:
            if self.is_chunked:
                assert await reader.readexactly(2) == b'\r\n'
            else:
                self.has_ended = True
        return piece

    async def _read_trailers(self, reader):
        lines = []
        while line := (await reader.readuntil(b'\r\n'))[:-2]:
            lines.append(line)
        self.trailers = fields_of(lines)
        self.has_ended = True


class Http1Reply:
    """Each call sends at once; whole() sends all of a small reply in one piece."""

    def __init__(self, connection, request):
        self.connection, self.request = connection, request
        self.has_head = self.has_ended = self.is_chunked = False

    async def interim(self, status, fields=()):
        self._write_head(status, fields)

    async def head(self, status=200, fields=()):
        fields = list(fields)
        self.has_head = True
        self.is_bare = self.request.method == 'HEAD' or status in QUIET
        self.is_chunked = not self.is_bare and 'content-length' not in dict(fields)
        if self.is_chunked:
            fields.append(('transfer-encoding', 'chunked'))
        self._write_head(status, fields)
        await self.connection.writer.drain()

    def _write_head(self, status, fields, body=b''):
        lines = [b'HTTP/1.1 %d Any' % status] + [bytes_of(f'{name}: {value}') for name, value in fields]
        self.connection.writer.write(b'\r\n'.join(lines) + b'\r\n\r\n' + body)

    async def write(self, data):
        if not data or self.is_bare:
            return
        if self.request.gone():
            raise Gone
        self.connection.writer.write(b'%x\r\n%s\r\n' % (len(data), data) if self.is_chunked else data)
        await self.connection.writer.drain()

    async def end(self, trailers=()):
        self.has_ended = True
        if self.is_chunked:
            lines = [bytes_of(f'{name}: {value}\r\n') for name, value in trailers]
            self.connection.writer.write(b'0\r\n' + b''.join(lines) + b'\r\n')
        await self.connection.writer.drain()

    async def whole(self, status, fields, body):
        fields = [*fields, ('content-length', str(len(body)))]
        self.has_head = self.has_ended = True
        self._write_head(status, fields, b'' if self.request.method == 'HEAD' else body)
        await self.connection.writer.drain()

    def cut(self):
        """Ends the connection in the middle of the reply."""
        self.connection.writer.transport.abort()


class Http1Connection:
    def __init__(self, server, reader, writer):
        self.server, self.reader, self.writer = server, reader, writer

    def is_gone(self):
        return self.reader.at_eof() or self.writer.transport.is_closing()

    async def run(self):
        with contextlib.suppress(asyncio.IncompleteReadError):
            while await self.serve_one():
                pass

    async def serve_one(self):
        lines = (await self.reader.readuntil(b'\r\n\r\n'))[:-4].split(b'\r\n')
        method, path, version = lines[0].split(b' ')
        assert version == b'HTTP/1.1', lines
        fields = fields_of(lines[1:])
        hosts = [value for name, value in fields if name == 'host']
        assert len(hosts) == 1, fields
        head = [(':method', text_of(method)), (':scheme', self.server.scheme), (':authority', hosts[0]),
                (':path', text_of(path)), *(field for field in fields if field[0] != 'host')]
        request = Http1Request(self, head)
        reply = Http1Reply(self, request)
        await self.server.answer(request, reply)
        if not reply.has_ended:
            return False
        while await request.read():
            pass
        return not self.is_gone()


# --------------------------------------------------------------------------------------------------- HTTP/2


class Http2Request(Request):
    def __init__(self, connection, stream, fields, has_ended):
        super().__init__(fields, lambda: self.is_reset or connection.is_gone)
        self.connection, self.stream, self.is_reset = connection, stream, False
        self.expects = (self.get('expect') or '').lower() == '100-continue'
        if has_ended:
            self.pieces.put_nowait((b'', 0))

    async def read(self):
        if self.expects:
            self.expects = False
            self.connection.h2.send_headers(self.stream, [(':status', '100')])
            self.connection.flush()
        piece, taken = await self.pieces.get()
        if piece is None:
            raise Gone
        self.connection.taken(taken, self.stream)
        if not piece:
            self.pieces.put_nowait((b'', 0))
        return piece


class Http2Reply:
    def __init__(self, connection, request):
        self.connection, self.request, self.stream = connection, request, request.stream
        self.has_head = self.has_ended = False
        self.bare_head = None

    async def interim(self, status, fields=()):
        self._put_head(status, fields, False)

    async def head(self, status=200, fields=()):
        self.has_head = True
        self.is_bare = self.request.method == 'HEAD' or status in QUIET
        if self.is_bare:
            self.bare_head = (status, list(fields))
        else:
            self._put_head(status, fields, False)

    def _put_head(self, status, fields, is_last):
        if self.request.gone():
            raise Gone
        self.connection.h2.send_headers(self.stream, [(':status', str(status)), *fields], end_stream=is_last)
        self.connection.flush()

    async def write(self, data):
        data = memoryview(data)
        while data and not self.is_bare:
            if self.request.gone():
                raise Gone
            room = min(self.connection.h2.local_flow_control_window(self.stream),
                       self.connection.h2.max_outbound_frame_size)
            if room <= 0:
                await self.connection.wait_for_room()
                continue
            self.connection.h2.send_data(self.stream, bytes(data[:room]))
            data = data[room:]
            self.connection.flush()
            await self.connection.writer.drain()

    async def end(self, trailers=()):
        self.has_ended = True
        if self.request.gone():
            raise Gone
        if self.bare_head:
            self._put_head(*self.bare_head, True)
        elif trailers:
            self.connection.h2.send_headers(self.stream, list(trailers), end_stream=True)
        else:
            self.connection.h2.end_stream(self.stream)
        self.connection.flush()
        await self.connection.writer.drain()

    async def whole(self, status, fields, body):
        """For bodies of less than a window."""
        if self.request.gone():
            raise Gone
        self.has_ended = True
        head = [(':status', str(status)), *fields, ('content-length', str(len(body)))]
        is_bare = self.request.method == 'HEAD'
        self.connection.h2.send_headers(self.stream, head, end_stream=is_bare)
        if not is_bare:
            self.connection.h2.send_data(self.stream, body, end_stream=True)
        self.connection.flush()

    def cut(self):
        if not self.request.gone():
            self.connection.h2.reset_stream(self.stream, h2.errors.ErrorCodes.INTERNAL_ERROR)
            self.connection.flush()
        self.has_ended = True


class Http2Connection:
    def __init__(self, server, reader, writer):
        self.server, self.reader, self.writer = server, reader, writer
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(
            client_side=False, header_encoding=None, validate_outbound_headers=False, normalize_outbound_headers=False))
        self.requests, self.tasks = {}, set()
        self.room = asyncio.Event()
        self.is_gone = False

    def taken(self, size, stream):
        """Gives the bytes' window back: the connection's also when the stream is over."""
        if size and not self.is_gone:
            self.h2.acknowledge_received_data(size, stream)
            self.flush()

    async def wait_for_room(self):
        self.room.clear()
        await self.room.wait()

    def flush(self):
        if data := self.h2.data_to_send():
            self.writer.write(data)

    async def run(self):
        self.h2.initiate_connection()
        self.flush()
        try:
            while data := await self.reader.read(65_536):
                for event in self.h2.receive_data(data):
                    self.event(event)
                self.flush()
        except h2.exceptions.ProtocolError as error:
            self.flush()  # GOAWAY
            self.server.faults.append(f'{type(error).__name__}: {error}')
        finally:
            self.is_gone = True
            self.room.set()
            for request in self.requests.values():
                request.pieces.put_nowait((None, 0))
            for task in self.tasks:
                task.cancel()

    def event(self, event):
        stream = getattr(event, 'stream_id', None)
        request = self.requests.get(stream)
        if isinstance(event, h2.events.RequestReceived):
            fields = [(text_of(name), text_of(value)) for name, value in event.headers]
            request = self.requests[stream] = Http2Request(self, stream, fields, bool(event.stream_ended))
            task = asyncio.ensure_future(self.serve(request))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        elif isinstance(event, (h2.events.WindowUpdated, h2.events.RemoteSettingsChanged)):
            self.room.set()
        elif request is None:
            if isinstance(event, h2.events.DataReceived):
                self.taken(event.flow_controlled_length, stream)
        elif isinstance(event, h2.events.DataReceived):
            if event.data:
                request.pieces.put_nowait((event.data, event.flow_controlled_length))
        elif isinstance(event, h2.events.TrailersReceived):
            request.trailers = [(text_of(name), text_of(value)) for name, value in event.headers]
        elif isinstance(event, h2.events.StreamEnded):
            request.pieces.put_nowait((b'', 0))
        elif isinstance(event, h2.events.StreamReset):
            request.is_reset = True
            request.pieces.put_nowait((None, 0))
            self.room.set()

    async def serve(self, request):
        reply = Http2Reply(self, request)
        try:
            await self.server.answer(request, reply)
        except h2.exceptions.StreamClosedError:
            pass
        finally:
            if not reply.has_ended:
                reply.cut()
            self.requests.pop(request.stream, None)
            while not request.pieces.empty():
                self.taken(request.pieces.get_nowait()[1], request.stream)


# -------------------------------------------------------------------------------------------------- servers


class OriginServer:
    """`connections`: how many came so far; `open`: those that are open; `faults`: what the router did wrong."""

    def __init__(self, handler, language=HTTP1, certificate=None):
        self.handler, self.language = handler, language
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*certificate)
            self.context.set_alpn_protocols([language])
        self.scheme = 'https' if certificate else 'http'
        self.connections, self.open, self.faults = 0, set(), []

    async def start(self, port, address='127.0.0.1'):
        self.server = await asyncio.start_server(self.connected, address, port, ssl=self.context, limit=LIMIT,
                                                 backlog=1024, reuse_address=True)
        return self.server.sockets[0].getsockname()[1]

    async def connected(self, reader, writer):
        self.connections += 1
        self.open.add(writer)
        kind = Http1Connection if self.language == HTTP1 else Http2Connection
        try:
            await kind(self, reader, writer).run()
        except (ConnectionError, TimeoutError, ssl.SSLError, Gone, asyncio.CancelledError):
            pass
        except Exception as error:  # noqa: a test looks at the faults
            self.faults.append(f'{type(error).__name__}: {error}')
        finally:
            self.open.discard(writer)
            writer.close()

    async def answer(self, request, reply):
        try:
            await self.handler(request, reply)
        except (Gone, ConnectionError, asyncio.CancelledError):
            pass


class Served:
    """An OriginServer in a thread of its own. `stop()` closes its port and its connections, `start()` opens the port
    again."""

    def __init__(self, handler, language=HTTP1, certificate=None, port=0, address='127.0.0.1'):
        self.origin = OriginServer(handler, language, certificate)
        self.port, self.address = port, address
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.start()

    def start(self):
        self.port = self.do(self.origin.start(self.port, self.address))
        return self

    def stop(self):
        self.do(self._stop())

    async def _stop(self):
        self.origin.server.close()
        for writer in list(self.origin.open):
            writer.transport.abort()
        await self.origin.server.wait_closed()

    def do(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE * SLOW)

    @property
    def url(self):
        scheme = {'http': 'http' if self.origin.language == HTTP1 else 'h2c', 'https': 'https'}[self.origin.scheme]
        return f'{scheme}://127.0.0.1:{self.port}'

    @property
    def connections(self):
        return self.origin.connections

    @property
    def open(self):
        return len(self.origin.open)

    @property
    def faults(self):
        return self.origin.faults

    def close(self):
        with contextlib.suppress(Exception):
            self.stop()

        async def end():
            for task in asyncio.all_tasks():
                if task is not asyncio.current_task():
                    task.cancel()
            await asyncio.sleep(0)
        with contextlib.suppress(Exception):
            self.do(end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(PATIENCE)
        if not self.thread.is_alive():
            self.loop.close()


# ------------------------------------------------------------------------------------------ a recording handler

Seen = collections.namedtuple('Seen', 'fields body trailers')


class Recorder:
    """A handler that keeps every request, and gives the answer of its case (field x-case): see recording_worker.py."""

    def __init__(self, answers):
        self.answers, self.seen = answers, {}

    async def __call__(self, request, reply):
        case = request.get('x-case')
        body = await request.body()
        self.seen[case] = Seen(request.fields, body, request.trailers)
        answer = self.answers[case]
        for status, fields in answer.interim:
            await reply.interim(status, fields)
        await reply.head(answer.status, list(answer.fields))
        await reply.write(answer.body)
        await reply.end(answer.trailers)
