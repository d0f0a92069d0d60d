"""WebSockets of node files of Crossbar.io: who may open one, what is agreed, and what ends one."""
import json
import socket
import struct
import time

import pytest

import sites_e2e as s
import wamp_e2e as w
import websocket_frames as frames
import zeroway_e2e as z
from test_crossbar_file import endpoint, node, worker

OPENING = [('Connection', 'Upgrade'), ('Upgrade', 'websocket'), ('Sec-WebSocket-Version', '13'),
           ('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==')]
JSON = ('Sec-WebSocket-Protocol', 'wamp.2.json')
HELLO = json.dumps([1, 'realm1', {'roles': w.ROLES}]).encode()


def behind(stack):
    """A router of WAMP that listens at a unix socket."""
    path = stack.path('routerws.sock')
    text = f'[[sites]]\nname = "behind"\nhostname = "localhost"\nlisten = ["unix:{path}"]\n'
    router = s.serve(stack, text, 0, *w.PATIENT, wait=False)
    router.wait_log('routerws.sock')
    router.wamp_worker = w.start_worker(stack, 'realm1')
    router.wait_workers(1)
    return router


def backend(stack, **more):
    return {'type': 'websocket', 'endpoint': {'type': 'unix', 'path': stack.path('routerws.sock')},
            'url': 'ws://localhost/ws', 'serializers': ['json'], **more}


def fronted(stack, backends=None, **options):
    port = z.free_port()
    service = {'type': 'websocket-proxy', 'serializers': ['cbor', 'msgpack', 'json'], 'options': options,
               'backends': [backend(stack)] if backends is None else backends}
    router = s.serve(stack, json.dumps(node(worker(port, {'ws': service}))), port, name='node.json')
    router.wamp_url = f'ws://127.0.0.1:{port}/ws'
    return router


class Opening:
    """A WebSocket by hand: the answer to its opening, and then frames of the server."""

    def __init__(self, router, *fields):
        self.socket = socket.create_connection(('127.0.0.1', router.port), z.PATIENCE * z.SLOW)
        lines = [f'{name}: {value}' for name, value in [('Host', 'node.test'), *OPENING, *fields]]
        self.socket.sendall(('GET /ws HTTP/1.1\r\n' + '\r\n'.join(lines) + '\r\n\r\n').encode())
        head = b''
        while not head.endswith(b'\r\n\r\n'):
            piece = self.socket.recv(1)
            assert piece, head
            head += piece
        line, *rest = head.decode().split('\r\n')
        self.status = int(line.split()[1])
        self.fields = {one.partition(':')[0].lower(): one.partition(':')[2].strip() for one in rest if one}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def take(self, size):
        data = b''
        while len(data) < size:
            piece = self.socket.recv(size - len(data))
            if not piece:
                raise EOFError(data)
            data += piece
        return data

    def frame(self):
        """Opcode, whether it is the last of its message, payload."""
        first, second = self.take(2)
        size = second & 127
        if size >= 126:
            size = int.from_bytes(self.take(2 if size == 126 else 8), 'big')
        return first & 15, bool(first & 128), self.take(size)


def test_a_session_goes_to_the_backend_of_the_file(stack):
    behind(stack)
    router = fronted(stack)

    async def calls():
        async with w.Peer(router) as ann, w.Peer(router, 'cbor') as bob:
            await ann.register('com.example.add')
            await bob.say(48, 7, {}, 'com.example.add', [b'\x00\x01', 2])
            kind, call, _, _, arguments = await ann.hear()
            assert (kind, arguments) == (68, ['\x00AAE=', 2])  # bytes, as JSON has them
            await ann.say(70, call, {}, [3])
            assert await bob.hear() == [50, 7, {}, [3]]
    w.run(calls())


def test_backends_of_the_worker_and_a_realm_that_nobody_has(stack):
    behind(stack)
    port = z.free_port()
    document = worker(port, {'ws': {'type': 'websocket'}})
    document['backends'] = [{'realm': 'realm1', 'transport': backend(stack)}]
    router = s.serve(stack, json.dumps(document), port, name='node.json')
    router.wamp_url = f'ws://127.0.0.1:{port}/ws'

    async def joins():
        async with w.Peer(router):
            pass
        async with w.Peer(router, joins=False) as peer:
            await peer.say(1, 'other', {'roles': w.ROLES})
            assert (await peer.hear())[2] == 'wamp.error.no_such_realm'
    w.run(joins())


def test_a_transport_of_type_websocket_serves_every_path(stack):
    behind(stack)
    port = z.free_port()
    document = {'type': 'proxy', 'backends': [backend(stack)], 'transports': [
        {'type': 'websocket', 'endpoint': endpoint(port), 'serializers': ['msgpack']}]}
    router = s.serve(stack, json.dumps(document), port, name='node.json')
    for path in ('', 'any/path'):
        router.wamp_url = f'ws://127.0.0.1:{port}/{path}'

        async def joins():
            async with w.Peer(router, 'msgpack'):
                pass
        w.run(joins())


