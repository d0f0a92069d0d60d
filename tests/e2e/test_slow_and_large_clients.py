"""Clients that are too slow or ask too much get the right status, and others do not notice."""
import select
import time

import pytest
import h2_raw as h2
import zeroway_e2e as z
from h2_peer import H2Client


def is_readable(client):
    return select.select([client.socket], [], [], 0)[0]


def dribble(send, is_over, seconds=z.PATIENCE):
    """A byte now and then, until `is_over()`."""
    deadline = time.monotonic() + seconds * z.SLOW
    while not is_over():
        assert time.monotonic() < deadline, 'dribbled on without end'
        send()
        time.sleep(0.2)  # it is the slowness that is tested


def test_slow_heads_end_with_408(stack):
    router = stack.router('--head-timeout', '1s')
    stack.worker('worker-1')
    router.wait_workers(1)
    slow = [stack.closing(router.connect(20)) for _ in range(50)]
    for connection in slow:
        connection.send(b'GET / HTTP/1.1\r\nHost: x\r\n')
    assert router.get().status == 200
    def send_each():
        for connection in slow:
            if not is_readable(connection):
                connection.send(b'X')
    dribble(send_each, lambda: all(map(is_readable, slow)))  # a byte now and then does not buy time
    for connection in slow:
        assert connection.read_head().status == 408
    z.eventually(lambda: router.counters()['connections_open'] == 0)


def test_slow_bodies_end_with_408(stack):
    router = stack.router('--body-timeout', '1s')
    stack.httpbin()
    router.wait_workers(1)
    with router.connect(20) as connection:
        connection.send(connection.head_bytes('POST', '/upload', [('Content-Length', '100')]) + b'only this')
        assert connection.read_head().status == 408
    router.wait_idle()


def test_bodies_that_dribble_end_with_408(stack):
    router = stack.router('--body-timeout', '2s', '--body-rate', '100')
    stack.httpbin()
    router.wait_workers(1)
    with router.connect(20) as connection:
        connection.send(connection.head_bytes('POST', '/upload', [('Content-Length', '100000')]))
        dribble(lambda: connection.send(b'x'), lambda: is_readable(connection))
        assert connection.read_head().status == 408
    with H2Client(router.port) as client:
        slow = client.open('/upload', 'POST', end=False)

        def send_and_read():
            client.send(slow, b'x')
            if is_readable(client):
                client.read_some()
        dribble(send_and_read, lambda: client.streams[slow].fields)
        assert client.wait(slow).status == 408
    assert router.counters()['replies_4xx'] == 2
    router.wait_idle()


def test_a_body_beside_a_begun_reply_takes_its_time(stack):
    """Silence in both directions, for longer than any time that a body has."""
    router = stack.router('--body-timeout', '2s')
    stack.httpbin()
    router.wait_workers(1)
    with router.connect(20) as connection, H2Client(router.port, 20) as client:
        connection.send(connection.head_bytes('POST', '/echo', [('Transfer-Encoding', 'chunked')]) + z.chunk(b'first'))
        assert connection.read_head().status == 200
        assert connection.take(10) == b'5\r\nfirst\r\n'
        call = client.open('/echo', 'POST', end=False)
        client.send(call, b'first')
        client.wait(call, lambda reply: reply.body == b'first')
        time.sleep(4)  # twice what a body may pause
        connection.send(z.chunk(b'last') + z.LAST_CHUNK)
        assert connection.take(14) == b'4\r\nlast\r\n' + z.LAST_CHUNK
        client.send(call, b'last', end=True)
        assert client.wait(call).body == b'firstlast'
    router.wait_idle()


def test_a_reply_that_is_taken_too_slowly_ends(stack):
    """However steadily: here a window is opened ten times a second."""
    router = stack.router('--send-timeout', '3s', '--send-rate', '1m')
    stack.httpbin()
    router.wait_workers(1)
    deadline = time.monotonic() + 30 * z.SLOW
    with h2.RawH2(router.port) as client:
        client.handshake()
        client.send(h2.frame(h2.HEADERS, h2.END_STREAM | h2.END_HEADERS, 1,
                             client.block(client.fields(path='/bytes/10000000'))))
        while (one := client.read()) and one.type != h2.RST_STREAM:
            assert time.monotonic() < deadline, 'read slowly without end'
            if one.type == h2.DATA:
                client.send(h2.window_update(0, len(one.payload)) + h2.window_update(1, 1_000))
                time.sleep(0.1)
        assert one and h2.code_of(one) == 'CANCEL'
    router.wait_idle()


