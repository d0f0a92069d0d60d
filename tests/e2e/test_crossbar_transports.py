"""Transports of Crossbar.io's node files: RawSocket, universal, who clients are, and TLS of an endpoint."""
import json
import os
import socket
import ssl
import subprocess
import sys

import pytest
import sites_e2e as s
from test_crossbar_file import INDEX, endpoint, folders, get, node, serve, static
from test_raw_socket import OFFERS, PING, PONG, Raw
from test_wamp_auth import KEY, LOGINS, SCRAM, SEED, WRONG, login, welcomed
from test_wamp_auth import DERIVED, backend  # noqa: F401
import tls_e2e as tls
import wamp_e2e as w
from wamp_e2e import ROLES, SUPPORT, check_client, run_client, start_worker
import websockets
import zeroway_e2e as z

AUTH = {
    'ticket': {'type': 'static', 'principals': {'joe': {'ticket': '$WAMP_TICKET', 'role': 'frontend'}}},
    'wampcra': {'type': 'static', 'users': {
        'joe': {'secret': 'se/cret', 'role': 'frontend'},
        'ann': {'secret': DERIVED, 'role': 'backend', 'salt': 'salt123', 'iterations': 100, 'keylen': 16}}},
    'scram': {'type': 'static', 'principals': {'joe': {'kdf': 'argon2id-13', 'role': 'frontend', **SCRAM}}},
    'cryptosign': {'type': 'static', 'principals': {'joe': {'authorized_keys': [KEY], 'role': 'frontend'}}}}


def proxy(*transports, **more):
    return node({'type': 'proxy', 'transports': [*transports], **more})


def transport(kind, port, **more):
    return {'type': kind, 'endpoint': endpoint(port), **more}


def backend_of(backend, **more):  # noqa: F811
    return {'type': 'websocket', 'endpoint': {'type': 'tcp', 'host': '127.0.0.1', 'port': backend.port},
            'url': backend.url, 'serializers': [backend.serializer], **more}


def start(stack, document, port):
    """A router with the node file, and a worker of realm1."""
    os.makedirs(stack.path('node'), exist_ok=True)
    router = serve(stack, document, port)
    start_worker(stack, 'realm1')
    router.wait_log('serves realm realm1')
    router.wamp_url = f'ws://127.0.0.1:{port}/ws'
    return router


# --- RawSocket alone

@pytest.mark.parametrize('serializer', OFFERS)
def test_autobahn_over_rawsocket(stack, serializer):
    port = z.free_port()
    unix = {'type': 'rawsocket', 'endpoint': {'type': 'unix', 'path': 'raw.sock'}, 'serializers': [serializer]}
    start(stack, proxy(transport('rawsocket', port), unix), port)
    for place in (f'tcp:127.0.0.1:{port}', f'unix:{stack.path("node/raw.sock")}'):
        client = [sys.executable, f'{SUPPORT}/wamp_autobahn.py', place, 'realm1', serializer]
        check_client(run_client(client, stack), 'wamp_autobahn.py')
    other = next(one for one in OFFERS if one != serializer)
    with Raw.at_socket(stack.path('node/raw.sock')) as client:
        client.send(OFFERS[other])
        assert client.rest() == '7f100000'


def test_the_limit_of_the_file_is_announced_and_kept(stack):
    port = z.free_port()
    router = start(stack, proxy(transport('rawsocket', port, options={'max_message_size': 3_000})), port)
    assert 'options/max_message_size = 3000: is no power of two; 4096 is announced to clients and enforced' in router.log()
    with Raw.at(port) as client:
        assert client.join('json') == '7f310000'  # 2^(9 + 3)
        client.frame(bytes(4_097))
        assert client.rest() == ''


# --- universal

def universal(port, **more):
    return {'type': 'universal', 'endpoint': endpoint(port), 'rawsocket': {'serializers': ['cbor', 'json']},
            'websocket': {'ws': {'type': 'websocket'}}, 'web': {'paths': {'/': static()}}, **more}


