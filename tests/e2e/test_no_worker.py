"""Without a worker, requests wait for one, for a bounded time and in a bounded number (Z 9)."""
import time

import zeroway_e2e as z


def test_a_waiting_request_is_served_when_a_worker_appears(stack):
    router = stack.router('--queue-timeout', '60s')
    with router.connect(60) as get, router.connect(60) as post:
        get.send_request()
        post.send_request('POST', '/', body=b'x' * 1000)
        z.eventually(lambda: router.counters()['queued'] == 2)
        stack.worker('late')
        assert get.read_reply().text == 'Hello from late\n'
        assert post.read_reply('POST').text == 'Hello from late\n'


def test_else_503_with_retry_after(stack):
    router = stack.router('--queue-timeout', '1s')
    start = time.monotonic()
    reply = router.get()
    waited = time.monotonic() - start
    assert reply.status == 503
    assert int(reply.get('retry-after')) > 0
    assert 0.9 < waited < 4 * z.SLOW
    router.wait_idle()
    stack.worker('worker-1')
    router.wait_workers(1)
    assert router.get().status == 200


def test_after_the_last_worker_left_requests_wait_again(stack):
    router = stack.router('--queue-timeout', '1s')
    workers = [stack.worker(f'worker-{number}') for number in range(2)]
    router.wait_workers(2)
    assert router.get().status == 200
    workers[0].terminate()
    workers[1].kill()
    router.wait_workers(0)
    reply = router.get()
    assert (reply.status, bool(reply.get('retry-after'))) == (503, True)


def test_a_full_queue_answers_503_at_once(stack):
    router = stack.router('--queue-limit', 3, '--queue-timeout', '60s')
    waiting = [stack.closing(router.connect(60)) for _ in range(3)]
    for connection in waiting:
        connection.send_request()
    z.eventually(lambda: router.counters()['queued'] == 3)
    reply = router.get()  # in much less than a minute: it does not wait longer
    assert (reply.status, bool(reply.get('retry-after'))) == (503, True)
    stack.worker('late')
    assert [connection.read_reply().status for connection in waiting] == [200] * 3


def test_a_client_that_leaves_the_queue_is_forgotten(stack):
    router = stack.router('--queue-timeout', '60s')
    connection = router.connect()
    connection.send_request()
    z.eventually(lambda: router.counters()['exchanges_open'] == 1)
    connection.abort()
    router.wait_idle()


def test_workers_at_their_capacity_make_requests_wait_not_fail(stack):
    router = stack.router('--queue-timeout', '60s')
    stack.httpbin('small', '--capacity', 2)
    router.wait_workers(1)
    with z.Load(router.port, 8, lambda id: ('GET', '/delay/0.2', (), None), limit=2) as load:
        load.join()
    assert load.failed == []
    assert router.counters()['refused'] == 0  # nobody is given more than it said it can take
