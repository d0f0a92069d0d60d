"""SIGTERM lets open requests finish; a second one does not wait."""
import signal
import time

import pytest
import zeroway_e2e as z


def test_open_requests_finish_and_new_connections_are_not_taken(stack):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    idle = stack.closing(router.connect())
    assert idle.request('GET', '/get').status == 200
    with router.connect(20) as connection:
        connection.send_request('GET', '/delay/2')
        z.eventually(lambda: router.counters()['exchanges_open'] == 1)
        router.terminate()
        assert idle.is_closed_by_peer()
        with pytest.raises((ConnectionError, z.Broken)):
            router.get('/get')
        reply = connection.read_reply()
        assert reply.status == 200
    assert router.wait() == 0


def test_a_second_signal_ends_it_at_once(stack):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    with router.connect() as connection:
        connection.send_request('GET', '/delay/30')
        z.eventually(lambda: router.counters()['exchanges_open'] == 1)
        router.terminate()
        router.wait_log('draining: ')  # two signals at once are one
        assert router.is_running()
        router.terminate()
        assert router.wait() == 1


def test_an_idle_router_exits_at_once(stack):
    router = stack.router()
    stack.worker('worker-1')
    router.wait_workers(1)
    router.signal(signal.SIGINT)  # Ctrl-C is as good
    assert router.wait() == 0


@pytest.mark.parametrize('words', [[], ['--threads', 3], ['--access-log', '-']], ids=str)
def test_an_idle_router_ends_when_it_is_drained(stack, words):
    """With workers, and after it has served. One of several is enough, the machine may be busy."""
    def seconds_to_end(number):
        router = stack.router(*words, fabric=stack.tcp(3), name=f'router-{number}')
        worker = stack.worker(f'worker-{number}', connect=router.fabric)
        router.wait_workers(words.count(3) * 3 or 1)
        with router.connect() as connection:
            assert connection.request().status == 200
        router.wait_idle()
        router.terminate()
        router.wait_log('drained')
        begun = time.monotonic()
        assert router.wait() == 0
        seconds = time.monotonic() - begun
        worker.end()
        return seconds
    assert any(seconds_to_end(number) < 0.8 for number in range(10))


def test_drain_timeout_bounds_the_wait(stack):
    router = stack.router('--drain-timeout', '1s')
    stack.httpbin()
    router.wait_workers(1)
    with router.connect() as connection:
        connection.send_request('GET', '/delay/60')
        z.eventually(lambda: router.counters()['exchanges_open'] == 1)
        router.terminate()
        router.wait()  # in much less than 60 s
