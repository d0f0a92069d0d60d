"""Who may use the services of sessions: tokens, permits in cookies, networks of clients (RFC 6750, 7519, 6265)."""
import base64
import hashlib
import hmac
import json
import os
import subprocess
import time
import urllib.parse

import pytest
import sites_e2e as s
import websockets
import zeroway_e2e as z
from h2_peer import H2Client
from management_e2e import TOKEN, ask, manage_with_token
from origins import Origin
from test_access_logins import token
from tls_e2e import Authority, Client
from websocket_e2e import run

SECRET = 'a secret of thirty-two bytes and more'  # of test_access_logins.token()
OTHER = 'quite another secret of more than 32 bytes'


def token_for(circuit, life=600, **more):
    return token({'circuit': circuit, 'exp': time.time() + life, **more})


def other_token(circuit):
    text = token_for(circuit).rsplit('.', 1)[0]
    made = hmac.new(OTHER.encode(), text.encode(), hashlib.sha256).digest()
    return f'{text}.{base64.urlsafe_b64encode(made).rstrip(b"=").decode()}'


def put(stack, name, content):
    """The file changes at once, as an operator should do it."""
    with open(stack.path(name + '.new'), 'w') as file:
        file.write(content)
    os.replace(stack.path(name + '.new'), stack.path(name))


def sessions(more=''):
    return ('[sites.sessions]\nenabled = true\nopen_to_public = false\njwt_secret_file = "tokens"\n'
            f'permit_key_file = "cookies"\n{more}\n')


class Closed:
    """A router with a site whose services are closed, and workers of s1/bin, s1/echo and s2/bin."""

    def __init__(self, stack, more='', host='zeroway.test', in_site='', options=()):
        self.stack = stack
        put(stack, 'tokens', SECRET + '\n')
        put(stack, 'cookies', 'k' * 40 + '\n')
        self.port, self.manage = z.free_port(), z.free_port()
        self.text = s.site(self.port, host=host, more=f'default = true\n{in_site}\n' + sessions(more))
        self.router = s.serve(stack, self.text, self.port, '--manage', f'127.0.0.1:{self.manage}', *options)
        for app, kind in (('s1/bin', 'httpbin-worker'), ('s1/echo', 'echo-websocket-worker'), ('s2/bin', 'httpbin-worker')):
            stack.worker(app.replace('/', '-'), '--app', app, kind=kind, connect=[self.router.fabric])
        self.router.wait_workers(3)

    def ask(self, path='/s1/bin/get', method='GET', **fields):
        with self.router.connect() as connection:
            return connection.request(method, path, [(name.replace('_', '-'), value) for name, value in fields.items()])

    def status(self, path='/s1/bin/get', **fields):
        return self.ask(path, **fields).status

    def cookie(self, circuit='/s1/bin'):
        answer = self.ask(f'/setup?token={token_for(circuit)}')
        assert answer.status == 302, answer
        return answer.get('set-cookie').split(';')[0]

    def signal(self):
        mark = self.router.log_size()
        self.router.signal(1)
        self.router.wait_log('read again', since=mark)


@pytest.fixture
def closed(stack):
    return Closed(stack)


def test_a_token_lets_a_request_pass_and_does_not_reach_the_service(closed):
    for scheme in ('Bearer', 'BackendAI', 'bearer'):
        answer = closed.ask('/s1/bin/headers', authorization=f'{scheme} {token_for("/s1/bin")}')
        assert answer.status == 200
        assert 'authorization' not in {name.lower() for name in json.loads(answer.body)['headers']}
    assert closed.status() == 401
    assert closed.status(authorization='Bearer x') == 401
    assert closed.status(authorization=f'Bearer {token_for("/s1/bin", -60)}') == 401
    assert closed.status(authorization=f'Bearer {token_for("/s2/bin")}') == 401
    assert closed.status(authorization=f'Bearer {other_token("/s1/bin")}') == 401
    # For a moment after its start the router waits for workers that it does not know yet.
    z.eventually(lambda: closed.status('/s9/bin/get') == 404, what='the router knows all workers')


def test_a_refusal_is_a_page_or_json_and_no_redirect(closed):
    page = closed.ask(accept='text/html,*/*;q=0.8')
    assert (page.status, page.get('www-authenticate'), page.get('location')) == (401, 'Bearer', None)
    assert 'text/html' in page.get('content-type') and b'<h1>401' in page.body
    problem = closed.ask(accept='application/json')
    assert problem.get('content-type') == 'application/problem+json'
    assert json.loads(problem.body)['status'] == 401


