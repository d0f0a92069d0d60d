"""A reply that comes before the request has ended reaches its client, however late the client reads it."""
import time

import pytest
import tls_e2e
import zeroway_e2e as z

BODY = 20 << 20
ROADS = pytest.mark.parametrize('road', ['cleartext', 'tls'])


@pytest.fixture
def connect(stack, road):
    """Connections to a router that takes a megabyte, and its worker that takes nothing."""
    if road == 'tls':
        authority, router = tls_e2e.start(stack, '--max-body', '1m')
        return router, lambda: tls_e2e.Client(router, authority)
    router = stack.router('--max-body', '1m')
    stack.httpbin()
    router.wait_workers(1)
    return router, router.connect


def head(length, path='/post'):
    return z.Connection.head_bytes('POST', path, [('Content-Length', str(length))])


@ROADS
def test_a_client_that_sends_all_before_it_reads(connect):
    router, open_one = connect
    with open_one() as client:
        client.send(head(BODY) + bytes(BODY))
        assert client.read_reply().status == 413
    router.wait_idle()


@ROADS
def test_a_client_that_sends_slowly(connect):
    """5 MB at 1 MB a second: longer than a round trip, and more than what was on its way."""
    router, open_one = connect
    with open_one() as client:
        client.send(head(BODY))
        for _ in range(50):
            client.send(bytes(100_000))
            time.sleep(0.1)  # its rate is what is tested
        assert client.read_reply().status == 413
    router.wait_idle()


@ROADS
def test_a_client_that_then_says_nothing_is_let_go(connect):
    """Its socket stays open, and the router's does not: well before the 30 s in which a client may send."""
    router, open_one = connect
    with open_one() as client:
        client.send(head(BODY) + bytes(2_000_000))
        assert client.read_reply().status == 413
        z.eventually(lambda: router.counters()['connections_open'] == 0, every=0.2, what='the connection gone')


def test_a_worker_that_answers_early(stack):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    with router.connect() as client:
        client.send(head(BODY, '/status/404') + bytes(BODY))
        assert client.read_reply().status == 404
    router.wait_idle()


def test_a_router_that_leaves_waits_for_none_of_them(stack):
    router = stack.router('--max-body', '1m')
    with router.connect() as client:
        client.send(head(BODY))
        assert client.read_reply().status == 413
        until = time.monotonic() + 2 * z.PATIENCE * z.SLOW
        router.terminate()
        while router.is_running():
            assert time.monotonic() < until, 'it waits for a client that is sent away'
            try:
                client.send(bytes(1_000))
            except OSError:
                pass  # it was let go
            time.sleep(0.05)
        assert router.wait() == 0
