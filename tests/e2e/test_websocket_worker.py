"""The SDK's WebSockets through the router: echo, subprotocols, refusals, closes, and what becomes of them when the
worker goes."""
import asyncio
import hashlib
import os
import time

import pytest
import websockets
from zeroway_e2e import MIB, SANITIZED, SLOW
import zeroway_e2e as z

MESSAGES = ['', 'hi', 'Grüße, 世界 🎈', 'x' * 126, 'y' * 65536, 'z' * 300_000, b'', bytes(range(256)),
            os.urandom(200_000), b'\0' * MIB]


@pytest.fixture
def served(stack):
    router = stack.router()
    worker = stack.worker('echo-1', kind='echo-websocket-worker')
    router.wait_workers(1)
    return router, worker


def run(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, 40 * SLOW))


def connect(router, path='/', **options):
    return websockets.connect(f'ws://127.0.0.1:{router.port}{path}', max_size=None, **options)


async def closed(client):
    """Its close code and reason, once it is closed."""
    await asyncio.wait_for(client.wait_closed(), 20 * SLOW)
    return client.close_code, client.close_reason


@pytest.mark.parametrize('compression', [None, 'deflate'])
def test_messages_come_back(served, compression):
    router, _ = served

    async def talk():
        async with connect(router, compression=compression) as client:
            for message in MESSAGES:
                await client.send(message)
                assert await client.recv() == message
            await client.send(['Grü', 'ße, ', '', 'in pieces'])
            assert await client.recv() == 'Grüße, in pieces'
        return client.close_code
    assert run(talk()) == 1000
    router.wait_idle()


def test_a_long_message_passes_through_the_worker(served):
    router, worker = served
    worker.forget_peak()
    before = worker.rss()
    piece = os.urandom(MIB)

    async def talk():
        async with connect(router, compression=None) as client:
            async def pieces():
                for _ in range(15):
                    yield piece
            sending = asyncio.ensure_future(client.send(pieces()))
            message = await client.recv()
            await sending
            return hashlib.sha256(message).digest()
    assert run(talk()) == hashlib.sha256(piece * 15).digest()
    assert SANITIZED or worker.peak_rss() < before + 6 * MIB
    router.wait_idle()


def test_the_subprotocol_is_chosen_by_the_worker(served):
    router, _ = served

    async def talk(*offered):
        async with connect(router, subprotocols=offered or None) as client:
            return client.subprotocol
    assert run(talk('chat', 'echo')) == 'echo'
    assert run(talk('chat')) is None
    assert run(talk()) is None


@pytest.mark.parametrize('code', [1000, 1001, 1011, 3000, 4999])
def test_the_workers_close_reaches_the_client(served, code):
    router, _ = served

    async def talk():
        async with connect(router, f'/close/{code}') as client:
            await client.send('warum? ä')
            return await closed(client)
    assert run(talk()) == (code, 'warum? ä')
    router.wait_idle()


def test_an_abort_does_not_wait_for_what_the_client_has_not_got(stack):
    router = stack.router()
    stack.test_worker()
    router.wait_workers(1)

    async def talk():
        async with connect(router, '/abort') as client:
            with pytest.raises(websockets.ConnectionClosed):
                await client.recv()  # the message has begun, and is not ended
            return await closed(client)
    assert run(talk()) == (4000, 'enough')
    router.wait_idle()


def test_a_refusal_is_the_workers_own(served):
    router, _ = served

    async def talk():
        try:
            async with connect(router, '/refuse/403'):
                return None
        except websockets.InvalidStatusCode as refused:
            return refused.status_code
    assert run(talk()) == 403
    upgrade = [('Connection', 'Upgrade'), ('Upgrade', 'websocket'), ('Sec-WebSocket-Version', '13'),
               ('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==')]
    reply = router.get('/refuse/451', headers=upgrade)
    assert (reply.status, reply.body, reply.worker) == (451, b'No WebSocket for you.\n', 'echo-1')
    router.wait_idle()


def test_a_worker_without_websockets_refuses_them(stack):
    router = stack.router()
    stack.worker('plain')
    router.wait_workers(1)

    async def talk():
        async with connect(router):
            return None
    with pytest.raises(websockets.InvalidStatusCode) as refused:
        run(talk())
    assert refused.value.status_code == 404


def test_a_killed_worker_is_1011_before_its_silence_tells(stack):
    router = stack.router('--heartbeat-timeout', '30s')
    worker = stack.worker('echo-1', kind='echo-websocket-worker')
    router.wait_workers(1)

    async def talk():
        clients = [await connect(router) for _ in range(20)]
        for client in clients:
            await client.send('there?')
            assert await client.recv() == 'there?'
        began = time.monotonic()
        worker.kill()
        codes = {(await closed(client))[0] for client in clients}
        return codes, time.monotonic() - began
    codes, took = run(talk())
    assert codes == {1011}
    assert took < 5 * SLOW
    router.wait_idle()


def test_a_draining_worker_closes_one_after_another_with_1012(served):
    router, worker = served

    async def talk():
        clients = [await connect(router) for _ in range(20)]
        began = time.monotonic()

        async def when(client):
            code, _ = await closed(client)
            return code, time.monotonic() - began
        worker.terminate()
        return await asyncio.gather(*(when(client) for client in clients))
    outcomes = run(talk())
    assert {code for code, _ in outcomes} == {1012}
    times = [at for _, at in outcomes]
    assert max(times) - min(times) > 0.5  # twenty of them, ten in a second
    assert worker.wait() == 0
    router.wait_idle()


def test_a_client_that_is_gone_frees_its_stream(served):
    router, worker = served

    async def talk():
        clients = [await connect(router) for _ in range(20)]
        for client in clients:
            client.transport.abort()
    run(talk())
    router.wait_idle()
    worker.terminate()
    assert worker.wait() == 0  # although it would have 30 s for what it holds


def test_a_client_that_does_not_read_stops_the_worker(served):
    router, worker = served

    async def talk():
        client = await connect(router, compression=None, max_queue=1, read_limit=2 ** 12)
        sent = 0
        try:
            while sent < 200:
                await asyncio.wait_for(client.send(b'x' * MIB), 1)
                sent += 1
        except asyncio.TimeoutError:
            pass
        client.transport.abort()
        return sent
    assert run(talk()) < 60
    assert SANITIZED or worker.peak_rss() < 40 * MIB
    router.wait_idle()
    assert z.eventually(lambda: worker.is_running())


def test_the_worker_in_python_speaks_it_too(stack):
    """Written from proto/README.md alone: what it and the SDK agree on is the page."""
    router = stack.router()
    hello = os.path.join(z.ROOT, 'examples', 'hello-py', 'hello.py')
    worker = stack.start([hello, 'python-1', '--connect', router.fabric], name='python-1')
    router.wait_workers(1)

    async def talk():
        async with connect(router) as client:
            for message in MESSAGES:
                await client.send(message)
                assert await client.recv() == message
        assert client.close_code == 1000
        async with connect(router) as client:
            worker.terminate()
            return await closed(client)
    assert run(talk()) == (1012, 'the worker is leaving')
    assert worker.wait() == 0
