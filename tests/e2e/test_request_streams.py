"""A request body reaches the worker as the client sends it (Z 13)."""
import hashlib
import json

import zeroway_e2e as z


def test_echo_comes_back_before_the_upload_ends(stack):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    with router.connect() as connection:
        connection.send(z.Connection.head_bytes('POST', '/echo', [('Transfer-Encoding', 'chunked')]))
        connection.send(z.chunk(b'first'))
        reply = connection.read_head()
        assert reply.status == 200 and reply.get('transfer-encoding') == 'chunked'
        assert connection.take(10) == b'5\r\nfirst\r\n'
        connection.send(z.chunk(b'second!'))
        assert connection.take(12) == b'7\r\nsecond!\r\n'
        connection.send(z.LAST_CHUNK)
        assert connection.take(5) == z.LAST_CHUNK
        assert connection.request('GET', '/get').status == 200  # the connection goes on


def test_large_uploads_arrive_whole(stack):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    body = bytes(range(256)) * 40_000  # 10 MB
    for headers, sent in (((), body), ((('Transfer-Encoding', 'chunked'),), None)):
        with router.connect(30) as connection:
            if sent is not None:
                connection.send_request('POST', '/upload', headers, sent)
            else:
                connection.send(z.Connection.head_bytes('POST', '/upload', headers))
                for at in range(0, len(body), 100_001):
                    connection.send(z.chunk(body[at:at + 100_001]))
                connection.send(z.LAST_CHUNK)
            answer = json.loads(connection.read_reply('POST').body)
        assert answer['bytes'] == len(body)
        assert answer['sha256'] == hashlib.sha256(body).hexdigest()


def test_a_reply_may_come_before_the_body_is_complete(stack):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    with router.connect() as connection:
        connection.send(z.Connection.head_bytes('POST', '/status/401', [('Content-Length', '1000000')]))
        connection.send(b'x' * 10)
        assert connection.read_reply('POST').status == 401
    router.wait_idle()


def test_expect_continue_is_answered_when_the_worker_wants_the_body(stack):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    with router.connect() as connection:
        connection.send(z.Connection.head_bytes('POST', '/upload', [('Content-Length', '5'), ('Expect', '100-continue')]))
        assert connection.read_head().status == 100
        connection.send(b'12345')
        reply = connection.read_reply('POST')
        assert reply.status == 200 and json.loads(reply.body)['bytes'] == 5
