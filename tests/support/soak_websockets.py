"""The WebSocket clients of a soak: over HTTP/1.1 by python3-websockets, over HTTP/2 by hand, each with and without TLS.

Owner: soak_run.py.   Thread: each client's own.
Not here: which failures are allowed (soak_judge.py).
"""
import asyncio
import collections
import time

import h2.exceptions
import websockets

from soak_asks import BOUND, OPEN, WS, Ask
from soak_clients import REFUSED_STREAM, Client, HeardHttp2
from websocket_frames import BINARY, PONG, TEXT, ByHand, close_frame, frame
import zeroway_e2e as z

Answer = collections.namedtuple('Answer', 'status fields')
LOST = 1006  # the WebSocket ended without a Close


def message_of(asks, random_):
    message = asks.some(random_.choice([200, 200, 200, 5_000, 200_000]))
    return message.hex() if random_.random() < 0.5 else message


class WebSocketClients(Client):
    """Ten WebSockets on one thread. Each sends some messages, receives their echoes, and may be quiet for a while."""
    kind = 'websocket'
    count = 10

    def run(self):
        try:
            asyncio.run(self.all())
        except Exception as error:  # noqa
            self.soak.client_died(self, error)

    async def all(self):
        await asyncio.gather(*(self.one(index) for index in range(self.count)))

    async def one(self, index):
        while not self.soak.is_stopping():
            if self.soak.works(f'{self.name}-{index}'):
                await self.talk()
                self.soak.rests(f'{self.name}-{index}')
                self.steps += 1
            await asyncio.sleep(self.random.uniform(0, 0.2))

    async def talk(self):
        pool = self.random.choice([OPEN, WS]) if self.soak.knows_routes() else OPEN
        ask = Ask(pool, 'WEBSOCKET', '/', self.asks.next_id('socket'))
        begin = time.monotonic()
        options = dict(max_size=None, ping_interval=None, close_timeout=BOUND * z.SLOW, open_timeout=BOUND * z.SLOW,
                       compression=self.random.choice([None, 'deflate']))
        is_tls = self.random.random() < 0.3
        road = self.soak.road(self.random, is_tls)
        if is_tls:
            options.update(ssl=road.context('http/1.1'), server_hostname='localhost')
        try:
            client = await websockets.connect(f'{"wss" if is_tls else "ws"}://{ask.pool}.test:{road.port}/',
                                              host='127.0.0.1', port=road.port, **options)
        except websockets.InvalidStatusCode as error:
            return self.fail(ask, begin, 'status', error, code=error.status_code)
        except asyncio.TimeoutError:
            return self.fail(ask, begin, 'late', 'no answer to the opening')
        except (OSError, websockets.InvalidHandshake, websockets.InvalidMessage, EOFError) as error:
            await asyncio.sleep(0.1)
            return self.fail(ask, begin, 'connect', f'{type(error).__name__}: {error}')
        try:
            await self.converse(client, ask)
        except websockets.ConnectionClosed:
            self.fail(ask, begin, 'close', f'{client.close_code} {client.close_reason!r}', code=client.close_code)
        except asyncio.TimeoutError:
            self.fail(ask, begin, 'late', f'no answer to a message, open {client.open}')
        finally:
            await client.close()

    async def converse(self, client, ask):
        for _ in range(self.random.randint(1, 25)):
            message = message_of(self.asks, self.random)
            begin = time.monotonic()
            await asyncio.wait_for(client.send(message), BOUND * z.SLOW)
            got = await asyncio.wait_for(client.recv(), BOUND * z.SLOW)
            self.soak.took(self.kind, time.monotonic() - begin)
            if got != message:
                self.fail(ask, begin, 'wrong', f'{len(got)} instead of {len(message)}')
            if self.soak.is_resting():
                return
            await asyncio.sleep(self.random.choice([0, 0, 0.05, 0.5]))


