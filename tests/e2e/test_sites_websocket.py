"""WebSockets through to a server (list B 8, 9): Node's `ws` behind the router, python3-websockets in front."""
import json
import os
import struct

import pytest
import websockets

import sites_e2e as s
import zeroway_e2e as z
from origins import Origin, accept_key, accept_websocket, head, reply
from websocket_e2e import connect, run
from websocket_frames import BINARY, ByHand, CONTINUATION, PING, TEXT, close_frame, frame
from websocket_roads import Roads

UPGRADE = [('Connection', 'Upgrade'), ('Upgrade', 'websocket'), ('Sec-WebSocket-Version', '13'),
           ('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==')]
ROADS = pytest.mark.parametrize('road', ['http1', 'http2'])


def node(stack, *words):
    port = z.free_port()
    process = stack.start(['node', os.path.join(z.ROOT, 'tests', 'support', 'node_origin.js'), str(port), *words],
                          name='node', env={'NODE_PATH': '/usr/share/nodejs'})
    process.wait_log('ready')
    process.url = f'http://127.0.0.1:{port}'
    return process


def served(stack, *words, **parts):
    """(a router in front of Node, Node); the path is /ws and what is below it."""
    origin = node(stack, *words)
    return s.front(stack, origin, path='/ws', in_route='websocket = true\nrewrite_target = "/"', **parts), origin


@ROADS
def test_text_binary_and_fragments_come_back(stack, road):
    router, _ = served(stack)
    roads = stack.closing(Roads(router.port, road))
    with ByHand(roads.open('/ws/chat')) as client:
        assert client.echo(TEXT, [b'', b'hi', 'Grüße 🎈'.encode(), b'x' * 70_000], fragment=1000) == 4
        assert client.echo(BINARY, [os.urandom(200_000), b'\0']) == 2
        client.send(frame(TEXT, b'a', fin=False) + frame(PING, b'between') + frame(CONTINUATION, b'b'))
        assert client.receive() == ('pong', b'between')
        assert client.receive() == ('text', b'ab')


def test_a_message_of_ten_megabytes_comes_back(stack):
    router, _ = served(stack)
    message = os.urandom(10_000_000)

    async def talk():
        async with connect(router, '/ws', compression=None) as client:  # its compression is slow
            await client.send(message)
            assert await client.recv() == message
    run(talk())


def test_pings_are_answered_on_each_side(stack):
    router, _ = served(stack)

    async def talk():
        async with connect(router, '/ws') as client:
            await (await client.ping(b'hello'))
            await client.send('ping')
            assert await client.recv() == 'pong you?'
    run(talk())


@ROADS
@pytest.mark.parametrize('code, reason', [(1000, 'done'), (4321, 'as you wish'), (3000, ''), (1011, 'oops')])
def test_the_servers_close_reaches_the_client(stack, road, code, reason):
    router, _ = served(stack)
    roads = stack.closing(Roads(router.port, road))
    with ByHand(roads.open('/ws')) as client:
        client.send(frame(TEXT, f'close {code} {reason}'.encode()))
        assert client.receive() == ('close', code, reason.encode())
        client.send(close_frame(code))


@ROADS
@pytest.mark.parametrize('code, reason', [(1000, b'bye'), (4000, b'because')])
def test_the_clients_close_reaches_the_server_and_is_answered(stack, road, code, reason):
    router, origin = served(stack)
    roads = stack.closing(Roads(router.port, road))
    with ByHand(roads.open('/ws')) as client:
        client.send(close_frame(code, reason))
        assert client.receive()[:2] == ('close', code)
    origin.wait_log(f'closed {code} {reason.decode()}')


@ROADS
def test_a_close_without_a_code_is_answered_and_reaches_the_server(stack, road):
    router, origin = served(stack)
    roads = stack.closing(Roads(router.port, road))
    with ByHand(roads.open('/ws')) as client:
        client.send(close_frame())
        assert client.receive() == ('close', None, b'')
    origin.wait_log('closed (1000|1005)')


def test_a_client_that_is_gone_ends_the_servers_socket(stack):
    router, origin = served(stack)
    roads = Roads(router.port)
    client = ByHand(roads.open('/ws'))
    client.road.pipe.socket.close()
    origin.wait_log('closed 100[156]')
    router.wait_idle()


def test_a_server_that_is_gone_ends_the_clients_socket(stack):
    router, origin = served(stack)
    with ByHand(Roads(router.port).open('/ws')) as client:
        client.echo(TEXT, [b'hi'])
        origin.kill()
        events = client.events()
        assert events[-1] == ('end',) and (len(events) == 1 or events[0][1] not in (1000, 1005, 1006, 1015))


