"""WebSockets that carry the bytes of a TCP service: binary messages, Close and FIN, text, pings, workers and servers."""
import asyncio
import os

import pytest
import sites_e2e as s
import tcp_e2e as t
import websockets
import zeroway_e2e as z


def front(stack, *servers, to='ssh', in_route='tunnel = true', more=''):
    port = z.free_port()
    members = s.pool(*(f'tcp://{one.address}' for one in servers), name='ssh') if servers else ''
    return s.serve(stack, s.site(port) + '[sites.proxy]\nenabled = true\n' + members + s.route('/ssh', to, in_route) + more,
                   port)


def server(stack, script):
    return stack.closing(t.Server(script))


def connect(router, **options):
    return websockets.connect(f'ws://127.0.0.1:{router.port}/ssh', max_size=None, **options)


def run(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, 60 * z.SLOW))


async def read(client, size):
    data = b''
    while len(data) < size:
        piece = await client.recv()
        assert isinstance(piece, bytes)
        data += piece
    return data


def test_messages_are_bytes_and_the_end_is_a_close(stack):
    router = front(stack, server(stack, t.greet))

    async def talk():
        async with connect(router, subprotocols=['binary']) as client:
            assert client.subprotocol == 'binary'
            assert await read(client, 6) == b'hello\n'
            data = os.urandom(3 << 20)
            sending = asyncio.ensure_future(client.send(data))
            assert await read(client, len(data)) == data
            await sending
            await client.send([b'in ', b'', b'pieces'])
            assert await read(client, 9) == b'in pieces'
        return client.close_code
    assert run(talk()) == 1000
    router.wait_idle()


def test_the_servers_end_is_close_1000_behind_its_last_byte(stack):
    def say(connection):
        connection.sendall(b'x' * 500_000)
        connection.close()
    router = front(stack, server(stack, say))

    async def talk():
        async with connect(router) as client:
            assert await read(client, 500_000) == b'x' * 500_000
            with pytest.raises(websockets.ConnectionClosedOK):
                await client.recv()
            return client.close_code
    assert run(talk()) == 1000
    router.wait_idle()


def test_the_clients_close_is_the_end_of_its_direction(stack):
    heard = []
    router = front(stack, server(stack, lambda connection: heard.append(t.read_all(connection))))

    async def talk():
        async with connect(router) as client:
            await client.send(b'y' * 200_000)
    run(talk())
    z.eventually(lambda: heard, what='the end at the server')
    assert heard == [b'y' * 200_000]


def test_a_text_message_is_closed_with_1003(stack):
    router = front(stack, server(stack, t.greet))

    async def talk():
        async with connect(router) as client:
            await read(client, 6)
            await client.send('text')
            with pytest.raises(websockets.ConnectionClosed):
                await client.recv()
            return client.close_code
    assert run(talk()) == 1003
    router.wait_idle()


def test_a_reset_of_the_server_is_1011_and_a_lost_client_a_reset(stack):
    seen = []

    def reset(connection):
        connection.recv(10)
        connection.setsockopt(1, 13, t.RESET)
        connection.close()

    def watch(connection):
        try:
            seen.append(t.read_all(connection))
        except ConnectionResetError:
            seen.append('reset')
    router = front(stack, server(stack, reset))

    async def talk():
        async with connect(router) as client:
            await client.send(b'x')
            with pytest.raises(websockets.ConnectionClosedError):
                await client.recv()
            return client.close_code
    assert run(talk()) == 1011
    other = front(stack, server(stack, watch))

    async def vanish():
        client = await connect(other)
        await client.send(b'x')
        await asyncio.sleep(0.3)
        client.transport.abort()
    run(vanish())
    z.eventually(lambda: seen == ['reset'], what='the reset at the server')


def test_workers_answer_tunnels_too(stack):
    router = front(stack, to='fabric', in_route='tunnel = true\nrewrite_target = "/greet"')
    stack.worker('echo-1', kind='echo-tcp-worker')
    router.wait_workers(1)

    async def talk():
        async with connect(router) as client:
            assert await read(client, 16) == b'hello 127.0.0.1\n'
            await client.send(b'bytes')
            assert await read(client, 5) == b'bytes'
    run(talk())
    router.wait_idle()


def test_nobody_there_and_no_websocket(stack):
    gone = f'127.0.0.1:{z.free_port()}'
    router = s.serve(stack, s.site(port := z.free_port()) + '[sites.proxy]\nenabled = true\n'
                     + s.pool(f'tcp://{gone}', name='ssh') + s.route('/ssh', 'ssh', 'tunnel = true'), port)
    assert router.get('/ssh').status == 426

    async def talk():
        with pytest.raises(websockets.InvalidStatusCode) as refused:
            await connect(router)
        return refused.value.status_code
    assert run(talk()) == 503


def test_what_does_not_fit(stack):
    for pool, more, wants in (('http://127.0.0.1:1', 'tunnel = true', 'tunnel = true wants servers with tcp://'),
                              ('tcp://127.0.0.1:1', '', 'takes bytes: wants tunnel = true in the route'),
                              ('tcp://127.0.0.1', 'tunnel = true', 'it has no port')):
        done = s.check(stack, s.site(z.free_port()) + '[sites.proxy]\nenabled = true\n' + s.pool(pool, name='ssh')
                       + s.route('/ssh', 'ssh', more))
        assert done.returncode == 1 and wants in done.stderr, done.stderr
