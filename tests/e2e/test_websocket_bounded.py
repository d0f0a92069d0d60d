"""A gigabyte in one message needs no gigabyte; who does not read stops who writes, both ways."""
import asyncio
import os
import struct
import time

import pytest
from websocket_e2e import open_by_hand, serve
import websockets
from zeroway_e2e import LONG, MIB, PATIENCE, SANITIZED, SLOW, eventually, settled

SIZE = (1024 if LONG else 128) * MIB
MOST = 16 * MIB


def opened(router, path):
    client, head = open_by_hand(router, path, 60)
    assert head.startswith(b'HTTP/1.1 101 ')
    return client


@pytest.fixture
def served(stack):
    return serve(stack, '--ws-max-message', '0')


def test_one_huge_message_up(served):
    router, _ = served
    client = opened(router, '/sink')
    before = router.rss()
    client.sendall(b'\x82\xff' + struct.pack('>Q', SIZE) + b'\0\0\0\0')
    piece = b'z' * MIB
    for _ in range(SIZE // MIB):
        client.sendall(piece)
    assert client.recv(100)[2:] == str(SIZE).encode()
    assert SANITIZED or router.peak_rss() - before < MOST


def test_one_huge_message_down(served):
    router, _ = served
    before = router.rss()
    client = opened(router, f'/download/{SIZE}')
    reader = client.makefile('rb', MIB)
    got, is_final = 0, False
    while not is_final:
        first, length = reader.read(2)
        size = length if length < 126 else int.from_bytes(reader.read(2 if length == 126 else 8), 'big')
        assert first & 15 == (2 if got == 0 else 0)
        is_final = bool(first & 0x80)
        assert len(reader.read(size)) == size
        got += size
    assert got == SIZE
    assert SANITIZED or router.peak_rss() - before < MOST


def test_a_client_that_does_not_read_stops_the_worker(served):
    router, worker = served
    before = router.rss()
    client = opened(router, f'/download/{1024 * MIB}')

    def left():
        return [one.download for one in worker.sockets.values()][0]
    eventually(lambda: worker.sockets and left() < 1024 * MIB)
    assert 1024 * MIB - settled(left, what='the worker stopping') < 32 * MIB
    assert SANITIZED or router.rss() - before < MOST
    client.close()
    router.wait_idle()


def test_a_worker_that_does_not_read_stops_the_client(served):
    router, worker = served
    before = router.rss()
    client = opened(router, '/stall')
    client.setblocking(False)
    sent = client.send(b'\x82\xff' + struct.pack('>Q', 1024 * MIB) + b'\0\0\0\0')

    def send_more():
        nonlocal sent
        try:
            while sent < 64 * MIB:
                sent += client.send(b'z' * 65536)
        except BlockingIOError:
            pass
        return sent
    assert settled(send_more, what='the client stopping') < 32 * MIB
    eventually(lambda: [one.received for one in worker.sockets.values()] == [65536])
    assert SANITIZED or router.rss() - before < MOST


def test_a_deflate_bomb(stack):
    router, worker = serve(stack)
    before = router.rss()

    async def talk():
        client = await websockets.connect(f'ws://127.0.0.1:{router.port}/sink', max_size=None)
        await client.send(bytes(512 * MIB))
        try:
            await client.recv()
        except websockets.ConnectionClosed:
            return client.close_code
    assert asyncio.run(asyncio.wait_for(talk(), 60 * SLOW)) == 1009
    assert SANITIZED or router.peak_rss() - before < MOST + 16 * MIB
    eventually(lambda: worker.closings == [('/sink', 'reset 8')])  # told by a thread of the worker's


@pytest.mark.alone
@pytest.mark.skipif(SANITIZED, reason='memory says nothing under a sanitizer')
@pytest.mark.parametrize('compression, most', [(None, 16), ('deflate', 48)])
def test_idle_ones_cost_little(served, compression, most):
    """Memory per idle WebSocket in the router, after a message each way."""
    router, _ = served
    count = 2000 if LONG else 400
    message = os.urandom(50_000)

    async def talk():
        clients = []
        for _ in range(20):  # a warm router
            clients.append(await websockets.connect(f'ws://127.0.0.1:{router.port}/echo', compression=compression))
        for client in clients:
            await client.send(message)
            await client.recv()
        await asyncio.sleep(2.5)  # the router gives back what an idle one needs no more within two seconds
        before = router.rss()
        for _ in range(count):
            client = await websockets.connect(f'ws://127.0.0.1:{router.port}/echo', compression=compression)
            await client.send(message)
            await client.recv()
            clients.append(client)
        deadline = time.monotonic() + PATIENCE * SLOW
        while (cost := (router.rss() - before) / count / 1024) >= most and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
        print(f'{cost:.1f} KiB for each idle WebSocket, compression {compression}')
        for client in clients:
            client.transport.abort()
        return cost
    assert asyncio.run(asyncio.wait_for(talk(), 120 * SLOW)) < most
