"""Workers of two routers serve both, and any one process may die (Z 11, Z 23)."""
import zeroway_e2e as z


def start(stack):
    fabrics = [stack.ipc('a'), stack.ipc('b')]
    routers = [stack.router(fabric=fabric, name=f'router-{number}', flags='-s') for number, fabric in enumerate(fabrics)]
    workers = [stack.worker(f'worker-{number}', connect=fabrics) for number in range(3)]
    for router in routers:
        router.wait_workers(3)
    return routers, workers


def test_a_worker_dies_and_both_routers_serve(stack):
    routers, workers = start(stack)
    with z.Load(routers[0].port, 8, z.get_hello) as first, z.Load(routers[1].port, 8, z.get_hello) as second:
        for load in (first, second):
            z.eventually(lambda: set(load.by_worker()) == {'worker-0', 'worker-1', 'worker-2'}, what='traffic on each')
        workers[0].kill()
        for load in (first, second):
            load.wait_more(200)
    assert first.failed == [] and second.failed == []


def test_a_router_dies_and_the_other_serves_as_before(stack):
    routers, workers = start(stack)
    with z.Load(routers[1].port, 8, z.get_hello) as load:
        load.wait_more(50)
        routers[0].kill()
        load.wait_more(500)
        again = stack.router(port=routers[0].port, fabric=routers[0].fabric, flags='-s')
        assert again.get().status == 200
        again.wait_workers(3)
        load.wait_more(100)
    assert load.failed == []
    assert set(load.by_worker()) == {'worker-0', 'worker-1', 'worker-2'}
    assert all(worker.is_running() for worker in workers)
