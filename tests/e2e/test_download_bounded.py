"""A gigabyte down to slow clients costs neither router nor worker memory (Z 14)."""
import threading
import time

import pytest
import zeroway_e2e as z

ALL = 1024 * z.MIB
# Streams at once, and how many megabytes a second each of their clients reads.
SHAPES = [(8, 1), (8, 10), (8, 20)] if z.LONG else [(8, 10)]


def read_slowly(router, size, rate, done):
    count = 0
    start = time.monotonic()

    def take(piece):
        nonlocal count
        count += len(piece)
        ahead = count / rate - (time.monotonic() - start)
        if ahead > 0:
            time.sleep(ahead)  # no faster than its rate
    with router.connect(60, receive_buffer=65_536) as connection:
        connection.send_request('GET', f'/stream-bytes/{size}?chunk_size=65536')
        reply = connection.read_reply(on_data=take)
    done.append((reply.status, count))


@pytest.mark.parametrize('streams, megabytes', SHAPES, ids=lambda value: str(value))
def test_router_and_worker_grow_by_less_than_16_mib(stack, streams, megabytes):
    router = stack.router(flags='-s')
    worker = stack.httpbin()
    router.wait_workers(1)
    assert len(router.get(f'/stream-bytes/{4 * z.MIB}').body) == 4 * z.MIB  # warm
    before = {process: process.rss() for process in (router, worker)}
    for process in before:
        process.forget_peak()
    done = []
    each = ALL // streams
    threads = [threading.Thread(target=read_slowly, args=(router, each, megabytes * 1_000_000, done))
               for _ in range(streams)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [(200, each)] * streams
    router.wait_idle()
    if z.SANITIZED:
        return  # all that was asked of it is right; its memory is the sanitizer's
    grown = {process.name: (process.peak_rss() - old) / z.MIB for process, old in before.items()}
    print(f'{streams} streams at {megabytes} MB/s, grown by MiB:', grown)
    assert all(mib < 16 for mib in grown.values()), grown
