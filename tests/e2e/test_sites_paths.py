"""Which route takes a path, and what the server sees of it (list B 6, 7). One form of the path is matched, judged and
forwarded."""
import os

import pytest

import sites_e2e as s
import zeroway_e2e as z
from origins import Origin, reply


def test_redirects_and_cookies_of_a_server_lead_below_the_prefix_that_it_does_not_know(stack):
    def leading(request):
        return reply(b'', 302, [('Location', f'http://127.0.0.1:{origin.port}/v1/login'), ('Set-Cookie', 'a=1; Path=/v1')])
    origin = stack.closing(Origin(leading))
    router = s.front(stack, f'{origin.url}/v1', path='/shop/',
                     in_route='strip_prefix = true\nrewrite_cookie_path = true')
    answer = router.get('/shop/x')
    assert (answer.status, answer.get('location'), answer.get('set-cookie')) == (302, '/shop/login', 'a=1; Path=/shop')
    assert origin.last.target == '/v1/x'
    assert origin.last.get('x-forwarded-prefix') == '/shop'


@pytest.fixture
def sites(stack):
    """A router with routes to several servers; ask(target) tells what each server saw."""
    return Sites(stack)


class Sites:
    NAMES = ('root', 'api', 'admin', 'deep', 'ws', 'based', 'rewritten', 'reading')

    def __init__(self, stack):
        self.origins = {name: stack.closing(Origin(name=name)) for name in self.NAMES}
        port = z.free_port()
        text = s.site(port, more='fabric = false\nbuiltin_health = false') + '[sites.proxy]\nenabled = true\n'
        for name, origin in self.origins.items():
            text += s.pool(f'{origin.url}/base' if name == 'based' else origin, name=name)
        text += (s.route('/api/', 'api', 'strip_prefix = false') + s.route('/admin/', 'admin', 'strip_prefix = true')
                 + s.route('/api/deep/er', 'deep') + s.route('/ws', 'ws') + s.route('/based', 'based')
                 + s.route('/old', 'rewritten', 'rewrite_target = "/"') + s.route('/public', 'root')
                 + s.route('/reading', 'reading', 'methods = ["GET", "HEAD"]'))
        self.router = s.serve(stack, text, port)

    def ask(self, target, method='GET', headers=(), host='zeroway.test'):
        """(the server that answered, the target that it saw), or the status of an error."""
        with self.router.connect() as connection:
            connection.send(connection.head_bytes(method, target, headers, host))
            reply = connection.read_reply(method)
        if reply.status != 200:
            return reply.status
        return reply.text, self.origins[reply.text].last.target


FORWARDED = {
    # a prefix is kept, or taken off; the query always stays
    '/api/test?x=1': ('api', '/api/test?x=1'),
    '/api/': ('api', '/api/'),
    '/api': ('api', '/api'),
    '/admin/x?y': ('admin', '/x?y'),
    '/admin/': ('admin', '/'),
    '/admin': ('admin', '/'),
    '/admin?q=1': ('admin', '/?q=1'),
    '/admin/a/b/': ('admin', '/a/b/'),
    '/old/x?q=1': ('rewritten', '/?q=1'),
    '/old': ('rewritten', '/'),
    '/based/x?q': ('based', '/base/based/x?q'),
    # the longest path wins; a path ends where a segment ends
    '/api/deep/er': ('deep', '/api/deep/er'),
    '/api/deep/er/x': ('deep', '/api/deep/er/x'),
    '/api/deep/erx': ('api', '/api/deep/erx'),
    '/ws': ('ws', '/ws'),
    '/ws/chat': ('ws', '/ws/chat'),
    '/ws?a': ('ws', '/ws?a'),
    # one form of the path
    '/public/../api/x': ('api', '/api/x'),
    '/public/%2e%2e/api/x': ('api', '/api/x'),
    '/public/%2E./api/x': ('api', '/api/x'),
    '/public/./a/../b': ('root', '/public/b'),
    '/public/%7Euser%2D': ('root', '/public/~user-'),
    '/%70ublic/x': ('root', '/public/x'),
    '/public/a%c3%a9%3b': ('root', '/public/a%C3%A9%3B'),
    '/public//double///slashes': ('root', '/public//double///slashes'),
    '/public/..%2Fapi': ('root', '/public/..%2Fapi'),
    '/public/a%5cb': ('root', '/public/a%5Cb'),
    # after the prefix was taken off, the rest begins with one slash and stays below the root
    '/admin//evil.example': ('admin', '/evil.example'),
    '/admin/..%2F..%2Fapi': ('admin', '/..%2F..%2Fapi'),
    '/admin/%2e%2e/api/x': ('api', '/api/x'),
    # the query is never touched
    '/api/x?a=%2e%2e/../;b;;&&=%7e?#'[:-1]: ('api', '/api/x?a=%2e%2e/../;b;;&&=%7e?'),
    '/api/x?': ('api', '/api/x?'),
    '/api/x?redirect=http://a/../b': ('api', '/api/x?redirect=http://a/../b'),
}


@pytest.mark.parametrize('target', FORWARDED)
def test_the_path_that_is_matched_is_the_one_that_the_server_sees(sites, target):
    assert sites.ask(target) == FORWARDED[target]


