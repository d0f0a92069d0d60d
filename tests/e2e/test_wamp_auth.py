"""A path of WAMP checks its clients itself: python3-autobahn logs in by every method, and the backend learns who it is."""
import asyncio
import hashlib
import hmac
import json
import os
import ssl
import subprocess
import sys

from argon2.low_level import Type, hash_secret
from autobahn.wamp import auth
from autobahn.wamp.cryptosign import CryptosignKey
import pytest
from sites_e2e import check, serve, site
import tls_e2e as tls
from wamp_backend import Backend
from wamp_e2e import backend_route, start_worker
import websockets
import zeroway_e2e as z

SUPPORT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'support')
SEED = bytes(range(32)).hex()
KEY = CryptosignKey.from_bytes(bytes(range(32))).public_key()
SALT = bytes(range(16))
DERIVED = auth.derive_key('pass word', 'salt123', 100, 16).decode()
WHO = 'authid = "joe"\nrole = "frontend"\n'
PLACE = 'sites.proxy.routes.wamp.auth'


def scram_keys(password, iterations=8, memory=64):
    """What the router knows of a password, as WAMP's clients derive it: the key is the text of argon2id's hash."""
    salted = hash_secret(password.encode(), SALT, iterations, memory, 1, 32, Type.ID, 19).split(b'$')[-1]
    keys = {name: hmac.new(salted, name.encode(), hashlib.sha256).digest() for name in ('Client Key', 'Server Key')}
    return {'iterations': iterations, 'memory': memory, 'salt': SALT.hex(),
            'stored-key': hashlib.sha256(keys['Client Key']).hexdigest(), 'server-key': keys['Server Key'].hex()}


SCRAM = scram_keys('pencil')
TABLES = f'''
[[{PLACE}.ticket]]
{WHO}ticket = "${{WAMP_TICKET}}"
[[{PLACE}.ticket]]
authid = "ann"
role = "backend"
realm = "realm1"
ticket = "other"
[[{PLACE}.wampcra]]
{WHO}secret = "se/cret"
[[{PLACE}.wampcra]]
authid = "ann"
role = "backend"
secret = "{DERIVED}"
salt = "salt123"
iterations = 100
keylen = 16
[[{PLACE}.scram]]
{WHO}salt = "{SCRAM['salt']}"
iterations = {SCRAM['iterations']}
memory = {SCRAM['memory']}
stored_key = "{SCRAM['stored-key']}"
server_key = "{SCRAM['server-key']}"
[[{PLACE}.cryptosign]]
{WHO}authorized_keys = ["{KEY}"]
'''


def text_of(port, backend, tables, more='', in_site=''):
    return (site(port, more=in_site) + '[sites.proxy]\nenabled = true\n'
            + backend_route(f'url = "{backend.url}"', backend.serializer, realm=None) + f'[{PLACE}]\n{more}\n{tables}\n')


@pytest.fixture
def backend(stack, monkeypatch):
    monkeypatch.setenv('WAMP_TICKET', 'secret!!!')
    backend = Backend()
    stack.closing(backend)
    return backend


def start(stack, backend, tables=TABLES, more='', options=()):
    port = z.free_port()
    router = serve(stack, text_of(port, backend, tables, more), port, *options)
    router.wamp_url = f'ws://127.0.0.1:{port}/ws'
    return router


def login(router, methods, serializer='json', realm='realm1'):
    argv = [sys.executable, f'{SUPPORT}/wamp_login.py', router.wamp_url, realm, serializer, json.dumps(methods)]
    ran = subprocess.run(argv, capture_output=True, text=True, timeout=z.PATIENCE * z.SLOW)
    assert ran.stdout, ran.stderr[-3_000:]
    return json.loads(ran.stdout)


def welcomed(authid, role, method):
    return {'realm': 'realm1', 'session': 4711, 'authid': authid, 'authrole': role, 'authmethod': method,
            'authprovider': 'static', 'echo': 'hello'}


