"""Workers may be started before the router: they stay up and answer as soon as it binds (Z 1)."""
import signal
import time

import zeroway_e2e as z


def test_workers_started_first_answer_within_a_second_of_the_router_binding(stack):
    fabric = stack.tcp()
    workers = [stack.worker(f'worker-{number}', connect=fabric) for number in (1, 2)]
    for worker in workers:
        worker.wait_catches(signal.SIGTERM)  # it runs
    time.sleep(1)  # they try in vain meanwhile
    assert all(worker.is_running() for worker in workers)
    router = stack.router(fabric=fabric)
    bound = time.monotonic()
    replies = [router.get() for _ in range(2)]
    took = time.monotonic() - bound
    assert [reply.status for reply in replies] == [200, 200]
    assert took < 3 * z.SLOW  # 1 s is meant; a machine that does much else takes longer
    z.eventually(lambda: {router.get().text for _ in range(2)} == {'Hello from worker-1\n', 'Hello from worker-2\n'})
    assert all(worker.is_running() for worker in workers)
