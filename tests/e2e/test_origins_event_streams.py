"""Event streams, and other replies without an end: each piece goes on at once, silence is allowed, and the server is
told at once when the client leaves."""
import asyncio
import threading
import time

import origin_fleet as o
import pytest
import zeroway_e2e as z
from h2_peer import H2Client
from origin_server import H2, HTTP1, Served

READ = 1.0 * z.SLOW
LANGUAGES = [HTTP1, H2]
IDS = ['h1', 'h2c']


class Teller:
    """A handler that sends a piece whenever `say()` is called. `kind`: the reply's content-type."""

    def __init__(self, kind='text/event-stream'):
        self.kind, self.pieces, self.gone = kind, asyncio.Queue(), threading.Event()

    async def __call__(self, request, reply):
        await reply.head(200, [('content-type', self.kind)])
        try:
            while not request.gone():
                try:
                    piece = await asyncio.wait_for(self.pieces.get(), 0.01)
                except asyncio.TimeoutError:
                    continue
                if piece is None:
                    return await reply.end()
                await reply.write(piece)
        finally:
            if request.gone():
                self.gone.set()


@pytest.fixture(params=LANGUAGES, ids=IDS)
def served(stack, request):
    teller = Teller()
    server = stack.closing(Served(teller, request.param))
    router = o.with_origins(stack, server, timeout={'read': f'{READ}s'})

    def say(piece):
        server.loop.call_soon_threadsafe(teller.pieces.put_nowait, piece)
    return router, teller, say


def test_the_head_comes_before_the_first_event_and_each_event_at_once(served):
    router, _, say = served
    with router.connect() as client:
        client.send_request('GET', '/events', [('Accept', 'text/event-stream')])
        assert client.read_head().get('content-type') == 'text/event-stream'
        for number in range(20):
            event = b'data: %d\n\n' % number
            begun = time.monotonic()
            say(event)
            assert client.take(len(z.chunk(event))) == z.chunk(event)
            assert time.monotonic() - begun < 5.0 * z.SLOW
        say(None)
        assert client.take(5) == z.LAST_CHUNK


def test_events_come_at_once_over_http2_too(served):
    router, _, say = served
    with H2Client(router.port) as client:
        stream = client.open('/events')
        client.wait(stream, lambda reply: reply.fields)
        for number in range(20):
            say(b'data: %d\n\n' % number)
            client.wait(stream, lambda reply: reply.body.endswith(b'data: %d\n\n' % number))
        say(None)
        assert client.wait(stream).has_ended


def test_an_event_stream_may_be_silent_for_longer_than_the_read_timeout(served):
    router, _, say = served
    with router.connect() as client:
        client.send_request('GET', '/events')
        client.read_head()
        time.sleep(2.5 * READ)  # silence is what is tested
        say(b'data: late\n\n')
        client.take(len(z.chunk(b'data: late\n\n')))
        say(None)
        assert client.take(5) == z.LAST_CHUNK


def test_the_server_is_told_at_once_when_the_client_leaves(served):
    router, teller, _ = served
    with router.connect() as client:
        client.send_request('GET', '/events')
        client.read_head()
        client.abort()
    begun = time.monotonic()
    assert teller.gone.wait(z.PATIENCE * z.SLOW)
    assert time.monotonic() - begun < 5.0 * z.SLOW
    router.wait_idle()


def test_the_server_is_told_at_once_when_the_client_resets_its_stream(served):
    router, teller, _ = served
    with H2Client(router.port) as client:
        stream = client.open('/events')
        client.wait(stream, lambda reply: reply.fields)
        client.h2.reset_stream(stream, 8)
        client.flush()
        assert teller.gone.wait(z.PATIENCE * z.SLOW)
    router.wait_idle()


@pytest.mark.parametrize('language', LANGUAGES, ids=IDS)
def test_the_server_is_told_when_a_client_leaves_before_the_head(stack, language):
    begun, gone = threading.Event(), threading.Event()

    async def silent(request, reply):
        begun.set()
        await request.until_gone()
        gone.set()
    server = stack.closing(Served(silent, language))
    router = o.with_origins(stack, server)
    with router.connect() as client:
        client.send_request('GET', '/')
        assert begun.wait(z.PATIENCE * z.SLOW)  # before that, the server need not hear of the request at all
        client.abort()
    assert gone.wait(z.PATIENCE * z.SLOW)
    router.wait_idle()


@pytest.mark.parametrize('language', LANGUAGES, ids=IDS)
def test_another_reply_that_falls_silent_is_cut_by_the_read_timeout(stack, language):
    teller = Teller('text/plain')
    server = stack.closing(Served(teller, language))
    router = o.with_origins(stack, server, timeout={'read': f'{READ}s'})
    with router.connect() as client:
        client.send_request('GET', '/')
        assert client.read_head().status == 200
        begun = time.monotonic()
        with pytest.raises((ConnectionError, z.Broken)):
            client.take(5)
        assert READ * 0.5 < time.monotonic() - begun < READ + 2 * z.SLOW
    assert teller.gone.wait(z.PATIENCE * z.SLOW)


@pytest.mark.parametrize('language', LANGUAGES, ids=IDS)
def test_a_slow_trickle_is_never_cut(stack, language):
    """`read` is no cap on the whole reply."""
    async def drip(request, reply):
        await reply.head(200, [('content-type', 'text/plain')])
        for _ in range(8):
            await asyncio.sleep(READ * 0.4)
            await reply.write(b'.')
        await reply.end()
    server = stack.closing(Served(drip, language))
    router = o.with_origins(stack, server, timeout={'read': f'{READ}s'})
    assert router.get().body == b'.' * 8


@pytest.mark.parametrize('language', LANGUAGES, ids=IDS)
def test_a_client_that_reads_nothing_does_not_make_the_server_late(stack, language):
    """The server is blocked by the client: its silence is not its own."""
    origin, = o.started(stack, 1, language=language)
    router = o.with_origins(stack, origin, timeout={'read': f'{READ}s'})
    size = 8 * z.MIB
    with router.connect(receive_buffer=4096) as client:
        client.send_request('GET', f'/bytes/{size}')
        assert client.read_head().status == 200
        time.sleep(2.5 * READ)  # time in which nobody reads
        assert len(client.take(size)) == size
    router.wait_idle()


def test_the_body_of_a_reply_begins_while_the_request_goes_on(stack):
    """Full duplex: an echo in pieces, back and forth on one request."""
    for language in LANGUAGES:
        origin = o.Origin(stack, f'echo-{language[-1]}', language=language).start()
        router = o.router(stack, o.simple(port := z.free_port(), origin), port, name=f'router-{language[-1]}')
        with router.connect() as client:
            client.send(z.Connection.head_bytes('POST', '/echo', [('Transfer-Encoding', 'chunked')]))
            client.send(z.chunk(b'piece 0'))
            assert client.read_head().status == 200
            for number in range(50):
                piece = z.chunk(b'piece %d' % number)
                assert client.take(len(piece)) == piece
                client.send(z.chunk(b'piece %d' % (number + 1)))
            last = z.chunk(b'piece 50')
            assert client.take(len(last)) == last
            client.send(z.LAST_CHUNK)
            assert client.take(5) == z.LAST_CHUNK
