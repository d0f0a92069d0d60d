"""What the router itself answers is short, neutral, and HTML or JSON as the client likes; the log says the rest."""
import json
import subprocess

import pytest
import zeroway_e2e as z
from h2_peer import H2Client
from test_websocket_opening import ASK

BUSY = 'The service is busy. Try again in a moment.'
NOT_FOUND = 'Nothing is served at this address.'
JSON = ('Accept', 'application/json')


@pytest.fixture
def router(stack):
    router = stack.router('--access-log', stack.path('access'), '--queue-timeout', '300ms')
    stack.httpbin('small', '--capacity', 1)
    return router.wait_workers(1)


def check_page(reply, status, text, is_json=False):
    assert reply.status == status
    if is_json:
        assert reply.get('content-type') == 'application/problem+json'
        problem = json.loads(reply.body)
        assert (problem['status'], problem['detail'], problem['type']) == (status, text, 'about:blank')
    else:
        assert reply.get('content-type') == 'text/html; charset=utf-8'
        assert reply.body.startswith(b'<!DOCTYPE html>') and f'<p>{text}</p>'.encode() in reply.body


def test_html_or_json_as_the_client_likes(router):
    with router.connect() as connection:
        for headers, is_json in (((), False), ([('Accept', '*/*')], False), ([JSON], True),
                                 ([('Accept', 'text/html,*/*;q=0.8')], False),
                                 ([('Accept', 'application/json, text/plain, */*')], True)):
            check_page(connection.request('GET', '/nowhere', headers), 404, NOT_FOUND, is_json)
            check_page(connection.request('GET', '/nowhere', [*headers, *ASK]), 404, NOT_FOUND, is_json)
        page = connection.request('GET', '/nowhere')
        head = connection.request('HEAD', '/nowhere')
        assert (head.status, head.body, head.get('content-length')) == (404, b'', str(len(page.body)))


def test_over_http_2(router):
    for accept, kind in (('*/*', 'text/html; charset=utf-8'), ('application/json', 'application/problem+json')):
        said = subprocess.run(['curl', '-sS', '--http2-prior-knowledge', '-H', f'Accept: {accept}', '-w',
                               '\n%{http_version} %{http_code} %{content_type}', f'http://127.0.0.1:{router.port}/nowhere'],
                              capture_output=True, text=True, timeout=60 * z.SLOW).stdout
        assert said.endswith(f'\n2 404 {kind}') and NOT_FOUND in said


def test_a_head_that_is_refused_over_http_2_has_a_page_too(router):
    with H2Client(router.port) as client:
        for fields in ([('accept', 'application/json')] + [('x', 'y' * 15_000)] * 5, [('x', 'y' * 15_000)] * 5):
            reply = client.request(fields=fields)
            is_json = fields[0][0] == 'accept'
            assert (reply.status, reply.field('content-length')) == (431, str(len(reply.body)))
            assert reply.field('content-type') == ('application/problem+json' if is_json else 'text/html; charset=utf-8')


def test_a_full_pool_is_busy_and_an_empty_one_is_not_there(router, stack):
    with router.connect() as holder, router.connect() as other:
        holder.send_request('GET', '/delay/5')
        z.eventually(lambda: router.counters()['streams_open'] == 1)
        reply = other.request('GET', '/get', [JSON])
        check_page(reply, 503, BUSY, is_json=True)
        assert int(reply.get('retry-after')) > 0
        router.wait_log(r'GET /get from \S+ failed: backends_busy: .*start more workers')
        stack.processes[-1].kill()
        assert holder.read_reply().status == 503  # it was opened again, and waited in vain
        router.wait_workers(0)
        reply = other.request('GET', '/get')
        check_page(reply, 503, 'The service is not available now. Try again in a moment.')
        router.wait_log(r'GET /get from \S+ failed: no_backend: .*--queue-timeout')
    z.eventually(lambda: open(stack.path('access')).read().count(' 503 ') == 3)


@pytest.mark.parametrize('what, status, request_bytes', [
    ('no host', 400, b'GET / HTTP/1.1\r\nAccept: application/json\r\n\r\n'),
    ('a field too long', 431, b'GET / HTTP/1.1\r\nHost: x\r\naccept:application/json\r\nX: ' + b'a' * 70_000 + b'\r\n\r\n'),
    ('a version', 505, b'GET / HTTP/3.0\r\nHost: x\r\nAccept: application/json\r\n\r\n'),
    ('an expectation', 417, b'GET /get HTTP/1.1\r\nHost: x\r\nExpect: the-best\r\nAccept: application/json\r\n\r\n'),
])
def test_what_is_refused_before_it_is_a_request_has_a_page_too(router, what, status, request_bytes):
    with router.connect() as connection:
        connection.send(request_bytes)
        reply = connection.read_reply()
        assert reply.status == status, what
        assert json.loads(reply.body)['status'] == status
    with router.connect() as connection:
        connection.send(request_bytes.replace(b'application/json', b'text/html'))
        reply = connection.read_reply()
        assert reply.status == status and reply.body.startswith(b'<!DOCTYPE html>')


def test_a_client_hears_nothing_of_the_operators_options(router):
    with router.connect() as connection:
        connection.send(b'GET / HTTP/1.1\r\nHost: x\r\nX: ' + b'a' * 70_000 + b'\r\n\r\n')
        assert b'--' not in connection.read_reply().body
    router.wait_log(r'client 127.0.0.1: .*\(--max-head, --max-fields\)')