def test_universal_is_rawsocket_websocket_and_http_at_one_port(stack):
    folders(stack)
    port = z.free_port()
    router = start(stack, proxy(universal(port)), port)
    with Raw.at(port) as client:
        assert client.join('cbor', '7ff30000') == '7ff30000'
        client.frame(b'abc', PING)
        assert client.hear() == (PONG, b'abc')
    for offer, answer in (('7ff20000', '7f100000'), ('7ff30100', '7f300000')):
        with Raw.at(port) as client:
            client.send(offer)
            assert client.rest() == answer
    assert get(router, '/').body == INDEX
    assert get(router, '/ws').status == 200  # a page for browsers

    async def joins():
        async with w.Peer(router, 'msgpack') as peer:
            assert peer.welcome
    w.run(joins())
    client = [sys.executable, f'{SUPPORT}/wamp_autobahn.py', f'tcp:127.0.0.1:{port}', 'realm1', 'cbor']
    check_client(run_client(client, stack), 'wamp_autobahn.py')
    router.wait_idle()


def test_no_page_gets_to_the_rawsocket_of_a_port(stack):
    folders(stack)
    port = z.free_port()
    router = start(stack, proxy(universal(port)), port)
    assert get(router, '/.rawsocket').status == 426

    async def opens(origin):
        url = f'ws://127.0.0.1:{port}/.rawsocket'
        async with websockets.connect(url, origin=origin, subprotocols=['wamp.2.json']):
            return True
    for origin in ('https://evil.example', 'null'):
        with pytest.raises(websockets.InvalidStatusCode) as refused:
            w.run(opens(origin))
        assert refused.value.status_code == 403


def test_each_part_of_universal_checks_its_own_clients(stack, backend):  # noqa: F811
    folders(stack)
    port = z.free_port()
    document = proxy(universal(
        port, rawsocket={'auth': {'ticket': AUTH['ticket']}, 'backends': [backend_of(backend)]},
        websocket={'ws': {'type': 'websocket', 'auth': {'anonymous': {'type': 'static', 'role': 'guest'}},
                          'backends': [backend_of(backend)]}}))
    router = serve(stack, document, port)
    router.wamp_url = f'ws://127.0.0.1:{port}/ws'
    assert login(router, {'anonymous': {}})['authrole'] == 'guest'
    assert login(router, LOGINS['ticket'][0])['reason'] == 'wamp.error.no_auth_method'
    hello = (1, 'realm1', {'roles': ROLES, 'authmethods': ['ticket'], 'authid': 'joe'})
    for ticket, kind in (('secret!!!', 2), ('wrong', 3)):
        with Raw.at(port) as client:
            client.write, client.read = w.CODECS['json']
            client.send(OFFERS['json'])
            assert client.take(4).hex() == OFFERS['json']
            client.say(*hello)
            assert client.heard() == [4, 'ticket', {}]
            client.say(5, ticket, {})
            assert client.heard()[0] == kind
    assert [hello[2]['authrole'] for hello in backend.hellos] == ['guest', 'frontend']


# --- who clients are

def with_auth(stack, backend, **more):  # noqa: F811
    os.mkdir(stack.path('node'))
    port = z.free_port()
    service = {'type': 'websocket', 'auth': AUTH, **more}
    document = proxy(transport('web', port, paths={'ws': service}), backends=[backend_of(backend)])
    router = serve(stack, document, port)
    router.wamp_url = f'ws://127.0.0.1:{port}/ws'
    return router


def test_autobahn_logs_in_by_every_method_of_the_file(stack, backend):  # noqa: F811
    router = with_auth(stack, backend)
    for methods, authid, role, method in LOGINS.values():
        assert login(router, methods) == welcomed(authid, role, method)
        assert (backend.hellos[-1][2]['authid'], backend.hellos[-1][2]['authrole']) == (authid, role)
    joined = len(backend.hellos)
    for methods in WRONG.values():
        assert login(router, methods)['reason'] == 'wamp.error.authentication_failed'
    assert login(router, {'anonymous': {}})['reason'] == 'wamp.error.no_auth_method'
    assert len(backend.hellos) == joined
    for secret in ('secret!!!', 'se/cret', DERIVED, SCRAM['stored-key'], SCRAM['server-key'], SEED):
        assert secret not in router.log()


