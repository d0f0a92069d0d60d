"""Workers that name routes get what they name, and nothing else; others are dealt to as if they were not there."""
import zeroway_e2e as z


def worker_of(router, path, host):
    with router.connect() as connection:
        connection.send(z.Connection.head_bytes('GET', path, host=host))
        return connection.read_reply().worker


def test_the_closest_claim_gets_the_request(stack):
    router = stack.router()
    stack.worker('open')
    stack.worker('api', '--route', '/api')
    stack.worker('deep', '--route', '/api/deep')
    stack.worker('shop', '--route', '*.shop.test/', '--route', 'one.test/only')
    router.wait_workers(4)
    for path, host, wanted in (
            ('/', 'zeroway.test', 'open'), ('/api', 'zeroway.test', 'api'), ('/api/x?y', 'zeroway.test', 'api'),
            ('/apis', 'zeroway.test', 'open'), ('/api/deep/er', 'zeroway.test', 'deep'), ('/', 'a.shop.test', 'shop'),
            ('/api', 'a.b.SHOP.test:9000', 'shop'), ('/', 'shop.test', 'open'), ('/only', 'one.test', 'shop'),
            ('/', 'one.test', 'open')):
        assert worker_of(router, path, host) == wanted, (path, host)


def test_routed_workers_are_never_dealt_to(stack):
    router = stack.router()
    stack.worker('api', '--route', '/api')
    router.wait_workers(1)
    with router.connect() as connection:
        for _ in range(20):
            assert connection.request('GET', '/api').worker == 'api'
    counters = router.counters()
    assert (counters['dealt'], counters['steered']) == (0, 20)
    stack.worker('open')
    router.wait_workers(2)
    z.eventually(lambda: worker_of(router, '/', 'a') == 'open' and (router.counters()['dealt'] > 0) == z.DEALS)


def test_what_nobody_claims_is_not_found_and_waits_for_a_worker_while_there_is_none(stack):
    router = stack.router('--queue-timeout', '200ms')
    api = stack.worker('api', '--route', '/api')
    router.wait_workers(1)
    assert router.get('/other').status == 404
    api.terminate()
    assert api.wait() == 0
    router.wait_workers(0)
    assert router.get('/other').status == 503
    stack.worker('open')
    router.wait_workers(1)
    assert worker_of(router, '/other', 'a') == 'open'
    z.eventually(lambda: worker_of(router, '/api', 'a') == 'open')  # who has left claims nothing


def test_what_waits_for_anybody_goes_to_the_worker_that_claims_it(stack):
    router = stack.router('--queue-timeout', '60s')
    with router.connect() as connection:
        connection.send_request('GET', '/api')
        z.eventually(lambda: router.counters()['queued'] == 1)
        stack.worker('api', '--route', '/api')
        assert connection.read_reply().worker == 'api'


def test_what_waits_for_a_route_outlives_it(stack):
    router = stack.router('--queue-timeout', '3s')
    stack.worker('api', '--route', '/api')
    router.wait_workers(1)
    stack.processes[-1].kill()
    router.wait_workers(0)
    stack.worker('open')
    router.wait_workers(1)
    with router.connect() as connection:
        connection.send_request('GET', '/api')  # nobody serves it any more, until the route is forgotten
        assert connection.read_reply().worker == 'open'
