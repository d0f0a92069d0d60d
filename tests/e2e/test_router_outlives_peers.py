"""However a peer of the fabric ends, comes again or names itself, the router lives and so do its workers.

libzmq 4.3.4 aborts the process when a connection whose input it has stopped is closed by its peer and then has something
to write, and when a peer has the routing id that the next peer without one is given.
"""
import ctypes
import os
import random
import socket
import threading
import time

import pytest
import zeroway_e2e as z
import zmq
from fabric_peer import HELLO, WELCOME, FabricPeer, frame, steer_of
from lossy_link import LossyLink, can_be_made
from raw_worker import LAST_WORD, ZMTP_PING, RawPeer

HEARTBEATS = 0.6  # seconds: a few heartbeats of a connection that has ended would have been written by then


def hello_of(instance):
    name = instance.split('#')[0]
    return frame(HELLO, 0, 0, f'{{"name":"{name}","instance":"{instance}","routes":[{{"path":"/nobody"}}]}}'.encode())


def start(stack, *args):
    fabric = stack.tcp()
    router = stack.router(*args, flags='-s', fabric=fabric)
    stack.worker('good', connect=fabric)
    router.wait_workers(1)
    return router


def assert_lives(router, workers=1):
    time.sleep(HEARTBEATS)
    assert router.is_running(), router.log()[-1_000:]
    z.eventually(lambda: router.counters()['workers'] == workers, what='the workers that are left')
    assert router.get().status == 200


def test_an_identity_that_connects_anew_while_its_old_connection_lives(stack):
    """The old connection says one word more, and closes."""
    router = start(stack)
    for _ in range(10):
        instance = f'twice#{os.urandom(8).hex()}'
        old, new = RawPeer(steer_of(router.fabric), instance.encode()), None
        old.say(hello_of(instance))
        old.next(WELCOME)
        new = RawPeer(steer_of(router.fabric), instance.encode())
        new.say(hello_of(instance))
        time.sleep(0.02)
        old.say(LAST_WORD)
        time.sleep(0.02)
        old.abort()
        time.sleep(0.05)
        new.abort()
    assert_lives(router)


def test_the_same_with_keys(stack):
    keys = {name: [key.decode() for key in zmq.curve_keypair()] for name in ('router', 'worker')}
    for name, (_, secret) in keys.items():
        with open(stack.path(f'{name}.key'), 'w') as file:
            file.write(secret + '\n')
    with open(stack.path('allowed'), 'w') as file:
        file.write(keys['worker'][0] + '\n')
    fabric = stack.tcp()
    router = stack.router('--fabric-key', stack.path('router.key'), '--fabric-allow', stack.path('allowed'), flags='-s',
                          fabric=fabric)
    stack.worker('good', '--key', stack.path('worker.key'), '--router-key', keys['router'][0], connect=fabric)
    router.wait_workers(1)
    instance = 'twice#0123456789abcdef'

    def dial(context):
        peer = context.socket(zmq.DEALER)
        peer.linger = 0
        peer.rcvtimeo = int(z.PATIENCE * 1000)
        peer.curve_serverkey, (peer.curve_publickey, peer.curve_secretkey) = \
            keys['router'][0].encode(), [key.encode() for key in keys['worker']]
        peer.setsockopt(zmq.IDENTITY, instance.encode())
        peer.connect(steer_of(fabric))
        peer.send(hello_of(instance))
        return peer
    for _ in range(4):
        contexts = [zmq.Context(), zmq.Context()]
        old = dial(contexts[0])
        old.recv()
        new = dial(contexts[1])
        time.sleep(0.1)
        old.send(LAST_WORD)
        time.sleep(0.05)
        old.close()
        contexts[0].term()
        time.sleep(0.1)
        new.close()
        contexts[1].term()
    assert_lives(router)


def kill_at_deal(fabric):
    try:
        dealer = RawPeer(fabric, kind=b'DEALER')
    except (AssertionError, OSError):
        return  # cut for what is left of the one before, whose descriptor it has: a worker would dial again
    try:
        dealer.write(b'\x00\x04talk' * random.randint(2, 5_000))
    except OSError:
        pass  # it is cut already
    time.sleep(random.uniform(0, 0.003))
    dealer.abort()


def test_dealers_that_talk_at_deal_and_are_killed(stack):
    """Whoever says something there is cut, and its address is told."""
    router = start(stack)
    with z.Load(router.port, 2, z.get_hello) as load:
        for _ in range(1_000 if z.LONG else 60):
            kill_at_deal(router.fabric)
            assert router.is_running()
        load.wait_more(20)
    assert load.failed == []
    assert_lives(router)
    router.wait_log(r'at the deal socket who is no worker from 127\.0\.0\.1: it is cut')