class Http2WebSockets(Client):
    """Several WebSockets on one connection (RFC 8441), which is kept for the next WebSockets."""
    kind = 'websocket2'
    connection = None

    def step(self):
        if self.random.random() < 0.2:
            self.leave()
        begin = time.monotonic()
        asks = [self.ask() for _ in range(self.random.randint(1, 4))]
        try:
            if self.connection is None:
                self.is_tls = self.random.random() < 0.5
                self.connection = HeardHttp2(self.soak.road(self.random, self.is_tls), BOUND * z.SLOW)
        except OSError as error:
            self.fail(asks[0], begin, 'connect', error)
            return time.sleep(0.1)
        sockets = [one for one in [self.open(ask, begin) for ask in asks] if one]
        for _ in range(self.random.randint(1, 12)):
            sockets = [one for one in sockets if self.echo(*one)]
        for ask, road, socket in sockets:
            self.close(ask, road, socket)
        if self.connection.goaway or self.connection.is_closed:
            self.leave()

    def ask(self):
        pool = self.random.choice([OPEN, WS]) if self.soak.knows_routes() else OPEN
        return Ask(pool, 'WEBSOCKET', '/', self.asks.next_id('socket'))

    def open(self, ask, begin):
        """Returns (ask, road, WebSocket) when the WebSocket was accepted, else None."""
        if self.connection.goaway or self.connection.is_closed:
            return None
        try:
            road = Http2Road(self.connection, ask.authority, 'https' if self.is_tls else 'http',
                             self.random.choice([None, 'permessage-deflate']))
            if road.answer is not None and road.answer.status == 200:
                return ask, road, ByHand(road)
        except (OSError, AssertionError, h2.exceptions.ProtocolError) as error:
            self.connection.is_closed = True
            self.fail(ask, begin, 'connect', f'{error!r}, goaway {self.connection.goaway}')
            return None
        if road.answer is None:
            self.fail(ask, begin, 'connect' if road.is_unseen() else 'no reply', road.ending())
        else:
            self.fail(ask, begin, 'status', f'{road.answer} {road.ending()}', code=road.answer.status)
        return None

    def echo(self, ask, road, socket):
        """Whether the WebSocket can go on."""
        message = message_of(self.asks, self.random)
        wanted = ('text', message.encode()) if isinstance(message, str) else ('binary', message)
        begin = time.monotonic()
        try:
            socket.send(socket.framed(TEXT if wanted[0] == 'text' else BINARY, wanted[1], self.random.choice([0, 1_000])))
            event = self.next_event(socket)
        except (OSError, AssertionError) as error:
            event = self.rest_of(socket) or ('end', repr(error))
        self.soak.took(self.kind, time.monotonic() - begin)
        if event == wanted:
            return True
        if event[0] in ('text', 'binary'):
            self.fail(ask, begin, 'wrong', f'{event[0]} of {len(event[1])} instead of {len(message)}')
        else:
            self.fail(ask, begin, 'close', f'{event} {road.ending()}', code=event[1] if event[0] == 'close' else LOST)
        road.cancel()
        return False

    @staticmethod
    def next_event(socket):
        while (event := socket.receive())[0] in ('ping', 'pong'):
            if event[0] == 'ping':
                socket.send(frame(PONG, event[1]))
        return event

    @staticmethod
    def rest_of(socket):
        """The Close that the router had sent before sending failed, if there is one."""
        try:
            while event := socket.receive():
                if event[0] in ('close', 'end'):
                    return event if event[0] == 'close' else None
        except (OSError, AssertionError):
            return None

    def close(self, ask, road, socket):
        begin, kind = time.monotonic(), self.random.random()
        if kind < 0.3:
            return road.cancel()
        try:
            socket.send(close_frame(1000))
            event = self.next_event(socket)
        except (OSError, AssertionError) as error:
            event = self.rest_of(socket) or ('end', repr(error))
        if event[:2] != ('close', 1000):
            self.fail(ask, begin, 'close', f'{event} {road.ending()}', code=event[1] if event[0] == 'close' else LOST)
        road.cancel()

    def leave(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Http2Road:
    """A stream with the functions that websocket_frames.py needs. `answer`: None when stream or connection ended before
    an answer came."""

    def __init__(self, connection, authority, scheme, extensions):
        self.connection = connection
        fields = [('sec-websocket-version', '13')]
        if extensions:
            fields.append(('sec-websocket-extensions', extensions))
        self.stream = connection.open(end=False, fields=fields, pseudo=[
            (':method', 'CONNECT'), (':protocol', 'websocket'), (':scheme', scheme), (':authority', authority),
            (':path', '/')])
        self.reply = connection.streams[self.stream]
        connection.wait_for(lambda: self.reply.fields or self.reply.is_over or connection.is_closed)
        self.answer = Answer(self.reply.status, dict(self.reply.fields)) if self.reply.fields else None

    def is_unseen(self):
        goaway = self.connection.goaway
        return self.reply.reset == REFUSED_STREAM or (goaway is not None and self.stream > goaway.last_stream_id)

    def ending(self):
        return (f'reset {self.reply.reset}, ended {self.reply.has_ended}, goaway {self.connection.goaway}, '
                f'closed {self.connection.is_closed}')

    def push(self, data):
        if self.reply.is_over:
            raise ConnectionResetError('the stream is over')
        try:
            room = min(self.connection.h2.local_flow_control_window(self.stream),
                       self.connection.h2.max_outbound_frame_size, len(data))
            if room > 0:
                self.connection.h2.send_data(self.stream, bytes(data[:room]))
                self.connection.flush()
        except h2.exceptions.ProtocolError as error:
            raise ConnectionResetError(str(error)) from None
        return max(room, 0)

    def pull(self):
        if self.reply.body:
            piece = bytes(self.reply.body)
            self.reply.body.clear()
            return piece
        if self.reply.has_ended:
            return b''
        if self.reply.reset is not None or self.connection.is_closed:
            raise ConnectionResetError('the stream was reset')
        return None

    def wait(self, is_pushing):
        self.connection.read_some()

    def cancel(self):
        """Resets the stream: the rest of it is not needed."""
        try:
            self.connection.h2.reset_stream(self.stream, 8)
            self.connection.flush()
        except (OSError, h2.exceptions.ProtocolError):
            pass

    def close(self):
        self.cancel()
