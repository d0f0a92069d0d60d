"""Clients of WAMP that speak RawSocket: the handshake and its refusals, frames, limits, one port with HTTP, TLS, and Autobahn."""
import contextlib
import json
import re
import signal
import socket
import ssl
import sys
import time

from many_web_sockets import OPENING
import pytest
import sites_e2e as s
import tls_e2e as tls
from wamp_e2e import CODECS, ROLES, SUPPORT, check_client, run_client, start_worker
import zeroway_e2e as z

OFFERS = {'json': '7ff10000', 'msgpack': '7ff20000', 'cbor': '7ff30000'}
PING, PONG = 1, 2


class Raw:
    """A client by hand."""

    def __init__(self, connection):
        self.socket = connection
        self.socket.settimeout(z.PATIENCE * z.SLOW)

    @classmethod
    def at(cls, port):
        return cls(socket.create_connection(('127.0.0.1', port)))

    @classmethod
    def at_socket(cls, path):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(path)
        return cls(connection)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, hexes):
        self.socket.sendall(bytes.fromhex(hexes))

    def frame(self, payload, kind=0):
        self.socket.sendall(bytes([kind]) + len(payload).to_bytes(3, 'big') + payload)

    def take(self, size):
        data = b''
        while len(data) < size:
            piece = self.socket.recv(size - len(data))
            assert piece, f'the end behind {data!r}'
            data += piece
        return data

    def hear(self):
        """The next frame: its type and its payload."""
        prefix = self.take(4)
        return prefix[0], self.take(int.from_bytes(prefix[1:], 'big'))

    def rest(self):
        """What comes until the end, as hex."""
        data = b''
        with contextlib.suppress(ConnectionResetError):
            while piece := self.socket.recv(65_536):
                data += piece
        return data.hex()

    def join(self, serializer='json', offer=None):
        """The router's answer to the handshake, as hex; the session has its WELCOME."""
        self.write, self.read = CODECS[serializer]
        self.send(offer or OFFERS[serializer])
        answer = self.take(4).hex()
        self.say(1, 'realm1', {'roles': ROLES})
        assert self.heard()[0] == 2
        return answer

    def say(self, *message):
        data = self.write(list(message))
        self.frame(data.encode() if isinstance(data, str) else data)

    def heard(self):
        kind, payload = self.hear()
        assert kind == 0, kind
        return self.read(payload)


def serve(stack, *options):
    """A router that speaks RawSocket alone at `router.raw`, and a worker of WAMP."""
    raw = z.free_port()
    router = stack.router('--rawsocket', f'127.0.0.1:{raw}=/ws', *options)
    router.raw = raw
    start_worker(stack, 'realm1')
    return router.wait_workers(1)


def serve_site(stack, more='', in_site='', top='', port=None, tables='', workers=1):
    """A router whose site speaks HTTP and RawSocket at one port."""
    port = port or z.free_port()
    text = f'{top}\n{s.site(port, more=in_site)}[sites.rawsocket]\npath = "/ws"\n{more}\n{tables}\n'
    router = s.serve(stack, text, port)
    if workers:
        start_worker(stack, 'realm1')
    return router.wait_workers(workers)


@pytest.mark.parametrize('serializer', OFFERS)
def test_a_session_by_hand(stack, serializer):
    router = serve(stack)
    with Raw.at(router.raw) as client:
        assert client.join(serializer) == OFFERS[serializer]
        client.say(32, 1, {}, 'com.example.topic')
        assert client.heard()[:2] == [33, 1]
        client.say(16, 2, {'exclude_me': False, 'acknowledge': True}, 'com.example.topic', ['é', 7])
        assert sorted(message[0] for message in (client.heard(), client.heard())) == [17, 36]
        client.say(6, {}, 'wamp.close.normal')
        assert client.heard() == [6, {}, 'wamp.close.goodbye_and_out']
    router.wait_idle()


def test_the_handshake_may_come_byte_by_byte_with_the_first_message_behind(stack):
    router = serve(stack)
    with Raw.at(router.raw) as client:
        hello = json.dumps([1, 'realm1', {'roles': ROLES}]).encode()
        for byte in bytes.fromhex(OFFERS['json']) + len(hello).to_bytes(4, 'big') + hello[:9]:
            client.socket.sendall(bytes([byte]))
            time.sleep(0.01)
        client.socket.sendall(hello[9:])
        assert client.take(4).hex() == OFFERS['json']
        assert json.loads(client.hear()[1])[0] == 2


