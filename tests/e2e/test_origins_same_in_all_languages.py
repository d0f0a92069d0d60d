"""One script of requests in each language of clients, answered by servers of each language and by a worker: all see the
same bodies, fields and trailers.

What differs by right, and nothing else may: HTTP/1.1 frames a body by fields; cookies may go to a server in pieces over
HTTP/2 (RFC 9113 §8.2.3); `te` is between two hops; the scheme and the port by which the client came in.
"""
import types

import origin_fleet as o
import pytest
import tls_e2e
import zeroway_e2e as z
from h2_peer import H2Client
from origin_server import H2, HTTP1, Recorder, Served
from recording_worker import RecordingWorker
from request_script import SCRIPT, Http1, Http2, at_the_client, h2_over_tls

CLIENTS = ['http/1.1', 'h2c', 'http/1.1 over TLS', 'h2 over TLS']
BACKENDS = ['http/1.1 server', 'h2c server', 'h2 server over TLS', 'http/1.1 server over TLS', 'worker']
FRAMING = ('connection', 'keep-alive', 'transfer-encoding', 'te', ':scheme')
ANSWERS = {name: answer for name, (_, answer) in SCRIPT.items()}
# The path of these is not forwarded as it came: it has no canonical form, is no path, or has another canonical form.
OTHER_PATHS = ('odd bytes', 'options', 'dots')


def client_of(language, router, authority):
    if language == 'http/1.1':
        return Http1(lambda: z.Connection(router.port))
    if language == 'h2c':
        return Http2(H2Client(router.port))
    if language == 'http/1.1 over TLS':
        return Http1(lambda: tls_e2e.Client(router, authority))
    return h2_over_tls(router, authority)


def at_the_backend(seen, road):
    """What a backend saw, without what may differ."""
    if seen is None:
        return None
    cookies = [value for name, value in seen.fields if name == 'cookie']
    fields = [(name, value) for name, value in seen.fields if name not in FRAMING and name != 'cookie']
    fields += [('cookie', '; '.join(cookies))] if cookies else []
    found = []
    for name, value in fields:
        if name == 'x-forwarded-proto':
            assert value == road.scheme
            value = '*'
        elif name == 'x-forwarded-port':
            assert value == str(road.tls_port if road.scheme == 'https' else road.port)
            value = '*'
        elif name == 'forwarded':
            value = value.replace(f'proto={road.scheme}', 'proto=*')
        found.append((name, value))
    return seen._replace(fields=sorted(found, key=lambda field: field[0]))


def without_names(got):
    return got._replace(fields=[field for field in got.fields if field[0] != 'x-worker'])


class Matrix:
    """Each backend has a site of its own, in cleartext and over TLS."""

    def __init__(self, stack):
        self.authority = tls_e2e.Authority(stack)
        certificate = self.authority.make('localhost', '127.0.0.1')
        tls = {'enabled': True, 'cert_file': certificate[0], 'key_file': certificate[1]}
        self.seen, self.servers = {}, {}
        for name, language, pair in [('http/1.1 server', HTTP1, None), ('http/1.1 server over TLS', HTTP1, certificate),
                                     ('h2c server', H2, None), ('h2 server over TLS', H2, certificate)]:
            recorder = Recorder(ANSWERS)
            self.servers[name] = stack.closing(Served(recorder, language, pair))
            self.seen[name] = recorder.seen
        self.roads = {name: types.SimpleNamespace(port=z.free_port(), tls_port=z.free_port()) for name in BACKENDS}
        sites = []
        for number, name in enumerate(BACKENDS):
            members, routes = [], [o.route('/', 'fabric', encoded_slashes='pass')]
            if name in self.servers:
                members = o.pool('pool', self.servers[name], ca_file=self.authority.ca)
                routes = [o.route('/', 'pool', encoded_slashes='pass')]
            sites.append(o.site(f'plain-{number}', self.roads[name].port, members, routes))
            sites.append(o.site(f'tls-{number}', self.roads[name].tls_port, members, routes, ssl=tls))
        # The scripted worker does not come back: on a busy machine it may be late with its answers to pings.
        self.router = o.router(stack, o.tree_of(*sites), self.roads['worker'].port, '--heartbeat-timeout', '60s')
        worker = stack.closing(RecordingWorker(self.router.fabric, ANSWERS))
        self.seen['worker'] = worker.seen
        self.router.wait_workers(1)

    def ask(self, language, backend):
        road = self.roads[backend]
        road.scheme = 'https' if 'TLS' in language else 'http'
        client = client_of(language, road, self.authority)
        self.seen[backend].clear()
        found = {}
        for name, (ask, answer) in SCRIPT.items():
            got = client.ask(name, ask)
            seen = at_the_backend(self.seen[backend].get(name), road)
            found[name] = (without_names(at_the_client(got, answer)), seen)
        client.close()
        return found


@pytest.fixture(scope='module')
def found():
    """What each client got and each backend saw, by languages and case."""
    stack = z.Stack()
    try:
        matrix = Matrix(stack)
        found = {(language, backend): matrix.ask(language, backend) for language in CLIENTS for backend in BACKENDS}
        matrix.router.wait_idle()
        for name, server in matrix.servers.items():
            assert server.faults == [], name
        yield found
    except Exception as error:
        raise AssertionError(f'{error!r}\n{stack.logs()}') from error
    finally:
        stack.close()


@pytest.mark.parametrize('backend', BACKENDS)
@pytest.mark.parametrize('language', CLIENTS)
def test_backend_and_client_see_the_same(found, language, backend):
    first, those = found['http/1.1', 'http/1.1 server'], found[language, backend]
    for name in SCRIPT:
        assert those[name][0] == first[name][0], f'{name}: the client'
        assert those[name][1] == first[name][1], f'{name}: the backend'


@pytest.mark.parametrize('name', SCRIPT)
def test_the_script_is_what_was_meant(found, name):
    """Sameness would also be nothing at all: what arrives is what was sent."""
    ask, answer = SCRIPT[name]
    client, server = found['http/1.1', 'http/1.1 server'][name]
    if answer is None:
        assert client.status in (414, 417, 431) and server is None
        return
    if name in OTHER_PATHS:
        return
    assert server.body == (ask.body or b'')
    assert server.trailers == list(ask.trailers)
    fields = dict(server.fields)
    assert (fields[':method'], fields[':path'], fields[':authority']) == (ask.method, ask.path, 'zeroway.test')
    for name_ in {name_ for name_, _ in ask.fields} - {'te'}:
        assert [value for field, value in server.fields if field == name_] == [v for n, v in ask.fields if n == name_]
    assert client.status == answer.status
    assert client.body == (b'' if ask.method == 'HEAD' else answer.body)
    assert client.trailers == list(answer.trailers)
    assert [one for one in client.fields if one[0] in dict(answer.fields)] == sorted(
        answer.fields, key=lambda field: field[0] == 'content-length')
    assert [status for status, _ in client.interim] == [100] * ask.expects + [status for status, _ in answer.interim]


def test_a_path_that_may_be_read_in_two_ways_arrives_in_its_one_form(found):
    assert dict(found['h2c', 'h2c server']['dots'][1].fields)[':path'] == '/b/c//d;e=f'
    client, server = found['h2c', 'h2c server']['odd bytes']
    assert client.status == 400 and server is None