def test_a_client_is_known_again_by_the_cookie_of_the_path(stack, backend):  # noqa: F811
    store = {'type': 'file', 'filename': 'cookies.dat'}
    router = with_auth(stack, backend, auth={**AUTH, 'cookie': {}}, cookie={'name': 'cb_id', 'length': 32, 'store': store})
    hello = [1, 'realm1', {'roles': ROLES, 'authmethods': ['cookie', 'ticket'], 'authid': 'joe'}]

    async def talk(cookie, *answers):
        """The cookie that the client has then, and the kinds of what it hears."""
        fields = [('Cookie', cookie)] if cookie else []
        async with websockets.connect(router.wamp_url, subprotocols=['wamp.2.json'], extra_headers=fields) as client:
            kinds = []
            for message in (hello, *answers):
                await client.send(json.dumps(message))
                kinds.append(json.loads(await client.recv())[0])
            return client.response_headers.get('Set-Cookie', cookie).split(';')[0], kinds
    cookie, kinds = w.run(talk(None, [5, 'secret!!!', {}]))
    name, value = cookie.split('=')
    assert (name, len(value), kinds) == ('cb_id', 32, [4, 2])
    assert w.run(talk(cookie)) == (cookie, [2])
    with open(stack.path('node/cookies.dat')) as file:
        assert 'joe' in file.read()


# --- TLS

def openssl(*words, cwd):
    subprocess.run(['openssl', *words], cwd=cwd, check=True, capture_output=True)


def chain(stack):
    """The files (root, intermediate, certificate, key) of a certificate for localhost that the intermediate has signed."""
    folder = stack.path('chain')
    os.mkdir(folder)
    authority = 'basicConstraints=critical,CA:TRUE'
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'root.key', '-out', 'root.crt', '-subj', '/CN=root',
            '-addext', 'keyUsage=keyCertSign', cwd=folder)
    for name, signer, extension in (('middle', 'root', authority), ('leaf', 'middle', 'subjectAltName=DNS:localhost')):
        with open(os.path.join(folder, f'{name}.ext'), 'w') as file:
            file.write(extension + '\n')
        openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', f'{name}.key', '-out', f'{name}.csr', '-subj', f'/CN={name}',
                cwd=folder)
        openssl('x509', '-req', '-in', f'{name}.csr', '-CA', f'{signer}.crt', '-CAkey', f'{signer}.key', '-CAcreateserial',
                '-extfile', f'{name}.ext', '-out', f'{name}.crt', cwd=folder)
    return [os.path.join(folder, name) for name in ('root.crt', 'middle.crt', 'leaf.crt', 'leaf.key')]


def secure(stack, port, **more):
    """A router whose endpoint has TLS; `root` is the authority that its clients know."""
    folders(stack)
    root, middle, certificate, key = chain(stack)
    place = {**endpoint(port), 'tls': {'certificate': certificate, 'key': key, 'chain_certificates': [middle], **more}}
    paths = {'/': static(), 'ws': {'type': 'websocket'}}
    router = serve(stack, proxy({'type': 'web', 'endpoint': place, 'paths': paths}), port)
    start_worker(stack, 'realm1')
    router.wait_log('serves realm realm1')
    router.tls_port = port
    router.root = root
    return router


async def hears_welcome(router, context):
    url = f'wss://localhost:{router.port}/ws'
    async with websockets.connect(url, subprotocols=['wamp.2.cbor'], ssl=context) as client:
        write, read = w.CODECS['cbor']
        await client.send(write([1, 'realm1', {'roles': ROLES}]))
        return read(await client.recv())[0] == 2


def test_https_and_wss_with_the_chain_of_the_endpoint(stack):
    router = secure(stack, z.free_port())
    knows_root = ssl.create_default_context(cafile=router.root)
    with tls.Client(router, None, context=knows_root) as client:
        assert client.request('GET', '/').body == INDEX
    assert w.run(hears_welcome(router, knows_root))
    sent = tls.s_client(router, '-showcerts', '-servername', 'localhost')
    assert [line for line in sent.splitlines() if line.strip().startswith(('0 s:', '1 s:', '2 s:'))] == [
        ' 0 s:CN = leaf', ' 1 s:CN = middle']


