"""How WebSockets end: by the client, the worker, the router, and when one of them is lost."""
import socket
import struct
import time

from many_web_sockets import OPENING
import websockets
from websocket_e2e import connect, open_by_hand, run, serve, served  # noqa: F401
from zeroway_e2e import SLOW, eventually


async def closing_of(client):
    try:
        while True:
            await client.recv()
    except websockets.ConnectionClosed:
        return client.close_code, client.close_reason


def test_the_worker_closes_with_its_code(served):
    router, worker = served

    async def talk():
        async with connect(router, '/close/4001') as client:
            await client.send('go')
            return await closing_of(client)
    assert run(talk()) == (4001, 'as you wish')
    router.wait_idle()


def test_the_worker_gives_it_up(served):
    router, worker = served

    async def talk():
        async with connect(router, '/reset') as client:
            await client.send('go')
            return await closing_of(client)
    assert run(talk())[0] == 1011
    router.wait_idle()


def test_the_worker_restarts(served):
    router, worker = served

    async def talk():
        clients = [await connect(router).__aenter__() for _ in range(20)]
        worker.leave = True
        return {await closing_of(client) for client in clients}
    assert run(talk()) == {(1012, 'restart')}
    router.wait_idle()


def test_the_worker_is_killed(stack):
    """The end of its connection tells its process' death, long before its silence does."""
    import subprocess
    router = stack.router('--heartbeat-timeout', '30s')
    code = ('import sys; sys.path.insert(0, sys.argv[1]); from websocket_worker import WebSocketWorker; '
            'WebSocketWorker(sys.argv[2]).thread.join()')
    child = subprocess.Popen(['/usr/bin/python3', '-c', code, __file__.rsplit('/e2e/', 1)[0] + '/support', router.fabric])
    try:
        router.wait_workers(1)

        async def talk():
            clients = [await connect(router).__aenter__() for _ in range(20)]
            child.kill()
            killed = time.monotonic()
            codes = {(await closing_of(client))[0] for client in clients}
            return codes, time.monotonic() - killed
        codes, seconds = run(talk())
        assert codes == {1011}
        assert seconds < 5 * SLOW
    finally:
        child.kill()
        child.wait()


def test_the_router_drains(served):
    router, worker = served

    async def talk():
        clients = [await connect(router).__aenter__() for _ in range(20)]
        router.terminate()
        return {(await closing_of(client))[0] for client in clients}
    assert run(talk()) == {1001}
    assert router.wait() == 0
    eventually(lambda: len(worker.closings) == 20, what='the closings at the worker, which reads in a thread of its own')
    assert all(fields == [('close-code', '1001')] for _, fields in worker.closings)


def test_the_client_vanishes(served):
    router, worker = served

    async def talk():
        client = await connect(router).__aenter__()
        await client.send('hi')
        await client.recv()
        client.transport.abort()
    run(talk())
    eventually(lambda: worker.closings == [('/echo', 'reset 8')])
    router.wait_idle()


def test_a_client_that_breaks_the_rules(served):
    router, worker = served
    client, head = open_by_hand(router)
    assert head.startswith(b'HTTP/1.1 101 ')
    client.sendall(b'\x81\x02hi')  # without a mask
    said = b''
    while piece := client.recv(1000):
        said += piece
    assert said[0] == 0x88 and struct.unpack('>H', said[2:4])[0] == 1002
    eventually(lambda: worker.closings == [('/echo', 'reset 8')])


def test_a_client_that_does_not_answer_the_close(served):
    router, _ = served
    client, _ = open_by_hand(router, '/close/4000')
    began = time.monotonic()
    client.sendall(b'\x82\x80\0\0\0\0')
    said = b''
    while piece := client.recv(1000):
        said += piece
    assert struct.unpack('>H', said[2:4])[0] == 4000
    assert 1.5 < time.monotonic() - began < 6 * SLOW  # two seconds


def test_a_worker_that_does_not_answer_the_opening(served):
    """Took it and is silent: dropped after 5 s; the worker is told."""
    router, worker = served
    client = socket.create_connection(('127.0.0.1', router.port), 10 * SLOW)
    began = time.monotonic()
    client.sendall(OPENING.format(path='/silent', more='').encode())
    assert client.recv(1000) == b''
    assert 4.5 < time.monotonic() - began < 9 * SLOW
    eventually(lambda: worker.closings == [('/silent', 'reset 8')])
    router.wait_idle()


def test_pings(stack):
    """A quiet client is pinged; one that does not answer is dropped."""
    router, worker = serve(stack, '--ws-ping-interval', '1s')
    began = time.monotonic()
    client, _ = open_by_hand(router)
    ping = client.recv(14, socket.MSG_WAITALL)
    assert ping[0] == 0x89 and ping[1] == 12
    assert 0.8 < time.monotonic() - began < 5 * SLOW  # one second
    client.sendall(b'\x8a\x8c\0\0\0\0' + ping[2:])
    second = client.recv(14, socket.MSG_WAITALL)
    assert second[0] == 0x89 and second[10:14] == b'\0\0\0\x02'
    client.settimeout(30 * SLOW)  # it is dropped after ten seconds
    assert client.recv(1000) == b''
    assert 11 < time.monotonic() - began < 20 * SLOW
    eventually(lambda: worker.closings == [('/echo', 'reset 8')])
