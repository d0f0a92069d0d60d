"""Node files of Crossbar.io: `router -c node.json` serves what its proxy workers serve."""
import hashlib
import json
import os
import signal
import socket
import time
import zipfile

import pytest

import sites_e2e as s
import zeroway_e2e as z
from origins import Origin

INDEX = b'<h1>Hello from the node</h1>\n'
SCRIPT = b'let autobahn = 1;\n' * 50
PREFIX = 'autobahn-js-browser-20.1.1'


def folders(stack):
    """node/ for the file, and web/ beside it."""
    for name in ('node', 'web', 'web/empty'):
        os.mkdir(stack.path(name))
    with open(stack.path('web/index.html'), 'wb') as file:
        file.write(INDEX)
    with open(stack.path('secret'), 'wb') as file:
        file.write(b'outside')
    os.symlink('../secret', stack.path('web/link'))


def archive(path, members=None):
    """Writes a ZIP file; returns its hash."""
    members = members or {f'{PREFIX}/autobahn.min.js': SCRIPT, f'{PREFIX}/LICENSE': b'MIT', 'outside': b'no'}
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    with open(path, 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()


def endpoint(port, **more):
    return {'type': 'tcp', 'port': port, 'interface': '127.0.0.1', **more}


def static(**options):
    return {'type': 'static', 'directory': '../web', 'options': options}


def worker(port, paths, **more):
    return {'type': 'proxy', 'options': {}, 'transports': [
        {'type': 'web', 'endpoint': endpoint(port, **more), 'paths': paths}]}


def node(*workers):
    return {'version': 2, 'workers': [{'type': 'router', 'realms': []}, *workers]}


def serve(stack, document, port, *options, wait=True):
    return s.serve(stack, json.dumps(document, indent=1), port, '--state-dir', stack.path('state'), *options,
                   name='node/node.json', wait=wait)


def check(stack, document, *options):
    return s.check(stack, json.dumps(document, indent=1), *options, name='node/node.json')


def served(stack, paths, **more):
    folders(stack)
    port = z.free_port()
    return serve(stack, node(worker(port, paths, **more)), port)


def get(router, path, *fields, method='GET'):
    with router.connect() as connection:
        return connection.request(method, path, [*fields])


def example(stack, port, digest):
    """The documentation's example, with a free port and an archive of ours."""
    return node(worker(port, {
        '/': static(enable_directory_listing=False),
        'autobahn': {
            'type': 'archive', 'archive': 'autobahn-v20.1.1.zip',
            'origin': 'https://github.com/crossbario/autobahn-js-browser/archive/v20.1.1.zip',
            'object_prefix': PREFIX, 'default_object': 'autobahn.min.js', 'download': True, 'cache': True,
            'hashes': ['0' * 64, digest], 'mime_types': {'.min.js': 'text/javascript', '.jgz': 'text/javascript'}},
        'ws': {
            'type': 'websocket-proxy', 'serializers': ['cbor', 'msgpack', 'json'],
            'backends': [{'type': 'websocket', 'endpoint': {'type': 'unix', 'path': 'routerws.sock'},
                          'url': 'ws://localhost', 'serializers': ['json']}],
            'options': {
                'allowed_origins': ['*'], 'allow_null_origin': True, 'enable_webstatus': True,
                'max_frame_size': 1048576, 'max_message_size': 1048576, 'auto_fragment_size': 65536,
                'fail_by_drop': True, 'open_handshake_timeout': 2500, 'close_handshake_timeout': 1000,
                'auto_ping_interval': 10000, 'auto_ping_timeout': 5000, 'auto_ping_size': 12,
                'auto_ping_restart_on_any_traffic': True,
                'compression': {'deflate': {
                    'request_no_context_takeover': False, 'request_max_window_bits': 13,
                    'no_context_takeover': False, 'max_window_bits': 13, 'memory_level': 5}}}},
        'info': {'type': 'nodeinfo'}}, shared=True, backlog=1024))


def test_the_example_of_the_documentation_is_served(stack):
    folders(stack)
    port = z.free_port()
    digest = archive(stack.path('node/autobahn-v20.1.1.zip'))
    router = serve(stack, example(stack, port, digest), port)
    page = get(router, '/')
    assert (page.status, page.body) == (200, INDEX)
    assert page.get('cache-control') == 'max-age=43200, public'
    assert get(router, '/index.html').body == INDEX
    script = get(router, '/autobahn/autobahn.min.js')
    assert (script.status, script.body) == (200, SCRIPT)
    assert script.get('content-type').startswith('text/javascript')
    assert get(router, '/autobahn/').body == SCRIPT  # default_object
    for path in ('/nothing', '/empty/', '/autobahn/nothing', '/autobahn/outside', '/api/health'):
        assert get(router, path).status == 404, path
    assert 'workers that are not of type proxy are not the router\'s: /workers/0 (router)' in router.log()


def test_files_are_served_as_by_any_server_of_files(stack):
    router = served(stack, {'/': static()})
    page = get(router, '/index.html')
    assert get(router, '/', ('If-Modified-Since', page.get('last-modified'))).status == 304
    part = get(router, '/', ('Range', 'bytes=0-9'))
    assert (part.status, part.body) == (206, INDEX[:10])
    assert get(router, '/', ('Range', 'bytes=9999-')).status == 416
    head = get(router, '/', method='HEAD')
    assert (head.status, head.body, head.get('content-length')) == (200, b'', str(len(INDEX)))
    for path in ('/../secret', '/%2e%2e/secret', '/link', '/index.html%00'):
        assert get(router, path).status in (400, 404), path
    assert page.get('access-control-allow-origin') is None


def test_options_of_static(stack):
    router = served(stack, {
        '/': static(enable_directory_listing=True, cache_timeout=60),
        'app': static(default_file='index.html', cache_timeout=None),
        'odd': static(mime_types={'.html': 'text/x-odd'})})
    listing = get(router, '/empty/')
    assert (listing.status, listing.get('content-type')) == (200, 'text/html; charset=utf-8')
    assert get(router, '/').get('cache-control') == 'max-age=60, public'
    fallback = get(router, '/app/any/where')
    assert (fallback.status, fallback.body, fallback.get('cache-control')) == (200, INDEX, None)
    assert get(router, '/odd/').get('content-type').startswith('text/x-odd')


def test_the_node_page_tells_how_the_router_is(stack):
    router = served(stack, {'info': {'type': 'nodeinfo'}})
    page = get(router, '/info')
    assert (page.status, page.get('content-type')) == (200, 'text/html; charset=utf-8')
    text = page.body.decode()
    for part in ('Version', str(router.pid), 'Started', '<td>0</td>'):
        assert part in text, part
    told = get(router, '/info', ('Accept', 'application/json'))
    assert told.get('content-type') == 'application/json'
    facts = json.loads(told.body)
    assert facts['pid'] == router.pid and facts['workers'] == 0 and facts['uptime_seconds'] >= 0
    stack.worker('hello-worker')
    z.eventually(lambda: json.loads(get(router, '/info', ('Accept', 'application/json')).body)['workers'] == 1,
                 what='the page counts the worker')
    assert get(router, '/info', method='POST').status == 405


def test_fixed_answers(stack):
    router = served(stack, {
        'plain': {'type': 'json', 'value': {'a': [1, 2.5, None], 'b': 'ü'}},
        'open': {'type': 'json', 'value': 7, 'options': {'allow_cross_origin': True, 'discourage_caching': True}},
        'to': {'type': 'redirect', 'url': 'https://example.com/$1'},
        'deep': {'type': 'path', 'paths': {'/': static(), 'more': {'type': 'json', 'value': []}}}})
    plain = get(router, '/plain')
    assert (plain.status, json.loads(plain.body)) == (200, {'a': [1, 2.5, None], 'b': 'ü'})
    assert plain.get('content-type') == 'application/json'
    assert get(router, '/plain', ('If-None-Match', plain.get('etag'))).status == 304
    assert get(router, '/plain', method='HEAD').get('content-length') == str(len(plain.body))
    opened = get(router, '/open')
    assert (opened.body, opened.get('access-control-allow-origin')) == (b'7', '*')
    assert 'no-store' in opened.get('cache-control')
    away = get(router, '/to/x')
    assert (away.status, away.get('location')) == (302, 'https://example.com/$1')
    assert get(router, '/deep/').body == INDEX
    assert get(router, '/deep/more').body == b'[]'
    assert get(router, '/deep/nothing').status == 404
    assert get(router, '/').status == 404


def test_a_large_document_comes_whole(stack):
    value = ['x' * 1000] * 1000
    router = served(stack, {'large': {'type': 'json', 'value': value}})
    assert json.loads(get(router, '/large').body) == value


def test_reverse_proxy(stack):
    origin = stack.closing(Origin())
    router = served(stack, {'api': {'type': 'reverseproxy', 'host': '127.0.0.1', 'port': origin.port, 'path': '/base',
                                    'forwarded_proto': 'https'}})
    reply = get(router, '/api/x?y=1')
    assert reply.status == 200
    assert origin.last.target == '/base/x?y=1'


def test_two_routers_share_a_port_only_when_both_say_so(stack):
    folders(stack)
    port = z.free_port()
    shared = node(worker(port, {'/': static(), 'info': {'type': 'nodeinfo'}}, shared=True))
    routers = [serve(stack, shared, port), serve(stack, shared, port)]

    def pids():
        return {json.loads(get(routers[0], '/info', ('Accept', 'application/json')).body)['pid'] for _ in range(100)}
    z.eventually(lambda: pids() == {router.pid for router in routers}, what='both routers serve')
    alone = serve(stack, node(worker(port, {'/': static()})), port, wait=False)
    assert alone.wait() == 1
    assert f'cannot listen on 127.0.0.1:{port}: Address already in use' in alone.log()


def test_two_hundred_requests_through_two_routers_have_one_answer(stack):
    folders(stack)
    port = z.free_port()
    shared = node(worker(port, {'/': static()}, shared=True))
    routers = [serve(stack, shared, port), serve(stack, shared, port)]
    for router in routers:
        router.wait_log('serving ')  # the port alone may be the other one's

    def answer():
        reply = get(routers[0], '/')  # on a connection of its own: the kernel chooses the router
        return reply.status, tuple(field for field in reply.fields if field[0] != 'date'), reply.body
    (status, _, body), = {answer() for _ in range(200)}
    assert (status, body) == (200, INDEX)
    served = [router.counters()['requests'] for router in routers]
    assert min(served) > 0 and sum(served) == 200, served


def test_backlog_is_what_the_kernel_gets(stack):
    router = served(stack, {'/': static()}, backlog=7)
    with open('/proc/net/tcp') as table:  # of a listening socket, rx_queue is what waits; the limit is asked of ss
        assert any(f'0100007F:{router.port:04X}' in line for line in table)
    limits = os.popen(f'ss -Hltn sport = :{router.port}').read().split()
    assert limits[2] == '7', limits


def test_the_first_free_port_of_a_range(stack):
    folders(stack)
    taken = socket.create_server(('127.0.0.1', 0))
    first = taken.getsockname()[1]
    document = node(worker(0, {'/': static()}))
    place = document['workers'][1]['transports'][0]['endpoint']
    del place['port']
    place['portrange'] = [first, first + 20]
    router = serve(stack, document, first, wait=False)
    line = router.wait_log(r'http://127\.0\.0\.1:(\d+)')
    router.port = int(line.group(1))
    assert first < router.port <= first + 20
    assert get(router, '/').body == INDEX
    place['portrange'] = [first, first]
    failed = serve(stack, document, first, wait=False)
    assert failed.wait() == 1
    assert f'none of the ports {first} to {first} is free' in failed.log()
    taken.close()


def test_a_unix_socket(stack):
    folders(stack)
    document = node(worker(1, {'/': static()}))
    document['workers'][1]['transports'][0]['endpoint'] = {'type': 'unix', 'path': 'web.sock', 'backlog': 9}
    router = serve(stack, document, 0, wait=False)
    router.wait_log('web.sock')
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(z.PATIENCE * z.SLOW)
        client.connect(stack.path('node/web.sock'))
        client.sendall(b'GET / HTTP/1.0\r\nHost: a\r\n\r\n')
        assert INDEX in b''.join(iter(lambda: client.recv(65536), b''))


@pytest.mark.parametrize('before, now, said', [
    ('"open_handshake_timeout": 2500', '"open_handshake_timeout": 500',
     'ws/options/open_handshake_timeout = 500: wants 0, or milliseconds: a number from 1000 to 86400000'),
    ('"auto_ping_size": 12', '"auto_ping_size": 4', 'ws/options/auto_ping_size = 4: wants a number from 12 to 125'),
    ('"shared"', '"shraed"', '/endpoint/shraed is no key; is shared meant?'),
    ('"nodeinfo"', '"cgi"', 'info/type = "cgi": wants a service that the router has')])
def test_what_is_wrong_is_told_with_its_place_and_pointer(stack, before, now, said):
    folders(stack)
    text = json.dumps(example(stack, 8443, '0' * 64), indent=1)
    assert before in text
    done = s.check(stack, text.replace(before, now), name='node/node.json')
    assert done.returncode == 1
    assert '/workers/1/transports/0/' in done.stderr and said in done.stderr
    assert 'node.json:' in done.stderr


# --- archives that are fetched

def of_origin(url, port, digest, **more):
    return node(worker(port, {'lib': {'type': 'archive', 'archive': 'lib.zip', 'origin': url, 'object_prefix': PREFIX,
                                      'hashes': [digest], **more}}))


def files_of_node(stack):
    return sorted(name for name in os.listdir(stack.path('node')) if name != 'node.json')


class FileServer:
    """Serves one file by HTTP; counts the requests for it."""

    def __init__(self, stack, content, cut=None):
        import http.server
        import threading
        outer = self
        self.asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.path)
                if self.path == '/moved.zip':
                    self.send_response(302)
                    self.send_header('Location', '/lib.zip')
                    self.send_header('Content-Length', '0')
                    self.end_headers()
                    return
                self.send_response(200 if self.path == '/lib.zip' else 404)
                self.send_header('Content-Length', str(len(content)))
                self.end_headers()
                self.wfile.write(content[:cut])

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path):
        return f'http://127.0.0.1:{self.server.server_port}{path}'