def curl(closed, path, *words):
    done = subprocess.run(['curl', '-sS', '-o', '/dev/null', '-w', '%{http_code} %{num_redirects} %{url_effective}', *words,
                           f'http://127.0.0.1:{closed.port}{path}'], capture_output=True, text=True, timeout=30 * z.SLOW)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_client_with_cookies_goes_by_setup_to_the_service_and_stays_let_in(stack, closed):
    jar = ('-b', stack.path('jar'), '-c', stack.path('jar'), '-L')
    said = curl(closed, f'/setup?token={token_for("/s1/bin")}&path=/get%3Fa%3Db', *jar)
    assert said == f'200 1 http://127.0.0.1:{closed.port}/s1/bin/get?a=b'
    assert curl(closed, '/s1/bin/anything', *jar).startswith('200 0')
    assert curl(closed, '/s2/bin/get', *jar).startswith('401 0')  # the cookie is for another path
    assert curl(closed, '/s1/bin/get').startswith('401 0')
    with open(stack.path('jar')) as file:
        line, = (one for one in file if 'appproxy_permit' in one)
    assert line.startswith('#HttpOnly_127.0.0.1') and line.split('\t')[2] == '/s1/bin'
    assert abs(int(line.split('\t')[4]) - time.time() - 600) < 60 * z.SLOW  # it ends with its token


def test_the_cookie_alone_is_taken_out_of_a_request(closed):
    cookie = closed.cookie()
    answer = closed.ask('/s1/bin/headers', cookie=f'a=1; {cookie}; theme=dark', authorization='Bearer of-jupyter')
    fields = {name.lower(): value for name, value in json.loads(answer.body)['headers'].items()}
    assert fields['cookie'] == 'a=1; theme=dark'
    assert fields['authorization'] == 'Bearer of-jupyter'
    assert closed.ask('/s2/bin/headers', cookie=cookie).status == 401
    # A cookie that nobody can read is none, and the browser forgets it.
    for wrong in (cookie[:-2], cookie + 'A', 'appproxy_permit=x', 'appproxy_permit=' + 'A' * 3000):
        answer = closed.ask(cookie=wrong)
        assert answer.status == 401
        assert answer.get('set-cookie').startswith('appproxy_permit=; Path=/s1/bin; Max-Age=0')


def test_cookies_that_http2_sends_in_pieces_are_read_and_taken_out(closed):
    with H2Client(closed.port) as client:
        answer = client.request('/s1/bin/headers', fields=[('cookie', 'a=1'), ('cookie', closed.cookie()), ('cookie', 'b=2')])
        assert answer.status == 200
        fields = {name.lower(): value for name, value in json.loads(answer.body)['headers'].items()}
        assert fields['cookie'] == 'a=1; b=2'
        assert client.request('/s1/bin/get', fields=[('cookie', 'a=1')]).status == 401


def test_a_permit_ends(stack):
    closed = Closed(stack, 'permit_lifetime = "2s"')
    cookie = closed.cookie()
    assert closed.status(cookie=cookie) == 200
    z.eventually(lambda: closed.status(cookie=cookie) == 401, what='the permit is over')


def test_preflights_pass_and_other_options_do_not(closed):
    preflight = {'origin': 'https://app.test', 'access_control_request_method': 'PUT'}
    with closed.router.connect() as connection:
        fields = [('Origin', 'https://app.test'), ('Access-Control-Request-Method', 'PUT')]
        assert connection.request('OPTIONS', '/s1/bin/get', fields).worker == 's1-bin'
        assert connection.request('OPTIONS', '/s1/bin/get', fields[:1]).status == 401
    assert closed.status(**preflight) == 401  # GET


def test_setup_says_no_in_words_and_leads_nowhere_else(closed):
    for query in ('', '?token=', '?token=x', f'?token={other_token("/s1/bin")}', f'?token={token_for("/s1/bin", -60)}',
                  f'?token={token({"sub": "ann"})}'):
        answer = closed.ask('/setup' + query, accept='text/html')
        assert (answer.status, answer.get('location'), answer.get('set-cookie')) == (401, None, None), query
        assert b'<h1>401 Unauthorized' in answer.body and answer.get('cache-control') == 'no-store'
    z.eventually(lambda: closed.status(f'/setup?token={token_for("/s9/x")}') == 404, what='the router knows all workers')
    for path in ('//evil.test', 'https://evil.test', '%5C%5Cevil.test', '%2F%09%2Fevil.test', '%0d%0aLocation:%20x'):
        answer = closed.ask(f'/setup?path={path}&token={token_for("/s1/bin")}')
        assert answer.status == 302 and answer.get('location').startswith('/s1/bin/'), path
        assert answer.get('cache-control') == 'no-store'
    assert closed.status(f'/setup?path=..%2F..%2Fs2&token={token_for("/s1/bin")}') == 400


