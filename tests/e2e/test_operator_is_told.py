"""Who is there, who came and from where, who knocks in vain, and what stands still: the router's log says it."""
import re

import fabric_peer as f
import zeroway_e2e as z
import zmq


def test_who_joined_and_who_is_there(stack):
    fabric = stack.tcp()
    router = stack.router(flags='-s', fabric=fabric)
    stack.worker('open', '--weight', '3', connect=fabric)
    stack.worker('routed', '--route', 'example.com/api', '--route', '/img', '--capacity', '7', connect=fabric)
    router.wait_log(r'worker open \(open#\w{16}\) joined from 127\.0\.0\.1: pid \d+, weight 3, capacity 1024, serves everything')
    router.wait_log(r'worker routed \(routed#\w{16}\) joined from 127\.0\.0\.1: pid \d+, weight 1, capacity 7, '
                    r'serves example\.com/api/\*, /img/\*')
    said = router.log_size()
    router.counters()
    log = router.log(said)
    assert re.search(r'worker open \(open#\w{16}\) from 127\.0\.0\.1: ready, 0 of 1024 streams, weight 3, serves everything, '
                     r'here for \d+ s\n', log), log
    assert re.search(r'worker routed \(.*\) from 127\.0\.0\.1: ready, 0 of 7 streams, weight 1, '
                     r'serves example\.com/api/\*, /img/\*, here for \d+ s\n', log), log


def test_that_nobody_is_there(stack):
    router = stack.router(flags='-s')
    router.counters()
    assert 'no worker is here' in router.log()


def test_a_worker_that_is_silent_and_back(stack):
    router = stack.router(flags='-s')
    worker = stack.worker('napping')
    router.wait_workers(1)
    for _ in range(20):  # a ping is dealt once a second: it may be answered before and after
        said = router.log_size()
        worker.freeze()
        try:
            z.eventually(lambda: 'is silent' in router.log(said), within=0.6)
        except AssertionError:
            pass
        worker.thaw()
        if 'is silent' in router.log(said) and 'is gone' not in router.log(said):
            break
        router.wait_workers(1)
    router.wait_log(r'worker napping \(.*\) is (back after \d+ ms|gone)', since=said)


def test_a_wrong_key_is_named_once_a_minute_with_its_address(stack):
    router_public, router_secret = (key.decode() for key in zmq.curve_keypair())
    stranger_public, stranger_secret = (key.decode() for key in zmq.curve_keypair())
    for name, text in (('router.key', router_secret), ('stranger.key', stranger_secret), ('allowed', router_public)):
        with open(stack.path(name), 'w') as file:
            file.write(text + '\n')
    fabric = stack.tcp()
    router = stack.router('--fabric-key', stack.path('router.key'), '--fabric-allow', stack.path('allowed'), flags='-s',
                          fabric=fabric)
    peers = []
    for _ in range(8):  # as a worker that dials again and again
        context = zmq.Context()
        peer = context.socket(zmq.DEALER)
        peer.linger = 0
        peer.curve_serverkey, peer.curve_publickey, peer.curve_secretkey = \
            router_public.encode(), stranger_public.encode(), stranger_secret.encode()
        peer.connect(f.steer_of(fabric))
        peers.append((context, peer))
    line = r'somebody at the deal or steer socket .* from 127\.0\.0\.1: its public key \S{40} is not among --fabric-allow'
    router.wait_log(line)
    z.settled(router.log_size)
    for context, peer in peers:
        peer.close()
        context.term()
    log = router.log()
    assert len(re.findall(line, log)) == 1
    key = re.search(r'public key (\S{40}) ', log)[1]
    assert key.replace('\\x22', '"') == stranger_public


def test_a_stream_that_its_worker_gives_no_credit(stack):
    router = stack.router(flags='-s')
    peer = stack.closing(f.FabricPeer(router.fabric, name='stingy')).join(routes=[{'path': '/'}])
    connection = stack.closing(router.connect())
    connection.send(b'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n' + bytes(200_000))
    opening = peer.next(f.HEADERS)
    peer.send(f.frame(f.WINDOW_UPDATE, 0, opening.stream, bytes(4)))
    peer.serve(14, lambda opening: None)
    router.wait_log(rf'stream {opening.stream} stands still: worker stingy \(.*\) has given it no credit for 10000 ms')
