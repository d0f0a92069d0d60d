"""A worker that says nothing of use as fast as it can is cut; the others and their clients hardly notice."""
import threading

import pytest
import zeroway_e2e as z
from fabric_peer import frame
from raw_worker import RawWorker

FLOOD = frame(0xbb, 0, 0) * (4 * z.MIB // 9)  # the longest message, of the shortest frames


def talk(worker):
    try:
        while True:
            worker.say(FLOOD)
    except OSError:
        pass  # it is cut


@pytest.mark.skipif(z.SANITIZED, reason='frames are read too slowly to be too many in a second')
def test_it_is_cut(stack):
    router = stack.router(flags='-s')
    stack.worker('good')
    router.wait_workers(1)
    worker = stack.closing(RawWorker(router.fabric)).join(host='nobody.test')
    router.wait_workers(2)
    memory = router.rss()
    with z.Load(router.port, 4, z.get_hello) as others:
        others.wait_more(50)
        talker = threading.Thread(target=talk, args=(worker,))
        talker.start()
        router.wait_workers(1)
        talker.join()
        others.wait_more(50)
    assert others.failed == []
    assert router.peak_rss() - memory < 256 * z.MIB
    router.wait_log(r'worker raw \(raw#.*\) is gone: it is cut, it says more')
    router.wait_idle()