def test_ca_certificates_enforce_certificates_of_clients(stack):
    clients, strangers = tls.Authority(stack, 'clients'), tls.Authority(stack, 'strangers')
    ann, eve = clients.make(client='ann'), strangers.make(client='eve')
    router = secure(stack, z.free_port(), ca_certificates=[clients.ca])

    def context_of(certificate):
        context = ssl.create_default_context(cafile=router.root)
        if certificate:
            context.load_cert_chain(*certificate)
        return context

    def ask(certificate):
        with tls.Client(router, None, context=context_of(certificate)) as client:
            return client.request('GET', '/').body
    for stranger, why in ((None, 'peer did not return a certificate'), (eve, 'unable to get local issuer certificate')):
        with pytest.raises(OSError):  # with TLS 1.3 a client hears of it behind its handshake
            ask(stranger)
        router.wait_log(why)
    assert ask(ann) == INDEX
    assert w.run(hears_welcome(router, context_of(ann)))


def test_rawsocket_to_a_backend_behind_tls(stack):
    authority = tls.Authority(stack)
    certificate, key = authority.make('backend.test')
    raw, port = z.free_port(), z.free_port()
    behind = s.serve(stack, s.site(raw, host='backend.test')
                     + f'[sites.ssl]\nenabled = true\ncert_file = "{certificate}"\nkey_file = "{key}"\n'
                     + '[sites.rawsocket]\npath = "/ws"\nonly = true\n', raw)
    start_worker(stack, 'realm1')
    behind.wait_log('serves realm realm1')
    place = {'type': 'tcp', 'host': '127.0.0.1', 'port': raw,
             'tls': {'hostname': 'backend.test', 'ca_certificates': [authority.ca]}}
    document = proxy(transport('websocket', port), backends=[
        {'type': 'rawsocket', 'endpoint': place, 'serializer': 'cbor', 'url': 'rss://backend.test'}])
    os.mkdir(stack.path('node'))
    router = serve(stack, document, port)
    router.wamp_url = f'ws://127.0.0.1:{port}/'
    client = [sys.executable, f'{SUPPORT}/wamp_autobahn.py', router.wamp_url, 'realm1', 'json']
    check_client(run_client(client, stack), 'wamp_autobahn.py')
    router.wait_idle()


def test_rawsocket_behind_tls_and_who_has_a_certificate(stack):
    authority, clients = tls.Authority(stack), tls.Authority(stack, 'clients')
    certificate, key = authority.make('localhost')
    joe, eve = clients.make(client='joe'), clients.make(client='eve')
    printed = subprocess.run(['openssl', 'x509', '-in', joe[0], '-noout', '-fingerprint', '-sha1'], capture_output=True, text=True)
    principals = {'joe': {'certificate-sha1': printed.stdout.strip().split('=')[1], 'role': 'frontend'}}
    port = z.free_port()
    place = {**endpoint(port), 'tls': {'certificate': certificate, 'key': key, 'ca_certificates': [clients.ca]}}
    start(stack, proxy({'type': 'rawsocket', 'endpoint': place, 'auth': {'tls': {'type': 'static', 'principals': principals}}}),
          port)

    def told(client):
        context = ssl.create_default_context(cafile=authority.ca)
        context.load_cert_chain(*client)
        connection = context.wrap_socket(socket.create_connection(('127.0.0.1', port)), server_hostname='localhost')
        with Raw(connection) as raw:
            raw.write, raw.read = w.CODECS['json']
            raw.send(OFFERS['json'])
            raw.take(4)
            raw.say(1, 'realm1', {'roles': ROLES, 'authmethods': ['tls']})
            return raw.heard()
    kind, _, details = told(joe)
    assert (kind, details['authid'], details['authrole'], details['authmethod']) == (2, 'joe', 'frontend', 'tls')
    assert told(eve)[2] == 'wamp.error.authentication_failed'


def test_a_file_of_a_backend_that_is_not_there_is_named(stack):
    os.mkdir(stack.path('node'))
    place = {'type': 'tcp', 'host': '127.0.0.1', 'port': 1, 'tls': {'hostname': 'a.test', 'ca_certificates': ['none.pem']}}
    document = proxy(transport('websocket', 8080), backends=[{'type': 'rawsocket', 'endpoint': place, 'serializer': 'cbor'}])
    done = s.check(stack, json.dumps(document), name='node/node.json')
    assert done.returncode == 1
    assert '/workers/1/backends/0/endpoint/tls/ca_certificates: ' in done.stderr
    assert 'node/none.pem is no file that can be read' in done.stderr
