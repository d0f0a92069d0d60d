"""Workers that are started get traffic at once; the router is not touched (Z 8)."""
import time

import zeroway_e2e as z


def test_five_more_workers_get_traffic_under_load(stack):
    router = stack.router(flags='-s')
    for number in range(2):
        stack.worker(f'old-{number}')
    router.wait_workers(2)
    pid = router.pid
    with z.Load(router.port, 8, z.get_hello) as load:
        load.wait_more(50)
        names = {f'new-{number}' for number in range(5)}
        for name in names:
            stack.worker(name)
        z.eventually(lambda: names <= set(load.by_worker()), what='traffic on each new worker')
    assert load.failed == []
    assert router.is_running() and router.pid == pid


def test_a_burst_of_starting_and_dying_workers_harms_nobody(stack):
    router = stack.router(flags='-s')
    stack.worker('steady')
    router.wait_workers(1)
    with z.Load(router.port, 8, z.get_hello) as load:
        for round in range(5):
            burst = [stack.worker(f'burst-{round}-{number}') for number in range(5)]
            time.sleep(0.2)  # some have joined, some are about to
            for worker in burst:
                worker.kill()
        load.wait_more(50)
    router.wait_workers(1)
    assert load.failed == []