def reserved_ids():
    """What an unseeded rand() makes ZeroMQ begin with, in this library or the next."""
    libc = ctypes.CDLL(None)
    libc.srand(1)
    numbers = [libc.rand() & 0xffffffff for _ in range(40)]
    for low, high in zip(numbers, numbers[1:]):
        for step in range(4):
            yield b'\x00' + ((low | high << 31) + step & 0xffffffff).to_bytes(4, 'big')


def test_a_peer_with_the_identity_that_the_next_one_without_gets(stack):
    router = start(stack)
    steer = steer_of(router.fabric)
    named = [stack.closing(RawPeer(steer, identity)) for identity in reserved_ids()]
    for _ in range(4):
        stack.closing(RawPeer(steer))
    assert_lives(router)
    named[0].say(LAST_WORD)
    assert named[0].is_cut()
    router.wait_log('from 127.0.0.1: it is cut, its routing id')
    nobody = stack.closing(RawPeer(steer))
    nobody.say(LAST_WORD)
    assert nobody.is_cut()
    assert_lives(router)


def test_who_comes_under_a_living_identity_is_not_heard_and_cut(stack):
    router = start(stack)
    instance = 'twice#0123456789abcdef'
    first, second = (stack.closing(RawPeer(steer_of(router.fabric), instance.encode())) for _ in range(2))
    first.say(hello_of(instance))
    first.next(WELCOME)
    second.say(hello_of(instance))
    second.socket.settimeout(30 * z.SLOW)
    assert second.is_cut()
    router.wait_log('from 127.0.0.1:.*: it is cut, (no HELLO within|another connection has its routing id)')
    assert_lives(router)


def test_much_that_nobody_reads_and_a_ping_and_an_end(stack):
    """Its input is never stopped, so there is nothing left to write when it has ended."""
    router = start(stack)
    for _ in range(5):
        for endpoint, kind in ((router.fabric, b'DEALER'), (steer_of(router.fabric), b'ROUTER')):
            instance = f'much#{os.urandom(8).hex()}'
            peer = RawPeer(endpoint, instance.encode(), kind)
            try:
                if kind == b'ROUTER':
                    peer.say(hello_of(instance))
                peer.write(b'\x00\x00' * 100_000 + ZMTP_PING * 3)
            except OSError:
                pass  # it is cut already
            peer.abort()
    assert_lives(router)


def test_one_router_under_two_addresses(stack):
    port = z.free_port(2)
    router = stack.router(flags='-s', fabric=f'tcp://*:{port}', *['--fabric-insecure'])
    for number in range(4):
        stack.worker(f'twice-{number}', connect=[f'tcp://127.0.0.1:{port}', f'tcp://[::ffff:127.0.0.1]:{port}'])
    z.eventually(lambda: router.counters()['workers'] >= 4, what='the workers')
    with z.Load(router.port, 4, z.get_hello) as load:
        deadline = time.monotonic() + 4
        while time.monotonic() < deadline:
            load.wait_more(20)
    assert router.is_running()
    assert router.get().status == 200


def load(port, is_over, done):
    """Bodies both ways, so that at any time much is on its way to workers and from them."""
    while not is_over.is_set():
        method, path, body = random.choice((('GET', '/stream-bytes/3000000', None), ('POST', '/post', bytes(500_000))))
        try:
            with z.Connection(port, 30) as connection:
                done.append(connection.request(method, path, body=body).status)
        except (OSError, z.Broken, AssertionError):
            done.append(0)  # the link is bad


@pytest.mark.skipif(not z.LONG, reason='takes a minute or as long as ZEROWAY_LOSSY_SECONDS says: ZEROWAY_LONG=1')
@pytest.mark.skipif(os.geteuid() != 0 or not can_be_made(), reason='needs root, network namespaces and TUN devices')
def test_workers_behind_a_lossy_link(stack):
    link = stack.closing(LossyLink())
    fabric = f'tcp://{link.near}:{z.free_port(2)}'
    router = stack.router('--fabric-insecure', flags='-s', fabric=fabric)
    workers = [stack.start(link.prefix + [z.program('httpbin-worker'), f'far-{number}', '--connect', fabric],
                           name=f'far-{number}') for number in range(20)]
    router.wait_workers(20)
    is_over, done = threading.Event(), []
    clients = [threading.Thread(target=load, args=(router.port, is_over, done)) for _ in range(20)]
    for client in clients:
        client.start()
    deadline = time.monotonic() + float(os.environ.get('ZEROWAY_LOSSY_SECONDS', '60'))
    try:
        while time.monotonic() < deadline:
            time.sleep(0.5)
            assert router.is_running(), router.log()[-2_000:]
            assert all(worker.is_running() for worker in workers), [worker.log()[-300:] for worker in workers]
    finally:
        is_over.set()
        for client in clients:
            client.join()
    print(f'{len(done)} requests, {done.count(200)} answered whole')
    link.be_good()
    router.wait_workers(20)
    assert router.get('/get').status == 200