def test_a_request_that_opens_no_websocket(stack):
    router = fronted(stack)
    page = router.get('/ws?redirect=https://example.com')
    assert (page.status, page.get('location')) == (200, None)
    assert b'wamp.2.cbor' in page.body and b'example.com' not in page.body
    router = fronted(stack, enable_webstatus=False)
    assert router.get('/ws').status == 426


@pytest.mark.parametrize('offer, status, chosen', [
    ('wamp.2.msgpack, wamp.2.json', 101, 'wamp.2.msgpack'),
    ('foo, wamp.2.cbor', 101, 'wamp.2.cbor'),
    ('foo', 400, None),
    ('wamp.2.json, wamp.2.json', 400, None),
    (None, 400, None)])
def test_the_subprotocol_is_the_first_that_both_speak(stack, offer, status, chosen):
    router = fronted(stack)
    with Opening(router, *([('Sec-WebSocket-Protocol', offer)] if offer else [])) as opening:
        assert (opening.status, opening.fields.get('sec-websocket-protocol')) == (status, chosen)


def test_a_client_without_a_subprotocol_may_be_taken_to_speak_json(stack):
    behind(stack)
    router = fronted(stack, require_websocket_subprotocol=False)
    with Opening(router) as opening:
        assert (opening.status, opening.fields.get('sec-websocket-protocol')) == (101, None)
        opening.send(frames.frame(frames.TEXT, HELLO))
        assert opening.frame()[2].startswith(b'[2,')


@pytest.mark.parametrize('options, origin, status', [
    ({'allowed_origins': ['*']}, 'https://any.example', 101),
    ({'allowed_origins': ['https://*.example.com']}, 'https://a.example.com', 101),
    ({'allowed_origins': ['https://*.example.com']}, 'https://a.example.com:443', 101),
    ({'allowed_origins': ['https://*.example.com']}, 'http://a.example.com', 403),
    ({'allowed_origins': ['https://*.example.com']}, 'https://example.com.evil', 403),
    ({'allow_null_origin': True}, 'null', 101),
    ({'allow_null_origin': False}, 'null', 403)])
def test_whose_pages_may_open_websockets(stack, options, origin, status):
    router = fronted(stack, **options)
    with Opening(router, JSON, ('Origin', origin)) as opening:
        assert opening.status == status
    with Opening(router, JSON) as opening:
        assert opening.status == 101
    with Opening(router, JSON, ('Origin', origin), ('Origin', origin)) as opening:
        assert opening.status == 400


def test_compression_is_agreed_as_the_file_says(stack):
    behind(stack)
    deflate = {'request_no_context_takeover': False, 'request_max_window_bits': 13, 'no_context_takeover': False,
               'max_window_bits': 13, 'memory_level': 5}
    router = fronted(stack, compression={'deflate': deflate})

    def agreed(offer):
        with Opening(router, JSON, ('Sec-WebSocket-Extensions', offer)) as opening:
            return opening.fields.get('sec-websocket-extensions')
    assert agreed('permessage-deflate; client_max_window_bits') == 'permessage-deflate; client_max_window_bits=13'
    both = agreed('permessage-deflate; client_max_window_bits; server_max_window_bits=10')
    assert 'server_max_window_bits=10' in both and 'client_max_window_bits=13' in both
    assert agreed('permessage-deflate') is None
    without = fronted(stack)
    with Opening(without, JSON, ('Sec-WebSocket-Extensions', 'permessage-deflate; client_max_window_bits')) as opening:
        assert opening.fields.get('sec-websocket-extensions') is None


def test_a_thousand_compressed_messages_with_one_window(stack):
    behind(stack)
    router = fronted(stack, compression={'deflate': {'request_max_window_bits': 13, 'max_window_bits': 13}})

    async def calls():
        async with w.Peer(router) as peer:
            agreed, = peer.socket.extensions
            assert agreed.local_max_window_bits == 13
            assert not agreed.local_no_context_takeover and not agreed.remote_no_context_takeover
            subscription = await peer.subscribe('com.example.topic')
            for number in range(1000):
                text = f'{number} ' * (number % 50)
                await peer.say(16, number + 1, {'exclude_me': False}, 'com.example.topic', [text])
                event = await peer.hear()
                assert (event[1], event[4]) == (subscription, [text])
    w.run(calls())
    router.wait_idle()


@pytest.mark.parametrize('options, sent', [({'max_message_size': 1000}, frames.frame(frames.TEXT, b'x' * 1001)),
                                           ({'max_frame_size': 500}, frames.frame(frames.TEXT, b'x' * 501))])
def test_what_is_too_large_ends_the_websocket(stack, options, sent):
    router = fronted(stack, **options)
    with Opening(router, JSON) as opening:
        opening.send(sent)
        kind, _, payload = opening.frame()
        assert (kind, struct.unpack('>H', payload[:2])[0]) == (frames.CLOSE, 1009)
    dropping = fronted(stack, fail_by_drop=True, **options)
    with Opening(dropping, JSON) as opening, pytest.raises((EOFError, ConnectionResetError)):
        opening.send(sent)
        opening.frame()


