"""A rate limit over time: what is served of too many requests, with one loop and with four, and what a flood of
addresses costs. The long forms only: tests/access/rate_table_test.cpp has the rule with a clock of its own.
"""
import threading
import time

import pytest

import sites_e2e as s
import zeroway_e2e as z
from origins import Origin

LONG = pytest.mark.skipif(not z.LONG, reason='ZEROWAY_LONG=1: takes ten seconds and more')
SECONDS = 10


def limited(stack, limit, *options, in_site=''):
    port = z.free_port()
    text = s.proxied(port, stack.closing(Origin()), in_site=f'{in_site}\nrate_limit = {{ {limit} }}')
    return s.serve(stack, text, port, *options)


def served(router, clients=8):
    """The statuses of all that `clients` connections can ask in the time."""
    statuses = [[] for _ in range(clients)]
    end = time.monotonic() + SECONDS

    def ask(mine):
        with router.connect() as connection:
            while time.monotonic() < end:
                mine.append(connection.request().status)

    threads = [threading.Thread(target=ask, args=(mine,)) for mine in statuses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [status for mine in statuses for status in mine]


@LONG
@pytest.mark.parametrize('loops', [1, 4])
def test_a_hundred_a_second_are_served_whatever_comes(stack, loops):
    router = limited(stack, 'requests_per_second = 100, burst = 1', '--threads', loops)
    statuses = served(router)
    assert set(statuses) == {200, 429}
    assert statuses.count(429) > 1000  # far more came than may be served
    assert abs(statuses.count(200) - 100 * SECONDS) <= 2 * SECONDS


@LONG
def test_a_hundred_thousand_addresses_take_no_more_memory_than_a_few(stack):
    router = limited(stack, 'requests_per_minute = 100', in_site='trusted_proxies = ["127.0.0.1"]')

    def flood(first, count):
        with router.connect() as connection:
            for number in range(first, first + count):
                address = f'10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}'
                assert connection.request(headers=[('X-Forwarded-For', address)]).status == 200

    flood(0, 2_000)
    before = router.rss()
    flood(2_000, 100_000)
    assert router.rss() - before < 4 * 1024 * 1024
