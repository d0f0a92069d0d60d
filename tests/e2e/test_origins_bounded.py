"""A gigabyte between a server and its clients, one of them slow, costs the router no memory."""
import hashlib
import json
import socket
import threading
import time

import origin_fleet as o
import pytest
import zeroway_e2e as z
from h2_peer import H2Client
from origin_program import LINES
from origin_server import H2, HTTP1

ALL = (1024 if z.LONG else 256) * z.MIB
STREAMS = 8
EACH = ALL // STREAMS
RATE = 10_000_000  # bytes a second of each stream of whoever is slow
MOST = 16 * z.MIB
IDLE = 10_000
MOST_OF_IDLE = 12 * 1024  # bytes of each idle connection


@pytest.fixture(params=[HTTP1, H2], ids=['h1', 'h2c'])
def served(stack, request):
    origin, = o.started(stack, 1, language=request.param)
    router = o.with_origins(stack, origin)
    assert len(router.get(f'/bytes/{4 * z.MIB}').body) == 4 * z.MIB  # warm
    assert router.request('POST', '/upload', body=LINES).status == 200
    return router


def together(step):
    """Runs `step(results)` once for each stream, in threads. Their results."""
    results = []
    threads = [threading.Thread(target=step, args=(results,)) for _ in range(STREAMS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def check_growth(router, transfer):
    before = router.rss()
    router.forget_peak()
    begun = time.monotonic()
    transfer()
    router.wait_idle()
    grown = router.peak_rss() - before
    print(f'{ALL / z.MIB:.0f} MiB in {time.monotonic() - begun:.1f} s, grown by {grown / z.MIB:.1f} MiB')
    assert z.SANITIZED or grown < MOST


class Slowly:
    """Counts bytes, and waits so that no more than RATE come in a second."""

    def __init__(self, rate):
        self.rate, self.count, self.begin = rate, 0, time.monotonic()

    def __call__(self, piece):
        self.count += len(piece)
        ahead = self.count / self.rate - (time.monotonic() - self.begin) if self.rate else 0
        if ahead > 0:
            time.sleep(ahead)


def download(router, path, rate=0):
    def step(results):
        take = Slowly(rate)
        with router.connect(60, receive_buffer=65_536) as client:
            client.send_request('GET', path)
            reply = client.read_reply(on_data=take)
        results.append((reply.status, take.count))
    assert together(step) == [(200, EACH)] * STREAMS


def test_a_slow_client_of_a_fast_server(served):
    check_growth(served, lambda: download(served, f'/bytes/{EACH}', RATE))


def test_a_slow_client_of_a_fast_server_without_a_length(served):
    check_growth(served, lambda: download(served, f'/stream-bytes/{EACH}', RATE))


def test_a_fast_client_of_a_slow_server(served):
    check_growth(served, lambda: download(served, f'/stream-bytes/{EACH}?rate={RATE}'))


def upload(router, path, rate=0):
    block = LINES[:262_144]

    def step(results):
        pace = Slowly(rate)
        with router.connect(60) as client:
            client.send(z.Connection.head_bytes('POST', path, [('Content-Length', str(EACH))]))
            for _ in range(EACH // len(block)):
                client.send(block)
                pace(block)
            reply = client.read_reply('POST')
        results.append((reply.status, json.loads(reply.body) if reply.status == 200 else reply.body))
    digest = hashlib.sha256(block * (EACH // len(block))).hexdigest()
    assert together(step) == [(200, {'bytes': EACH, 'sha256': digest})] * STREAMS


def test_a_fast_client_uploads_to_a_slow_server(served):
    check_growth(served, lambda: upload(served, f'/upload?rate={RATE}'))


def test_a_slow_client_uploads_to_a_fast_server(served):
    check_growth(served, lambda: upload(served, '/upload', RATE))


@pytest.mark.parametrize('language', [HTTP1, H2], ids=['h1', 'h2c'])
def test_clients_that_read_nothing_at_all_cost_their_windows(stack, language):
    """Many replies that nobody reads, on one HTTP/2 connection: each costs a window, not its size."""
    origin, = o.started(stack, 1, language=language)
    router = o.with_origins(stack, origin)
    assert len(router.get(f'/bytes/{z.MIB}').body) == z.MIB
    before = router.rss()
    with H2Client(router.port, window=1000) as client:
        streams = [client.open(f'/bytes/{64 * z.MIB}') for _ in range(50)]
        for stream in streams:
            client.streams[stream].is_read = False
        for stream in streams:
            client.wait(stream, lambda reply: len(reply.body) == 1000)
        z.settled(lambda: router.rss() // z.MIB, what='the end of growth')
        grown = router.rss() - before
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')  # closes with a reset
    print(f'grown by {grown / z.MIB:.1f} MiB for 50 replies that nobody reads')
    assert z.SANITIZED or grown < 50 * 512 * 1024 + MOST
    router.wait_idle()


@pytest.mark.skipif(not z.LONG, reason='ZEROWAY_LONG=1: 10 000 connections')
def test_idle_connections_cost_little(stack):
    origins = o.started(stack, 2)
    port = z.free_port()
    tree = o.simple(port, *origins)
    tree['limits'] = {'max_connections': 2 * IDLE, 'idle_timeout': '1h'}
    router = o.router(stack, tree, port, flags='-s')
    with router.connect() as client:
        for _ in range(100):
            assert client.request().status == 200
    before, clients = router.rss(), []
    try:
        for _ in range(IDLE):
            client = router.connect()
            clients.append(client)
            assert client.request().status == 200
        each = (router.rss() - before) / IDLE
        print(f'{each:.0f} bytes of each of {IDLE} idle connections')
        assert z.SANITIZED or each < MOST_OF_IDLE
        assert all(client.request().status == 200 for client in clients[::100])
    finally:
        for client in clients:
            client.close()
