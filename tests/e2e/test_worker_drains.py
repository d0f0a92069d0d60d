"""SIGTERM lets a worker finish what it holds, and nothing new reaches it (Z 5)."""
import signal
import time

import zeroway_e2e as z


def test_a_slow_post_is_finished_before_the_worker_exits(stack):
    router = stack.router()
    leaving = stack.httpbin('leaving')
    router.wait_workers(1)
    with router.connect(20) as connection:
        connection.send_request('POST', '/delay/2', body=b'x')
        z.eventually(lambda: router.counters()['streams_open'] == 1)
        leaving.terminate()
        router.wait_log('worker leaving .* is leaving')
        stack.httpbin('staying')
        z.eventually(lambda: 'staying' == router.get('/get').worker)
        assert all(router.get('/get').worker == 'staying' for _ in range(10))
        reply = connection.read_reply('POST')
        assert (reply.status, reply.worker) == (200, 'leaving')
    assert leaving.wait() == 0
    router.wait_workers(1)


def test_a_stream_without_end_ends_when_its_worker_drains(stack):
    router = stack.router()
    worker = stack.test_worker('ticks')
    router.wait_workers(1)
    with router.connect(20) as connection:
        connection.send_request('GET', '/ticks')
        assert connection.read_head().status == 200
        worker.terminate()
        assert connection.take(5) == z.LAST_CHUNK
    assert worker.wait(10) == 0
    router.wait_idle()


def test_an_idle_worker_exits_at_once(stack):
    router = stack.router()
    worker = stack.worker('worker-1')
    router.wait_workers(1)
    worker.terminate()
    assert worker.wait() == 0
    router.wait_workers(0)


def test_a_worker_without_a_router_exits_too(stack):
    worker = stack.worker('lonely')
    worker.wait_catches(signal.SIGTERM)
    worker.terminate()
    assert worker.wait() == 0


def test_what_its_drain_time_does_not_suffice_for_is_given_to_another_where_that_is_safe(stack):
    router = stack.router()
    leaving = stack.test_worker('leaving', '--delay', 600_000, '--drain-timeout', '1s')
    router.wait_workers(1)
    with router.connect() as get, router.connect() as post:
        get.send_request('GET')
        post.send_request('POST', body=b'x')
        z.eventually(lambda: router.counters()['streams_open'] == 2)
        stack.test_worker('staying')
        router.wait_workers(2)
        leaving.terminate()
        reply = get.read_reply()
        assert (reply.status, reply.worker) == (200, 'staying')
        reply = post.read_reply('POST')
        assert reply.status == 502 and b'went away before it answered' in reply.body
    assert leaving.wait() == 1
    router.wait_workers(1)


def test_a_closed_terminal_drains_as_sigterm_does(stack):
    """The kernel and the shell send SIGHUP each: neither ends the worker before its request is answered."""
    router = stack.router()
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests may run under nohup, which the worker respects
    worker = stack.httpbin('bin-1')
    signal.signal(signal.SIGHUP, before)
    router.wait_workers(1)
    with router.connect() as connection:
        connection.send_request('GET', '/delay/1')
        z.eventually(lambda: router.counters()['streams_open'] == 1, what='a request at the worker')
        worker.signal(signal.SIGHUP)
        time.sleep(0.1)  # the second comes when the first has been heard
        worker.signal(signal.SIGHUP)
        assert connection.read_reply().status == 200
    assert worker.wait() == 0


def test_a_worker_under_nohup_ignores_a_closed_terminal(stack):
    router = stack.router()
    worker = stack.start(['nohup', z.program('hello-worker'), 'kept', '--connect', router.fabric], name='kept')
    router.wait_workers(1)
    worker.signal(signal.SIGHUP)
    assert router.get().text == 'Hello from kept\n'
    assert worker.is_running()