def test_a_service_may_be_called_setup(stack, closed):
    stack.worker('setup', '--app', 'setup/x', connect=[closed.router.fabric])
    closed.router.wait_workers(4)
    assert closed.ask('/setup/x/', authorization=f'Bearer {token_for("/setup/x")}').worker == 'setup'


def test_tokens_do_not_get_into_logs(stack):
    log = stack.path('access.log')
    closed = Closed(stack, in_site=f'[sites.log]\naccess_log = "{log}"\n')
    asked = token_for('/s1/bin')
    assert closed.status(f'/setup?token={asked}&path=/get') == 302
    assert closed.status('/s1/bin/get?token=abcdef', cookie=closed.cookie()) == 200
    z.eventually(lambda: os.path.exists(log) and open(log).read().count('\n') >= 3, what='the lines are there')
    text = open(log).read()
    assert '/setup?token=***&path=/get' in text and 'token=***' in text
    for secret in (asked, asked.split('.')[2], 'abcdef'):
        assert secret not in text and secret not in closed.router.log()


def test_secrets_are_read_again_at_sighup(stack, closed):
    cookie = closed.cookie()
    put(stack, 'tokens', OTHER + '\n')
    closed.signal()
    z.eventually(lambda: closed.status(authorization=f'Bearer {token_for("/s1/bin")}') == 401)
    assert closed.status(authorization=f'Bearer {other_token("/s1/bin")}') == 200
    assert closed.status(cookie=cookie) == 200  # permits have a key of their own
    put(stack, 'cookies', 'n' * 40)
    closed.signal()
    z.eventually(lambda: closed.status(cookie=cookie) == 401)
    # A secret that cannot be used changes nothing.
    put(stack, 'tokens', 'short')
    mark = closed.router.log_size()
    closed.router.signal(1)
    closed.router.wait_log('wants at least 32', since=mark)
    assert closed.status(authorization=f'Bearer {other_token("/s1/bin")}') == 200


def test_websockets_are_refused_before_101(closed):
    url = f'ws://127.0.0.1:{closed.port}/s1/echo/'

    async def opened(**fields):
        async with websockets.connect(url, extra_headers=fields) as client:
            await client.send('hello')
            return await client.recv()

    def refused(**fields):
        with pytest.raises(websockets.InvalidStatusCode) as caught:
            run(opened(**fields))
        return caught.value.status_code

    assert refused() == 401
    assert refused(Cookie='appproxy_permit=x') == 401
    assert refused(Authorization=f'Bearer {token_for("/s1/bin")}') == 401
    assert run(opened(Authorization=f'Bearer {token_for("/s1/echo")}')) == 'hello'
    assert run(opened(Cookie=closed.cookie('/s1/echo'))) == 'hello'


def test_networks_of_clients_are_asked_as_trusted_proxies_tell_them(stack):
    closed = Closed(stack, 'allowed_client_ips = ["10.0.0.0/8", "2001:db8::/32"]', in_site='trusted_proxies = ["127.0.0.1"]')
    good = f'Bearer {token_for("/s1/bin")}'
    assert closed.status(authorization=good) == 403
    for address, status in (('10.1.2.3', 200), ('::ffff:10.1.2.3', 200), ('2001:db8::7', 200), ('11.1.2.3', 403),
                            ('2001:db9::7', 403), ('10.1.2.3, 11.1.1.1', 403)):
        assert closed.status(authorization=good, x_forwarded_for=address) == status, address
    assert closed.status(x_forwarded_for='10.1.2.3') == 401


def test_over_tls_the_cookie_is_secure(stack):
    authority = Authority(stack)
    certificate, key = authority.make('localhost')
    closed = Closed(stack, 'same_site = "none"', host='localhost',
                    in_site=f'[sites.ssl]\nenabled = true\ncert_file = "{certificate}"\nkey_file = "{key}"\n')
    closed.router.tls_port = closed.port
    with Client(closed.router, authority) as connection:
        answer = connection.request('GET', f'/setup?token={token_for("/s1/bin")}')
    assert answer.get('set-cookie').endswith('; HttpOnly; SameSite=None; Secure')


def test_behind_a_trusted_proxy_with_tls_the_cookie_is_secure(stack):
    closed = Closed(stack, in_site='trusted_proxies = ["127.0.0.1"]')
    assert closed.ask(f'/setup?token={token_for("/s1/bin")}', x_forwarded_proto='https').get('set-cookie').endswith('; Secure')
    assert 'Secure' not in closed.ask(f'/setup?token={token_for("/s1/bin")}', x_forwarded_proto='http').get('set-cookie')