LOGINS = {
    'ticket': ({'ticket': {'authid': 'joe', 'ticket': 'secret!!!'}}, 'joe', 'frontend', 'ticket'),
    'wampcra': ({'wampcra': {'authid': 'joe', 'secret': 'se/cret'}}, 'joe', 'frontend', 'wampcra'),
    'salted': ({'wampcra': {'authid': 'ann', 'secret': 'pass word'}}, 'ann', 'backend', 'wampcra'),
    'scram': ({'scram': {'authid': 'joe', 'password': 'pencil'}}, 'joe', 'frontend', 'scram'),
    'cryptosign': ({'cryptosign': {'authid': 'joe', 'privkey': SEED}}, 'joe', 'frontend', 'cryptosign'),
    'key_alone': ({'cryptosign': {'privkey': SEED}}, 'joe', 'frontend', 'cryptosign'),
}
WRONG = {
    'ticket': {'ticket': {'authid': 'joe', 'ticket': 'secret!!'}},
    'wampcra': {'wampcra': {'authid': 'joe', 'secret': 'wrong'}},
    'salted': {'wampcra': {'authid': 'ann', 'secret': 'wrong'}},
    'scram': {'scram': {'authid': 'joe', 'password': 'crayon'}},
    'cryptosign': {'cryptosign': {'authid': 'joe', 'privkey': '11' * 32}},
    'nobody': {'ticket': {'authid': 'eve', 'ticket': 'secret!!!'}},
}


@pytest.mark.parametrize('serializer', ['json', 'msgpack', 'cbor'])
def test_who_shows_who_it_is_joins(stack, backend, serializer):
    router = start(stack, backend)
    for methods, authid, role, method in LOGINS.values():
        assert login(router, methods, serializer) == welcomed(authid, role, method)
        _, realm, details = backend.hellos[-1]
        assert realm == 'realm1'
        assert details['authmethods'] == ['anonymous-proxy']
        assert (details['authid'], details['authrole']) == (authid, role)
        assert details['authextra'] == {'proxy_realm': 'realm1', 'proxy_authid': authid, 'proxy_authrole': role,
                                        'proxy_authmethod': method, 'proxy_authprovider': 'static', 'proxy_authextra': {}}
        assert details['roles']
    router.wait_idle()


def test_who_does_not_is_refused_and_no_backend_hears_of_it(stack, backend):
    router = start(stack, backend)
    for methods in WRONG.values():
        assert login(router, methods) == {'reason': 'wamp.error.authentication_failed',
                                          'message': 'the client has not shown who it is'}
    assert login(router, {'anonymous': {}})['reason'] == 'wamp.error.no_auth_method'
    assert backend.hellos == []
    router.wait_idle()
    for secret in ('secret!!!', 'se/cret', DERIVED, SCRAM['stored-key'], SCRAM['server-key'], 'crayon'):
        assert secret not in router.log()


def test_the_first_method_that_the_path_has_decides(stack, backend):
    router = start(stack, backend, TABLES + f'[{PLACE}.anonymous]\nrole = "guest"\n')
    told = login(router, {'cryptosign': {'authid': 'joe', 'privkey': SEED}, 'anonymous': {}})
    assert told['authmethod'] == 'cryptosign'
    told = login(router, {'anonymous': {'authrole': 'admin'}})
    assert (told['authmethod'], told['authrole']) == ('anonymous', 'guest')
    assert backend.hellos[-1][2]['authid'] == told['authid']


def test_a_principal_has_its_realm_where_hello_names_none(stack, backend):
    router = start(stack, backend)
    assert login(router, {'ticket': {'authid': 'ann', 'ticket': 'other'}}, realm='') == welcomed('ann', 'backend', 'ticket')
    assert login(router, {'ticket': {'authid': 'joe', 'ticket': 'secret!!!'}}, realm='')['reason'] == 'wamp.error.no_such_realm'


async def _open(router, headers=()):
    return await websockets.connect(router.wamp_url, subprotocols=['wamp.2.json'], extra_headers=list(headers))


async def _talk(socket, *message):
    await socket.send(json.dumps(message))
    return json.loads(await socket.recv())


def test_a_challenge_expires(stack, backend):
    router = start(stack, backend, more='challenge_timeout = "300ms"')

    async def run():
        socket = await _open(router)
        assert (await _talk(socket, 1, 'realm1', {'roles': {'caller': {}}, 'authmethods': ['ticket'], 'authid': 'joe'}))[1] == 'ticket'
        abort = json.loads(await socket.recv())
        assert abort[0] == 3 and abort[2] == 'wamp.error.authentication_failed', abort
        with pytest.raises(websockets.ConnectionClosed):
            await socket.recv()
    asyncio.run(asyncio.wait_for(run(), z.PATIENCE * z.SLOW))
    assert backend.hellos == []


