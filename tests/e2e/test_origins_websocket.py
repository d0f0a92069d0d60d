"""WebSockets through the router to an ordinary WebSocket server, over HTTP/1.1 and HTTP/2 in front."""
import asyncio
import os

import origin_fleet as o
import pytest
import websocket_frames as w
import websockets
import zeroway_e2e as z
from origin_websockets import WebSocketOrigin
from websocket_e2e import open_by_hand, run
from websocket_roads import Http2Connection, Pipe, UpgradedConnection

READ = 1.0 * z.SLOW


@pytest.fixture
def served(stack):
    origin = stack.closing(WebSocketOrigin())
    router = o.with_origins(stack, origin, websocket=True, timeout={'read': f'{READ}s'})
    return router, origin


def connect(router, path='/echo', **options):
    options.setdefault('ping_interval', None)
    return websockets.connect(f'ws://127.0.0.1:{router.port}{path}', max_size=None, **options)


def ended(origin, path):
    """The code and the reason with which the server saw the WebSocket end."""
    z.eventually(lambda: any(one[0] == path for one in origin.endings), what=f'the end of {path} at the server')
    return next(one[1:] for one in origin.endings if one[0] == path)


def test_text_and_binary_come_back(served):
    router, _ = served

    async def talk():
        async with connect(router) as socket:
            for message in ['', 'hi', 'Grüße 🎈', 'x' * 70_000, b'', bytes(range(256)), os.urandom(1_000_000)]:
                await socket.send(message)
                assert await socket.recv() == message
    run(talk())
    router.wait_idle()


def test_a_message_of_10_mb_comes_back(served):
    router, _ = served

    async def talk():
        async with connect(router) as socket:
            message = os.urandom(10_000_000)
            await socket.send(message)
            assert await socket.recv() == message
    run(talk())


def test_a_fragmented_message_comes_back_whole(served):
    router, _ = served

    async def talk():
        async with connect(router) as socket:
            await socket.send([b'in ', b'', b'three ', b'pieces'])
            assert await socket.recv() == b'in three pieces'
            await socket.send(['Gr', 'ü', 'ße'])
            assert await socket.recv() == 'Grüße'
    run(talk())


def test_many_messages_keep_their_order(served):
    router, _ = served

    async def talk():
        async with connect(router) as socket:
            async def send():
                for number in range(2_000):
                    await socket.send(f'{number}' + 'x' * (number % 700))
            sending = asyncio.ensure_future(send())
            for number in range(2_000):
                assert await socket.recv() == f'{number}' + 'x' * (number % 700)
            await sending
    run(talk())


def test_pings_of_both_sides_are_answered(served):
    router, origin = served

    async def talk():
        async with connect(router) as socket:
            pong = await socket.ping(b'are you there')
            await asyncio.wait_for(pong, z.PATIENCE * z.SLOW)
        async with connect(router, '/ping') as socket:
            await socket.send('x')
            assert await socket.recv() == 'x'
    run(talk())
    assert origin.pongs == 1


@pytest.mark.parametrize('code, reason', [(1000, 'bye'), (1001, ''), (1011, 'Fehler ü'), (3000, ''), (4321, 'x' * 99)])
def test_the_clients_close_reaches_the_server(served, code, reason):
    router, origin = served

    async def talk():
        async with connect(router, f'/echo/{code}') as socket:
            await socket.close(code, reason)
            assert (socket.close_code, socket.close_reason) == (code, reason)
    run(talk())
    assert ended(origin, f'/echo/{code}') == (code, reason)


@pytest.mark.parametrize('code, reason', [(1000, 'bye'), (1001, ''), (1011, 'why'), (1008, 'no'), (4000, 'x' * 100)])
def test_the_servers_close_reaches_the_client(served, code, reason):
    router, _ = served

    async def talk():
        async with connect(router, f'/close/{code}/{reason}') as socket:
            with pytest.raises(websockets.ConnectionClosed):
                await socket.recv()
            assert (socket.close_code, socket.close_reason) == (code, reason)
    run(talk())


