"""One connection carries many requests, one after another and ahead of their answers (Z 26)."""
import zeroway_e2e as z


def test_a_thousand_requests_over_one_connection(stack):
    router = stack.router(flags='-s')
    stack.worker('worker-1')
    router.wait_workers(1)
    before = router.counters()['connections_accepted']
    with router.connect() as connection:
        for _ in range(1000):
            assert connection.request().text == 'Hello from worker-1\n'
    assert router.counters()['connections_accepted'] - before == 1


def test_pipelined_requests_are_answered_in_order(stack):
    router = stack.router()
    for number in range(2):
        stack.httpbin(f'bin-{number}')
    router.wait_workers(2)
    with router.connect() as connection:
        pieces = []
        for number in range(20):
            body = b'request %d' % number
            path = '/echo' if number % 3 else f'/delay/0.3?n={number}'
            method = 'POST' if number % 3 else 'GET'
            length = [('Content-Length', str(len(body)))] if number % 3 else []
            pieces.append(connection.head_bytes(method, path, length) + (body if number % 3 else b''))
        connection.send(b''.join(pieces))
        for number in range(20):
            reply = connection.read_reply()
            assert reply.status == 200
            if number % 3:
                assert reply.body == b'request %d' % number
            else:
                assert f'n={number}' in reply.text


def test_connection_close_and_http_1_0_close(stack):
    router = stack.router()
    stack.worker('worker-1')
    router.wait_workers(1)
    with router.connect() as connection:
        connection.send_request('GET', '/', [('Connection', 'close')])
        reply = connection.read_head()
        assert reply.status == 200 and reply.get('connection') == 'close'
        connection.take(len(b'Hello from worker-1\n'))
        assert connection.is_closed_by_peer()
    with router.connect() as connection:
        connection.send(b'GET / HTTP/1.0\r\n\r\n')
        reply = connection.read_reply()
        assert reply.status == 200 and reply.text == 'Hello from worker-1\n'


def test_bytes_that_come_one_by_one_are_the_same_request(stack):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    with router.connect() as connection:
        data = connection.head_bytes('POST', '/echo', [('Transfer-Encoding', 'chunked')]) + z.chunk(b'slow') + z.LAST_CHUNK
        for at in range(len(data)):
            connection.send(data[at:at + 1])
        assert connection.read_reply('POST').body == b'slow'
