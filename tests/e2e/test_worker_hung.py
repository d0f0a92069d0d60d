"""A stopped worker gets nothing more, what it held is asked elsewhere, and it comes back by itself (Z 7)."""
import time

import pytest
import zeroway_e2e as z

pytestmark = pytest.mark.alone  # two seconds are its bound


def test_stop_and_continue_under_get_load(stack):
    router = stack.router(flags='-s')
    workers = [stack.worker(f'worker-{number}') for number in range(3)]
    router.wait_workers(3)
    with z.Load(router.port, 32, z.get_hello) as load:
        load.wait_more(100)
        workers[1].freeze()
        router.wait_workers(2)  # no more than a second later
        others_carry_all = time.monotonic()
        load.wait_more(300)
        assert load.by_worker(others_carry_all)['worker-1'] == 0
        assert set(load.by_worker(others_carry_all)) == {'worker-0', 'worker-2'}
        workers[1].thaw()
        thawed = time.monotonic()
        z.eventually(lambda: load.by_worker(thawed)['worker-1'] > 50, what='the thawed worker has its share again')
        even = time.monotonic()
        load.wait_more(600)
    shares = load.by_worker(even)
    assert load.failed == []
    assert load.slowest.seconds < 2 * z.SLOW, load.slowest
    assert min(shares.values()) > sum(shares.values()) / 6, shares
    assert workers[1].is_running()


def test_a_post_that_a_hung_worker_holds_is_502_after_about_a_second(stack):
    """It may have been done: nobody else is asked."""
    router = stack.router(flags='-s')
    hung, other = stack.httpbin('hung'), stack.httpbin('other')
    router.wait_workers(2)
    hung.freeze()
    replies = []
    with router.connect() as connection:
        while not any(reply.status == 502 for reply in replies):  # it holds the first or the second one
            begun = time.monotonic()
            replies.append(connection.request('POST', '/post', body=b'x'))
            seconds = time.monotonic() - begun
            assert len(replies) < 10, replies
    assert [reply.status for reply in replies[:-1]] == [200] * (len(replies) - 1)
    assert seconds < 3 * z.SLOW
    hung.thaw()
    router.wait_workers(2)
    assert other.is_running() and hung.is_running()