@pytest.mark.parametrize('threads', [1, 3])
def test_a_logout_ends_the_other_sessions_of_the_login(stack, backend, threads):
    router = start(stack, backend, TABLES + f'[{PLACE}.cookie]\n', options=('--threads', threads))
    hello = (1, 'realm1', {'roles': {'caller': {}}, 'authmethods': ['cookie', 'ticket'], 'authid': 'joe'})

    async def log_in():
        socket = await _open(router)
        assert (await _talk(socket, *hello))[:2] == [4, 'ticket']
        assert (await _talk(socket, 5, 'secret!!!', {}))[0] == 2
        return socket, socket.response_headers['Set-Cookie'].split(';')[0]

    async def run():
        stranger, _ = await log_in()
        first, cookie = await log_in()
        others = [await _open(router, [('Cookie', cookie)]) for _ in range(6)]  # of each loop one, nearly always
        for socket in others:
            assert (await _talk(socket, *hello))[2]['authprovider'] == 'cookie'
        assert (await _talk(others[0], 6, {}, 'wamp.close.logout'))[0] == 6
        for socket in [first, *others[1:]]:
            assert json.loads(await socket.recv()) == [6, {}, 'wamp.close.logout']
            await socket.wait_closed()
            assert socket.close_code == 1000
        assert (await _talk(stranger, 48, 1, {}, 'echo', ['still here']))[3] == ['still here'], 'another login of the same principal'
        await others[0].close()
        await stranger.close()
    asyncio.run(asyncio.wait_for(run(), 3 * z.PATIENCE * z.SLOW))
    heard = [json.loads(text) for text in backend.heard]
    assert heard.count([6, {}, 'wamp.close.logout']) == 7, 'the backend hears it of each session'
    router.wait_idle()


def test_a_cookie_outlives_the_router(stack, backend):
    tables = TABLES + f'[{PLACE}.cookie]\nfile = "cookies.txt"\n'
    router = start(stack, backend, tables)
    hello = (1, 'realm1', {'roles': {'caller': {}}, 'authmethods': ['cookie', 'ticket'], 'authid': 'joe'})

    async def first():
        socket = await _open(router)
        field = socket.response_headers['Set-Cookie']
        assert (await _talk(socket, *hello))[:2] == [4, 'ticket']
        assert (await _talk(socket, 5, 'secret!!!', {}))[2]['authprovider'] == 'static'
        await socket.close()
        return field
    field = asyncio.run(asyncio.wait_for(first(), z.PATIENCE * z.SLOW))
    assert field.endswith('; Max-Age=86400; Path=/ws; HttpOnly; SameSite=Lax'), field
    cookie = field.split(';')[0]

    async def again(router):
        socket = await _open(router, [('Cookie', cookie)])
        assert 'Set-Cookie' not in socket.response_headers
        welcome = await _talk(socket, *hello)
        assert (welcome[0], welcome[2]['authid'], welcome[2]['authmethod'], welcome[2]['authprovider']) == (2, 'joe', 'ticket', 'cookie')
        await socket.close()
    asyncio.run(asyncio.wait_for(again(router), z.PATIENCE * z.SLOW))
    router.terminate()
    router.wait()
    with open(stack.path('cookies.txt')) as file:
        kept = file.read()
    assert 'joe' in kept and cookie.split('=')[1] not in kept
    router = start(stack, backend, tables)
    asyncio.run(asyncio.wait_for(again(router), z.PATIENCE * z.SLOW))

    async def log_out():
        socket = await _open(router, [('Cookie', cookie)])
        assert (await _talk(socket, *hello))[0] == 2
        await _talk(socket, 6, {}, 'wamp.close.logout')
        await socket.close()
        stranger = await _open(router, [('Cookie', cookie)])
        assert 'Set-Cookie' in stranger.response_headers
        assert (await _talk(stranger, *hello))[:2] == [4, 'ticket']
        await stranger.close()
    asyncio.run(asyncio.wait_for(log_out(), z.PATIENCE * z.SLOW))


