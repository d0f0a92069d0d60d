"""Who may do what, the half about logins: one table of who asks and what comes, on one router (RFC 7617, 6750, 7519)."""
import base64
import concurrent.futures
import hashlib
import hmac
import json
import subprocess
import time

import pytest

import sites_e2e as s
import zeroway_e2e as z
from h2_peer import H2Client
from origins import Origin, accept_websocket, reply, silent
from test_sites_traces import Collector, log, tracing

SECRET = 'a secret of thirty-two bytes and more'
# The passwords are "secret": bcrypt with cost 4, SHA-512-crypt with 1000 rounds, yescrypt.
ANN = '$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW'
BOB = ('$6$rounds=1000$saltsalt$LAV5VE5Y7w1d73x1mFNspYWUpazfmwv2SoepNXNKJ/otop/Zok96Hr8Q13LEv0DRY/x8v0/crpIjl8NJSAqXV/')
CY = '$y$j75$abcdefgh$uMUXG79B2cFpoAYyDccUnsaH/aGTyBYMlnQidzyag01'
SLOW = '$2b$10$' + 'a' * 53  # nobody's password; a hash of it takes a tenth of a second of a processor


def base64url(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else data.encode()).rstrip(b'=').decode()


def hs256(text, secret=SECRET):
    return base64url(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())


def token(claims=None, sign=hs256, **header):
    """A token; `claims` may be the text itself."""
    header = {'alg': 'HS256', **header}
    claims = {'sub': 'ann', 'exp': time.time() + 600} if claims is None else claims
    text = '.'.join(base64url(part if isinstance(part, str) else json.dumps(part)) for part in (header, claims))
    return f'{text}.{sign(text)}'


def bearer(text):
    return [('Authorization', f'Bearer {text}')]


def basic(user, password='secret'):
    return [('Authorization', 'Basic ' + base64.b64encode(f'{user}:{password}'.encode()).decode())]


def login(request):
    """The login service: the path says the answer."""
    what = request.target.split('?')[0]
    if what == '/yes':
        return reply(b'fine', fields=[('Remote-User', 'ann'), ('Set-Cookie', 'fresh=1'), ('X-Inside', 'secret')])
    if what == '/bare':
        return reply(b'')
    if what == '/long':
        return reply(b'x' * 1_000_000)
    if what == '/no':
        return reply(b'log in first', 401, [('WWW-Authenticate', 'Custom'), ('Set-Cookie', 'a=1'), ('Set-Cookie', 'b=2')])
    if what == '/redirect':
        return reply(b'', 302, [('Location', 'https://login.test/?next=1')])
    if what == '/large':
        return reply(b'x' * 100_000, 403)
    if what == '/broken':
        request.connection.send(b'HTTP/1.1 2')
        request.connection.close()
        return None
    return silent(request)


def backend(request):
    if request.get('upgrade'):
        return accept_websocket(request)
    return reply(b'hello')


