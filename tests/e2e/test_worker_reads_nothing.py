"""A worker that writes and never reads, so that no heartbeat finds it, is cut before it costs much memory."""
import re
import select
import struct

import pytest
import zeroway_e2e as z
from fabric_peer import HEADERS, WINDOW_UPDATE, frame
from raw_worker import RawWorker

BOUND = 64 * z.MIB          # that waits in the router, besides a window for each stream
UPLOAD = 256 * z.MIB


def upload(router, worker, size):
    """How much of a body of `size` bytes the router took before it answered, with all the credit there is."""
    with router.connect(30) as client:
        client.send(client.head_bytes('POST', '/', [('Content-Length', str(size))]))
        stream = worker.next(HEADERS).stream
        worker.say(frame(WINDOW_UPDATE, 0, stream, struct.pack('>I', (1 << 31) - 1 - 65_536)))
        sent = 0
        try:
            while sent < size and not select.select([client.socket], [], [], 0)[0]:
                client.send(bytes(z.MIB))
                sent += z.MIB
        except ConnectionError:
            pass
        return sent


@pytest.mark.parametrize('kind', ['ipc', 'tcp'])
def test_it_is_cut(stack, kind):
    router = stack.router(fabric=stack.tcp() if kind == 'tcp' else None)
    worker = stack.closing(RawWorker(router.fabric)).join()
    router.wait_workers(1)
    memory = router.rss()
    taken = upload(router, worker, UPLOAD)
    assert BOUND / 2 < taken < UPLOAD
    assert z.SANITIZED or router.rss() - memory < 2 * BOUND
    assert worker.is_cut()
    router.wait_workers(0)
    assert re.search(r'worker raw \(raw#.*\) is gone: it is cut, \d+ bytes wait for it to read them', router.log())
    stack.worker('good', connect=router.fabric)
    router.wait_workers(1)
    assert router.get().status == 200
    router.wait_idle()