def content_and_digest(stack):
    digest = archive(stack.path('made.zip'))
    with open(stack.path('made.zip'), 'rb') as file:
        return file.read(), digest


def test_a_missing_archive_is_fetched_once(stack):
    folders(stack)
    content, digest = content_and_digest(stack)
    server = FileServer(stack, content)
    port = z.free_port()
    document = of_origin(server.url('/moved.zip'), port, digest, download=True)
    assert check(stack, document).returncode == 0
    assert files_of_node(stack) == [] and server.asked == []
    router = serve(stack, document, port)
    assert get(router, '/lib/autobahn.min.js').body == SCRIPT
    assert server.asked == ['/moved.zip', '/lib.zip']
    assert files_of_node(stack) == ['lib.zip']
    router.signal(signal.SIGTERM)
    router.wait()
    router = serve(stack, document, port)
    assert get(router, '/lib/LICENSE').body == b'MIT'
    assert len(server.asked) == 2


@pytest.mark.parametrize('wrong, said', [
    ({'path': '/none.zip'}, 'answers with status 404'),
    ({'digest': '0' * 64}, 'which is none of its hashes'),
    ({'cut': 100}, 'lib.zip: '),
    ({'download': False}, 'is no file that can be read; with download = true it is fetched from http://')])
def test_an_archive_that_does_not_come_leaves_nothing_behind(stack, wrong, said):
    folders(stack)
    content, digest = content_and_digest(stack)
    server = FileServer(stack, content, wrong.get('cut'))
    port = z.free_port()
    router = serve(stack, of_origin(server.url(wrong.get('path', '/lib.zip')), port, wrong.get('digest', digest),
                                    download=wrong.get('download', True)), port, wait=False)
    assert router.wait() != 0
    assert said in router.log()
    assert '/workers/1/transports/0/paths/lib/' in router.log()
    assert files_of_node(stack) == []