def test_the_protocol_that_the_server_chose_reaches_the_client(stack):
    router, _ = served(stack)

    async def talk():
        async with connect(router, '/ws', subprotocols=['news', 'chat']) as client:
            assert client.subprotocol == 'chat'
        async with connect(router, '/ws', subprotocols=['news']) as client:
            assert client.subprotocol is None
    run(talk())


@ROADS
@pytest.mark.parametrize('words', [(), ('deflate',)], ids=['plain-server', 'deflating-server'])
def test_compression_works_whatever_each_side_speaks(stack, road, words):
    router, _ = served(stack, *words)
    roads = stack.closing(Roads(router.port, road))
    for offer in (None, 'permessage-deflate', 'permessage-deflate; client_max_window_bits'):
        with ByHand(roads.open('/ws', offer)) as client:
            assert client.echo(TEXT, [b'hello ' * 1000, b'', b'hello ' * 1000]) == 3


def test_the_server_sees_the_handshake_with_path_query_and_the_clients_fields(stack):
    origin = node(stack)
    router = s.front(stack, origin, in_route='websocket = true')

    async def talk():
        async with connect(router, '/ws/chat?room=1', extra_headers={'X-Mine': 'yes', 'Cookie': 'a=b'}) as client:
            await client.send('who')
            fields = json.loads(await client.recv())
            said = dict(zip([name.lower() for name in fields[::2]], fields[1::2]))
            assert (said['x-mine'], said['cookie'], said['x-forwarded-for']) == ('yes', 'a=b', '127.0.0.1')
    run(talk())


def test_a_refused_handshake_is_an_ordinary_reply(stack):
    router = s.front(stack, node(stack), in_route='websocket = true')
    with router.connect() as client:
        answer = client.request(path='/refuse', headers=UPGRADE)
        assert (answer.status, answer.get('x-reason')) == (403, 'mood')

    async def talk():
        with pytest.raises(websockets.InvalidStatusCode) as caught:
            await connect(router, '/refuse')
        assert caught.value.status_code == 403
    run(talk())


@pytest.mark.parametrize('status', [302, 401, 404, 500])
def test_a_server_that_answers_the_handshake_with_something_else_is_believed(stack, status):
    origin = stack.closing(Origin(reply(b'no', status, [('X-Why', 'because')])))
    router = s.front(stack, origin, in_route='websocket = true')
    with router.connect() as client:
        answer = client.request(headers=UPGRADE)
        assert (answer.status, answer.text, answer.get('x-why')) == (status, 'no', 'because')


def test_a_200_to_a_handshake_opens_no_web_socket(stack):
    origin = stack.closing(Origin(reply(b'a page')))
    router = s.front(stack, origin, in_route='websocket = true')
    with router.connect() as client:
        answer = client.request(headers=UPGRADE)
        assert answer.status == 502 or (answer.status, answer.text) == (200, 'a page')


def test_an_upgrade_where_the_route_allows_none_is_refused_and_never_500(stack):
    origin = stack.closing(Origin())
    router = s.front(stack, origin)
    with router.connect() as client:
        assert client.request(headers=UPGRADE).status in (400, 403, 404, 426)
    assert origin.requests == []
    roads = stack.closing(Roads(router.port, 'http2'))
    with pytest.raises(AssertionError):
        ByHand(roads.open('/'))
    assert origin.requests == []


def test_an_ordinary_request_to_a_web_socket_route_is_served_normally(stack):
    router = s.front(stack, node(stack), in_route='websocket = true')
    answer = router.request('POST', '/ws?x', body=b'hello')
    assert answer.status == 200
    said = json.loads(answer.text)
    assert (said['method'], said['url'], said['body']) == ('POST', '/ws?x', 'hello')


def test_a_web_socket_is_idle_for_longer_than_read(stack):
    """The idle time is longer than `read`; what keeps the socket is not traffic."""
    router, _ = served(stack, tables='[sites.proxy.timeout]\nread = "200ms"\nwrite = "200ms"')
    with ByHand(Roads(router.port).open('/ws')) as client:
        client.echo(TEXT, [b'one'])
        quiet = z.settled(router.is_running, still=0.8)
        assert quiet
        client.echo(TEXT, [b'two'])


def test_a_frame_that_rides_with_the_101_is_not_lost(stack):
    first = bytes([0x81, 5]) + b'early'
    origin = stack.closing(Origin(lambda request: accept_websocket(request, first=first)))
    router = s.front(stack, origin, in_route='websocket = true')
    with ByHand(Roads(router.port).open('/')) as client:
        assert client.receive() == ('text', b'early')