def test_the_host_of_a_service_has_its_own_permit(stack):
    closed = Closed(stack, host='*.apps.test')

    def asked(path, label='bin-s1', cookie=None):
        with closed.router.connect() as connection:
            fields = [('Host', f'{label}.apps.test')] + ([('Cookie', cookie)] if cookie else [])
            connection.send(connection.head_bytes('GET', path, fields, host=None))
            return connection.read_reply()

    assert asked('/get').status == 401
    answer = asked(f'/setup?token={token_for("/s1/bin")}&path=get')
    assert (answer.status, answer.get('location')) == (302, '/get')
    assert '; Path=/;' in answer.get('set-cookie')
    cookie = answer.get('set-cookie').split(';')[0]
    assert asked('/get', cookie=cookie).status == 200
    assert asked('/setup', cookie=cookie).worker == 's1-bin'  # the service's own path
    assert asked('/get', 'bin-s2', cookie).status == 401


def test_explain_says_who_may(closed):
    def explained(path):
        answer = ask(closed.manage, f'/api/v1/explain?url=http://zeroway.test:{closed.port}{path}')
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    said = explained('/s1/bin/get')
    assert said['outcome']['status'] == 401
    assert any('/s1/bin' in step['why'] and 'appproxy_permit' in step['why'] for step in said['steps']), said
    assert explained('/setup')['outcome']['answer'] == 'setup'


def test_wrong_files_are_told_with_their_place(stack):
    def errors(more, **files):
        for name, content in files.items():
            put(stack, name, content)
        done = s.check(stack, s.site(8080, more='[sites.sessions]\nenabled = true\n' + more))
        return done.stdout + done.stderr

    assert ':7:18: sites(main).sessions.open_to_public = false: wants jwt_secret_file' in errors('open_to_public = false')
    assert 'no file that can be read' in errors('jwt_secret_file = "nowhere"')
    assert 'wants at least 32' in errors('jwt_secret_file = "short"', short='short')
    assert 'wants at least 32' in errors('permit_key_file = "short"', short='short')
    assert 'allowed_client_ips' in errors('allowed_client_ips = ["10.0.0.0/8", "nonsense"]')


# --- circuits of the management API

class Managed:
    """A site whose services are open unless their circuits say another thing, and a server."""

    def __init__(self, stack, more='', host='zeroway.test', in_site=''):
        self.origin = stack.closing(Origin(name='a'))
        put(stack, 'tokens', SECRET)
        self.port, self.manage = z.free_port(), z.free_port()
        text = s.site(self.port, host=host, more=f'default = true\nfabric = false\n{in_site}\n[sites.sessions]\nenabled = true\n'
                      f'jwt_secret_file = "tokens"\n{more}\n')
        self.router = s.serve(stack, text, self.port, *manage_with_token(stack, self.manage))

    def put(self, id, service, status=200, **more):
        body = {'session': 's1', 'service': service, 'backends': [{'host': '127.0.0.1', 'port': self.origin.port}], **more}
        answer = ask(self.manage, f'/api/v1/circuits/{id}', 'PUT', token=TOKEN, body=json.dumps(body).encode())
        assert answer.status == status, answer.body

    def ask(self, path, **fields):
        with self.router.connect() as connection:
            return connection.request('GET', path, [(name.replace('_', '-'), value) for name, value in fields.items()])

    def status(self, path, **fields):
        return self.ask(path, **fields).status

    def cookie(self, circuit):
        answer = self.ask(f'/setup?token={token_for(circuit)}')
        assert answer.status == 302, answer
        return answer.get('set-cookie').split(';')[0]


def test_a_circuit_says_who_may_use_it(stack):
    m = Managed(stack)
    m.put('c1', 'a', open_to_public=False)
    m.put('c2', 'b')
    assert (m.status('/s1/a/'), m.status('/s1/b/')) == (401, 200)
    for name, status in (('c1', 200), ('c2', 401), ('/s1/a', 401), ('a', 401)):  # the id names it, and nothing else
        assert m.status('/s1/a/', authorization=f'Bearer {token_for(name)}') == status, name
    assert m.status('/s1/a/', authorization='Bearer ' + token({'id': 'c1'})) == 200
    assert m.origin.last.get('authorization') is None
    answer = m.ask(f'/setup?token={token_for("c1")}&path=x')
    assert (answer.status, answer.get('location')) == (302, '/s1/a/x')
    cookie = answer.get('set-cookie').split(';')[0]
    assert m.status('/s1/a/', cookie=cookie + '; a=1') == 200
    assert m.origin.last.get('cookie') == 'a=1'
    # What holds is changed at once, for requests on a kept connection, too.
    with m.router.connect() as connection:
        assert connection.request('GET', '/s1/a/').status == 401
        m.put('c1', 'a', open_to_public=True)
        z.eventually(lambda: connection.request('GET', '/s1/a/').status == 200)
        m.put('c1', 'a', open_to_public=False)
        z.eventually(lambda: connection.request('GET', '/s1/a/').status == 401)