def test_an_archive_that_is_there_is_never_fetched(stack):
    folders(stack)
    content, _ = content_and_digest(stack)
    server = FileServer(stack, content)
    port = z.free_port()
    with open(stack.path('node/lib.zip'), 'wb') as file:
        file.write(content)
    router = serve(stack, of_origin(server.url('/lib.zip'), port, '0' * 64, download=True), port, wait=False)
    assert router.wait() == 1
    assert 'which is none of its hashes' in router.log()
    assert server.asked == []


def test_routers_that_share_a_port_warn_of_another_file(stack):
    folders(stack)
    port = z.free_port()
    one = node(worker(port, {'/': static()}, shared=True))
    other = node(worker(port, {'/': static(), 'info': {'type': 'nodeinfo'}}, shared=True))

    def started(document):
        router = serve(stack, document, port, wait=False)  # the port is bound by another one
        router.wait_log('serving http')
        return router
    first, same = started(one), started(one)
    assert 'is shared with' not in first.log() + same.log()
    same.terminate()
    same.wait()
    differs = started(other)
    said = f'127.0.0.1:{port} is shared with process {first.pid}, whose configuration file says something else of it'
    assert said in differs.log()
    assert differs.log().count('is shared with') == 1  # the router that has ended is none
    s.write(stack, json.dumps(one, indent=1), 'node/node.json')
    for router in (first, differs):
        router.signal(signal.SIGHUP)
        router.wait_log('the configuration file is read again')
    again = started(one)
    assert 'is shared with' not in first.log() + again.log()
