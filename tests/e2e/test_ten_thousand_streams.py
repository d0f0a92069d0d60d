"""Ten thousand streams at once over one router and one worker never mix (Z 19)."""
import hashlib
import select
import socket
import time

import zeroway_e2e as z

STREAMS = 10_000
ROUNDS = 3


class EchoClient:
    """One stream: sends its own bytes in rounds, reads the echo, never blocks."""

    def __init__(self, port, number):
        self.socket = socket.create_connection(('127.0.0.1', port), 30 * z.SLOW)
        self.socket.setblocking(False)
        self.number = number
        self.sent = b''
        self.wire = bytearray()
        self.body = bytearray()
        self.status = None
        self.is_over = False

    def piece(self, round):
        return hashlib.sha256(b'%d %d' % (self.number, round)).digest() * (1 + self.number % 8)

    def begin(self):
        self.socket.send(z.Connection.head_bytes('POST', '/echo', [('Transfer-Encoding', 'chunked')]))

    def say(self, round):
        self.sent += self.piece(round)
        self.socket.send(z.chunk(self.piece(round)))

    def end(self):
        self.socket.send(z.LAST_CHUNK)

    def read(self):
        piece = self.socket.recv(65_536)
        assert piece, f'stream {self.number} was closed after {len(self.body)} bytes: {bytes(self.wire)!r}'
        self.wire += piece
        if self.status is None:
            at = self.wire.find(b'\r\n\r\n')
            if at < 0:
                return
            self.status = int(self.wire[9:12])
            assert self.status == 200, bytes(self.wire[:300])
            del self.wire[:at + 4]
        while (line := self.wire.find(b'\r\n')) > 0:
            size = int(self.wire[:line], 16)
            if len(self.wire) < line + 4 + size:
                return
            self.body += self.wire[line + 2:line + 2 + size]
            del self.wire[:line + 4 + size]
            if size == 0:
                self.is_over = True
                return


def run_until(poll, by_fd, is_done, within):
    waiting = {client for client in by_fd.values() if not is_done(client)}
    deadline = time.monotonic() + within * z.SLOW
    while waiting:
        assert time.monotonic() < deadline, f'{len(waiting)} streams are behind'
        for fd, _ in poll.poll(1):
            client = by_fd[fd]
            client.read()
            if is_done(client):
                waiting.discard(client)


def test_every_body_comes_back_on_its_own_stream(stack):
    limit = z.raise_file_limit()
    assert limit > STREAMS + 1000, 'this machine allows too few descriptors'
    router = stack.router('--max-connections', STREAMS + 10, flags='-s')
    stack.httpbin('bin-1', '--capacity', 2 * STREAMS)
    router.wait_workers(1)
    clients = [EchoClient(router.port, number) for number in range(STREAMS)]
    try:
        poll = select.epoll()
        by_fd = {client.socket.fileno(): client for client in clients}
        for fd in by_fd:
            poll.register(fd, select.EPOLLIN)
        for client in clients:
            client.begin()
        for round in range(ROUNDS):
            for client in clients if round % 2 == 0 else reversed(clients):
                client.say(round)
            run_until(poll, by_fd, lambda client: len(client.body) == len(client.sent), 60)
            if round == 0:
                assert router.counters()['streams_open'] == STREAMS  # all of them, at once
        for client in clients:
            client.end()
        run_until(poll, by_fd, lambda client: client.is_over, 60)
        wrong = [client.number for client in clients if bytes(client.body) != client.sent]
        assert wrong == []
    finally:
        for client in clients:
            client.socket.close()
    router.wait_idle()
