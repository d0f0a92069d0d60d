"""Who asks, and what comes: networks, pages of other origins, limits, paths and hosts, on one running router.

Each case is one request. `sees` is what a server behind the router saw, None when it saw nothing.
Not here: logins (test_access_logins.py).
"""
import select
import signal

import pytest

import sites_e2e as s
import zeroway_e2e as z
from h2_peer import H2Client
from origins import Gate, Origin, reply

WEB_SOCKET = [('Connection', 'Upgrade'), ('Upgrade', 'websocket'), ('Sec-WebSocket-Version', '13'),
              ('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==')]
PAGE = 'https://app.test'
PREFLIGHT = [('Origin', PAGE), ('Access-Control-Request-Method', 'PUT')]
FAR = ('10.1.2.3', 'far.test')


def host_of(name, port, origin, more, routes):
    return (s.site(port, host=name, name=name, more='fabric = false\n' + more)
            + '[sites.proxy]\nenabled = true\n' + s.pool(origin) + routes)


def file_of(port, origin):
    near = host_of('near.test', port, origin, 'allow = ["10.0.0.0/8"]',
                   s.route(more='websocket = true') + s.route('/open', more='allow = ["all"]')
                   + '[[sites.proxy.routes]]\npath = "/gone"\n[sites.proxy.routes.redirect]\nto = "/"\n')
    far = host_of('far.test', port, origin,
                  'trusted_proxies = ["127.0.0.1"]\nallow = ["10.0.0.0/8", "2001:db8::/32"]\ndeny = ["10.9.0.0/16"]',
                  s.route(more='websocket = true'))
    paths = host_of('paths.test', port, origin, '',
                    s.route() + s.route('/admin', more='allow = ["10.0.0.0/8"]')
                    + s.route('/slashes', more='encoded_slashes = "pass"'))
    cors = host_of('cors.test', port, origin, '[sites.access_control]\nallow_origins = ["https://app.test"]\n'
                   'allow_methods = ["PUT"]\nallow_headers = ["X-A"]\nexpose_headers = ["X-B"]\n'
                   'allow_credentials = true\nmax_age = 600\n[sites.rate_limit]\nrequests_per_minute = 1000',
                   s.route(more='methods = ["PUT", "OPTIONS"]') + s.route('/get', more='methods = ["GET"]'))
    everyone = host_of('everyone.test', port, origin, '[sites.access_control]\nallow_origins = ["*"]', s.route())
    rate = host_of('rate.test', port, origin, '[sites.access_control]\nallow_origins = ["*"]\n[sites.rate_limit]\n'
                   'requests_per_minute = 2\nkey = "header:X-Key"\nheaders = true',
                   s.route() + s.route('/other') + '[sites.proxy.routes.rate_limit]\nrequests_per_minute = 1\n')
    small = host_of('small.test', port, origin, 'max_body = 10',
                    s.route() + '[[sites.proxy.routes]]\npath = "/gone"\n[sites.proxy.routes.redirect]\nto = "/"\n'
                    + s.route('/large', more='max_body = 100'))
    return near + far + paths + cors + everyone + rate + small


class Table:
    def __init__(self, stack):
        self.origin = stack.closing(Origin(self.answer))
        self.port = z.free_port()
        self.router = s.serve(stack, file_of(self.port, self.origin), self.port)

    @staticmethod
    def answer(request):
        """What a server might say that the router must not pass on where it answers for the site."""
        allowed = b'Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: PURGE\r\n'
        return b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n' + allowed + b'\r\nok'

    def ask(self, host, target='/', method='GET', headers=(), body=b''):
        """(the reply, the request that the server saw or None)"""
        before = len(self.origin.requests)
        with self.router.connect() as connection:
            connection.send(connection.head_bytes(method, target, headers, host) + body)
            reply = connection.read_reply(method)
        seen = self.origin.requests[before:]
        return reply, seen[0] if seen else None


@pytest.fixture(scope='module')
def table():
    stack = z.Stack()
    try:
        yield Table(stack)
    finally:
        stack.close()


def from_(*addresses):
    return [('X-Forwarded-For', ', '.join(addresses))]


