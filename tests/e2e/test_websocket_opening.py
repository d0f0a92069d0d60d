"""Openings that are refused, by the router and by the worker, are ordinary replies on a connection that goes on."""
import pytest
from websocket_worker import WebSocketWorker
from zeroway_e2e import PATIENCE, SLOW

ASK = [('Connection', 'Upgrade'), ('Upgrade', 'websocket'), ('Sec-WebSocket-Version', '13'),
       ('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==')]


@pytest.fixture
def served(stack):
    router = stack.router('--ws-origins', 'https://*.example.com')
    stack.closing(WebSocketWorker(router.fabric))
    return router.wait_workers(1)


def changed(name, value):
    return [(key, value if key == name else old) for key, old in ASK]


def test_refusals(served):
    with served.connect() as connection:
        reply = connection.request('GET', '/refuse', ASK)
        assert (reply.status, reply.body) == (403, b'not today\n')
        assert reply.all('x-reason') == ['mood'] and reply.all('x-worker') == ['sockets']
        reply = connection.request('GET', '/echo', changed('Sec-WebSocket-Version', '8'))
        assert reply.status == 426
        assert reply.all('sec-websocket-version') == ['13'] and reply.all('upgrade') == ['websocket']
        assert connection.request('GET', '/echo', changed('Sec-WebSocket-Key', 'short')).status == 400
        assert connection.request('GET', '/echo', ASK + [('Origin', 'https://example.org')]).status == 403
        assert connection.request('GET', '/echo', ASK + [('Origin', 'null'), ('Origin', 'null')]).status == 400
        assert connection.request('GET', '/echo', changed('Upgrade', 'h2c')).body == b'plain\n'
        assert connection.request('GET', '/').body == b'plain\n'
    served.wait_idle()


def test_no_worker_is_503(stack):
    router = stack.router('--queue-timeout', '300ms')
    reply = router.get('/echo', headers=ASK)
    assert reply.status == 503
    assert reply.all('retry-after') == ['1']


def test_an_allowed_origin(served):
    import socket
    with socket.create_connection(('127.0.0.1', served.port), PATIENCE * SLOW) as client:
        fields = ''.join(f'{name}: {value}\r\n' for name, value in ASK + [('Origin', 'https://www.example.com')])
        client.sendall(f'GET /echo HTTP/1.1\r\nHost: a\r\n{fields}\r\n'.encode())
        assert client.recv(100).startswith(b'HTTP/1.1 101 Switching Protocols\r\n')


def test_an_opening_that_a_hung_worker_holds_is_asked_elsewhere(stack):
    router = stack.router('--access-log', '-')
    workers = [stack.worker(f'echo-{number}', kind='echo-websocket-worker') for number in range(2)]
    router.wait_workers(2)
    workers[0].freeze()
    connections = [stack.closing(router.connect()) for _ in range(20)]
    for connection in connections:
        connection.send_request('GET', '/', ASK)
    assert [connection.read_head().status for connection in connections] == [101] * 20
    for connection in connections:
        connection.abort()
    router.wait_log(r'"GET / HTTP/1.1" 101 .* echo-1 \S+ \S+ 1 ')  # given to another worker once
    workers[0].thaw()