def test_a_reply_with_nothing_to_say_is_no_slow_one(stack):
    router = stack.router('--send-timeout', '1s', '--send-rate', '1m')
    stack.httpbin()
    router.wait_workers(1)
    with router.connect(20) as connection, H2Client(router.port, 20) as client:
        connection.send(connection.head_bytes('POST', '/echo', [('Transfer-Encoding', 'chunked')]))
        call = client.open('/echo', 'POST', end=False)
        for _ in range(3):
            connection.send(z.chunk(b'event'))
            client.send(call, b'event')
            time.sleep(1.5)
        connection.send(z.LAST_CHUNK)
        client.send(call, b'', end=True)
        assert connection.read_reply('POST').body == b'eventeventevent' == client.wait(call).body
    router.wait_idle()


def test_idle_connections_are_closed_without_a_word(stack):
    router = stack.router('--idle-timeout', '2s')
    stack.worker('worker-1')
    router.wait_workers(1)
    with router.connect() as connection:
        assert connection.request().status == 200
        assert connection.is_closed_by_peer()


@pytest.mark.parametrize('what, status, data', [
    ('a long target', 414, b'GET /' + b'a' * 20_000 + b' HTTP/1.1\r\nHost: x\r\n\r\n'),
    ('a long field', 431, b'GET / HTTP/1.1\r\nHost: x\r\nX-Long: ' + b'a' * 70_000 + b'\r\n\r\n'),
    ('many fields', 431, b'GET / HTTP/1.1\r\nHost: x\r\n' + b'X-A: b\r\n' * 300 + b'\r\n'),
    ('no host', 400, b'GET / HTTP/1.1\r\n\r\n'),
    ('two hosts', 400, b'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'),
    ('length and chunks', 400, b'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc'),
    ('two lengths', 400, b'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd'),
    ('a folded field', 400, b'GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\n\r\n'),
    ('space before the colon', 400, b'GET / HTTP/1.1\r\nHost: x\r\nX-A : b\r\n\r\n'),
    ('a NUL', 400, b'GET / HTTP/1.1\r\nHost: x\r\nX-A: \0\r\n\r\n'),
    ('an unknown coding', 501, b'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'),
    ('another version', 505, b'GET / HTTP/3.0\r\nHost: x\r\n\r\n'),
], ids=lambda value: value.replace(' ', '-') if isinstance(value, str) else '')
def test_what_is_not_allowed_has_its_status(stack, what, status, data):
    router = stack.router()
    stack.worker('worker-1')
    router.wait_workers(1)
    with router.connect() as connection:
        connection.send(data)
        reply = connection.read_reply()
        assert reply.status == status
        assert reply.get('connection') == 'close'
    assert router.get().status == 200


def test_a_body_over_the_limit_is_413(stack):
    router = stack.router('--max-body', '1k')
    stack.httpbin()
    router.wait_workers(1)
    assert router.request('POST', '/upload', body=b'x' * 1024).status == 200
    assert router.request('POST', '/upload', body=b'x' * 1025).status == 413
    with router.connect() as connection:
        connection.send(connection.head_bytes('POST', '/upload', [('Transfer-Encoding', 'chunked')]) + z.chunk(b'x' * 2000))
        assert connection.read_head().status == 413
    router.wait_idle()


def test_trailers_over_the_limit_are_431_or_break_off_a_begun_reply(stack):
    """What counts is what they become, with 32 bytes for each field: these fit on the wire."""
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    fields = [(f'x-{number:03}', 'v' * 318) for number in range(199)]
    last = b'0\r\n' + b''.join(f'{name}: {value}\r\n'.encode() for name, value in fields) + b'\r\n'
    chunked = [('Transfer-Encoding', 'chunked')]
    with router.connect() as connection:
        connection.send(connection.head_bytes('POST', '/upload', chunked) + z.chunk(b'body') + last)
        assert connection.read_reply('POST').status == 431
    with router.connect() as connection:
        connection.send(connection.head_bytes('POST', '/echo', chunked) + z.chunk(b'body'))
        assert connection.read_head().status == 200
        assert connection.take(9) == b'4\r\nbody\r\n'
        connection.send(last)
        assert connection.is_closed_by_peer()
    with H2Client(router.port) as client:
        large = client.open('/upload', 'POST', end=False)
        client.send(large, b'body', trailers=fields)
        assert client.wait(large).status == 431
        large = client.open('/echo', 'POST', end=False)
        client.send(large, b'body')
        client.wait(large, lambda reply: reply.body == b'body')
        client.send(large, b'', trailers=fields)
        assert client.wait(large).reset is not None
        assert client.wait(client.open('/get')).status == 200
    counters = router.counters()
    assert counters['replies_4xx'] == 2 and counters['replies_2xx'] == 3
    router.wait_idle()
