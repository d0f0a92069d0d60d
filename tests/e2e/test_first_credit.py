"""A worker gets credit when half of its first window was read, not when all of it is (proto/README.md §5)."""
import os
import struct

import fabric_peer as f
import pytest
from many_web_sockets import BINARY, OPENING, frame
from zeroway_e2e import ROOT

HELLO_PY = os.path.join(ROOT, 'examples', 'hello-py', 'hello.py')
HALF = 32_768
SIZE = 1_000  # of an echo: neither the window nor its half is a multiple of it


def reply_of(router, peer, size):
    """The client's connection and the stream of a reply that has so many bytes yet, all read, and no end."""
    connection = router.connect()
    connection.send_request()
    stream = peer.next(f.HEADERS).stream
    head = f.encode([(':status', '200'), ('content-length', str(size + 1))])
    peer.send(f.frame(f.HEADERS, f.END_HEADERS, stream, head) + f.frame(f.DATA, 0, stream, b'x' * size))
    connection.take_until(b'\r\n\r\n')
    assert connection.take(size) == b'x' * size
    return connection, stream


def test_half_of_the_first_window_read_gives_credit(stack):
    router = stack.router()
    peer = stack.closing(f.FabricPeer(router.fabric)).join()
    connection, stream = reply_of(router, peer, HALF)
    with connection:
        assert peer.next()[1:] == (f.WINDOW_UPDATE, 0, stream, struct.pack('>I', HALF))


def test_less_than_half_costs_no_frame(stack):
    router = stack.router()
    peer = stack.closing(f.FabricPeer(router.fabric)).join()
    connection, stream = reply_of(router, peer, HALF - 1)
    with connection:
        peer.send(f.frame(f.DATA, f.END_STREAM, stream, b'y'))
        assert connection.take(1) == b'y'
        connection.send_request()
        assert peer.next().type == f.HEADERS


@pytest.mark.parametrize('kind', ['echo-websocket-worker', HELLO_PY])
def test_no_echo_of_a_client_that_reads_is_cut(stack, kind):
    """Each comes back as one frame, past every window there is."""
    router = stack.router()
    stack.worker('echo', kind=kind)
    router.wait_workers(1)
    with router.connect() as client:
        client.send(OPENING.format(path='/', more='').encode())
        assert client.take_until(b'\r\n\r\n').startswith(b'HTTP/1.1 101')
        for number in range(600):
            client.send(frame(BINARY, b'z' * SIZE))
            head = client.take(4)
            assert head == struct.pack('>BBH', 0x80 | BINARY, 126, SIZE), number
            assert client.take(SIZE) == b'z' * SIZE
