"""A gigabyte up to a worker that reads slowly costs neither router nor worker memory (Z 15)."""
import hashlib
import json
import threading

import zeroway_e2e as z

STREAMS = 8
EACH = 128 * z.MIB
RATE = (1 if z.LONG else 10) * 1_000_000  # bytes per second and stream
BLOCK = bytes(range(256)) * 1024


def upload(router, done):
    with router.connect(60) as connection:
        connection.send(z.Connection.head_bytes('POST', f'/upload?rate={RATE}', [('Content-Length', str(EACH))]))
        for _ in range(EACH // len(BLOCK)):
            connection.send(BLOCK)
        reply = connection.read_reply('POST')
    done.append((reply.status, json.loads(reply.body) if reply.status == 200 else reply.body))


def test_router_and_worker_grow_by_less_than_16_mib(stack):
    router = stack.router(flags='-s')
    worker = stack.httpbin()
    router.wait_workers(1)
    assert router.request('POST', '/upload', body=BLOCK * 16).status == 200  # warm
    before = {process: process.rss() for process in (router, worker)}
    for process in before:
        process.forget_peak()
    done = []
    threads = [threading.Thread(target=upload, args=(router, done)) for _ in range(STREAMS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    digest = hashlib.sha256()
    for _ in range(EACH // len(BLOCK)):
        digest.update(BLOCK)
    assert len(done) == STREAMS
    for status, answer in done:
        assert (status, answer['bytes'], answer['sha256']) == (200, EACH, digest.hexdigest())
    router.wait_idle()
    if z.SANITIZED:
        return  # all that was asked of it is right; its memory is the sanitizer's
    grown = {process.name: (process.peak_rss() - old) / z.MIB for process, old in before.items()}
    assert all(mib < 16 for mib in grown.values()), grown
