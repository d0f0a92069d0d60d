"""Bodies that nobody wants, behind a reply that came early: a redirect, 401, 403 and 413 end them in bytes and in time.

Not here: that such a reply reaches its client (test_early_replies.py).
"""
import os
import socket
import time

import pytest

import floods
import sites_e2e as s
import zeroway_e2e as z
from origins import Origin

LONG = pytest.mark.skipif(not z.LONG, reason='ZEROWAY_LONG=1: a gigabyte')
PIECE = bytes(65_536)
# What the router discards to keep the connection (256 KiB), and what two kernels and Python hold.
MOST = 24 * z.MIB
PATHS = {'/gone': 301, '/secret': 401, '/far': 403, '/small': 413}
EACH_PATH = pytest.mark.parametrize('path', PATHS)


@pytest.fixture
def router(stack):
    origin = stack.closing(Origin())
    s.write(stack, 'ann:$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n', 'users')
    port = z.free_port()
    text = s.proxied(
        port, origin, in_site='body_rate = 0\nfabric = false',
        tables='[[sites.proxy.routes]]\npath = "/gone"\n[sites.proxy.routes.redirect]\nto = "/"\n'
        + s.route('/secret', more='basic_auth = { file = "users" }') + s.route('/far', more='allow = ["10.0.0.0/8"]')
        + s.route('/small', more='max_body = 10'))
    router = s.serve(stack, text, port)
    router.origin = origin
    return router


def begin(router, path, fields, first=b''):
    """A client that has its reply, and has sent the head and `first` of its body."""
    client = router.connect()
    client.send(client.head_bytes('POST', path, fields) + first)
    reply = client.read_head()  # read_reply() would close the connection where the router says that it will
    client.take(int(reply.get('content-length')))
    assert reply.status == PATHS[path] or (PATHS[path] == 301 and reply.status in (301, 308))
    return client


def sent_until_told(client, piece):
    """The bytes that a client can send, as fast as it can, until it hears that its connection has ended."""
    client.socket.setblocking(False)
    sent, rest = 0, memoryview(piece)
    deadline = time.monotonic() + 20 * z.SLOW
    while time.monotonic() < deadline:
        try:
            if not client.socket.recv(65_536):
                return sent
        except BlockingIOError:
            pass
        except OSError:
            return sent
        try:
            count = client.socket.send(rest)
            sent, rest = sent + count, rest[count:] or memoryview(piece)
        except BlockingIOError:
            time.sleep(0.001)
        except OSError:
            return sent
    raise AssertionError(f'{sent} bytes were taken, and the connection goes on')


FRAMINGS = {'length': [('Content-Length', str(1 << 40))], 'chunks': [('Transfer-Encoding', 'chunked')]}


@EACH_PATH
@pytest.mark.parametrize('framing', FRAMINGS)
def test_the_bytes_of_an_endless_body_are_bounded(router, path, framing):
    piece = z.chunk(PIECE) if framing == 'chunks' else PIECE
    with begin(router, path, FRAMINGS[framing], z.chunk(bytes(20)) if framing == 'chunks' else b'') as client:
        assert sent_until_told(client, piece) < MOST
    assert router.origin.requests == []
    z.eventually(lambda: router.counters()['connections_open'] == 0, every=0.2, what='the connection gone')


@EACH_PATH
def test_a_small_rest_keeps_the_connection(router, path):
    if path == '/small':
        pytest.skip('a body over max_body ends its connection')
    with begin(router, path, [('Content-Length', '100000')]) as client:
        client.send(bytes(100_000))
        assert client.request(path='/').status == 200


@pytest.mark.parametrize('path', PATHS if z.LONG else ['/secret'])  # each takes as long as the bound
def test_the_time_of_a_body_that_drips_is_bounded_though_any_rate_will_do(router, path):
    with begin(router, path, [('Transfer-Encoding', 'chunked')], z.chunk(bytes(20))) as client:
        began = time.monotonic()
        with pytest.raises(OSError):
            while time.monotonic() - began < 60 * z.SLOW:
                client.send(z.chunk(b'x'))
                time.sleep(0.2)
    z.eventually(lambda: router.counters()['connections_open'] == 0, every=0.2, what='the connection gone')


@EACH_PATH
def test_over_http2_the_stream_ends_and_what_comes_for_it_is_bounded(router, path):
    with socket.create_connection(('127.0.0.1', router.port), z.PATIENCE * z.SLOW) as raw:
        raw.sendall(floods.MAGIC + floods.settings() + floods.request(1, floods.END_HEADERS,
                                                                      floods.block_of(b'POST', path.encode())))
        client = z.Connection.__new__(z.Connection)
        client.socket = raw
        assert sent_until_told(client, floods.frame(floods.DATA, 0, 1, bytes(16_384))) < MOST
    if path != '/small':  # of a body without a length nobody knows at its head that it will be too large
        assert router.origin.requests == []
    z.eventually(lambda: router.counters()['connections_open'] == 0, every=0.2, what='the connection gone')


@LONG
def test_the_bytes_of_a_client_that_never_reads_its_reply_are_bounded(router):
    with router.connect() as client:
        client.send(client.head_bytes('POST', '/far', FRAMINGS['length']))
        sent, piece = 0, os.urandom(1 << 20)
        began = time.monotonic()
        with pytest.raises(OSError):
            while time.monotonic() - began < 60 * z.SLOW:
                client.send(piece)
                sent += len(piece)
    assert sent <= (1 << 30) + MOST, sent
