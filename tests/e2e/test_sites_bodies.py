"""Requests' bodies and methods reach servers unchanged (list B 16)."""
import hashlib
import os

import pytest

import sites_e2e as s
import zeroway_e2e as z
from h2_peer import H2Client
from origins import Origin, reply


def front(stack, script=None, **parts):
    origin = stack.closing(Origin(script))
    return s.front(stack, origin, **parts), origin


@pytest.mark.parametrize('method', ['POST', 'PUT', 'PATCH', 'DELETE'])
@pytest.mark.parametrize('size', [0, 1, 70_000, 3 * z.MIB])
def test_a_body_arrives_byte_for_byte(stack, method, size):
    router, origin = front(stack)
    body = os.urandom(size)
    assert router.request(method, '/', body=body).status == 200
    assert (origin.last.method, origin.last.body) == (method, body)


@pytest.mark.skipif(not z.LONG, reason='slow')
def test_a_body_of_100_megabytes_arrives_byte_for_byte(stack):
    router, origin = front(stack)
    body = os.urandom(100 * z.MIB)
    assert router.request('PUT', '/', body=body).status == 200
    assert hashlib.sha256(origin.last.body).digest() == hashlib.sha256(body).digest()


@pytest.mark.parametrize('pieces', [[], [b'x'], [b'hello', b' ', b'world'], [b'y' * 300_000] * 5], ids=len)
def test_a_chunked_body_arrives_byte_for_byte(stack, pieces):
    router, origin = front(stack)
    with router.connect() as connection:
        for _ in range(2):
            connection.send(connection.head_bytes('POST', '/', [('Transfer-Encoding', 'chunked')])
                            + b''.join(map(z.chunk, pieces)) + z.LAST_CHUNK)
            assert connection.read_reply('POST').status == 200
            assert origin.last.body == b''.join(pieces)
            assert origin.last.get('content-length') is None or origin.last.get('transfer-encoding') is None
    assert len(origin.connections) == 1


def test_trailers_of_a_request_reach_the_server(stack):
    router, origin = front(stack)
    with router.connect() as connection:
        connection.send(connection.head_bytes('POST', '/', [('Transfer-Encoding', 'chunked'), ('Trailer', 'X-Sum')])
                        + z.chunk(b'hello') + b'0\r\nX-Sum: 5\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n')
        assert connection.read_reply('POST').status == 200
    assert origin.last.body == b'hello'
    assert origin.last.trailers == [('x-sum', '5')]


@pytest.mark.parametrize('method', ['GET', 'POST', 'OPTIONS', 'PROPFIND', 'REPORT', 'PURGE', 'M-SEARCH', 'get', 'X!#'])
def test_every_method_passes_unchanged(stack, method):
    router, origin = front(stack)
    assert router.request(method, '/x').status == 200
    assert origin.last.raw_head.startswith(method.encode() + b' /x HTTP/1.1\r\n')


def test_a_get_with_a_body_keeps_it(stack):
    router, origin = front(stack)
    assert router.request('GET', '/', body=b'query').status == 200
    assert origin.last.body == b'query'


def test_a_request_without_a_body_gets_no_length_and_a_post_has_one(stack):
    router, origin = front(stack)
    router.get()
    assert origin.last.get('content-length') is None and origin.last.get('transfer-encoding') is None
    router.request('POST', '/', body=b'')
    assert origin.last.get('content-length') == '0'


def test_an_http2_body_without_a_length_is_chunked_for_an_http1_server(stack):
    router, origin = front(stack)
    with H2Client(router.port) as client:
        assert client.request('/', 'POST', body=b'z' * 100_000).status == 200
        assert client.request('/', 'POST', body=b'abc', fields=[('content-length', '3')]).status == 200
    assert [len(request.body) for request in origin.requests] == [100_000, 3]
    assert origin.requests[1].get('content-length') == '3'


def test_http2_trailers_reach_an_http1_server(stack):
    router, origin = front(stack)
    with H2Client(router.port) as client:
        assert client.request('/', 'POST', body=b'abc', trailers=[('x-sum', '3')]).status == 200
    assert (origin.last.body, origin.last.trailers) == (b'abc', [('x-sum', '3')])


@pytest.mark.parametrize('fields', [
    [('Content-Length', '5'), ('Transfer-Encoding', 'chunked')], [('Content-Length', '5'), ('Content-Length', '6')],
    [('Content-Length', '+5')], [('Transfer-Encoding', 'gzip')], [('Transfer-Encoding', 'chunked, chunked')],
    [('Transfer-Encoding', 'xchunked')], [('Content-Length', '5, 6')], [('Transfer-Encoding', '\x0bchunked')]],
    ids=lambda fields: '-'.join(value for _, value in fields))
def test_a_request_with_two_framings_reaches_no_server(stack, fields):
    router, origin = front(stack)
    with router.connect() as connection:
        connection.send(connection.head_bytes('POST', '/', fields) + b'0\r\n\r\n'
                        + b'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n')
        assert connection.read_reply('POST').status in (400, 501)
        assert not connection.is_open or connection.is_closed_by_peer()
    assert origin.requests == []


def test_a_client_that_leaves_in_the_middle_of_a_body_does_not_look_like_its_end(stack):
    seen = []

    def script(request):
        seen.append(request.connection.wait_end())
    origin = stack.closing(Origin(script, reads_bodies=False))
    router = s.front(stack, origin)
    with router.connect() as connection:
        connection.send_request('POST', '/', [('Transfer-Encoding', 'chunked')])
        connection.send(z.chunk(b'half'))
        origin.wait_requests(1)
        z.eventually(lambda: b'half' in origin.last.connection.buffer, what='the first half')
        connection.abort()
    z.eventually(lambda: seen, what='the end of the connection to the server')
    assert b'\r\n0\r\n' not in seen[0]
    router.wait_idle()


def test_pipelined_requests_are_answered_in_their_order(stack):
    origin = stack.closing(Origin(lambda request: reply(request.target.encode())))
    router = s.front(stack, origin)
    with router.connect() as connection:
        connection.send(b''.join(connection.head_bytes('GET', f'/{number}') for number in range(20)))
        assert [connection.read_reply().text for _ in range(20)] == [f'/{number}' for number in range(20)]


def test_a_route_limits_the_size_of_bodies(stack):
    router, origin = front(stack, in_route='max_body = 1000')
    assert router.request('POST', '/', body=b'x' * 1000).status == 200
    assert router.request('POST', '/', body=b'x' * 1001).status == 413
    assert len(origin.requests) == 1
