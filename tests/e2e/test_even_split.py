"""Idle equal workers get equal shares, through the deal socket where openings are dealt (Z 4)."""
import collections

import pytest
import zeroway_e2e as z


def measure(router, requests):
    """Who answered how often, and by how much the counters grew."""
    before = router.counters()
    with router.connect() as connection:
        answers = collections.Counter(connection.request().worker for _ in range(requests))
    after = router.counters()
    return answers, {name: after[name] - before[name] for name in after}


@pytest.mark.parametrize('workers, requests, off', [(2, 1000, 1), (7, 1001, 2)])
def test_sequential_requests_split_evenly(stack, workers, requests, off):
    router = stack.router(flags='-s')
    for number in range(workers):
        stack.worker(f'worker-{number}')
    router.wait_workers(workers)
    way = 'dealt' if z.DEALS else 'steered'
    z.eventually(lambda: measure(router, 10)[1][way] == 10, what='an even table')
    for _ in range(30):
        answers, grown = measure(router, requests)
        if grown['uneven_turns'] == grown['pings_late'] == 0:  # else this machine let a worker wait: they were not idle and equal
            break
    assert grown[way] == grown['dealt'] + grown['steered'] == requests
    assert len(answers) == workers
    assert all(abs(count - requests / workers) <= off for count in answers.values()), answers
