"""What a router does wrong hurts its own streams on a worker, not those of the worker's other routers (Z 20, Z 23)."""
import contextlib
import os

import fabric_peer as f
import zeroway_e2e as z
import zmq

GARBAGE = [
    os.urandom(1000),
    b'',
    b'hello',
    f.frame(f.DATA, 0, 1, b'x' * 100)[:50],
    b'\xff\xff\xff\x00\x00\x00\x00\x00\x01' + b'x' * 100,
    f.frame(0x77, 0xff, 9, b'unknown'),
    f.frame(f.PING, 0, 0, b'abc'),
    f.frame(f.WINDOW_UPDATE, 0, 1, b''),
    f.frame(f.WINDOW_UPDATE, 0, 12_345, b'\x7f\xff\xff\xff') * 2,
    f.frame(f.DATA, f.END_STREAM, 99, b'a stream that is not open'),
    f.frame(f.RST_STREAM, 0, 99, bytes(4)),
    f.frame(f.HEADERS, f.END_HEADERS, 11, b'\xff' * 20),
    f.frame(f.HEADERS, f.END_HEADERS | f.END_STREAM, 13, f.encode([('no', 'pseudo fields')])),
    f.frame(f.HEADERS, f.END_HEADERS | f.END_STREAM, 0, f.encode([(':method', 'GET')])),
    f.frame(f.WELCOME, 0, 0, b'\xff\xfe{'),
    f.frame(f.WELCOME, 0, 0, b'{"version":1,"router":"x","loop":9,"pairs":[]}'),
    f.request(15) + f.request(15),
    f.frame(f.DATA, 0, 1, b'x' * 65_536) * 100,
]


def test_garbage_on_both_sockets_does_not_reach_the_other_router(stack):
    host = stack.closing(f.FabricHost(stack.ipc('host')))
    router = stack.router(fabric=stack.ipc('real'), flags='-s')
    worker = stack.httpbin('shared', '--route', '/', connect=[host.fabric, router.fabric])
    bad = host.welcome()
    router.wait_workers(1)
    with z.Load(router.port, 4, lambda id: ('GET', '/get', (), None)) as load:
        load.wait_more(50)
        for garbage in GARBAGE:
            for _ in range(3):
                host.send(bad, garbage)
                with contextlib.suppress(zmq.Again):  # the worker has hung up: rightly
                    host.deal.send(garbage, zmq.NOBLOCK)
            load.wait_more(20)
    assert load.failed == []
    assert worker.is_running()


def test_more_body_than_credited_is_reset(stack):
    host = stack.closing(f.FabricHost(stack.ipc()))
    stack.httpbin('bin-1', '--route', '/')
    worker = host.welcome()
    host.deal.send(f.request(1, '/upload?rate=1000', 'POST', flags=0))
    host.next(f.WINDOW_UPDATE)
    for _ in range(100):  # 6.5 MB where 256 KiB are allowed
        host.send(worker, f.frame(f.DATA, 0, 1, b'z' * 65_000))
    assert host.next(f.RST_STREAM).stream == 1
    host.deal.send(f.request(3))
    assert dict(f.decode(host.next(f.HEADERS).payload))[':status'] == '200'


def test_a_stream_is_answered_by_hand(stack):
    host = stack.closing(f.FabricHost(stack.ipc()))
    stack.worker('worker-1')
    host.welcome()
    host.deal.send(f.request(7, '/'))
    head = host.next(f.HEADERS)
    assert head.stream == 7 and dict(f.decode(head.payload))[':status'] == '200'
    assert host.next(f.DATA).payload == b'Hello from worker-1\n'
