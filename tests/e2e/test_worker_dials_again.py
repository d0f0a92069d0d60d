"""A worker comes back after what makes libzmq drop a connection for good: it never dials again after a protocol error."""
import contextlib
import itertools
import socket
import threading

import fabric_peer as f
import pytest
import zeroway_e2e as z
import zmq

OVER_THE_LIMIT = b'x' * (5 << 20)  # a message may have 4 MiB

# What stands at the steer port meanwhile.
ANSWERS = {
    'http': b'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n',
    'greeting without mechanism': b'\xff' + bytes(8) + b'\x7f\x03\x00' + b'NOBODY'.ljust(20, b'\0') + bytes(32),
    'greeting, then garbage': b'\xff' + bytes(8) + b'\x7f\x03\x00' + b'NULL'.ljust(20, b'\0') + bytes(32) + b'\xff' * 100,
    'nothing': b'',
}


class Stranger:
    """Listens where a steer socket should be, and says the same to everybody."""

    def __init__(self, port, answer):
        self.answer = answer
        self.callers = 0
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(('127.0.0.1', port))
        self.listener.listen()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                caller, _ = self.listener.accept()
            except OSError:
                return
            with caller:
                self.callers += 1
                try:
                    caller.sendall(self.answer)
                    caller.settimeout(0.2)
                    while caller.recv(4096):
                        pass
                except OSError:
                    pass

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()


def serves(host, stream):
    host.deal.send(f.request(stream, '/'))
    assert host.next(f.DATA).payload == b'Hello from worker-1\n'


def test_after_a_message_over_the_limit_by_steer(stack):
    host = stack.closing(f.FabricHost(stack.ipc()))
    worker = stack.worker('worker-1')
    for stream in (1, 3, 5):
        serves_as = host.welcome()
        serves(host, stream)
        host.send(serves_as, OVER_THE_LIMIT)
    host.welcome()
    serves(host, 7)
    assert worker.is_running()


def test_after_a_message_over_the_limit_by_deal(stack):
    host = stack.closing(f.FabricHost(stack.ipc()))
    worker = stack.worker('worker-1')
    host.welcome()
    streams = itertools.count(1, 2)

    def is_served():  # what is dealt before libzmq has noticed is lost with the connection
        with contextlib.suppress(zmq.Again):
            host.deal.send(f.request(next(streams), '/'), zmq.NOBLOCK)
        with contextlib.suppress(AssertionError):
            return host.next(f.DATA, within=0.2)

    for _ in range(4):
        z.eventually(is_served, what='an answer to what is dealt')
        host.deal.send(OVER_THE_LIMIT)
    z.eventually(is_served, what='an answer to what is dealt')
    assert worker.is_running()


@pytest.mark.parametrize('name', ANSWERS)
def test_after_a_stranger_at_its_port(stack, name):
    fabric = stack.tcp()
    stranger = Stranger(int(fabric.rsplit(':', 1)[1]) + 1, ANSWERS[name])
    worker = stack.worker('worker-1', connect=fabric)
    z.eventually(lambda: stranger.callers >= 2, what='a second call')
    stranger.close()
    host = stack.closing(f.FabricHost(fabric))
    host.welcome()
    serves(host, 1)
    assert worker.is_running()