WHO = {
    # The address of the connection counts where no proxy is trusted, whatever the client says.
    'near, an honest client': (403, 'near.test', []),
    'near, a forged list': (403, 'near.test', from_('10.1.2.3')),
    'near, forged Forwarded': (403, 'near.test', [('Forwarded', 'for=10.1.2.3')]),
    'near, X-Real-IP': (403, 'near.test', [('X-Real-IP', '10.1.2.3')]),
    'near, the host with a dot behind it': (403, 'near.test.', []),
    'near, the host in capitals, with a port': (403, 'NEAR.test:80', []),
    # Where a proxy is trusted, the last address that is not trusted counts.
    'far, in allow': (200, 'far.test', from_('10.1.2.3')),
    'far, in deny and in allow': (403, 'far.test', from_('10.9.1.1')),
    'far, in neither': (403, 'far.test', from_('11.0.0.1')),
    'far, IPv6 in allow': (200, 'far.test', from_('2001:db8::7')),
    'far, IPv6 in neither': (403, 'far.test', from_('2001:db9::7')),
    'far, IPv4 mapped into IPv6, in allow': (200, 'far.test', from_('::ffff:10.1.2.3')),
    'far, IPv4 mapped into IPv6, in deny': (403, 'far.test', from_('::ffff:10.9.0.1')),
    'far, mapped and in hexadecimal, in deny': (403, 'far.test', from_('::ffff:a09:1')),
    'far, a forged first address': (403, 'far.test', from_('10.1.2.3', '11.0.0.1')),
    'far, a bad first address': (200, 'far.test', from_('11.0.0.1', '10.1.2.3')),
    'far, two fields': (403, 'far.test', from_('10.1.2.3') + from_('11.0.0.1')),
    'far, Forwarded': (200, 'far.test', [('Forwarded', 'for="[2001:db8::7]:1234"')]),
    'far, no field: the proxy itself': (403, 'far.test', []),
    'far, a look-alike': (403, 'far.test', [('X_Forwarded_For', '10.1.2.3')]),
    'far, no address': (403, 'far.test', from_('10.1.2.3', 'unknown')),
    'far, the list is listed away': (403, 'far.test', from_('11.0.0.1') + [('Connection', 'X-Forwarded-For')]),
}


@pytest.mark.parametrize('name', WHO)
def test_who_may_come(table, name):
    status, host, headers = WHO[name]
    reply, seen = table.ask(host, headers=headers)
    assert reply.status == status
    assert (seen is not None) == (status == 200)


HOW = {
    'HEAD': ('HEAD', '/', []),
    'POST': ('POST', '/', [('Content-Length', '0')]),
    'OPTIONS': ('OPTIONS', '/', []),
    'a preflight': ('OPTIONS', '/', PREFLIGHT),
    'OPTIONS that ends here': ('OPTIONS', '/', [('Max-Forwards', '0')]),
    'a method override': ('GET', '/', [('X-HTTP-Method-Override', 'OPTIONS'), ('X-Method-Override', 'HEAD')]),
    'another path in a field': ('GET', '/', [('X-Original-URL', '/open'), ('X-Rewrite-URL', '/open')]),
    'a WebSocket': ('GET', '/', WEB_SOCKET),
    'a redirect': ('GET', '/gone', []),
    'a health page': ('GET', '/api/health', []),
    'a whole URL': ('GET', 'http://near.test/', []),
}


@pytest.mark.parametrize('name', HOW)
def test_a_client_that_may_not_come_gets_nothing_in_any_way(table, name):
    method, target, headers = HOW[name]
    reply, seen = table.ask('near.test', target, method, headers)
    assert (reply.status, seen) == (403, None)


def test_a_route_says_itself_who_may_come(table):
    assert table.ask('near.test', '/open')[0].status == 200


def test_http2_is_judged_the_same(table):
    with H2Client(table.port) as client:
        def ask(address):
            head = [(':method', 'GET'), (':scheme', 'http'), (':authority', 'far.test'), (':path', '/')]
            return client.wait(client.open(pseudo=head, fields=[('x-forwarded-for', address)])).status
        assert ask('10.9.1.1') == 403
        assert ask('10.1.2.3') == 200