def test_pings_are_answered_with_the_same_payload(stack):
    router = serve(stack)
    with Raw.at(router.raw) as client:
        client.join()
        for payload in (b'', b'abc', bytes(4_096)):
            client.frame(payload, PING)
            assert client.hear() == (PONG, payload)
        client.frame(b'unasked', PONG)
        client.frame(b'still there', PING)
        assert client.hear() == (PONG, b'still there')
        client.frame(bytes(4_097), PING)
        assert client.rest() == ''
    router.wait_log('RawSocket: a ping or a pong that is too long')


@pytest.mark.parametrize('offer, answer, why', [
    ('7ff00000', '7f100000', 'its serializer is not served'),
    ('7ff40000', '7f100000', 'its serializer is not served'),
    ('7ff50000', '7f100000', 'its serializer is not served'),
    ('7ff10100', '7f300000', 'reserved bits are set'),
    ('7ff10001', '7f300000', 'reserved bits are set'),
    ('00000161', '', 'no RawSocket'),
    (b'GET / HTTP/1.1\r\n\r\n'.hex(), '', 'no RawSocket'),
])
def test_a_wrong_handshake_is_refused_in_words_of_rawsocket(stack, offer, answer, why):
    router = serve(stack)
    with Raw.at(router.raw) as client:
        client.send(offer)
        assert client.rest() == answer
    router.wait_log(f'connection closed: RawSocket: {why}')
    with Raw.at(router.raw) as client:
        client.join()


def test_serializers_of_the_site(stack):
    router = serve_site(stack, 'serializers = ["cbor"]')
    with Raw.at(router.port) as client:
        client.send(OFFERS['json'])
        assert client.rest() == '7f100000'
    with Raw.at(router.port) as client:
        client.join('cbor')


def test_too_many_connections_are_told_so(stack):
    router = serve_site(stack, 'max_connections = 2')
    with Raw.at(router.port) as one, Raw.at(router.port) as two:
        one.join()
        two.join()
        with Raw.at(router.port) as three:
            three.send(OFFERS['json'])
            assert three.rest() == '7f400000'
        assert router.get('/api/health').status == 200
        one.socket.close()

        def has_room():
            with Raw.at(router.port) as next_one:
                next_one.send(OFFERS['json'])
                return next_one.take(4).hex() == OFFERS['json']
        z.eventually(has_room, what='room for another connection')
    router.wait_idle()


def test_a_path_that_nobody_serves_has_no_answer_and_a_path_whose_workers_are_away_is_full(stack):
    port, other = z.free_port(), z.free_port()
    text = (s.site(port, more='fabric = false') + '[sites.rawsocket]\npath = "/nobody"\n'
            + s.site(other, 'other.test', 'other') + '[sites.rawsocket]\npath = "/ws"\n')
    router = s.serve(stack, text, port, '--queue-timeout', '200ms')
    with Raw.at(port) as client:
        client.send(OFFERS['json'])
        assert client.rest() == ''
    with Raw.at(other) as client:
        client.send(OFFERS['json'])
        assert client.rest() == '7f400000'
    router.wait_idle()


def test_limits_of_both_directions_are_announced_and_kept(stack):
    router = serve_site(stack, 'max_message_size = 5000')
    with Raw.at(router.port) as client:
        assert client.join() == '7f310000'  # 4 KiB
        client.say(16, 1, {'acknowledge': True}, 'com.example.topic', ['x' * 4_000])
        assert client.heard()[0] == 17
        client.frame(bytes(4_097))
        assert client.rest() == ''
    router.wait_log('RawSocket: a message longer than was announced')
    with Raw.at(router.port) as small, Raw.at(router.port) as large:
        assert small.join(offer='7f110000') == '7f310000'
        large.join()
        small.say(32, 1, {}, 'com.example.topic')
        assert small.heard()[0] == 33
        large.say(16, 1, {}, 'com.example.topic', ['x' * 500])
        assert small.heard()[0] == 36
        large.say(16, 2, {}, 'com.example.topic', ['x' * 2_000])  # small gets none of it, and lives on
        large.say(16, 3, {}, 'com.example.topic', ['y'])
        assert small.heard()[4] == ['y']
        large.frame(b'!', PING)
        assert large.hear() == (PONG, b'!')
    router.wait_idle()


