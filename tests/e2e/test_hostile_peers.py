"""Whoever connects to the fabric's ports with whatever bytes, the router goes on serving (Z 21)."""
import os
import socket
import time

import fabric_peer as f
import pytest
import zeroway_e2e as z

GREETING = b'\xff' + bytes(8) + b'\x7f' + b'\x03\x00' + b'NULL' + bytes(16) + b'\x00' + bytes(31)
READY = b'\x04\x29\x05READY\x0bSocket-Type\x00\x00\x00\x06ROUTER\x08Identity\x00\x00\x00\x00'

ATTACKS = {
    'nothing': b'',
    'random bytes': None,
    'half a greeting': GREETING[:20],
    'a greeting and silence': GREETING,
    'a greeting of an unknown mechanism': GREETING.replace(b'NULL', b'EVIL'),
    'an HTTP request': b'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
    'a frame of 2 GiB': GREETING + READY + b'\x02' + (1 << 31).to_bytes(8, 'big') + b'x' * 1000,
    'a frame of 2^63 bytes': GREETING + READY + b'\x02' + (1 << 63).to_bytes(8, 'big') + b'x' * 1000,
    'a command of 2 GiB': GREETING + b'\x06' + (1 << 31).to_bytes(8, 'big') + b'x' * 1000,
    'a multipart message without an end': GREETING + READY + (b'\x01\x10' + b'y' * 16) * 10_000,
}


def rate(load, seconds=1.0):
    before, began = load.done(), time.monotonic()
    time.sleep(seconds)  # a rate is taken over time
    return (load.done() - before) / (time.monotonic() - began)


def test_raw_attacks_on_both_ports(stack):
    fabric = stack.tcp()
    deal = int(fabric.rsplit(':', 1)[1])
    router = stack.router(fabric=fabric, flags='-s')
    for number in range(2):
        stack.worker(f'worker-{number}', connect=fabric)
    router.wait_workers(2)
    attackers = []
    with z.Load(router.port, 4, z.get_hello) as load:
        load.wait_more(200)
        memory = router.rss()
        quiet = rate(load)
        for attack, data in ATTACKS.items():
            for port in (deal, deal + 1):
                for _ in range(3):
                    attacker = socket.create_connection(('127.0.0.1', port), z.PATIENCE * z.SLOW)
                    attackers.append(attacker)
                    try:
                        attacker.sendall(os.urandom(5000) if data is None else data)
                    except OSError:
                        pass  # dropped in the middle: as it should be
        load.wait_more(100)
        # What else this machine does may halve a rate at any time, but not each time.
        z.eventually(lambda: rate(load) > quiet / 4, what=f'a quarter of {quiet:.0f} requests in a second')
        assert z.SANITIZED or router.rss() - memory < 64 * z.MIB
        for attacker in attackers:
            attacker.close()
        load.wait_more(100)
    assert load.failed == []
    assert load.slowest.seconds < 3 * z.SLOW
    assert router.is_running()
    router.wait_workers(2)


def test_a_router_that_never_says_hello_gets_no_request(stack):
    router = stack.router(flags='-s')
    stack.worker('good')
    router.wait_workers(1)
    silent = stack.closing(f.FabricPeer(router.fabric, name='silent'))
    with z.Load(router.port, 8, z.get_hello) as load:
        load.wait_more(500)
        silent.send(b'')  # nor by talking nonsense
        load.wait_more(200)
    assert load.failed == []
    assert load.slowest.seconds < 3 * z.SLOW


def test_a_silent_peer_appearing_under_post_load_costs_no_post(stack):
    ids = stack.path('ids')
    router = stack.router(flags='-s')
    stack.test_worker('good', '--ids', ids)
    router.wait_workers(1)
    with z.Load(router.port, 16, z.post_with_id) as load:
        for _ in range(5):
            load.wait_more(100)
            silent = f.FabricPeer(router.fabric, name='silent')
            load.wait_more(100)
            silent.close()
    assert load.failed == []
    with open(ids) as file:
        seen = [line.split()[0] for line in file]
    assert sorted(seen) == sorted(outcome.id for outcome in load.outcomes)


@pytest.mark.parametrize('answers_pings', [True, False], ids=['answers-pings', 'answers-nothing'])
def test_a_worker_that_says_hello_and_never_answers(stack, answers_pings):
    """It holds what it accepts (nobody can know), but what it never accepted is not lost with it."""
    router = stack.router(flags='-s')
    stack.worker('good')
    router.wait_workers(1)

    def ask():
        hole = f.FabricPeer(router.fabric, name='hole').join()
        connections = [stack.closing(router.connect()) for _ in range(8)]
        for connection in connections:
            connection.send_request('POST', '/', body=b'once')
        if answers_pings:
            hole.serve(1.0, lambda opening: None)
        hole.close()
        return [connection.read_reply('POST').status for connection in connections]
    for _ in range(10):
        begin = router.log_size()
        answers = ask()
        assert set(answers) <= {200, 502}
        if 'worker good is silent' not in router.log(begin):  # then more is asked of the hole, and rightly
            break
    assert answers.count(200) >= 3
    router.wait_idle()
    assert router.get().status == 200


TALK = {
    'a hello under another name': f.frame(f.HELLO, 0, 0, b'{"version":1,"name":"x","instance":"x#0123456789abcdef"}'),
    'no hello': f.frame(f.PING, 0, 0, bytes(8)),
    'no frame': b'\xff' * 20,
}


@pytest.mark.parametrize('talk', TALK)
def test_a_routing_id_writes_no_lines_of_its_own(stack, talk):
    """It is any bytes, until a HELLO has shown that it is a name."""
    router = stack.router(flags='-s')
    peer = stack.closing(f.FabricPeer(router.fabric, instance='evil\r\n2026-01-01 worker gone\x1b[2J\x7f\x85"'))
    said = router.log_size()
    peer.send(TALK[talk])
    router.wait_log(r'evil\\x0d\\x0a2026-01-01 worker gone\\x1b\[2J\\x7f\\xc2\\x85\\x22', since=said)
    assert all(32 <= byte < 127 for byte in router.log(said).replace('\n', '').encode())
