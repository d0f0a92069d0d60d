"""A WebSocket client not written here gets its messages back through a worker, with compression and without."""
import asyncio
import os

import fabric_peer as f
import pytest
from websocket_e2e import connect, run, served  # noqa: F401
from zeroway_e2e import MIB, eventually

MESSAGES = ['', 'hi', 'Grüße, 世界 🎈', 'x' * 125, 'x' * 126, 'y' * 65535, 'y' * 65536, 'z' * 300_000,
            b'', bytes(range(256)), os.urandom(200_000), b'\0' * MIB]


@pytest.mark.parametrize('compression', [None, 'deflate'])
def test_messages_come_back(served, compression):
    router, worker = served

    async def talk():
        async with connect(router, compression=compression) as client:
            assert bool(client.extensions) == (compression is not None)
            for message in MESSAGES:
                await client.send(message)
                assert await client.recv() == message
            await client.send(['Grü', 'ße, ', '', 'in pieces'])
            assert await client.recv() == 'Grüße, in pieces'
            await (await client.ping(b'are you there'))
        return client.close_code
    assert run(talk()) == 1000
    eventually(lambda: worker.closings == [('/echo', [('close-code', '1000')])])
    router.wait_idle()


def test_the_worker_sees_the_clients_request(served):
    router, worker = served

    async def talk():
        async with connect(router, '/echo?a=b', subprotocols=['news', 'chat'], origin='http://zeroway.test',
                           extra_headers={'X-Custom': '1'}) as client:
            return client.subprotocol, client.response_headers
    subprotocol, fields = run(talk())
    assert subprotocol == 'chat'
    assert fields['X-Worker'] == 'sockets'
    opening = dict(worker.openings[0])
    assert opening[':method'] == 'CONNECT' and opening[':protocol'] == 'websocket' and opening[':path'] == '/echo?a=b'
    assert opening['sec-websocket-protocol'] == 'news, chat' and opening['x-custom'] == '1'
    assert opening['origin'] == 'http://zeroway.test'
    assert not [name for name in opening
                if name in ('sec-websocket-key', 'sec-websocket-version', 'sec-websocket-extensions', 'upgrade')]


def test_a_subprotocol_that_was_not_offered_is_left_out(served):
    router, _ = served

    async def talk():
        async with connect(router, '/odd', subprotocols=['news']) as client:
            return client.subprotocol
    assert run(talk()) is None


def test_a_hundred_at_once(served):
    router, _ = served

    async def one(number):
        async with connect(router, compression='deflate' if number % 2 else None) as client:
            for turn in range(20):
                message = f'{number} {turn} ' + 'abc' * (number * turn)
                await client.send(message)
                assert await client.recv() == message

    async def talk():
        await asyncio.gather(*(one(number) for number in range(100)))
    run(talk())
    router.wait_idle()


def test_plain_requests_are_served_beside(served):
    router, _ = served

    async def talk():
        async with connect(router) as client:
            assert (await asyncio.get_running_loop().run_in_executor(None, router.get)).body == b'plain\n'
            await client.send('still here')
            assert await client.recv() == 'still here'
    run(talk())


def test_text_is_text_at_the_worker(stack):
    router = stack.router()
    peer = stack.closing(f.FabricPeer(router.fabric)).join()

    async def talk():
        opening = asyncio.get_running_loop().run_in_executor(None, peer.next, f.HEADERS)
        connecting = asyncio.ensure_future(connect(router, compression=None).__aenter__())
        stream = (await opening).stream
        peer.send(f.frame(f.HEADERS, f.END_HEADERS, stream, f.encode([(':status', '200')])))
        client = await connecting
        await client.send('text')
        await client.send(b'bytes')
        frames = [await asyncio.get_running_loop().run_in_executor(None, peer.next, 0xE2) for _ in range(2)]
        client.transport.abort()
        return [(frame.flags, frame.payload) for frame in frames]
    assert run(talk()) == [(5, b'text'), (4, b'bytes')]
    assert peer.next(f.RST_STREAM).payload == b'\0\0\0\x08'