def test_a_frame_right_behind_the_handshake_is_not_lost(stack):
    def script(request):
        request.connection.send(head(101, [('Connection', 'Upgrade'), ('Upgrade', 'websocket'),
                                           ('Sec-WebSocket-Accept', accept_key(request.get('sec-websocket-key')))]))
        opcode, size = request.connection.take(2)
        mask, data = request.connection.take(4), request.connection.take(size & 127)
        text = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
        request.connection.send(bytes([opcode, len(text)]) + text)
        request.connection.wait_end()
    origin = stack.closing(Origin(script))
    router = s.front(stack, origin, in_route='websocket = true')
    with router.connect() as client:
        client.send(client.head_bytes('GET', '/', UPGRADE) + frame(TEXT, b'early'))
        assert client.read_head().status == 101
        assert client.take(7) == b'\x81\x05early'


@pytest.mark.parametrize('fields', [
    [('Sec-WebSocket-Accept', 'bm90IHRoZSByaWdodCBrZXk=')], [],
    [('Sec-WebSocket-Accept', 'KEY'), ('Sec-WebSocket-Extensions', 'permessage-deflate'), ('X-Offer', 'none')],
    [('Sec-WebSocket-Accept', 'KEY'), ('Sec-WebSocket-Protocol', 'never-offered')]],
    ids=['a-wrong-accept', 'no-accept', 'an-extension-nobody-offered', 'a-protocol-nobody-offered'])
def test_a_101_that_breaks_the_handshake_is_502(stack, fields):
    def script(request):
        key = accept_key(request.get('sec-websocket-key'))
        offered = request.get('sec-websocket-extensions')
        said = [(name, value.replace('KEY', key)) for name, value in fields]
        if offered and dict(said).get('Sec-WebSocket-Extensions'):
            said = [(name, 'x-unheard-of' if name == 'Sec-WebSocket-Extensions' else value) for name, value in said]
        request.connection.send(head(101, [('Connection', 'Upgrade'), ('Upgrade', 'websocket'), *said]))
        request.connection.wait_end()
    origin = stack.closing(Origin(script))
    router = s.front(stack, origin, in_route='websocket = true', in_proxy='retries = 0', tables=s.NEVER_OUT)
    with router.connect() as client:
        assert client.request(headers=UPGRADE).status == 502


def test_each_handshake_with_a_server_has_a_fresh_key_of_16_bytes(stack):
    import base64
    origin = stack.closing(Origin(accept_websocket))
    router = s.front(stack, origin, in_route='websocket = true')
    roads = stack.closing(Roads(router.port, 'http2'))
    sockets = [ByHand(roads.open('/')) for _ in range(3)]
    keys = [request.get('sec-websocket-key') for request in origin.requests]
    assert len(set(keys)) == 3 and all(len(base64.b64decode(key)) == 16 for key in keys)
    assert all('sec-websocket-accept' not in socket.road.answer.fields for socket in sockets)


@pytest.mark.parametrize('broken', [
    b'\xc1\x05hello', b'\x83\x00', b'\x80\x01x', b'\x89\x7e\x00\x80' + b'x' * 128, b'\x81\x85\0\0\0\0hello',
    b'\x88\x02' + struct.pack('>H', 1005), b'\x88\x01\x03', b'\x81\x03\xff\xfe\xfd'],
    ids=['reserved-bit', 'unknown-opcode', 'lone-continuation', 'long-ping', 'masked', 'code-1005', 'half-a-code',
         'no-utf8'])
def test_frames_of_a_server_that_break_the_protocol_do_not_reach_the_client(stack, broken):
    origin = stack.closing(Origin(lambda request: accept_websocket(request, first=broken)))
    router = s.front(stack, origin, in_route='websocket = true', tables=s.NEVER_OUT)
    with ByHand(Roads(router.port).open('/')) as client:
        events = client.events()
        assert events[-1] == ('end',)
        assert all(event[0] == 'close' and event[1] not in (1000, 1005, 1006, 1015) for event in events[:-1])
    assert router.is_running()


def test_a_web_socket_route_of_workers_and_one_of_servers_live_side_by_side(stack):
    origin = node(stack)
    port = z.free_port()
    text = (s.site(port) + '[sites.proxy]\nenabled = true\n' + s.pool(origin)
            + s.route('/node', more='websocket = true') + s.route('/team', 'fabric:team', 'websocket = true'))
    router = s.serve(stack, text, port)
    stack.worker('echo-1', '--group', 'team', kind='test-worker')
    router.wait_workers(1)
    for path in ('/node', '/team'):
        with ByHand(Roads(router.port).open(path)) as client:
            assert client.echo(TEXT, [b'hi', b'there']) == 2