@pytest.mark.parametrize('target, status', [
    ('/wsx', 404), ('/', 404), ('/apix', 404), ('/API/x', 404), ('/public/../secret', 404),
    ('/..', 400), ('/../api/x', 400), ('/api/../../etc', 400), ('/%2e%2e/api', 400), ('/api/%00', 400),
    ('/api/x#fragment', 400), ('/api/%zz', 400), ('/api/%2', 400), ('api/x', 400), ('/api/x y', 400)])
def test_a_path_without_a_route_is_404_and_one_without_a_form_is_400(sites, target, status):
    assert sites.ask(target) == status


def test_a_method_that_no_route_of_the_path_has_is_405_and_says_which_have(sites):
    assert sites.ask('/reading/x')[0] == 'reading'
    assert sites.ask('/reading', 'POST') == 405
    reply = sites.router.request('DELETE', '/reading/x')
    assert {word.strip() for word in reply.get('allow').split(',')} >= {'GET', 'HEAD'}


def test_an_absolute_target_wins_over_the_host_field(sites):
    assert sites.ask('http://zeroway.test/api/x?q', host='other.test') == ('api', '/api/x?q')
    assert sites.origins['api'].last.all('host') == ['zeroway.test']


def test_an_absolute_target_without_a_path_is_the_root(stack):
    origin = stack.closing(Origin())
    router = s.front(stack, origin)
    with router.connect() as connection:
        connection.send(b'GET http://zeroway.test?q=1 HTTP/1.1\r\nHost: zeroway.test\r\n\r\n')
        assert connection.read_reply().status == 200
    assert origin.last.target == '/?q=1'


def test_options_of_everything_is_forwarded_as_a_star(stack):
    origin = stack.closing(Origin())
    router = s.front(stack, origin)
    assert router.request('OPTIONS', '*').status == 200
    assert (origin.last.method, origin.last.target) == ('OPTIONS', '*')


@pytest.mark.parametrize('target', ['/a%2fb', '/a%2Fb', '/a%5cb', '/a\\b'])
def test_a_route_refuses_or_passes_encoded_slashes_as_it_says(stack, target):
    origin = stack.closing(Origin())
    port = z.free_port()
    text = (s.proxied(port, origin, in_route='encoded_slashes = "refuse"')
            + s.route('/passing', more='encoded_slashes = "pass"'))
    router = s.serve(stack, text, port)
    assert router.get(target).status == 400
    assert origin.requests == []
    assert router.get('/passing' + target).status == 200
    assert origin.last.target == '/passing' + ('/a%2Fb' if 'f' in target.lower() else '/a%5Cb')


def test_what_nobody_serves_has_the_page_that_the_site_names(stack):
    with open(stack.path('lost.html'), 'w') as file:
        file.write('<p>lost</p>')
    origin = stack.closing(Origin(b'HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nmine'))
    router = s.front(stack, origin, path='/api', in_site='fabric = false\nerror_pages = { 404 = "lost.html" }')
    reply = router.get('/nothing')
    assert (reply.status, reply.text) == (404, '<p>lost</p>')
    assert reply.get('content-type').startswith('text/html')
    assert router.get('/api').text == 'mine'  # of the server: no page of the router replaces it


def test_paths_without_a_route_are_files_then(stack):
    os.mkdir(stack.path('static'))
    for name in ('index.html', 'a.txt'):
        with open(stack.path('static/' + name), 'w') as file:
            file.write(name)
    origin = stack.closing(Origin())
    router = s.front(stack, origin, path='/api/', in_site='static_dir = "static"')
    assert router.get('/').text == 'index.html'
    assert router.get('/a.txt').text == 'a.txt'
    assert router.get('/api/x').text == 'origin'
    assert router.get('/b.txt').status == 404
    assert router.get('/api/%2e%2e/a.txt').text == 'a.txt'


def test_a_path_that_workers_claim_is_theirs_when_it_is_longer(stack):
    origin = stack.closing(Origin())
    router = s.front(stack, origin, path='/')
    stack.worker('worker-1', '--route', '/hello')
    router.wait_workers(1)
    z.eventually(lambda: router.get('/hello').text.startswith('Hello'), what='the claim')
    assert router.get('/other').text == 'origin'


def test_a_site_may_be_closed_to_workers(stack):
    origin = stack.closing(Origin())
    router = s.front(stack, origin, path='/api', in_site='fabric = false')
    stack.worker('worker-1', '--route', '/hello')
    stack.worker('worker-2')
    router.wait_workers(2)
    assert router.get('/hello').status == 404
    assert router.get('/').status == 404
    assert router.get('/api').text == 'origin'


def test_a_route_may_go_to_the_workers_of_a_group(stack):
    origin = stack.closing(Origin())
    port = z.free_port()
    router = s.serve(stack, s.proxied(port, origin) + s.route('/team', 'fabric:team'), port)
    stack.worker('worker-1', '--group', 'team')
    router.wait_workers(1)
    assert router.get('/team').text == 'Hello from worker-1\n'
    assert router.get('/').text == 'origin'
