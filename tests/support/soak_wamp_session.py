"""One session of a soak's client of WAMP, over WebSocket or RawSocket: asks, keeps its events, answers calls.

Owner: soak_wamp.py.   Thread: that of its event loop.
Not here: what is said and what has to come back (soak_wamp.py).
"""
import asyncio
import base64
import itertools
import time

import websockets

from soak_asks import BOUND
from wamp_e2e import CODECS, ROLES
import zeroway_e2e as z

HELLO, WELCOME, ABORT, GOODBYE, ERROR = 1, 2, 3, 6, 8
PUBLISH, PUBLISHED, SUBSCRIBE, SUBSCRIBED, EVENT = 16, 17, 32, 33, 36
CALL, RESULT, REGISTER, REGISTERED, INVOCATION, INTERRUPT, YIELD = 48, 50, 64, 65, 68, 69, 70
SERIALIZERS = {'json': 1, 'msgpack': 2, 'cbor': 3}  # with their numbers in RawSocket's handshake
ECHO, FAIL, COUNT = 'echo', 'fail', 'count'         # what a callee does with a call
FAILED = 'com.soak.failed'                          # the error that a callee answers
LOGOUT, ANSWER = 'wamp.close.normal', 'wamp.close.goodbye_and_out'


class Ended(Exception):
    """The transport is over. `code`: of a WebSocket's Close, 1006 where there was none; 0 of RawSocket."""

    def __init__(self, code=0, detail=''):
        super().__init__(f'{code} {detail}')
        self.code = code


class Refused(Exception):
    """No session began. `how`: connect, status, stranger, no reply, or abort with a reason (soak_asks.Failure)."""

    def __init__(self, how, detail='', code=0, reason=''):
        super().__init__(detail)
        self.how, self.detail, self.code, self.reason = how, detail, code, reason


class Answered(Exception):
    """A request was answered with ERROR."""

    def __init__(self, uri, payload):
        super().__init__(uri)
        self.uri, self.payload = uri, payload


class OverWebSocket:
    def __init__(self, socket):
        self.socket = socket

    @classmethod
    async def open(cls, road, host, path, serializer):
        wanted, options = f'wamp.2.{serializer}', {}
        if road.certificates:
            options = {'ssl': road.context('http/1.1'), 'server_hostname': road.certificates.name}
        try:
            socket = await websockets.connect(
                f'{"wss" if road.certificates else "ws"}://{host}:{road.port}{path}', host='127.0.0.1', port=road.port,
                subprotocols=[wanted], max_size=None, ping_interval=None, compression=None,
                open_timeout=BOUND * z.SLOW, close_timeout=BOUND * z.SLOW, **options)
        except websockets.InvalidStatusCode as error:
            raise Refused('status', str(error), error.status_code) from None
        except (OSError, EOFError, websockets.InvalidHandshake, websockets.InvalidMessage) as error:
            raise Refused('connect', repr(error)) from None
        if socket.subprotocol != wanted:
            socket.transport.abort()
            raise Refused('stranger', f'the subprotocol is {socket.subprotocol}')
        return cls(socket)

    async def send(self, data):
        try:
            await self.socket.send(data)
        except websockets.ConnectionClosed:
            raise self.ended() from None

    async def receive(self):
        try:
            return await self.socket.recv()
        except websockets.ConnectionClosed:
            raise self.ended() from None

    def ended(self):
        return Ended(self.socket.close_code, self.socket.close_reason)

    async def close(self):
        await self.socket.close()

    def drop(self):
        self.socket.transport.abort()


class OverRawSocket:
    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, road, host, path, serializer):
        """Of a port whose sessions are all those of the path."""
        options = {}
        if road.certificates:
            options = {'ssl': road.context('http/1.1'), 'server_hostname': road.certificates.name}
        opening = bytes([0x7f, 0xf0 | SERIALIZERS[serializer], 0, 0])
        try:
            reader, writer = await asyncio.open_connection('127.0.0.1', road.port, limit=1 << 20, **options)
            writer.write(opening)
            answer = await reader.readexactly(4)
        except (OSError, EOFError) as error:
            raise Refused('connect', repr(error)) from None
        if answer != opening:
            writer.transport.abort()
            raise Refused('stranger', f'the handshake is answered with {answer.hex()}')
        return cls(reader, writer)

    async def send(self, data):
        payload = data.encode() if isinstance(data, str) else data
        try:
            self.writer.write(len(payload).to_bytes(4, 'big') + payload)
            await self.writer.drain()
        except OSError as error:
            raise Ended(detail=repr(error)) from None

    async def receive(self):
        try:
            prefix = int.from_bytes(await self.reader.readexactly(4), 'big')
            return await self.reader.readexactly(prefix & 0xff_ffff)
        except (OSError, EOFError) as error:
            raise Ended(detail=repr(error)) from None

    async def close(self):
        self.writer.close()

    def drop(self):
        self.writer.transport.abort()