def test_large_messages_come_in_frames(stack):
    behind(stack)
    router = fronted(stack, auto_fragment_size=65_536)
    with Opening(router, JSON) as opening:
        opening.send(frames.frame(frames.TEXT, HELLO))
        assert opening.frame()[2].startswith(b'[2,')
        opening.send(frames.frame(frames.TEXT, b'[32,1,{},"com.large"]'))
        assert opening.frame()[2].startswith(b'[33,1,')
        text = b'[16,2,{"exclude_me":false},"com.large",["' + b'x' * 200_000 + b'"]]'
        opening.send(frames.frame(frames.TEXT, text))
        parts = [opening.frame()]
        while not parts[-1][1]:
            parts.append(opening.frame())
        assert [kind for kind, _, _ in parts] == [frames.TEXT] + [frames.CONTINUATION] * (len(parts) - 1)
        assert len(parts) == 4 and all(len(payload) <= 65_536 for _, _, payload in parts)
        assert b''.join(payload for _, _, payload in parts).startswith(b'[36,')


def test_clients_are_pinged_and_dropped_when_they_are_silent(stack):
    router = fronted(stack, auto_ping_interval=1000, auto_ping_timeout=1000, auto_ping_size=20)
    with Opening(router, JSON) as opening:
        kind, _, payload = opening.frame()
        assert (kind, len(payload)) == (frames.PING, 20)
        opening.send(frames.frame(frames.PONG, payload))
        kind, _, payload = opening.frame()
        assert kind == frames.PING
        began = time.monotonic()
        with pytest.raises((EOFError, ConnectionResetError)):
            opening.frame()
        assert time.monotonic() - began > 0.9


REQUEST = ('GET /ws HTTP/1.1\r\nHost: node.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
           'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: wamp.2.json\r\n\r\n').encode()


@pytest.mark.parametrize('sent', [REQUEST[:19], REQUEST[:len(REQUEST) // 2], REQUEST[:-2]], ids=['line', 'half', 'almost'])
def test_half_an_opening_is_cut_at_its_time(stack, sent):
    router = fronted(stack, open_handshake_timeout=1000)
    began = time.monotonic()
    with socket.create_connection(('127.0.0.1', router.port), z.PATIENCE * z.SLOW) as client:
        client.sendall(sent)
        with pytest.raises(ConnectionResetError):  # no answer, not even the end of one
            assert client.recv(1) != b''
    assert time.monotonic() - began > 0.9
    router.wait_log('the opening of a WebSocket took too long')
    router.wait_idle()


def test_an_opening_that_comes_in_time_is_not_cut_later(stack):
    behind(stack)
    router = fronted(stack, open_handshake_timeout=3000)
    with socket.create_connection(('127.0.0.1', router.port), z.PATIENCE * z.SLOW) as client:
        client.sendall(REQUEST[:50])
        time.sleep(0.1)
        client.sendall(REQUEST[50:])
        assert client.recv(13) == b'HTTP/1.1 101 '
        time.sleep(3.5)
        client.sendall(frames.frame(frames.PING, b'there'))
        while b'\x8a\x05there' not in client.recv(65_536):
            pass
    other = fronted(stack)  # nobody said a time
    with socket.create_connection(('127.0.0.1', other.port), z.PATIENCE * z.SLOW) as client:
        client.sendall(REQUEST[:50])
        time.sleep(1.5)
        client.sendall(REQUEST[50:])
        assert client.recv(13) == b'HTTP/1.1 101 '


def test_other_requests_have_the_time_of_a_head(stack):
    router = fronted(stack, open_handshake_timeout=1000)
    with socket.create_connection(('127.0.0.1', router.port), z.PATIENCE * z.SLOW) as client:
        client.sendall(b'GET /else HTTP/1.1\r\n')
        time.sleep(1.5)
        client.sendall(b'Host: node.test\r\n\r\n')
        assert client.recv(13) == b'HTTP/1.1 404 '


def test_a_close_that_is_not_answered_ends_by_its_time(stack):
    named = {'realm': 'realm1', 'transport': backend(stack)}
    router = fronted(stack, [named], close_handshake_timeout=1000)
    with Opening(router, JSON) as opening:
        opening.send(frames.frame(frames.TEXT, HELLO.replace(b'realm1', b'other')))
        assert b'wamp.error.no_such_realm' in opening.frame()[2]
        assert opening.frame()[0] == frames.CLOSE
        began = time.monotonic()
        with pytest.raises((EOFError, ConnectionResetError)):
            opening.take(1)
        assert time.monotonic() - began > 0.9
    router.wait_idle()


def test_a_client_that_breaks_a_rule_is_not_waited_for(stack):
    router = fronted(stack, max_message_size=10, close_handshake_timeout=60_000)
    with Opening(router, JSON) as opening:
        opening.send(frames.frame(frames.TEXT, b'x' * 11))
        assert opening.frame()[0] == frames.CLOSE
        with pytest.raises((EOFError, ConnectionResetError)):
            opening.take(1)
    router.wait_idle()
