"""A reply reaches the client as the worker writes it (Z 12)."""
import zeroway_e2e as z


def test_the_first_bytes_come_long_before_the_last(stack):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    with router.connect(30) as connection:
        reply = connection.request('GET', '/drip?numbytes=2&duration=4&delay=0')
    assert reply.status == 200 and reply.body == b'**'
    assert len(reply.chunks) == 2
    first, last = reply.chunks[0][0], reply.chunks[-1][0]
    assert last - first > 1


def test_server_sent_events_come_one_by_one(stack):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    with router.connect(30) as connection:
        reply = connection.request('GET', '/sse?count=3&interval=1500')
    assert reply.get('content-type').startswith('text/event-stream')
    assert reply.text.count('data:') == 3
    assert len(reply.chunks) == 3
    assert reply.chunks[-1][0] - reply.chunks[0][0] > 1.5


def test_http_1_0_gets_the_same_bytes_until_the_close(stack):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    with router.connect(30) as connection:
        connection.send(b'GET /stream/3 HTTP/1.0\r\nHost: zeroway.test\r\n\r\n')
        reply = connection.read_reply()
        assert reply.status == 200 and reply.get('transfer-encoding') is None
        assert reply.text.count('\n') == 3


def test_a_worker_that_fails_midway_cuts_the_reply_so_that_the_client_sees_it(stack):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    with router.connect() as connection:
        connection.send_request('GET', '/abort')
        try:
            reply = connection.read_reply()
        except (z.Broken, ConnectionError):
            reply = None
        assert reply is None
    router.wait_idle()
    assert router.get('/get').status == 200
