"""A rolling restart by SIGTERM under POST load loses nothing and repeats nothing (Z 5)."""
import collections

import zeroway_e2e as z

ROUNDS = 20 if z.LONG else 5


def test_no_post_fails_or_is_seen_twice(stack):
    ids = stack.path('ids')
    router = stack.router(flags='-s')

    def start(name):
        return stack.test_worker(name, '--ids', ids)
    workers = [start(f'worker-{number}') for number in range(4)]
    router.wait_workers(4)
    with z.Load(router.port, 32, z.post_with_id) as load:
        for round in range(ROUNDS):
            for number in range(4):
                workers[number].terminate()
                assert workers[number].wait() == 0
                workers[number] = start(f'worker-{number}-{round}')
                load.wait_worker(f'worker-{number}-{round}')
                router.wait_workers(4)
                load.wait_more(64)
    assert load.failed == []
    with open(ids) as file:
        seen = collections.Counter(line.split()[0] for line in file)
    assert [id for id, count in seen.items() if count > 1] == []
    assert set(seen) == {outcome.id for outcome in load.outcomes}
    counters = router.counters()
    assert (counters['dealt'] > 0) == z.DEALS and counters['steered'] > 0, 'a road was not taken'
