"""Workers claim what their handlers answer, so that workers with different handlers never answer for each other."""
import subprocess

import pytest
import zeroway_e2e as z
from test_websocket_opening import ASK


@pytest.fixture
def two(stack):
    router = stack.router('--queue-timeout', '60s')
    stack.httpbin('bin')
    stack.worker('chat', kind='chat-worker')
    return router.wait_workers(2)


def test_each_worker_gets_what_its_handlers_answer(two):
    with two.connect() as connection:
        for _ in range(20):
            for path, wanted in (('/get', 'bin'), ('/', 'chat'), ('/anything', 'bin'), ('/anything/a/b?c', 'bin'),
                                 ('/bytes/7', 'bin'), ('/status/404', 'bin')):
                assert connection.request('GET', path).worker == wanted, path
        assert connection.request('POST', '/get', body=b'x').status == 405  # the path is claimed, whatever the method


@pytest.mark.parametrize('path', ['/nowhere', '/bytes', '/rooms', '/geti', '/get/x'])
def test_what_no_handler_answers_is_not_found_at_once(two, path):
    """In much less than a minute, the queue timeout."""
    two.get(path)  # as long as the router waits for more workers that may come
    before = two.counters()['queued']
    for headers in ((), ASK):
        reply = two.get(path, headers=headers)
        assert (reply.status, reply.worker) == (404, None)
        assert reply.get('content-type') == 'text/html; charset=utf-8'
    said = subprocess.run(['curl', '-sS', '--http2-prior-knowledge', '-w', ' %{http_code}',
                           f'http://127.0.0.1:{two.port}{path}'], capture_output=True, timeout=60 * z.SLOW).stdout
    assert said.endswith(b' 404') and b'<h1>404 Not Found</h1>' in said
    assert two.counters()['queued'] == before


def test_a_path_waits_for_its_worker_and_for_no_other(stack, two):
    bin_1 = stack.processes[-2]
    bin_1.kill()
    two.wait_workers(1)
    queued = two.counters()['queued']
    with two.connect(60) as connection:
        connection.send_request('GET', '/get')
        z.eventually(lambda: two.counters()['queued'] == queued + 1)
        assert two.get('/').worker == 'chat'
        stack.httpbin('bin-2')
        assert connection.read_reply().worker == 'bin-2'


def test_beside_a_worker_for_everything_only_what_is_claimed_is_theirs(stack, two):
    stack.worker('open')
    two.wait_workers(3)
    with two.connect() as connection:
        for _ in range(10):
            for path, wanted in (('/get', 'bin'), ('/nowhere', 'open'), ('/', 'chat'), ('/rooms', 'open')):
                assert connection.request('GET', path).worker == wanted, path


def test_any_worker_can_be_of_the_open_pool(stack):
    router = stack.router()
    stack.httpbin('bin', '--route', '/')
    router.wait_workers(1)
    reply = router.get('/nowhere')
    assert (reply.status, reply.worker) == (404, 'bin')
    z.eventually(lambda: router.get('/get').worker == 'bin' and (router.counters()['dealt'] > 0) == z.DEALS)


def test_a_route_in_the_language_of_patterns(stack):
    router = stack.router()
    stack.worker('static', '--route', '/st/*', '--route', '*/any', '--route', '/users/{id}')
    router.wait_workers(1)
    for path in '/st', '/st/', '/st/a/b', '/any', '/any/x', '/users/7':
        assert router.get(path).worker == 'static', path
    for path in '/stx', '/users', '/':
        assert router.get(path).status == 404, path


@pytest.mark.parametrize('route', ['http://host/api', 'a.*/x', 'foo', '/a*', '/a/{b}/c', 'a b/'])
def test_a_route_that_matches_nothing_is_refused_with_the_reason(route):
    done = subprocess.run([z.program('hello-worker'), '--route', route], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert f'--route {route}: ' in done.stderr


def test_a_verbose_worker_tells_what_it_claims(stack):
    chat = stack.worker('chat', '--verbose', kind='chat-worker')
    chat.wait_log(r'serves /, /rooms/\n')
