"""kill -9 of a worker under GET load: nobody notices (Z 6)."""
import zeroway_e2e as z

KILLS = 20 if z.LONG else 6


def test_no_get_fails(stack):
    router = stack.router(flags='-s')
    workers = [stack.worker(f'worker-{number}') for number in range(3)]
    router.wait_workers(3)
    with z.Load(router.port, 64, z.get_hello) as load:
        for kill in range(10 * KILLS):
            counters = router.counters()
            if kill >= KILLS and counters['retries'] + counters['reopened'] > 0:
                break
            load.wait_more(500)
            victim = kill % 3
            workers[victim].kill()
            load.wait_more(64)
            workers[victim] = stack.worker(f'worker-{victim}-{kill}')
            load.wait_worker(f'worker-{victim}-{kill}')
        router.wait_workers(3)
        load.wait_more(200)
    assert load.failed == []
    counters = router.counters()
    assert counters['retries'] + counters['reopened'] > 0, 'no killed worker held anything: the test shows nothing'
    assert load.slowest.seconds < 3 * z.SLOW