def test_a_permit_is_for_all_services_of_a_user_and_of_nobody_else(stack):
    m = Managed(stack, 'open_to_public = false')
    m.put('c1', 'a', user='u1')
    m.put('c2', 'b', user='u1')
    m.put('c3', 'c', user='u2')
    m.put('c4', 'd')
    cookie = m.cookie('c1')
    found = {service: m.status(f'/s1/{service}/', cookie=cookie) for service in 'abcd'}
    assert found == {'a': 200, 'b': 200, 'c': 401, 'd': 401}
    alone = m.cookie('c4')
    found = {service: m.status(f'/s1/{service}/', cookie=alone) for service in 'abcd'}
    assert found == {'a': 401, 'b': 401, 'c': 401, 'd': 200}
    m.put('c1', 'a', user='u2')  # it is another user's now
    z.eventually(lambda: m.status('/s1/a/', cookie=cookie) == 401)
    assert m.status('/s1/a/', cookie=m.cookie('c3')) == 200


def test_the_networks_of_a_circuit(stack):
    m = Managed(stack, 'allowed_client_ips = ["127.0.0.0/8"]', in_site='trusted_proxies = ["127.0.0.1"]')
    m.put('c1', 'a', allowed_client_ips=['10.0.0.0/8', '2001:db8::/32'])
    m.put('c2', 'b')
    m.put('c3', 'c', status=400, allowed_client_ips=['nonsense'])
    assert (m.status('/s1/a/'), m.status('/s1/b/')) == (403, 200)
    for address, status in (('10.1.2.3', 200), ('::ffff:10.1.2.3', 200), ('2001:db8::1', 200), ('11.1.1.1', 403)):
        assert m.status('/s1/a/', x_forwarded_for=address) == status, address
    assert m.status('/s1/b/', x_forwarded_for='10.1.2.3') == 403
    z.eventually(lambda: m.status('/s1/c/', x_forwarded_for='127.0.0.9') == 404)


def test_a_closed_circuit_without_a_secret_of_the_site_is_closed(stack):
    m = Managed(stack)
    m.router.terminate()
    assert m.router.wait() == 0
    text = s.site(m.port, more='default = true\n[sites.sessions]\nenabled = true\n')
    m.router = s.serve(stack, text, m.port, *manage_with_token(stack, m.manage))
    m.put('c1', 'a', open_to_public=False)
    assert m.status('/s1/a/') == 401
    assert m.status('/s1/a/', authorization=f'Bearer {token_for("c1")}') == 401


def test_a_circuit_for_tcp_is_told_as_json(stack):
    m = Managed(stack)
    m.put('c1', 'ssh', protocol='tcp', open_to_public=False)
    answer = m.ask(f'/setup?token={token_for("c1")}')
    assert (answer.status, answer.get('set-cookie'), answer.get('cache-control')) == (200, None, 'no-store')
    assert json.loads(answer.body) == {'circuit': 'c1', 'session': 's1', 'service': 'ssh', 'protocol': 'tcp'}


def test_explain_knows_what_circuits_say(stack):
    m = Managed(stack)
    m.put('c1', 'a', open_to_public=False, user='u1', allowed_client_ips=['127.0.0.0/8'])
    m.put('c2', 'b')

    def explained(path, **more):
        query = urllib.parse.urlencode({'url': f'http://zeroway.test:{m.port}{path}', **more})
        return json.loads(ask(m.manage, f'/api/v1/explain?{query}', token=TOKEN).body)

    said = explained('/s1/a/')
    assert said['outcome']['status'] == 401
    assert any('token for c1' in step['why'] and 'the services of u1' in step['why'] for step in said['steps']), said
    assert explained('/s1/a/', client='10.1.1.1')['outcome']['status'] == 403
    said = explained('/s1/b/')
    assert said['outcome']['answer'] == 'backend' and said['outcome']['status'] is None
    assert any(step['step'] == 'backend' for step in said['steps'])
