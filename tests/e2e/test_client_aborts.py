"""A client that goes away is forgotten on both sides at once (Z 16)."""
import time

import fabric_peer as f
import zeroway_e2e as z


def test_the_worker_is_told_while_it_writes(stack):
    router = stack.router()
    peer = stack.closing(f.FabricPeer(router.fabric)).join()
    connection = router.connect()
    connection.send_request()
    opening = peer.next(f.HEADERS)
    peer.send(f.frame(f.HEADERS, f.END_HEADERS, opening.stream, f.encode([(':status', '200')]))
              + f.frame(f.DATA, 0, opening.stream, b'begun'))
    assert connection.read_head().status == 200
    connection.abort()
    assert peer.next(f.RST_STREAM).stream == opening.stream
    router.wait_idle()
    peer.send(f.frame(f.DATA, f.END_STREAM, opening.stream, b'too late'))  # harms nobody
    with router.connect() as connection:
        connection.send_request()
        peer.send(f.reply(peer.next(f.HEADERS).stream, b'next'))
        assert connection.read_reply().body == b'next'


def test_the_worker_is_told_before_it_answered(stack):
    router = stack.router()
    peer = stack.closing(f.FabricPeer(router.fabric)).join()
    connection = router.connect()
    connection.send_request()
    opening = peer.next(f.HEADERS)
    peer.send(f.frame(f.WINDOW_UPDATE, 0, opening.stream, (1000).to_bytes(4, 'big')))
    peer.settle()
    connection.abort()
    assert peer.next(f.RST_STREAM).stream == opening.stream
    router.wait_idle()


def test_a_client_that_closed_its_side_is_answered(stack):
    router = stack.router()
    stack.worker('worker-1')
    router.wait_workers(1)
    for _ in range(20):
        with router.connect() as connection:
            connection.send(z.Connection.head_bytes('GET', '/'))
            connection.half_close()
            reply = connection.read_reply()
            assert (reply.status, reply.body) == (200, b'Hello from worker-1\n')
            assert not connection.is_open or connection.is_closed_by_peer()
    assert router.counters()['cancelled'] == 0


def test_the_worker_of_a_half_closed_client_is_told_when_it_has_not_replied_in_time(stack):
    router = stack.router('--half-close-timeout', '300ms')
    peer = stack.closing(f.FabricPeer(router.fabric)).join()
    connection = stack.closing(router.connect())
    connection.send_request()
    opening = peer.next(f.HEADERS)
    peer.send(f.frame(f.WINDOW_UPDATE, 0, opening.stream, (1000).to_bytes(4, 'big')))  # it has it
    peer.settle()
    connection.half_close()
    begun = time.monotonic()
    assert peer.next(f.RST_STREAM).stream == opening.stream
    assert time.monotonic() - begun > 0.25
    assert connection.is_closed_by_peer()
    router.wait_idle()


def test_a_reply_that_has_begun_goes_on_for_a_half_closed_client(stack):
    router = stack.router('--half-close-timeout', '100ms')
    peer = stack.closing(f.FabricPeer(router.fabric)).join()
    connection = stack.closing(router.connect())
    connection.send_request()
    opening = peer.next(f.HEADERS)
    peer.send(f.frame(f.HEADERS, f.END_HEADERS, opening.stream, f.encode([(':status', '200')])))
    assert connection.read_head().status == 200
    connection.half_close()
    time.sleep(0.5)  # five times as long as a reply may take to begin
    peer.send(f.frame(f.DATA, f.END_STREAM, opening.stream, b'all of it'))
    assert b'all of it' in connection.take_until(b'0\r\n\r\n')


def test_without_a_half_close_timeout_the_worker_is_told_at_once(stack):
    router = stack.router('--half-close-timeout', '0')
    peer = stack.closing(f.FabricPeer(router.fabric)).join()
    connection = stack.closing(router.connect())
    connection.send_request()
    opening = peer.next(f.HEADERS)
    peer.send(f.frame(f.WINDOW_UPDATE, 0, opening.stream, (1000).to_bytes(4, 'big')))
    peer.settle()
    connection.half_close()
    assert peer.next(f.RST_STREAM).stream == opening.stream
    assert connection.is_closed_by_peer()


def test_many_aborts_at_all_moments_leak_nothing(stack):
    router = stack.router('--half-close-timeout', '1s', flags='-s')
    worker = stack.httpbin()
    router.wait_workers(1)
    for number in range(120):
        connection = router.connect()
        if number % 4 == 0:
            connection.send_request('GET', '/stream-bytes/100000000')
            connection.fill()
        elif number % 4 == 1:
            connection.send_request('GET', '/delay/30')
        elif number % 4 == 2:
            connection.send(z.Connection.head_bytes('POST', '/echo', [('Content-Length', '1000000')]) + b'x' * 100_000)
        else:
            connection.send(b'GET /get HT')
        connection.abort() if number % 8 < 4 else connection.close()
    router.wait_idle()
    assert router.get('/get').status == 200
    assert worker.is_running()
    z.eventually(lambda: router.counters()['connections_open'] == 0, 8)  # and not when a head is overdue
