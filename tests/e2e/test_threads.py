"""A router with several loops is as many routers in one process: workers serve all of them."""
import zeroway_e2e as z


def test_two_loops_share_the_load_and_lose_nothing(stack):
    router = stack.router('--threads', 2, flags='-s')
    workers = [stack.worker(f'worker-{number}') for number in range(3)]
    z.eventually(lambda: router.counters()['workers'] == 6)  # each loop knows each worker
    with z.Load(router.port, 32, z.get_hello) as load:
        load.wait_more(500)
        workers[0].kill()
        load.wait_more(500)
        workers[1].terminate()
        assert workers[1].wait() == 0
        load.wait_more(500)
    assert load.failed == []
    assert load.by_worker()['worker-2'] > 0
    assert router.is_running()
