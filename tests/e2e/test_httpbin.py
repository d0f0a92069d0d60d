"""The example worker answers in httpbin's shapes."""
import json
import time

import pytest


@pytest.fixture
def ask(stack):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)

    def ask(method, path, headers=(), body=None):
        reply = router.request(method, path, headers, body)
        assert reply.status == 200, reply
        return json.loads(reply.body)
    ask.router = router
    return ask


def test_get_shows_args_headers_origin_and_url(ask):
    shown = ask('GET', '/get?a=1&b=2&b=3&c=%C3%A4+x', [('X-Request-Id', 'seven')])
    assert shown['args'] == {'a': '1', 'b': ['2', '3'], 'c': 'ä x'}
    assert shown['headers']['Host'] == 'zeroway.test'
    assert shown['headers']['X-Request-Id'] == 'seven'
    assert shown['origin'] == '127.0.0.1'
    assert shown['url'] == 'http://zeroway.test/get?a=1&b=2&b=3&c=%C3%A4+x'


@pytest.mark.parametrize('method', ['POST', 'PUT', 'PATCH', 'DELETE'])
def test_bodies_are_shown_as_what_they_are(ask, method):
    path = '/' + method.lower()
    shown = ask(method, path, [('Content-Type', 'application/json')], b'{"a": [1, 2]}')
    assert (shown['json'], shown['data'], shown['form']) == ({'a': [1, 2]}, '{"a": [1, 2]}', {})
    shown = ask(method, path, [('Content-Type', 'application/x-www-form-urlencoded')], b'a=1&b=x+y')
    assert (shown['form'], shown['data'], shown['json']) == ({'a': '1', 'b': 'x y'}, '', None)
    shown = ask(method, path, [], b'\xff\xfe')
    assert shown['data'] == 'data:application/octet-stream;base64,//4='


def test_multipart_forms_and_files(ask):
    body = (b'--cut\r\nContent-Disposition: form-data; name="a"\r\n\r\none\r\n'
            b'--cut\r\nContent-Disposition: form-data; name="f"; filename="f.txt"\r\nContent-Type: text/plain\r\n\r\n'
            b'line 1\r\nline 2\r\n--cut--\r\n')
    shown = ask('POST', '/post', [('Content-Type', 'multipart/form-data; boundary=cut')], body)
    assert shown['form'] == {'a': 'one'}
    assert shown['files'] == {'f': 'line 1\r\nline 2'}


def test_anything_takes_every_method_and_path(ask):
    shown = ask('PROPFIND', '/anything/deep/er?x=y')
    assert shown['method'] == 'PROPFIND' and shown['url'].endswith('/anything/deep/er?x=y')


def test_parts_of_the_request(ask):
    assert ask('GET', '/headers', [('X-A', 'b')])['headers']['X-A'] == 'b'
    assert ask('GET', '/ip') == {'origin': '127.0.0.1'}
    assert ask('GET', '/cookies', [('Cookie', 'a=1; b=2')]) == {'cookies': {'a': '1', 'b': '2'}}


def test_cookies_are_set_and_deleted(ask):
    reply = ask.router.get('/cookies/set?a=1&b=2')
    assert (reply.status, reply.get('location')) == (302, '/cookies')
    assert reply.all('set-cookie') == ['a=1; Path=/', 'b=2; Path=/']
    reply = ask.router.get('/cookies/delete?a')
    assert reply.all('set-cookie') == ['a=; Max-Age=0; Path=/']


def test_delay_shows_the_request_after_its_time(ask):
    began = time.monotonic()
    assert ask('POST', '/delay/0.5?a=b', body=b'late')['data'] == 'late'
    assert time.monotonic() - began >= 0.5


def test_drip_has_as_many_bytes_as_asked_and_the_code(ask):
    reply = ask.router.get('/drip?numbytes=5&duration=0.1&code=299')
    assert (reply.status, reply.body, reply.get('content-length')) == (299, b'*****', '5')


@pytest.mark.parametrize('status', [200, 201, 301, 400, 404, 418, 500, 503, 599])
def test_status(ask, status):
    assert ask.router.get(f'/status/{status}').status == status


def test_bytes_are_as_many_as_asked_and_the_same_for_a_seed(ask):
    first = ask.router.get('/bytes/100000?seed=7')
    assert first.get('content-length') == '100000' and len(first.body) == 100_000
    assert ask.router.get('/stream-bytes/100000?seed=7&chunk_size=999').body == first.body
    assert ask.router.get('/bytes/100000?seed=8').body != first.body


def test_stream_has_a_line_of_json_each(ask):
    lines = ask.router.get('/stream/5').text.splitlines()
    assert [json.loads(line)['id'] for line in lines] == [0, 1, 2, 3, 4]


def test_redirects_end_at_get(ask):
    path, hops = '/redirect/3', 0
    while (reply := ask.router.get(path)).status == 302:
        path, hops = reply.get('location'), hops + 1
    assert (hops, path, reply.status) == (3, '/get', 200)


def test_response_headers_are_set_and_shown(ask):
    reply = ask.router.get('/response-headers?X-A=1&X-A=2')
    assert reply.all('x-a') == ['1', '2']
    assert json.loads(reply.body)['X-A'] == ['1', '2']
    assert json.loads(reply.body)['Content-Length'] == str(len(reply.body))


def test_what_it_does_not_know_or_take(ask):
    assert ask.router.get('/nothing-here').status == 404
    refused = ask.router.request('POST', '/get')
    assert refused.status == 405 and 'GET' in refused.get('allow')
    assert ask.router.get('/bytes/many').status == 400
    assert ask.router.get('/status/99').status == 400
