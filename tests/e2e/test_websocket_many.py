"""Many WebSockets at once: what an idle one costs, and that workers which restart or die leave none of them hanging.

The long form holds 4 000 for two minutes.
"""
import os
import time

import pytest
import zeroway_e2e as z
from many_web_sockets import ManyWebSockets

COUNT = 4_000 if z.LONG else 400
WORKERS = 3
DRAIN = '30s' if z.LONG else '4s'


def many(stack, router, count=COUNT, **options):
    return stack.closing(ManyWebSockets(router.port, **options)).open(count, 60 * z.SLOW)


def worker(stack, name):
    return stack.worker(name, '--capacity', COUNT, '--drain-timeout', DRAIN, kind='echo-websocket-worker')


@pytest.mark.parametrize('deflate, most', [(False, 16), (True, 48)], ids=['plain', 'deflate'])
def test_held_open_with_pings(stack, deflate, most):
    """Each said something before it fell silent, which fills the window of what compression may refer back to."""
    router = stack.router('--ws-ping-interval', '2s')
    worker(stack, 'worker-1')
    router.wait_workers(1)
    with router.connect() as warm:
        warm.request()
    before = router.rss()
    sockets = many(stack, router, deflate=deflate)
    sockets.send_to_all(os.urandom(40_000))
    used = (router.rss() - before) / COUNT / 1024
    seconds = 120 if z.LONG else 5
    sockets.serve(lambda: False, seconds)
    wanted = seconds / 2 / 2 / z.SLOW
    sockets.serve(lambda: min(client.pings for client in sockets.clients) >= wanted, z.PATIENCE * z.SLOW)
    # What an idle one needs no more is given back in a while.
    sockets.serve(lambda: z.SANITIZED or router.rss() - before <= most * COUNT * 1024, z.PATIENCE * z.SLOW)
    idle = (router.rss() - before) / COUNT / 1024
    pings = [client.pings for client in sockets.clients]
    kind = 'deflate' if deflate else 'plain'
    print(f'\n{COUNT} WebSockets, {kind}, {seconds} s, {min(pings)} to {max(pings)} pings: {idle:.1f} KiB each in the '
          f'router, {used:.1f} KiB right after their message')
    assert len(sockets.live) == COUNT and not sockets.codes()[1011]
    assert min(pings) >= wanted
    assert z.SANITIZED or idle <= most
    sockets.send_to_all(b'still there?')
    assert all(client.messages == 2 for client in sockets.clients)


def test_a_rolling_restart_of_workers_closes_each_with_1012(stack):
    router = stack.router()
    workers = [worker(stack, f'worker-{number}') for number in range(WORKERS)]
    router.wait_workers(WORKERS)
    sockets = many(stack, router)
    slowest = 0
    for number in range(WORKERS):
        worker(stack, f'worker-{number}-again')
        router.wait_workers(WORKERS + 1)
        began = time.monotonic()
        workers[number].terminate()
        assert sockets.serve(lambda: not workers[number].is_running(), 60 * z.SLOW)
        assert workers[number].wait() == 0
        slowest = max(slowest, time.monotonic() - began)
    assert sockets.serve(lambda: not sockets.live, z.PATIENCE * z.SLOW), f'{len(sockets.live)} hang: {sockets.codes()}'
    print(f'\n{COUNT} WebSockets on {WORKERS} workers: a worker was gone after {slowest:.1f} s at most')
    assert sockets.codes() == {1012: COUNT}
    router.wait_idle()


def test_a_killed_worker_closes_each_with_1011(stack):
    router = stack.router()
    victim = worker(stack, 'worker-1')
    router.wait_workers(1)
    sockets = many(stack, router)
    began = time.monotonic()
    victim.kill()
    assert sockets.serve(lambda: not sockets.live, z.PATIENCE * z.SLOW), f'{len(sockets.live)} hang: {sockets.codes()}'
    slowest = max(client.closed_at for client in sockets.clients) - began
    print(f'\n{COUNT} WebSockets of a killed worker: Close 1011 within {slowest:.3f} s')
    assert sockets.codes() == {1011: COUNT}
    assert slowest < (1 if z.LONG else 5 * z.SLOW)
    router.wait_idle()