class World:
    """The router of the table, its backend, and its login service."""

    def __init__(self, stack):
        self.stack = stack
        self.backend = stack.closing(Origin(backend))
        self.login = stack.closing(Origin(login, name='login'))
        self.private = stack.path('rsa.key')
        subprocess.run(['openssl', 'genrsa', '-out', self.private, '2048'], check=True, capture_output=True)
        public = subprocess.run(['openssl', 'rsa', '-in', self.private, '-pubout'], check=True, capture_output=True)
        self.public = public.stdout.decode()
        self.passwords = s.write(stack, f'ann:{ANN}\nbob:{BOB}\ncy:{CY}\n', 'users')
        s.write(stack, f'slow:{SLOW}\n', 'slow-users')
        s.write(stack, SECRET + '\n', 'secret')
        s.write(stack, self.public, 'rsa.pem')
        s.write(stack, json.dumps({'keys': [{'kty': 'oct', 'kid': 'new', 'k': base64url(SECRET)}]}), 'set.json')
        port = z.free_port()
        self.router = s.serve(stack, self.file(port), port)

    def file(self, port):
        jwt = 'secret_file = "secret"\nclaims = { sub = "X-User", groups = "X-Groups" }'
        dead = z.free_port()
        ask = f'url = "{self.login.url}/%s"\ncopy_headers = ["Remote-User", "Remote-Groups"]\n'
        routes = [('/basic', 'basic_auth', 'file = "users"\nrealm = "here"\nuser_field = "X-Forwarded-User"\n'
                                           'strip_authorization = true'),
                  ('/slow', 'basic_auth', 'file = "slow-users"'),
                  ('/jwt', 'jwt', jwt + '\nissuer = ["https://a.test"]\naudience = "api"'),
                  ('/any', 'jwt', jwt),
                  ('/rsa', 'jwt', 'key_file = "rsa.pem"\nclaims = { sub = "X-User" }'),
                  ('/set', 'jwt', 'jwks_file = "set.json"'),
                  ('/optional', 'jwt', jwt + '\noptional = true'),
                  ('/places', 'jwt', jwt + '\ncookie = "session"\nquery = "access_token"\nstrip_token = true'),
                  ('/scope', 'jwt', jwt + '\nrequired = { scope = "write" }'),
                  ('/strict', 'jwt', jwt + '\nrequire_exp = true'),
                  *((f'/{name}', 'forward_auth', ask % name + 'copy_reply_headers = ["Set-Cookie"]')
                    for name in ('yes', 'bare', 'long', 'no', 'redirect', 'large', 'broken')),
                  ('/silent', 'forward_auth', ask % 'silent' + 'timeout = "300ms"'),
                  ('/down', 'forward_auth', f'url = "http://127.0.0.1:{dead}/"')]
        return (s.site(port, more='fabric = false') + '[sites.basic_auth]\nfile = "users"\n[sites.proxy]\nenabled = true\n'
                + s.pool(self.backend) + s.route('/open', more='login = "off"')
                + s.route('/short', more=f'forward_auth = "{self.login.url}/yes?a=b"')
                + ''.join(s.route(path, more=f'websocket = true\n[sites.proxy.routes.{table}]\n{keys}\n')
                          for path, table, keys in routes))

    def seen(self, name):
        """The values that the backend saw of a field in the last request."""
        return self.backend.last.all(name)


@pytest.fixture(scope='module')
def shared():
    stack = z.Stack()
    yield World(stack)
    try:
        stack.end_politely() if z.SANITIZED else None
        reports = stack.sanitizer_reports()
    finally:
        stack.close()
    assert not reports, reports


@pytest.fixture
def world(shared, request):
    request.node.stack = shared.stack  # the logs of a test that fails
    return shared


