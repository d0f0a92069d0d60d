"""Reloads under load, each with other routes, pools and listeners: nothing that is open notices, and nothing grows.

Open are: requests of all kinds, slow downloads, an event stream, WebSockets, a gRPC call of both ways.
"""
import asyncio
import concurrent.futures
import threading
import time

import grpc
import origin_fleet as o
import pytest
import websockets
import zeroway_e2e as z
from h2_peer import H2Client
from origin_program import LINES
from origin_websockets import WebSocketOrigin

RELOADS = 100 if z.LONG else 15
WARM = 10 if z.LONG else 5   # reloads until memory and descriptors are taken for the first time
MOST_GROWTH = 4 * z.MIB
MOST_DESCRIPTORS = 24        # more than at first; the load's own connections come and go
SOCKETS = 6


class Background(threading.Thread):
    """Does `step()` again and again until stop(), which raises the exception of a step."""

    def __init__(self):
        super().__init__(daemon=True)
        self.is_over, self.failed, self.steps = threading.Event(), None, 0
        self.start()

    def run(self):
        try:
            while not self.is_over.is_set():
                self.step()
                self.steps += 1
        except BaseException as error:  # noqa: stop() raises it
            self.failed = error

    def stop(self):
        self.is_over.set()
        self.join(3 * z.PATIENCE * z.SLOW)
        assert not self.is_alive(), f'{type(self).__name__} hangs'
        if self.failed:
            raise AssertionError(f'{type(self).__name__} after {self.steps} steps: {self.failed!r}') from self.failed
        assert self.steps > 0 or self.progress() > 0

    def progress(self):
        return self.steps


class Downloads(Background):
    """One slow download after another, each byte checked."""

    def __init__(self, port):
        self.port = port
        super().__init__()

    def step(self):
        size = 1_500_000
        with z.Connection(self.port) as client:
            reply = client.request('GET', f'/stream-bytes/{size}?rate=1000000')
        assert reply.status == 200 and reply.body == LINES[:size], (reply.status, len(reply.body))


class Http2(Background):
    """Requests on one HTTP/2 connection that is never closed, some at once."""

    def __init__(self, port):
        self.client = H2Client(port)
        super().__init__()

    def step(self):
        streams = [self.client.open('/') for _ in range(5)]
        assert [self.client.wait(stream).status for stream in streams] == [200] * 5
        assert self.client.goaway is None
        time.sleep(0.02)

    def stop(self):
        try:
            super().stop()
        finally:
            self.client.close()


class Events(Background):
    """One event stream that never ends."""

    def __init__(self, port):
        self.client = z.Connection(port)
        self.client.send_request('GET', '/events')
        assert self.client.read_head().status == 200
        self.number = 0
        super().__init__()

    def stop(self):
        try:
            super().stop()
        finally:
            self.client.close()

    def step(self):
        event = b'data: %d\n\n' % self.number
        assert self.client.take(len(z.chunk(event))) == z.chunk(event)
        self.number += 1


class WebSockets(Background):
    """WebSockets that are never closed; each message comes back."""

    def __init__(self, port):
        self.port, self.echoes = port, [0] * SOCKETS
        super().__init__()

    def step(self):
        asyncio.run(self.talk())

    async def talk(self):
        await asyncio.gather(*(self.one(index) for index in range(SOCKETS)))

    async def one(self, index):
        async with websockets.connect(f'ws://127.0.0.1:{self.port}/ws', ping_interval=None) as socket:
            while not self.is_over.is_set():
                text = f'{index} {self.echoes[index]}'
                await socket.send(text)
                assert await asyncio.wait_for(socket.recv(), z.PATIENCE * z.SLOW) == text
                self.echoes[index] += 1
                await asyncio.sleep(0.02)

    def progress(self):
        return min(self.echoes)


class Call(Background):
    """One gRPC call that goes back and forth."""

    def __init__(self, port):
        self.channel = grpc.insecure_channel(f'127.0.0.1:{port}', options=[('grpc.enable_http_proxy', 0)])
        self.may_send = threading.Semaphore(1)
        self.answers = 0
        super().__init__()

    def ask(self):
        while not self.is_over.is_set():
            if self.may_send.acquire(timeout=0.1):
                yield b'%d' % self.answers

    def step(self):
        for answer in self.channel.stream_stream('/echo.Echo/Bidi')(self.ask()):
            assert answer == b'%d' % self.answers
            self.answers += 1
            time.sleep(0.02)
            self.may_send.release()

    def stop(self):
        try:
            super().stop()
        finally:
            self.channel.close()

    def progress(self):
        return self.answers


