"""Bodies of every kind, and replies that have none, as RFC 9110 says (Z 18)."""
import json

import pytest

ALL_BYTES = bytes(range(256)) * 5


def test_all_byte_values_and_the_empty_body_come_back(stack):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    with router.connect() as connection:
        for body in (ALL_BYTES, b'', b'\0', b'\r\n\r\n', b'x' * 65_536, b'y' * 65_537, ALL_BYTES * 1000):
            reply = connection.request('POST', '/echo', body=body)
            assert reply.status == 200 and reply.body == body


def test_head_has_the_fields_of_get_and_no_body(stack):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    with router.connect() as connection:
        get = connection.request('GET', '/bytes/100')
        head = connection.request('HEAD', '/bytes/100')
        assert head.status == 200 and head.body == b''
        assert head.get('content-type') == get.get('content-type')
        assert head.get('content-length') in (None, '100')
        assert connection.request('GET', '/get').status == 200  # nothing of a body was left on the connection


@pytest.mark.parametrize('status', [204, 304])
def test_replies_without_a_body(stack, status):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    with router.connect() as connection:
        reply = connection.request('GET', f'/status/{status}')
        assert reply.status == status
        assert reply.get('transfer-encoding') is None
        if status == 204:
            assert reply.get('content-length') is None  # RFC 9110 §8.6
        assert connection.request('GET', '/get').status == 200


def test_early_hints_come_before_the_answer(stack):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    with router.connect() as connection:
        reply = connection.request('GET', '/early-hints')
        assert reply.status == 200
        assert [interim.status for interim in reply.interim] == [103]
        assert reply.interim[0].get('link')


def test_early_hints_are_not_sent_to_http_1_0(stack):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    with router.connect() as connection:
        connection.send(b'GET /early-hints HTTP/1.0\r\nHost: zeroway.test\r\n\r\n')
        assert connection.read_head().status == 200  # RFC 9110 §15.2


def test_trailers_down(stack):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    with router.connect() as connection:
        reply = connection.request('GET', '/trailers', [('TE', 'trailers')])
        assert reply.status == 200 and reply.body
        assert dict(reply.trailers).get('x-trailer') == 'the end'


def test_trailers_up(stack):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    with router.connect() as connection:
        connection.send(connection.head_bytes('POST', '/trailers', [('Transfer-Encoding', 'chunked'), ('Trailer', 'X-Sum')])
                        + b'3\r\nabc\r\n0\r\nX-Sum: 42\r\n\r\n')
        reply = connection.read_reply('POST')
        assert json.loads(reply.body)['trailers'] == {'x-sum': '42'}