PATHS = {
    '/admin': 403, '/admin/': 403, '/admin/x?y': 403, '/%61dmin': 403, '/public/../admin': 403,
    '/public/%2e%2E/admin': 403, '/./admin': 403, 'http://paths.test/admin': 403,
    # servers disagree about these, so they are refused on every route of the site
    '/%2Fadmin': 400, '/public%2f..%2fadmin': 400, '/public%5C..%5Cadmin': 400, '//admin': 400, '/public//x': 400,
    '/public/..;/admin': 400, '/public/..;a=b/admin': 400, '/public/.;/admin': 400, '/admin%00': 400,
    '/../../admin': 400,
    # and these are other paths
    '/ADMIN': 200, '/adminx': 200, '/a;b': 200, '/a%3B/b': 200, '/?x=//admin/..;/%2F': 200,
    # where the route says so
    '/slashes/a%2Fb': 200, '/slashes//b': 200,
}


@pytest.mark.parametrize('target', PATHS)
def test_no_writing_of_a_path_leads_around_a_rule(table, target):
    reply, seen = table.ask('paths.test', target)
    assert reply.status == PATHS[target]
    assert (seen is not None) == (reply.status == 200)


def cors_of(reply):
    return {name.lower()[len('access-control-'):]: value for name, value in reply.fields
            if name.lower().startswith('access-control-')}


PREFLIGHTS = {
    'allowed': ('/', [('Origin', PAGE)], {'allow-origin': PAGE, 'allow-methods': 'PUT', 'allow-headers': 'X-A',
                                          'allow-credentials': 'true', 'max-age': '600'}),
    'allowed, the origin in capitals': ('/', [('Origin', 'HTTPS://APP.test:443')], {
        'allow-origin': 'HTTPS://APP.test:443', 'allow-methods': 'PUT', 'allow-headers': 'X-A',
        'allow-credentials': 'true', 'max-age': '600'}),
    'another host': ('/', [('Origin', 'https://evil.test')], {}),
    'a longer host': ('/', [('Origin', 'https://app.test.evil.test')], {}),
    'a host before it': ('/', [('Origin', 'https://evil-app.test')], {}),
    'another scheme': ('/', [('Origin', 'http://app.test')], {}),
    'another port': ('/', [('Origin', 'https://app.test:444')], {}),
    'null': ('/', [('Origin', 'null')], {}),
    'two origins': ('/', [('Origin', PAGE), ('Origin', 'https://evil.test')], {}),
}


@pytest.mark.parametrize('name', PREFLIGHTS)
def test_preflights_are_answered_here(table, name):
    target, headers, expected = PREFLIGHTS[name]
    reply, seen = table.ask('cors.test', target, 'OPTIONS', headers + PREFLIGHT[1:])
    assert (reply.status, seen, cors_of(reply), reply.get('vary')) == (204, None, expected, 'Origin')


def test_a_plain_options_goes_on(table):
    for headers in ([], PREFLIGHT[:1], PREFLIGHT[1:]):
        assert table.ask('cors.test', '/', 'OPTIONS', headers)[1] is not None


@pytest.mark.parametrize('origin,expected', [
    (PAGE, {'allow-origin': PAGE, 'allow-credentials': 'true', 'expose-headers': 'X-B'}),
    ('https://evil.test', {}), (None, {})])
def test_what_a_server_says_of_other_origins_is_replaced(table, origin, expected):
    reply, seen = table.ask('cors.test', '/', 'PUT', [('Content-Length', '0')] + ([('Origin', origin)] if origin else []))
    assert (reply.status, cors_of(reply), reply.get('vary')) == (200, expected, 'Origin')
    assert seen is not None


def test_errors_of_the_router_can_be_read_by_the_page_too(table):
    reply, _ = table.ask('cors.test', '/get', 'PUT', [('Content-Length', '0'), ('Origin', PAGE)])
    assert (reply.status, cors_of(reply).get('allow-origin')) == (405, PAGE)