def table():
    """Name, path, fields, status."""
    good = {'sub': 'ann', 'iss': 'https://a.test', 'aud': ['x', 'api'], 'exp': time.time() + 600}
    far = time.time() + 600
    yield 'basic: no login', '/basic', [], 401
    yield 'basic: bcrypt', '/basic', basic('ann'), 200
    yield 'basic: bcrypt, once more', '/basic', basic('ann'), 200
    yield 'basic: SHA-crypt', '/basic', basic('bob'), 200
    yield 'basic: yescrypt', '/basic', basic('cy'), 200
    yield 'basic: wrong password', '/basic', basic('ann', 'Secret'), 401
    yield 'basic: unknown user', '/basic', basic('eve'), 401
    yield 'basic: empty password', '/basic', basic('ann', ''), 401
    yield 'basic: twice, the good one first', '/basic', basic('ann') + basic('eve'), 400
    yield 'basic: twice, the good one last', '/basic', basic('eve') + basic('ann'), 400
    yield 'basic: twice in one field', '/basic', [('Authorization', basic('ann')[0][1] + ', Basic eDp5')], 401
    yield 'basic: another scheme', '/basic', bearer(token()), 401
    yield 'basic: loose base64', '/basic', [('Authorization', basic('ann')[0][1] + '=')], 401
    yield 'basic: the hash is no password', '/basic', basic('ann', ANN), 401
    yield 'basic: of the site, where no route has the path', '/nowhere', [], 401
    yield 'basic: of the site, then nobody serves the path', '/nowhere', basic('ann'), 404
    yield 'basic: off on one route', '/open', [], 200
    yield 'basic: dot segments out of the open route', '/open/../basic', [], 401
    yield 'basic: encoded dot segments', '/open/%2e%2e/basic', [], 401
    yield 'basic: an encoded letter', '/%62asic', [], 401
    yield 'basic: two slashes', '/basic//x', [], 401
    yield 'basic: an encoded slash', '/basic/%2fx', basic('ann'), 400
    yield 'basic: method override', '/basic', [('X-HTTP-Method-Override', 'OPTIONS')], 401
    yield 'basic: the path of another request in a field', '/basic', [('X-Original-URL', '/open')], 401
    yield 'jwt: no token', '/jwt', [], 401
    yield 'jwt: good', '/jwt', bearer(token(good)), 200
    yield 'jwt: the scheme in another case', '/jwt', [('Authorization', f'bEARER {token(good)}')], 200
    yield 'jwt: twice', '/jwt', bearer(token(good)) * 2, 400
    yield 'jwt: expired', '/jwt', bearer(token({**good, 'exp': time.time() - 60})), 401
    yield 'jwt: not yet', '/jwt', bearer(token({**good, 'nbf': far})), 401
    yield 'jwt: exp is a text', '/jwt', bearer(token({**good, 'exp': str(far)})), 401
    yield 'jwt: another issuer', '/jwt', bearer(token({**good, 'iss': 'https://b.test'})), 401
    yield 'jwt: no issuer', '/jwt', bearer(token({'aud': 'api', 'exp': far})), 401
    yield 'jwt: another audience', '/jwt', bearer(token({**good, 'aud': 'apis'})), 401
    yield 'jwt: another secret', '/jwt', bearer(token(good, lambda text: hs256(text, 'x' * 32))), 401
    yield 'jwt: alg none', '/jwt', bearer(token(good, lambda text: '', alg='none')), 401
    yield 'jwt: alg nOnE with a signature', '/jwt', bearer(token(good, alg='nOnE')), 401
    yield 'jwt: crit', '/jwt', bearer(token(good, crit=['exp'])), 401
    yield 'jwt: a claim twice', '/any', bearer(token('{"sub":"ann","sub":"root"}')), 401
    yield 'jwt: padded', '/any', bearer(token() + '='), 401
    yield 'jwt: no expiry', '/any', bearer(token({'sub': 'ann'})), 200
    yield 'jwt: no expiry where it must be', '/strict', bearer(token({'sub': 'ann'})), 401
    yield 'jwt: a subject with a line end', '/any', bearer(token({'sub': 'a\r\nX-Admin: 1'})), 401
    yield 'jwt: the login of the site is not wanted, too', '/any', basic('ann'), 401
    yield 'jwt: kid', '/set', bearer(token(kid='new')), 200
    yield 'jwt: no kid', '/set', bearer(token()), 200
    yield 'jwt: wrong kid', '/set', bearer(token(kid='old')), 401
    yield 'jwt: optional, absent', '/optional', [], 200
    yield 'jwt: optional, wrong', '/optional', bearer(token(sign=lambda text: 'AAAA')), 401
    yield 'jwt: optional, of another issuer by another secret', '/optional', bearer('a.b.c'), 401
    yield 'jwt: cookie', '/places', [('Cookie', f'a=1; session={token()}; b=2')], 200
    yield 'jwt: two cookies', '/places', [('Cookie', f'session={token()}; session=x')], 401
    yield 'jwt: query', f'/places?a=1&access_token={token()}', [], 200
    yield 'jwt: query where it is not allowed', f'/any?access_token={token()}', [], 401
    yield 'jwt: scope', '/scope', bearer(token({'scope': 'read write'})), 200
    yield 'jwt: another scope', '/scope', bearer(token({'scope': 'read'})), 403
    yield 'forward: yes', '/yes', [], 200
    yield 'forward: yes, by the short form', '/short', [], 200
    yield 'forward: yes without a body', '/bare', [], 200
    yield 'forward: yes with a body that is longer than anybody reads', '/long', [], 200
    yield 'forward: no', '/no', [], 401
    yield 'forward: to the login page', '/redirect', [], 302
    yield 'forward: a refusal that is too large', '/large', [], 502
    yield 'forward: no answer', '/broken', [], 502
    yield 'forward: down', '/down', [], 502
    yield 'forward: slow', '/silent', [], 504


