"""kill -9 of a worker under POST load: what it held fails with 502 at once, everything else is served once (Z 6)."""
import collections
import time

import zeroway_e2e as z

KILLS = 20 if z.LONG else 5
CONNECTIONS = 32


def test_only_what_the_dead_worker_held_fails(stack):
    ids = stack.path('ids')
    router = stack.router('--heartbeat-timeout', '30s', flags='-s')  # the end of its connection tells, not silence

    def start(name):
        return stack.test_worker(name, '--ids', ids, '--delay', '20')  # so that there is always something in its hands
    workers = [start(f'worker-{number}') for number in range(3)]
    router.wait_workers(3)
    kills = []
    with z.Load(router.port, CONNECTIONS, z.post_with_id) as load:
        for kill in range(KILLS):
            load.wait_more(200)
            victim = kill % 3
            kills.append(time.monotonic())
            workers[victim].kill()
            load.wait_more(64)
            workers[victim] = start(f'worker-{victim}-{kill}')
            load.wait_worker(f'worker-{victim}-{kill}')
        router.wait_workers(3)
        load.wait_more(100)
    failed = load.failed
    assert all(outcome.status == 502 for outcome in failed), failed
    assert all(outcome.seconds < 5 * z.SLOW for outcome in failed), failed
    assert all(any(outcome.start < at + 5 * z.SLOW and outcome.start + outcome.seconds > at for at in kills)
               for outcome in failed), failed
    assert len(failed) <= KILLS * CONNECTIONS
    assert failed, 'nothing was in the hands of any killed worker: the test shows nothing'
    with open(ids) as file:
        seen = collections.Counter(line.split()[0] for line in file)
    assert [id for id, count in seen.items() if count > 1] == []
    answered = {outcome.id for outcome in load.outcomes if outcome.status == 200}
    assert answered <= set(seen)
    router.wait_idle()