def test_every_origin_may_read_without_credentials(table):
    reply, _ = table.ask('everyone.test', headers=[('Origin', 'https://any.test')])
    assert (cors_of(reply), reply.get('vary')) == ({'allow-origin': '*'}, 'Origin')


def test_a_client_over_its_rate_is_told_when_to_come_back(table):
    def ask(key, target='/', method='GET', more=()):
        return table.ask('rate.test', target, method, [('X-Key', key), *more] if key else list(more))[0]
    assert [ask('a').get('ratelimit') for _ in range(2)] == ['"default";r=1;t=30', '"default";r=0;t=60']
    late = ask('a')
    assert (late.status, late.get('retry-after'), late.get('ratelimit-policy')) == (429, '30', '"default";q=2;w=60')
    assert late.get('ratelimit') == '"default";r=0;t=30'
    assert [ask('b').status for _ in range(3)] == [200, 200, 429]  # each key has its own bucket
    assert [ask('').status for _ in range(3)] == [200, 200, 429]  # no key: the address
    assert ask('a', method='OPTIONS', more=PREFLIGHT).status == 204  # a preflight costs nothing, and passes always
    assert [ask('a', '/other').status for _ in range(2)] == [200, 429]  # a route with a limit has its own bucket
    assert ask('a', '/nowhere/../x').status == 429


BODIES = {
    'as long as it may be': ('/', [('Content-Length', '10')], b'x' * 10, 200),
    'a longer length': ('/', [('Content-Length', '11')], b'x' * 11, 413),
    'chunks': ('/', [('Transfer-Encoding', 'chunked')], z.chunk(b'x' * 6) + z.chunk(b'x' * 6) + z.chunk(b''), 413),
    'a redirect that reads no body': ('/gone', [('Content-Length', '11')], b'x' * 11, None),
    'a route that takes more': ('/large', [('Content-Length', '11')], b'x' * 11, 200),
}


@pytest.mark.parametrize('name', BODIES)
def test_bodies_are_counted_on_every_way(table, name):
    target, headers, body, status = BODIES[name]
    reply, _ = table.ask('small.test', target, 'POST', headers, body)
    assert reply.status in ([status] if status else [301, 308, 413])


def test_open_requests_have_a_bound_for_each_address_and_for_the_site(stack):
    gate = Gate(reply(b'ok'))
    origin = stack.closing(Origin(gate))
    port = z.free_port()
    text = (host_of('one.test', port, origin, 'max_open_requests_per_address = 1', s.route())
            + host_of('all.test', port, origin, 'max_open_requests = 1', s.route()))
    router = s.serve(stack, text, port, '--threads', '2')
    for host, status in (('one.test', 429), ('all.test', 503)):
        seen = len(origin.requests)
        with router.connect() as first:
            first.send(first.head_bytes('GET', '/', host=host))
            origin.wait_requests(seen + 1)
            for _ in range(4):
                with router.connect() as second:
                    second.send(second.head_bytes('GET', '/', host=host))
                    late = second.read_reply()
                assert (late.status, late.get('retry-after')) == (status, '1')
            first.abort()

        def is_free():
            """Whether a further request reaches the server; else it has its reply already."""
            with router.connect() as next_one:
                next_one.send(next_one.head_bytes('GET', '/', host=host))
                z.eventually(lambda: len(origin.requests) > seen + 1 or select.select([next_one.socket], [], [], 0)[0])
                next_one.abort()
            return len(origin.requests) > seen + 1
        z.eventually(is_free, what='a free place')


def test_counts_stay_at_a_reload(stack):
    origin = stack.closing(Origin())
    port = z.free_port()
    text = host_of('rate.test', port, origin, '[sites.rate_limit]\nrequests_per_minute = 1', s.route())
    router = s.serve(stack, text, port)

    def ask():
        with router.connect() as connection:
            connection.send(connection.head_bytes('GET', '/', host='rate.test'))
            return connection.read_reply().status
    assert [ask(), ask()] == [200, 429]
    s.write(stack, text + '# changed')
    before = router.log_size()
    router.signal(signal.SIGHUP)
    router.wait_log('is read again', since=before)
    assert ask() == 429