def test_the_route_of_the_path_limits_messages_too(stack):
    router = serve_site(stack, in_site='[sites.websocket]\nmax_message_size = "64KiB"\n')
    with Raw.at(router.port) as client:
        assert client.join('cbor') == '7f730000'


def test_a_handshake_that_does_not_go_on_is_cut(stack):
    router = serve_site(stack, 'only = true', in_site='[sites.websocket]\nopen_handshake_timeout = "1s"\n')
    began = time.monotonic()
    with Raw.at(router.port) as silent, Raw.at(router.port) as half:
        half.send('7ff1')
        assert silent.rest() == ''
        assert half.rest() == ''
        assert time.monotonic() - began >= 0.9
    router.wait_log('RawSocket: its handshake took too long')
    with Raw.at(router.port) as client:
        client.join()
        time.sleep(1.5)  # an open session is no handshake
        client.frame(b'!', PING)
        assert client.hear() == (PONG, b'!')


def test_one_port_for_http_websocket_and_rawsocket(stack):
    router = serve_site(stack)
    with Raw.at(router.port) as client:
        assert client.join() == OFFERS['json']
        assert router.get('/api/health').status == 200
        with router.connect() as http2:
            http2.send(b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + bytes.fromhex('000000040000000000'))
            assert http2.take(9)[3] == 4  # SETTINGS
        with router.connect() as connection:
            connection.send(OPENING.format(path='/ws', more='Sec-WebSocket-Protocol: wamp.2.json\r\n').encode())
            assert connection.take(13) == b'HTTP/1.1 101 '
        client.frame(b'!', PING)
        assert client.hear() == (PONG, b'!')


def test_mqtt_is_closed_and_counted(stack):
    router = serve_site(stack)
    for _ in range(2):
        with Raw.at(router.port) as client:
            client.send('101000044d5154540402003c0004' + b'test'.hex())
            assert client.rest() == ''
    z.eventually(lambda: router.counters()['mqtt_refused'] == 2, what='two refusals of MQTT')
    assert router.get('/api/health').status == 200


def test_a_site_that_speaks_nothing_else(stack):
    router = serve_site(stack, 'only = true')
    with Raw.at(router.port) as client:
        client.join()
    with Raw.at(router.port) as client:
        client.send(b'GET /api/health HTTP/1.1\r\nHost: zeroway.test\r\n\r\n'.hex())
        assert client.rest() == ''
    router.wait_log(re.escape(f'rs://127.0.0.1:{router.port}'))


@pytest.mark.parametrize('only', [False, True])
def test_over_tls(stack, only):
    authority = tls.Authority(stack)
    certificate, key = authority.make('zeroway.test')
    router = serve_site(stack, f'only = {str(only).lower()}',
                        tables=f'[sites.ssl]\nenabled = true\ncert_file = "{certificate}"\nkey_file = "{key}"\n')
    context = ssl.create_default_context(cafile=authority.ca)
    for protocols in ([], ['http/1.1'], ['wamp', 'h2']) if only else ([], ['http/1.1']):
        if protocols:
            context.set_alpn_protocols(protocols)
        plain = socket.create_connection(('127.0.0.1', router.port))
        with Raw(context.wrap_socket(plain, server_hostname='zeroway.test')) as client:
            client.join('cbor')
            client.frame(b'!', PING)
            assert client.hear() == (PONG, b'!')
    if not only:
        plain = socket.create_connection(('127.0.0.1', router.port))
        with Raw(context.wrap_socket(plain, server_hostname='zeroway.test')) as client:
            client.socket.sendall(b'GET /api/health HTTP/1.1\r\nHost: zeroway.test\r\nConnection: close\r\n\r\n')
            assert bytes.fromhex(client.rest()).startswith(b'HTTP/1.1 200 ')
    router.wait_idle()