CASES = list(table())


@pytest.mark.parametrize('path, fields, status', [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_who_asks_and_what_comes(world, path, fields, status):
    before = len(world.backend.requests)
    answer = world.router.get(path, headers=fields)
    assert answer.status == status
    assert len(world.backend.requests) == before + (status == 200)  # a refused request reaches nobody


def test_the_same_by_http2_head_and_websocket(world):
    with H2Client(world.router.port) as client:
        assert client.request('/basic').status == 401
        assert client.request('/basic', fields=[(name.lower(), value) for name, value in basic('ann')]).status == 200
    assert world.router.request('HEAD', '/basic').status == 401
    assert world.router.request('OPTIONS', '/basic').status == 401
    upgrade = [('Connection', 'Upgrade'), ('Upgrade', 'websocket'), ('Sec-WebSocket-Version', '13'),
               ('Sec-WebSocket-Key', base64.b64encode(b'0123456789abcdef').decode())]
    for path, fields in (('/basic', basic('ann')), ('/yes', []), (f'/places?access_token={token()}', [])):
        with world.router.connect() as client:
            client.send_request('GET', path, upgrade + fields)
            assert client.read_head().status == 101
    for path in ('/basic', '/no', '/jwt'):
        assert world.router.get(path, headers=upgrade).status == 401


def test_refusals_say_how_to_log_in(world):
    assert world.router.get('/basic').get('www-authenticate') == 'Basic realm="here", charset="UTF-8"'
    assert world.router.get('/any').get('www-authenticate') == 'Bearer'
    assert world.router.get('/any', headers=bearer('x')).get('www-authenticate') == 'Bearer error="invalid_token"'
    scope = world.router.get('/scope', headers=bearer(token()))
    assert scope.get('www-authenticate') == 'Bearer error="insufficient_scope", scope="write"'


def test_key_confusion(world):
    """HMAC with the public key as the secret, and RS256 itself."""
    def rs256(text):
        signed = subprocess.run(['openssl', 'dgst', '-sha256', '-sign', world.private], input=text.encode(), check=True,
                                capture_output=True)
        return base64url(signed.stdout)
    claims = {'sub': 'ann'}
    assert world.router.get('/rsa', headers=bearer(token(claims, rs256, alg='RS256'))).status == 200
    assert world.seen('x-user') == ['ann']
    for secret in (world.public, world.public.strip(), 'rsa.pem'):
        confused = token(claims, lambda text: hs256(text, secret))
        assert world.router.get('/rsa', headers=bearer(confused)).status == 401
    assert world.router.get('/rsa', headers=bearer(token(claims, rs256, alg='PS256'))).status == 401


FORGED = [('X-User', 'root'), ('x_user', 'root'), ('X-Groups', 'admin'), ('X_Forwarded_User', 'root'),
          ('X-Forwarded_User', 'root'), ('X-Forwarded-User', 'root'), ('Remote-User', 'root'), ('Remote_User', 'root'),
          ('Remote-Groups', 'admin')]
LISTED = [('Connection', 'close, X-User, X-Forwarded-User, Remote-User, X-Groups, X-Forwarded-For, X-Forwarded-Uri')]


@pytest.mark.parametrize('more', [[], LISTED], ids=['as-they-are', 'listed-as-hop-by-hop'])
def test_a_client_cannot_say_who_it_is(world, more):
    assert world.router.get('/basic', headers=FORGED + more + basic('ann')).status == 200
    assert world.seen('x-forwarded-user') == ['ann'] and not world.seen('authorization')
    assert not world.seen('x_forwarded_user') and not world.seen('x-forwarded_user')
    assert world.seen('x-forwarded-for') == ['127.0.0.1']
    claims = bearer(token({'sub': 'ann', 'groups': ['a', 'b']}))
    assert world.router.get('/any', headers=FORGED + more + claims).status == 200
    assert world.seen('x-user') == ['ann'] and world.seen('x-groups') == ['a,b'] and not world.seen('x_user')
    # The answer of the login service has no Remote-Groups: the client's go all the same.
    assert world.router.get('/yes', headers=FORGED + more).status == 200
    assert world.seen('remote-user') == ['ann'] and not world.seen('remote-groups') and not world.seen('remote_user')
    # Nor where nobody needs to log in: the backend is the same.
    for path in ('/optional', '/open'):
        assert world.router.get(path, headers=FORGED + more).status == 200
        for name in ('x-user', 'x_user', 'x-groups', 'remote-user', 'x-forwarded-user', 'remote-groups'):
            assert not world.seen(name), (path, name)


def test_nor_in_trailers(world):
    fields = [('Transfer-Encoding', 'chunked'), ('Trailer', 'X-User'), *bearer(token())]
    body = z.chunk(b'hello') + b'0\r\nX-User: root\r\nx_user: root\r\nX-Other: 1\r\n\r\n'
    assert world.router.request('POST', '/any', headers=fields, body=body).status == 200
    assert world.seen('x-user') == ['ann']
    assert dict(world.backend.last.trailers) == {'x-other': '1'}


def test_a_stripped_token_is_nowhere(world):
    world.router.get(f'/places?a=1&access_token={token()}&b=2', headers=[('Cookie', f'c=3; session={token()}; d=4')])
    assert world.backend.last.target == '/places?a=1&b=2'
    assert world.seen('cookie') == ['c=3; d=4']
    world.router.get(f'/places?access_token={token()}')
    assert world.backend.last.target == '/places'
    world.router.get('/places', headers=bearer(token()))
    assert not world.seen('authorization')


def test_what_a_login_service_is_asked(world):
    fields = [('Cookie', 'a=1'), ('Authorization', 'Custom x'), ('X-Forwarded-Method', 'GET'), ('X-Forwarded-Uri', '/open'),
              ('X_Forwarded_Uri', '/open'), ('X-Forwarded-Host', 'evil.test'), ('X-Forwarded-For', '6.6.6.6'),
              ('X-Original-URL', '/open'), ('X-HTTP-Method-Override', 'GET'), ('If-None-Match', '"a"'),
              ('Range', 'bytes=0-1'), ('Expect', '100-continue'), ('Content-Type', 'text/plain')]
    answer = world.router.request('POST', '/short/x?y=1', headers=fields, body=b'x' * 100_000)
    assert answer.status == 200
    assert world.backend.last.body == b'x' * 100_000  # nothing of it went to the login service
    asked = world.login.last
    assert (asked.method, asked.target, asked.body) == ('GET', '/yes?a=b', b'')
    assert asked.get('host') == f'127.0.0.1:{world.login.port}'
    assert asked.all('x-forwarded-method') == ['POST'] and asked.all('x-forwarded-uri') == ['/short/x?y=1']
    assert asked.all('x-forwarded-host') == ['zeroway.test'] and asked.all('x-forwarded-for') == ['127.0.0.1']
    assert asked.all('x-forwarded-proto') == ['http']
    assert (asked.get('cookie'), asked.get('authorization')) == ('a=1', 'Custom x')
    for name in ('content-length', 'transfer-encoding', 'expect', 'content-type', 'range', 'if-none-match',
                 'x-original-url', 'x-http-method-override', 'x_forwarded_uri', 'upgrade'):
        assert asked.get(name) is None, name


def test_what_goes_on_of_the_answer_of_a_login_service(world):
    yes = world.router.get('/yes')
    assert (yes.body, yes.all('set-cookie')) == (b'hello', ['fresh=1'])
    assert world.seen('remote-user') == ['ann'] and not world.seen('x-inside')
    no = world.router.get('/no')
    assert (no.body, no.get('www-authenticate'), no.all('set-cookie')) == (b'log in first', 'Custom', ['a=1', 'b=2'])
    assert world.router.get('/redirect').get('location') == 'https://login.test/?next=1'


def test_a_login_service_is_asked_on_a_kept_connection(world):
    world.router.get('/yes')
    before = len(world.login.connections)
    for _ in range(5):
        assert world.router.get('/yes').status == 200
    assert len(world.login.connections) == before


def test_a_login_service_that_restarts_costs_no_request(world):
    world.router.get('/yes')
    world.login.close_idle()
    assert world.router.get('/yes').status == 200


def test_a_flood_of_wrong_passwords_stalls_nobody(world):
    """Most are refused at once; requests that need no hash go on meanwhile."""
    assert world.router.get('/basic', headers=basic('ann')).status == 200  # known from now on
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        flood = [pool.submit(world.router.get, '/slow', headers=basic('slow', str(number))) for number in range(72)]
        times = []
        while len(times) < 20:
            start = time.monotonic()
            assert world.router.get('/open').status == 200
            assert world.router.get('/basic', headers=basic('ann')).status == 200
            times.append(time.monotonic() - start)
        answers = [one.result() for one in flood]
    statuses = {answer.status for answer in answers}
    assert statuses <= {401, 503} and 503 in statuses
    assert all(answer.get('retry-after') for answer in answers if answer.status == 503)
    # A hash takes a tenth of a second; 72 of them, one after the other, more than seven.
    assert sorted(times)[len(times) // 2] < 2, times


def test_a_page_that_asks_for_many_files_at_once_is_one_login(world):
    fields = [(name.lower(), value) for name, value in basic('bob')]
    world.stack.path('users')
    with H2Client(world.router.port) as client:
        streams = [client.open('/basic/%d' % number, fields=fields) for number in range(40)]
        assert [client.wait(stream).status for stream in streams] == [200] * 40


def test_files_are_read_again_when_they_change(world):
    assert world.router.get('/basic', headers=basic('ann')).status == 200
    text = open(world.passwords).read()
    try:
        s.write(world.stack, f'dora:{ANN}\n', 'users')
        z.eventually(lambda: world.router.get('/basic', headers=basic('dora')).status == 200, what='the new user')
        assert world.router.get('/basic', headers=basic('ann')).status == 401
        # A file that cannot be used changes nothing.
        size = world.router.log_size()
        s.write(world.stack, 'dora:plain\n', 'users')
        world.router.wait_log(r"users:1: user 'dora': is no hash", since=size)
        assert world.router.get('/basic', headers=basic('dora')).status == 200
    finally:
        s.write(world.stack, text, 'users')
    z.eventually(lambda: world.router.get('/basic', headers=basic('ann')).status == 200, what='the old users')


def test_the_access_log_names_the_user_and_not_the_token(stack):
    """The field is that of the Common Log Format."""
    origin = stack.closing(Origin())
    s.write(stack, f'ann:{ANN}\n', 'users')
    log = stack.path('access.log')
    router = s.front(stack, origin, in_site='[sites.basic_auth]\nfile = "users"', options=('--access-log', log))
    assert router.get('/x', headers=basic('ann')).status == 200
    assert router.get('/y', headers=basic('ann', 'wrong')).status == 401
    lines = z.eventually(lambda: (text := open(log).read()) and text.count('\n') >= 2 and text, what='two lines')
    assert ' - ann [' in lines and '"GET /y HTTP/1.1" 401' in lines


def test_a_token_in_the_query_is_in_no_log_no_span_and_no_field(stack):
    collector = stack.closing(Collector())
    origin = stack.closing(Origin())
    access, secret = stack.path('access'), token()
    s.write(stack, SECRET + '\n', 'secret')
    port = z.free_port()
    query = '[sites.headers]\nX-Request-Query = "$query"\n'
    text = (tracing(collector.port, 'query = true') + s.site(port, more=f'fabric = false\n{log(access)}' + query)
            + '[sites.proxy]\nenabled = true\n' + s.pool(origin)
            + s.route('/in', more='jwt = { secret_file = "secret", query = "key" }\n'
                                  '[sites.proxy.routes.headers]\nrequest_set = { "X-Request-Uri" = "$path?$query" }\n')
            + '[[sites.proxy.routes]]\npath = "/moved"\n[sites.proxy.routes.redirect]\nto = "/in?$query"\n')
    router = s.serve(stack, text, port)
    good = router.get(f'/in?a=1&key={secret}&b=2', headers=[('Referer', f'http://zeroway.test/in?key={secret}')])
    assert (good.status, good.get('x-request-query')) == (200, 'a=1&key=***&b=2')
    assert origin.last.get('x-request-uri') == '/in?a=1&key=***&b=2'
    assert origin.last.target == f'/in?a=1&key={secret}&b=2'  # strip_token would take it away
    moved = router.get(f'/moved?key={secret}')
    assert moved.get('location').endswith(f'/in?key={secret}')  # the client needs it there
    assert router.get(f'/in?key={secret}&key={secret}').status == 401
    assert router.get(f'/nowhere?key={secret}').status == 404
    assert router.get(f'/in%zz?key={secret}').status == 400
    with router.connect() as client:
        client.send(f'GET /in?key={secret} HTTP/1.1\r\nHost: zeroway.test\r\nbad field\r\n\r\n'.encode())
        assert client.read_reply().status == 400
    lines = [json.loads(line) for line in z.lines_of(access, 6)]
    assert lines[0]['path'] == '/in?a=1&key=***&b=2' and lines[0]['referer'] == 'http://zeroway.test/in?key=***'
    assert all('key=***' in line['path'] for line in lines), lines
    told = json.dumps(collector.wait(7)) + open(access).read() + router.log()  # six requests, one attempt
    assert secret not in told and secret.rsplit('.', 1)[1] not in told
    assert 'key=***' in json.dumps(collector.spans)


def test_health_pages_ask_for_no_login_unless_the_site_says_so(stack):
    origin = stack.closing(Origin())
    s.write(stack, f'ann:{ANN}\n', 'users')

    def serve(more, name):
        text = f'{more}\nfabric = false\n[sites.basic_auth]\nfile = "users"\n'
        port = z.free_port()
        return s.serve(stack, s.proxied(port, origin, in_site=text, path='/api'), port, name=name)
    pages = ['/api/health', '/api/health/live', '/api/health/ready']
    router = serve('', 'open.toml')
    assert [router.get(page).status for page in pages] == [200] * 3
    assert router.request('HEAD', '/api/health').status == 200
    # What is near them is not, and which of the backends are well is nobody's business.
    for path in ('/api/health/detailed', '/api/health/', '/api/health/x', '/api/healthy', '/api/health/live/', '/api',
                 '/api/health/..;/users', '/api/health/../users', '/api/health%2Flive'):
        assert router.get(path).status in (400, 401), path
    assert router.get('/api/health/detailed', headers=basic('ann')).status == 200
    assert router.request('POST', '/api/health').status in (401, 405)
    assert origin.requests == []
    closed = serve('health_login = true', 'closed.toml')
    assert [closed.get(page).status for page in pages] == [401] * 3
    assert [closed.get(page, headers=basic('ann')).status for page in pages] == [200] * 3
    far = serve('allow = ["10.0.0.0/8"]', 'far.toml')
    assert [far.get(page).status for page in pages] == [403] * 3


def test_a_limit_by_a_claim_counts_who_has_logged_in(stack):
    origin = stack.closing(Origin())
    s.write(stack, SECRET + '\n', 'secret')
    port = z.free_port()
    jwt = '[sites.proxy.routes.jwt]\nsecret_file = "secret"\n'
    limit = '[sites.proxy.routes.rate_limit]\nrequests_per_minute = 2\nkey = "claim:%s"\n'
    router = s.serve(stack, s.site(port, more='fabric = false\ntrusted_proxies = ["127.0.0.1"]\n')
                     + '[sites.proxy]\nenabled = true\n' + s.pool(origin) + s.route('/sub', more=jwt + limit % 'sub')
                     + s.route('/org', more=jwt + 'optional = true\n' + limit % 'org.id'), port, '--threads', 2)

    def ask(path, address, claims=None, sign=hs256):
        login = bearer(token({'exp': time.time() + 600, **claims}, sign)) if claims is not None else []
        return router.get(path, headers=[('X-Forwarded-For', address), *login])

    def statuses(path, *asks):
        return [ask(path, *one).status for one in asks]
    forged = {'sub': 'ann'}, lambda text: hs256(text, 'x' * 32)
    assert statuses('/sub', *[('10.0.0.1', *forged)] * 4, ('10.0.0.1',)) == [401] * 5
    # Each is another token from another address, on a connection that any loop may have.
    assert statuses('/sub', *[(f'10.0.0.{number}', {'sub': 'ann'}) for number in range(4)]) == [200, 200, 429, 429]
    assert ask('/sub', '10.0.0.9', {'sub': 'ann'}).get('retry-after') == '30'
    assert statuses('/sub', *[('10.0.0.1', {'sub': 'ben'})] * 3) == [200, 200, 429]
    # Without the claim, and without a token, the address counts.
    assert statuses('/org', ('10.0.0.1',), ('10.0.0.1', {'sub': 'ann'}), ('10.0.0.1',), ('10.0.0.2',)) == [200, 200, 429, 200]
    assert statuses('/org', *[('10.0.0.1', {'org': {'id': 7}})] * 3) == [200, 200, 429]
    assert len(origin.requests) == 9


@pytest.mark.parametrize('keys, error', [
    ('[sites.rate_limit]\nrequests_per_second = 1\nkey = "claim:sub"', 'no table jwt says how clients log in here'),
    ('[sites.basic_auth]\nfile = "weak"', "weak:1: user 'a': is Apache's MD5"),
    ('[sites.basic_auth]\nfile = "missing"', 'is no file that can be read'),
    ('[sites.basic_auth]\nrealm = "x"', 'sites(main).basic_auth.file is missing'),
    ('[sites.jwt]\ncookie = "a"', 'wants one of key_file, secret_file and jwks_file, has none'),
    ('[sites.jwt]\nsecret_file = "weak"', 'weak: has'),
    ('[sites.jwt]\nkey_file = "weak"', 'weak: has no public key'),
    ('[sites.jwt]\nsecret_file = "weak"\nalgorithms = ["none"]', 'algorithms'),
    ('forward_auth = "ftp://x/"', 'its scheme is none of these'),
    ('forward_auth = "http://127.0.0.1:1/"\n[sites.jwt]\nsecret_file = "weak"', 'requests have one login'),
])
def test_check_says_what_is_wrong(stack, keys, error):
    s.write(stack, 'a:$apr1$x$y\n', 'weak')
    checked = s.check(stack, s.site(z.free_port(), more=keys))
    assert checked.returncode != 0 and error in checked.stderr, checked.stderr


