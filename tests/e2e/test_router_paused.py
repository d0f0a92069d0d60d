"""A router that was stopped for a while (SIGSTOP, a machine that was suspended) judges nobody by that time."""
import time

import zeroway_e2e as z
from raw_worker import RawWorker


def test_it_gives_up_no_worker_that_went_on_talking(stack):
    router = stack.router(flags='-s')
    stack.closing(RawWorker(router.fabric)).join()
    router.wait_workers(1)
    router.freeze()
    time.sleep(3)  # three times as long as a worker may be silent
    router.thaw()
    router.wait_log('the loop did not run for [0-9]+ ms')
    time.sleep(1.5)
    assert ' is gone' not in router.log()
    assert router.counters()['workers'] == 1


def test_what_waits_for_a_worker_does_not_expire_meanwhile(stack):
    router = stack.router(flags='-s')
    connection = stack.closing(router.connect())
    connection.send_request('GET', '/')
    z.eventually(lambda: router.counters()['queued'] == 1)
    router.freeze()
    time.sleep(6)  # longer than --queue-timeout
    router.thaw()
    stack.worker('late')
    assert connection.read_reply().status == 200