def test_unix_sockets(stack):
    path = stack.path('alone.sock')
    router = stack.router('--rawsocket', f'unix:{path}=/ws')
    start_worker(stack, 'realm1')
    router.wait_workers(1)
    with Raw.at_socket(path) as client:
        client.join('msgpack')
    port, both = z.free_port(), stack.path('both.sock')
    text = (f'[[sites]]\nname = "main"\nhostname = "zeroway.test"\nlisten = ["127.0.0.1:{port}", "unix:{both}"]\n'
            '[sites.rawsocket]\npath = "/ws"\n')
    second = s.serve(stack, text, port)
    stack.start([z.program('wamp-worker'), 'realm1', '--connect', second.fabric], name='wamp-2')
    second.wait_workers(1)
    for client in (Raw.at_socket(both), Raw.at(port)):
        with client:
            client.join()


def test_a_client_that_leaves_is_gone_and_a_router_that_leaves_ends_its_side(stack):
    router = serve(stack)
    with Raw.at(router.raw) as stays:
        stays.join()
        with Raw.at(router.raw) as orderly:
            orderly.join()
            orderly.socket.shutdown(socket.SHUT_WR)
            assert orderly.rest() == ''
        with Raw.at(router.raw) as lost:
            lost.join()
            lost.frame(b'x' * 100)
            lost.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
        z.eventually(lambda: router.counters()['exchanges_open'] == 1, what='one session')
        router.signal(signal.SIGTERM)
        stays.rest()
    assert router.wait() == 0


def test_large_messages_pass_in_both_directions(stack):
    router = serve(stack)
    with Raw.at(router.raw) as callee, Raw.at(router.raw) as caller:
        callee.join('cbor')
        caller.join('msgpack')
        callee.say(64, 1, {}, 'com.example.echo')
        assert callee.heard()[0] == 65
        large = bytes(range(256)) * 12_000  # 3 MB
        caller.say(48, 1, {}, 'com.example.echo', [large])
        invocation = callee.heard()
        assert invocation[0] == 68 and invocation[4] == [large]
        callee.say(70, invocation[1], {}, invocation[4])
        result = caller.heard()
        assert result[0] == 50 and result[3] == [large]
    router.wait_idle()


@pytest.mark.parametrize('serializer', OFFERS)
@pytest.mark.parametrize('transport', ['tcp', 'unix'])
def test_autobahn_in_python(stack, transport, serializer):
    port, path = z.free_port(), stack.path('raw.sock')
    place, endpoint = (f'127.0.0.1:{port}', f'tcp:127.0.0.1:{port}') if transport == 'tcp' else (f'unix:{path}', f'unix:{path}')
    router = stack.router('--rawsocket', f'{place}=/ws')
    start_worker(stack, 'realm1')
    router.wait_workers(1)
    client = [sys.executable, f'{SUPPORT}/wamp_autobahn.py', endpoint, 'realm1', serializer]
    check_client(run_client(client, stack), 'wamp_autobahn.py')
    router.wait_idle()


@pytest.mark.parametrize('text, wrong', [
    ('path = "ws"', 'sites(main).rawsocket.path = "ws": wants a path that begins with /'),
    ('only = true', 'sites(main).rawsocket.path is missing'),
    ('path = "/ws"\nmax_message_size = "64MiB"', 'max_message_size = "64MiB": wants a size from 512 to 16777216'),
    ('path = "/ws"\nserializers = ["ubjson"]', 'serializers[0] = "ubjson": wants one of json, msgpack, cbor'),
    ('path = "/ws"\nserializers = []', 'wants a list of at least one of json, msgpack, cbor'),
    ('path = "/ws"\nmax_message = 5', 'sites(main).rawsocket.max_message is no key'),
])
def test_wrong_files_are_refused(stack, text, wrong):
    done = s.check(stack, f'{s.site(8080)}[sites.rawsocket]\n{text}\n')
    assert done.returncode == 1
    assert wrong in done.stderr, done.stderr


@pytest.mark.parametrize('word', ['8080', '=/ws', '8080=ws', '99999=/ws', 'unix:raw=/ws'])
def test_wrong_words_are_refused(stack, word):
    router = stack.router('--rawsocket', word, wait=False)
    assert router.wait() == 2
    assert '[ADDRESS:]PORT=/PATH or unix:/SOCKET=/PATH' in router.log()