class Session:
    """A client that has joined a realm. `since`: when it began to join. Once `is_over`, `reason` is that of the GOODBYE
    which it got without having said one ('' = none), `code` that of the Close, `ended` the time."""

    def __init__(self, transport, serializer):
        self.transport, self.serializer = transport, serializer
        self.write, self.read = CODECS[serializer]
        self.numbers = itertools.count(1)
        self.waiting = {}      # number of a request -> the future of its answer
        self.progress = {}     # number of a call -> the payloads of its progressive results
        self.events = []       # their payloads
        self.has_news = asyncio.Event()  # an event came, or the end
        self.parting = None    # the future of the answer to our GOODBYE
        self.is_over, self.reason, self.code, self.ended = False, '', 0, None
        self.tasks = set()

    async def join(self, realm):
        self.since = time.monotonic()
        try:
            await self.say(HELLO, realm, {'roles': ROLES})
            kind, _, *rest = await self.hear()
        except Ended as error:
            raise Refused('no reply', str(error), error.code) from None
        if kind != WELCOME:
            raise Refused('abort', rest[0], reason=rest[0])
        self.listening = asyncio.create_task(self.listen())

    # --- what it says

    async def say(self, *message):
        await self.transport.send(self.write(self.as_sent(list(message))))

    async def ask(self, kind, *rest, number=None):
        """What the answer has behind the number of the request."""
        number = number or next(self.numbers)
        future = self.waiting[number] = asyncio.get_running_loop().create_future()
        if self.is_over:
            future.set_exception(Ended(self.code))
        else:
            await self.say(kind, number, *rest)
        return await asyncio.wait_for(future, BOUND * z.SLOW)

    async def call(self, procedure, args, words, has_progress=False):
        """The payloads of all results, the last one behind the progressive ones."""
        number = next(self.numbers)
        pieces = self.progress[number] = []
        options = {'receive_progress': True} if has_progress else {}
        _, *payload = await self.ask(CALL, options, procedure, args, words, number=number)
        return pieces + [payload_of(payload)]

    async def part(self):
        """Says GOODBYE, and waits for the answer."""
        self.parting = asyncio.get_running_loop().create_future()
        await self.say(GOODBYE, {}, LOGOUT)
        await asyncio.wait_for(self.parting, BOUND * z.SLOW)

    async def wait_events(self, count):
        """Waits for so many events, or until the session is over. False when they do not come."""
        deadline = time.monotonic() + BOUND * z.SLOW
        while len(self.events) < count and not self.is_over and time.monotonic() < deadline:
            self.has_news.clear()
            try:
                await asyncio.wait_for(self.has_news.wait(), 0.5)
            except asyncio.TimeoutError:
                pass
        return len(self.events) >= count or self.is_over

    # --- what it hears

    async def hear(self):
        return self.as_said(self.read(await self.transport.receive()))

    async def listen(self):
        try:
            while self.parting is None or not self.parting.done():
                await self.take(*await self.hear())
        except Ended as error:
            self.finish(error)
        except Exception:
            self.finish(Ended())
            raise

    async def take(self, kind, *rest):
        if kind == EVENT:
            self.events.append(payload_of(rest[3:]))
            self.has_news.set()
        elif kind == INVOCATION:
            task = asyncio.create_task(self.answer(rest[0], *payload_of(rest[3:])))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        elif kind == GOODBYE:
            await self.take_goodbye(rest[1])
        elif kind == ERROR:
            self.resolve(rest[1], error=Answered(rest[3], payload_of(rest[4:])))
        elif kind == RESULT and rest[1].get('progress'):
            self.progress[rest[0]].append(payload_of(rest[2:]))
        elif kind in (PUBLISHED, SUBSCRIBED, REGISTERED, RESULT):
            self.resolve(rest[0], rest[1:])
        elif kind != INTERRUPT:  # the caller is lost, and the answer is on its way
            raise AssertionError(f'a message of type {kind}: {str(rest)[:200]}')

    def resolve(self, number, answer=None, error=None):
        future = self.waiting.pop(number)
        if future.done():
            return  # nobody waits any more
        if error:
            future.set_exception(error)
            future.exception()  # whoever asked may have given up while sending
        else:
            future.set_result(answer)

    async def take_goodbye(self, reason):
        if self.parting is not None and reason == ANSWER:
            return self.parting.set_result(None)
        self.reason = reason
        return await self.say(GOODBYE, {}, ANSWER)

    def finish(self, error):
        self.is_over, self.code, self.ended = True, error.code, time.monotonic()
        self.has_news.set()
        if self.parting is not None and not self.parting.done():
            self.parting.set_exception(error)
            self.parting.exception()
        for number in list(self.waiting):
            self.resolve(number, error=error)

    async def answer(self, number, args, words):
        """Answers a call; its first argument says how."""
        try:
            if args[0] == FAIL:
                return await self.say(ERROR, INVOCATION, number, {}, FAILED, args, words)
            if args[0] == COUNT:
                for piece in range(args[1]):
                    await self.say(YIELD, number, {'progress': True}, [piece], words)
            return await self.say(YIELD, number, {}, args, words)
        except Ended:
            return None  # whoever listens has heard it, too

    # --- values: bytes are text in JSON

    def as_sent(self, value):
        return changed(value, bytes, lambda data: '\0' + base64.b64encode(data).decode()) if self.is_json else value

    def as_said(self, value):
        return changed(value, str, bytes_of) if self.is_json else value

    @property
    def is_json(self):
        return self.serializer == 'json'


def payload_of(rest):
    """Arguments and keyword arguments, which are left out at the end of a message."""
    return (rest[0] if rest else []), (rest[1] if len(rest) > 1 else {})


def bytes_of(text):
    return base64.b64decode(text[1:], validate=True) if text.startswith('\0') else text


def changed(value, kind, change):
    if isinstance(value, kind):
        return change(value)
    if isinstance(value, (list, tuple)):
        return [changed(one, kind, change) for one in value]
    if isinstance(value, dict):
        return {key: changed(one, kind, change) for key, one in value.items()}
    return value


def canonical(value):
    """Text that is the same for the same values of the same types; keys have no order."""
    if isinstance(value, (list, tuple)):
        return '[' + ', '.join(map(canonical, value)) + ']'
    if isinstance(value, dict):
        return '{' + ', '.join(f'{key!r}: {canonical(value[key])}' for key in sorted(value)) + '}'
    return repr(value)