def grpc_server(stack):
    """A gRPC server that sends each message back. Its port."""
    handler = grpc.method_handlers_generic_handler('echo.Echo', {
        'Bidi': grpc.stream_stream_rpc_method_handler(lambda messages, context: (message for message in messages))})
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(8))
    server.add_generic_rpc_handlers([handler])
    port = server.add_insecure_port('127.0.0.1:0')
    server.start()
    stack.closers.append(type('Server', (), {'close': lambda _: server.stop(0)})())
    return port


class Generations:
    """The files of all generations: each has a route, a pool and a listener that the one before has not."""

    def __init__(self, stack):
        self.stable = o.started(stack, 2)
        self.extra = o.Origin(stack, 'extra').start()
        self.sockets = stack.closing(WebSocketOrigin())
        self.grpc = grpc_server(stack)
        self.port = z.free_port()
        self.others = [z.free_port() for _ in range(3)]

    def listener(self, number):
        return self.others[number % 3]

    def tree(self, number):
        members = o.pool('stable', *self.stable) + o.pool('sockets', self.sockets)
        members += o.pool('grpc', f'h2c://127.0.0.1:{self.grpc}') + o.pool(f'extra-{number}', self.extra)
        routes = [o.route('/', 'stable'), o.route('/ws', 'sockets', websocket=True), o.route('/echo.Echo/', 'grpc'),
                  o.route(f'/extra-{number}', f'extra-{number}')]
        main = o.site('main', self.port, members, routes)
        other = o.site('other', self.listener(number), o.pool(f'extra-{number}', self.extra),
                       [o.route('/', f'extra-{number}')])
        return o.tree_of(main, other)


def is_refused(port):
    try:
        z.socket.create_connection(('127.0.0.1', port), 1).close()
        return False
    except OSError:
        return True


def answerer(port, path):
    with z.Connection(port) as client:
        reply = client.request('GET', path)
    assert reply.status == 200, (path, reply)
    return reply.get('x-origin')


def reload(router, files, number):
    router.reload(files.tree(number))
    z.eventually(lambda: answerer(router.port, f'/extra-{number}') == 'extra', what=f'the route of reload {number}')
    z.eventually(lambda: not is_refused(files.listener(number)), what=f'the listener of reload {number}')
    assert answerer(files.listener(number), '/') == 'extra'
    assert answerer(router.port, f'/extra-{number - 1}') != 'extra'
    z.eventually(lambda: is_refused(files.listener(number - 1)), what='the old listener closed')


@pytest.mark.parametrize('threads', [1, 3])
def test_reloads_under_load_are_not_noticed_and_leave_nothing_behind(stack, threads):
    files = Generations(stack)
    router = o.router(stack, files.tree(0), files.port, '--threads', threads, flags='-s')
    begun = time.monotonic()
    with z.Load(router.port, 16, z.get_hello, pace=0.02) as gets, \
            z.Load(router.port, 8, z.post_with_id, pace=0.02) as posts:
        others = [Downloads(router.port), Downloads(router.port), Events(router.port), WebSockets(router.port),
                  Call(router.port), Http2(router.port)]
        first = None
        for number in range(1, RELOADS + 1):
            reload(router, files, number)
            if number == WARM:
                first = router.rss(), router.descriptors()
        last = router.rss(), router.descriptors()
        progress = [other.progress() for other in others]
        z.eventually(lambda: all(one.progress() > old or not one.is_alive() for one, old in zip(others, progress)),
                     what='progress of all that is open')
        for other in others:
            other.stop()
    print(f'{RELOADS} reloads in {time.monotonic() - begun:.1f} s, memory {first[0] / z.MIB:.1f} → '
          f'{last[0] / z.MIB:.1f} MiB, descriptors {first[1]} → {last[1]}, requests {gets.done() + posts.done()}',
          {type(other).__name__: other.progress() for other in others})
    assert gets.failed == [] and posts.failed == []
    router.wait_idle()
    assert last[1] <= first[1] + MOST_DESCRIPTORS
    assert z.SANITIZED or last[0] <= first[0] + MOST_GROWTH
