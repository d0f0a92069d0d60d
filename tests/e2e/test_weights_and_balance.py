"""Weights and the balance methods: uneven pools are steered as asked."""
import collections

import pytest
import zeroway_e2e as z


def shares(router, count):
    with router.connect() as connection:
        return collections.Counter(connection.request().worker for _ in range(count))


@pytest.mark.parametrize('method', ['round_robin', 'weighted'])
def test_a_worker_of_weight_three_gets_three_of_four(stack, method):
    router = stack.router('--balance', method)
    stack.worker('light')
    stack.worker('heavy', '--weight', 3)
    router.wait_workers(2)
    got = router.undisturbed(lambda: shares(router, 400))
    assert sum(got.values()) == 400
    assert abs(got['heavy'] - 300) <= 4, got
    assert router.counters()['dealt'] == 0  # the table is uneven


def test_least_connections_avoids_the_busy_worker(stack):
    router = stack.router('--balance', 'least_connections')
    for number in range(2):
        stack.httpbin(f'bin-{number}')
    router.wait_workers(2)
    stack.closing(router.connect()).send_request('GET', '/delay/600')
    z.eventually(lambda: router.counters()['streams_open'] == 1)
    def ask():
        with router.connect() as connection:
            return collections.Counter(connection.request('GET', '/get').worker for _ in range(20))
    got = router.undisturbed(ask)
    assert len(got) == 1, got