def test_a_certificate_says_who_its_client_is(stack, backend):
    authority = tls.Authority(stack)
    certificate, key = authority.make('localhost')
    ssl_table = f'[sites.ssl]\nenabled = true\ncert_file = "{certificate}"\nkey_file = "{key}"\nclient_ca = "{authority.ca}"\nclient_auth = "optional"\n'
    port = z.free_port()
    table = f'[[{PLACE}.tls]]\n{WHO}common_name = "joe.example"\n'
    serve(stack, text_of(port, backend, table).replace('[sites.proxy]\n', ssl_table + '[sites.proxy]\n', 1)
          .replace('zeroway.test', 'localhost'), port)

    async def told(client):
        context = ssl.create_default_context(cafile=authority.ca)
        if client:
            context.load_cert_chain(*authority.make(client=client))
        socket = await websockets.connect(f'wss://localhost:{port}/ws', subprotocols=['wamp.2.json'], ssl=context)
        return await _talk(socket, 1, 'realm1', {'roles': {'caller': {}}, 'authmethods': ['tls']})

    def ask(client):
        return asyncio.run(asyncio.wait_for(told(client), z.PATIENCE * z.SLOW))
    assert ask('joe.example')[2]['authid'] == 'joe'
    assert ask('eve.example')[2] == 'wamp.error.authentication_failed'
    assert ask(None)[2] == 'wamp.error.no_auth_method'
    assert len(backend.hellos) == 1
    ended = check(stack, text_of(8080, backend, table))
    assert ended.returncode == 1 and "wants client_ca in the site's ssl, too" in ended.stderr + ended.stdout


def test_a_backend_that_asks_the_client_itself_is_refused(stack, monkeypatch):
    monkeypatch.setenv('WAMP_TICKET', 'secret!!!')
    backend = Backend(answer=[4, 'ticket', {}])
    stack.closing(backend)
    router = start(stack, backend)
    told = login(router, LOGINS['ticket'][0])
    assert 'it has to take anonymous-proxy' in told['message'], told


def test_nobody_says_without_a_proof_that_it_is_a_router(stack, backend):
    port = z.free_port()
    text = text_of(port, backend, '').replace(f'[{PLACE}]\n', '')
    router = serve(stack, text, port)
    router.wamp_url = f'ws://127.0.0.1:{port}/ws'

    async def run():
        socket = await _open(router)
        abort = await _talk(socket, 1, 'realm1', {'roles': {'caller': {}}, 'authmethods': ['anonymous-proxy'],
                                                  'authextra': {'proxy_authid': 'root', 'proxy_authrole': 'admin',
                                                                'proxy_realm': 'realm1'}})
        assert abort[0] == 3 and abort[2] == 'wamp.error.no_auth_method', abort
    asyncio.run(asyncio.wait_for(run(), z.PATIENCE * z.SLOW))
    assert backend.hellos == []


def test_a_file_that_lets_nobody_in_is_an_error(stack, backend):
    ended = check(stack, text_of(8080, backend, ''))
    assert ended.returncode == 1
    assert 'nobody could join: wants at least one of anonymous, ticket' in ended.stderr + ended.stdout


def test_a_worker_of_the_realm_hears_who_its_clients_are(stack):
    port = z.free_port()
    router = serve(stack, site(port) + f"""[sites.proxy]
enabled = true
[[sites.proxy.routes]]
path = "/ws"
[sites.proxy.routes.wamp]
[[{PLACE}.ticket]]
{WHO}ticket = "secret!!!"
""", port)
    start_worker(stack, 'realm1')
    router.wait_log('serves realm realm1')

    async def talk():
        async with websockets.connect(f'ws://127.0.0.1:{port}/ws', subprotocols=['wamp.2.json']) as socket:
            await socket.send(json.dumps([1, 'realm1', {'roles': {'caller': {}}, 'authmethods': ['ticket'], 'authid': 'joe'}]))
            assert json.loads(await socket.recv())[:2] == [4, 'ticket']
            await socket.send(json.dumps([5, 'secret!!!', {}]))
            kind, _, details = json.loads(await socket.recv())
            assert (kind, details['authid'], details['authrole'], details['authmethod']) == (2, 'joe', 'frontend', 'ticket')
    asyncio.run(asyncio.wait_for(talk(), 20 * z.SLOW))