def test_a_close_without_a_code_is_an_orderly_end(served):
    """1005 is never sent (RFC 6455 §7.4.1): the router says 1000, or nothing."""
    router, origin = served
    client, head = open_by_hand(router, '/none')
    assert head.startswith(b'HTTP/1.1 101 ')
    client.sendall(w.close_frame())
    answer = client.recv(100)
    assert answer == b'\x88\x00', answer
    assert ended(origin, '/none') in [(1005, ''), (1000, '')]


def test_a_client_that_vanishes_is_no_orderly_end_at_the_server(served):
    router, origin = served
    client, _ = open_by_hand(router, '/gone')
    client.setsockopt(z.socket.SOL_SOCKET, z.socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
    client.close()
    code, _ = ended(origin, '/gone')
    assert code not in (1000, 1005)
    router.wait_idle()


def test_a_server_that_vanishes_is_no_orderly_end_at_the_client(stack):
    script = 'import sys; sys.path.insert(0, %r); import time; from origin_websockets import WebSocketOrigin; ' \
             'print("port", WebSocketOrigin().port, flush=True); time.sleep(1000)' % os.path.dirname(o.__file__)
    server = stack.start(['/usr/bin/python3', '-c', script], name='sockets')
    port = server.wait_log(r'port (\d+)').group(1)
    router = o.with_origins(stack, f'http://127.0.0.1:{port}', websocket=True)

    async def talk():
        async with connect(router) as socket:
            await socket.send('x')
            assert await socket.recv() == 'x'
            server.kill()
            with pytest.raises(websockets.ConnectionClosed):
                await asyncio.wait_for(socket.recv(), z.PATIENCE * z.SLOW)
            assert socket.close_code in (1011, 1006, 1014)
    run(talk())
    router.wait_idle()


def test_the_servers_choice_of_a_subprotocol_reaches_the_client(served):
    router, origin = served

    async def talk():
        async with connect(router, subprotocols=['other', 'chat.v1', 'chat.v2']) as socket:
            assert socket.subprotocol in ('chat.v1', 'chat.v2')
            fields = dict((name.lower(), value) for name, value in origin.heads[0][1])
            offered = fields['sec-websocket-protocol'].replace(' ', '').split(',')
            assert offered == ['other', 'chat.v1', 'chat.v2']
        async with connect(router, subprotocols=['unknown']) as socket:
            assert socket.subprotocol is None
    run(talk())


@pytest.mark.parametrize('status', [401, 403, 404, 500, 503])
def test_a_refusal_is_an_ordinary_reply(served, status):
    router, _ = served
    client, head = open_by_hand(router, f'/refuse/{status}')
    assert head.startswith(b'HTTP/1.1 %d ' % status), head
    assert b'x-why: not you' in head.lower()
    client.close()
    router.wait_idle()
    with router.connect() as again:
        assert again.request('GET', f'/refuse/{status}').status == status


def test_the_opening_is_one_that_any_server_takes(served):
    router, origin = served

    async def talk():
        async with connect(router, '/echo?q=1&r=%41', extra_headers=[('Cookie', 'a=1; b=2'), ('X-Own', 'x')],
                           origin='http://zeroway.test'):
            pass
    run(talk())
    path, fields = origin.heads[0]
    names = [name.lower() for name, _ in fields]
    head = {name.lower(): value for name, value in fields}
    assert path == '/echo?q=1&r=%41'
    assert (head['cookie'], head['x-own'], head['origin']) == ('a=1; b=2', 'x', 'http://zeroway.test')
    assert head['upgrade'].lower() == 'websocket' and head['connection'].lower() == 'upgrade'
    assert head['sec-websocket-version'] == '13' and len(head['sec-websocket-key']) == 24
    assert head['x-forwarded-for'] == '127.0.0.1'
    assert len(names) == len(set(names)), names
    assert 'content-length' not in names and 'transfer-encoding' not in names


def test_each_opening_has_a_fresh_key(served):
    router, origin = served
    for _ in range(5):
        open_by_hand(router)[0].close()
    keys = {value for _, fields in origin.heads for name, value in fields if name.lower() == 'sec-websocket-key'}
    assert len(keys) == 5


def test_an_idle_websocket_outlives_the_read_timeout(served):
    router, _ = served

    async def talk():
        async with connect(router) as socket:
            await asyncio.sleep(3 * READ)  # nothing to wait for: silence is what is tested
            await socket.send('still there')
            assert await socket.recv() == 'still there'
    run(talk())


def test_frames_right_behind_the_opening_are_not_lost(served):
    router, _ = served
    client = z.Connection(router.port)
    opening = (b'GET /echo HTTP/1.1\r\nHost: zeroway.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
               b'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n')
    client.send(opening + w.frame(w.TEXT, b'first') + w.frame(w.TEXT, b'second'))
    assert client.read_head().status == 101
    assert client.take(7) == b'\x81\x05first'
    assert client.take(8) == b'\x81\x06second'
    client.close()


def test_a_client_that_does_not_read_stops_the_server_and_nothing_grows(served):
    router, _ = served
    size = 256 * z.MIB
    before = router.rss()
    client, head = open_by_hand(router, f'/big/{size}', 60)
    assert head.startswith(b'HTTP/1.1 101 ')
    z.settled(lambda: router.counters()['bytes_out'], what='the end of what is buffered')
    assert z.SANITIZED or router.rss() - before < 16 * z.MIB
    reader, got, is_final = client.makefile('rb', z.MIB), 0, False
    while not is_final:
        first, length = reader.read(2)
        length = length if length < 126 else int.from_bytes(reader.read(2 if length == 126 else 8), 'big')
        assert len(reader.read(length)) == length
        got, is_final = got + length, bool(first & 0x80)
    assert got == size
    assert z.SANITIZED or router.peak_rss() - before < 16 * z.MIB


def test_one_huge_message_to_the_server_needs_no_memory(stack):
    origin = stack.closing(WebSocketOrigin())
    port = z.free_port()
    tree = o.simple(port, origin, websocket=True)
    tree['websocket'] = {'max_message_size': 0}
    router = o.router(stack, tree, port)
    before = router.rss()
    client, _ = open_by_hand(router, '/sink', 60)
    size = 128 * z.MIB
    client.sendall(b'\x82\xff' + size.to_bytes(8, 'big') + b'\0\0\0\0')
    piece = bytes(z.MIB)
    for _ in range(size // z.MIB):
        client.sendall(piece)
    assert client.recv(100)[2:] == str(size).encode()
    assert z.SANITIZED or router.peak_rss() - before < 16 * z.MIB


@pytest.mark.parametrize('fragment', [0, 1000])
@pytest.mark.parametrize('road', ['h1', 'h2c'])
def test_all_sizes_over_both_languages_come_back(served, road, fragment):
    router, _ = served
    pipe = Pipe(router.port)
    road = UpgradedConnection(pipe, '/echo', None) if road == 'h1' else Http2Connection(pipe).open('/echo', None)
    with w.ByHand(road) as socket:
        sizes = [0, 1, 125, 126, 127, 65_535, 65_536, 300_000]
        assert socket.echo(w.BINARY, [bytes(size) for size in sizes], fragment) == len(sizes)


@pytest.mark.parametrize('server_deflates', [False, True])
@pytest.mark.parametrize('client_deflates', [False, True])
def test_compression_on_either_side_changes_no_message(stack, client_deflates, server_deflates):
    origin = stack.closing(WebSocketOrigin(deflate=server_deflates))
    router = o.with_origins(stack, origin, websocket=True)

    async def talk():
        async with connect(router, compression='deflate' if client_deflates else None) as socket:
            for message in ['', 'abc' * 50_000, os.urandom(100_000), 'again' * 1000]:
                await socket.send(message)
                assert await socket.recv() == message
    run(talk())


def test_a_hundred_websockets_count_as_open_where_fewest_are_open(stack):
    origins = [stack.closing(WebSocketOrigin()) for _ in range(2)]
    router = o.with_origins(stack, *origins, websocket=True, balance='least_connections')

    async def talk():
        sockets = [await connect(router) for _ in range(100)]
        assert [len(origin.heads) for origin in origins] == [50, 50]
        for socket in sockets:
            await socket.send('x')
        assert [await socket.recv() for socket in sockets] == ['x'] * 100
        await asyncio.gather(*(socket.close() for socket in sockets))
    run(talk())
    router.wait_idle()
