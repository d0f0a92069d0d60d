"""Every engine of a worker serves behind every engine of a router: the bytes between them are the same."""
import itertools

import pytest
import zeroway_e2e as z
from websocket_e2e import connect, run

ENGINES = ('loop', 'libzmq')
BODY = bytes(range(256)) * 20_000  # 5 MB: more than every window


@pytest.fixture(params=itertools.product(ENGINES, ENGINES), ids='-'.join)
def pair(request, stack):
    """A router and a worker, over TCP."""
    of_router, of_worker = request.param
    router = stack.router('--fabric-engine', of_router, fabric=stack.tcp())
    worker = stack.worker('pair-1', '--engine', of_worker, kind='conforming-worker', connect=router.fabric)
    router.wait_workers(1)
    return router, worker


def test_requests_and_bodies_both_ways(pair):
    router, _ = pair
    assert router.get('/any/path').text == 'Hello from pair-1\n'
    assert router.request('HEAD').body == b''
    with router.connect(30) as connection:
        connection.send(z.Connection.head_bytes('POST', '/echo', [('Transfer-Encoding', 'chunked')]))
        connection.send(z.chunk(b'first'))
        assert connection.read_head().status == 200
        assert connection.take(10) == b'5\r\nfirst\r\n'  # before the end of the upload
        connection.send(z.LAST_CHUNK)
        assert connection.take(5) == z.LAST_CHUNK
        assert connection.request('POST', '/echo', body=BODY).body == BODY
    router.wait_idle()


def test_a_websocket(pair):
    router, _ = pair

    async def talk():
        async with connect(router, '/socket') as client:
            for message in ('text', b'\x00\xff', 'x' * 300_000):
                await client.send(message)
                assert await client.recv() == message
    run(talk())
    router.wait_idle()


def test_the_worker_finishes_what_it_holds(pair):
    router, worker = pair
    with router.connect(20) as connection:
        connection.send(z.Connection.head_bytes('POST', '/echo', [('Content-Length', '6')]) + b'abc')
        assert connection.read_head().status == 200
        assert connection.take(8) == z.chunk(b'abc')
        worker.terminate()
        router.wait_log('pair-1 .*is leaving, it holds 1 streams')
        connection.send(b'def')
        assert connection.take(13) == z.chunk(b'def') + z.LAST_CHUNK
    assert worker.wait() == 0


def test_the_worker_comes_back_after_the_router(stack, pair):
    router, _ = pair
    router.kill()
    router.wait()
    argv = router.argv
    again = stack.router('--fabric-engine', argv[argv.index('--fabric-engine') + 1], fabric=router.fabric, name='again')
    again.wait_workers(1)
    assert again.get().text == 'Hello from pair-1\n'
