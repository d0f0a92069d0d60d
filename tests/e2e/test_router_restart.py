"""A router that is started again is served by the workers that are up, within 2 s (Z 10)."""
import time

import pytest
import zeroway_e2e as z


@pytest.mark.parametrize('transport', ['ipc', 'tcp'])
@pytest.mark.parametrize('how', ['terminate', 'kill'])
def test_workers_come_back_by_themselves(stack, how, transport):
    fabric = stack.ipc() if transport == 'ipc' else stack.tcp()
    port = z.free_port()
    router = stack.router(port=port, fabric=fabric)
    workers = [stack.worker(f'worker-{number}', connect=fabric) for number in range(2)]
    router.wait_workers(2)
    for _ in range(2):
        getattr(router, how)()
        router.wait()
        time.sleep(0.5)  # workers call in vain meanwhile, ever more seldom
        router = stack.router(port=port, fabric=fabric)
        bound = time.monotonic()
        assert router.get().status == 200
        assert time.monotonic() - bound < 2 * z.SLOW
        router.wait_workers(2)
        assert router.undisturbed(lambda: {router.get().worker for _ in range(4)}) == {'worker-0', 'worker-1'}
    assert all(worker.is_running() for worker in workers)
