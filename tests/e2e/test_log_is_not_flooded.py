"""What peers can make happen again and again fills nobody's disk: lines about it are counted, not all written."""
import os
import re
import resource
import socket
import time

import pytest

import fabric_peer as f
import zeroway_e2e as z

LINES_PER_SECOND = 10


def test_workers_that_join_and_are_dropped_in_a_circle(stack):
    router = stack.router('--heartbeat-timeout', '1h', flags='-s')  # most are waiting for their turn
    peers = [stack.closing(f.FabricPeer(router.fabric, name=f'peer-{i}', deal=False)) for i in range(9)]
    peer = peers.pop()
    began = time.monotonic()
    for bad in peers:
        bad.join()
        for _ in range(60):  # no connection has so many HELLOs answered in a second that it could be 100
            bad.send(b'no frame')  # it is dropped, and may say HELLO again
            bad.join()
    peer.join()
    seconds = time.monotonic() - began
    log = router.log()
    for what in ' joined from ', ' is gone: ', ' is dropped: ':
        assert 0 < log.count(what) <= LINES_PER_SECOND * (seconds + 2), what

    def is_counted():  # with the next line that may be written
        peer.send(b'no frame')
        peer.join()
        return 'lines like it left out' in router.log()
    z.eventually(is_counted, every=0.1, what='how many lines were left out')
    assert router.counters()['workers'] == 9


def test_clients_that_break_the_protocol(stack):
    router = stack.router(flags='-s')
    began = time.monotonic()
    for number in range(500):
        with socket.create_connection(('127.0.0.1', router.port)) as bad:
            bad.sendall(b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + (b'\0\0\0\4\0\0\0\0\0' if number % 2 else b'')
                        + b'\0\0\1\1\5\0\0\0\1\xff')  # HEADERS in place of SETTINGS, or a block that is none
            while bad.recv(65_536):
                pass
    seconds = time.monotonic() - began
    router.counters()  # the log has all lines that came before them
    lines = re.findall(r'connection closed: ([^\n]*)', router.log())
    assert 0 < len(lines) <= LINES_PER_SECOND * (seconds + 2)
    assert all(re.match(r'[A-Z_]+: \S', line) for line in lines)  # the code, and why
    assert seconds < 1 or 'lines like it left out' in router.log()


@pytest.mark.skipif(z.SANITIZED, reason='UBSan needs a descriptor to look at an object')
def test_clients_that_come_when_descriptors_are_short(stack):
    router = stack.router(flags='-s')
    z.eventually(lambda: (now := router.counters())['connections_accepted'] == 1 and now['connections_open'] == 0,
                 what='the end of who asked whether it listens')
    begin = router.log_size()
    highest = max(int(name) for name in os.listdir(f'/proc/{router.pid}/fd'))
    resource.prlimit(router.pid, resource.RLIMIT_NOFILE, (highest + 2, highest + 2))
    waiting = [socket.create_connection(('127.0.0.1', router.port)) for _ in range(12)]
    router.wait_log('cannot accept clients', since=begin)
    taken = router.counters()['connections_accepted']
    began = time.monotonic()
    while waiting:  # each that goes makes room for one, and the next is one too many
        waiting.pop(0).close()
        taken = min(taken + 1, 1 + 12)
        z.eventually(lambda: router.counters()['connections_accepted'] == taken, what=f'client {taken - 1} taken')
    z.eventually(lambda: router.counters()['connections_open'] == 0, what='the last client gone')
    told = router.log(begin).count('cannot accept clients')
    assert told == 1 or time.monotonic() - began > 50, told  # once in a minute
