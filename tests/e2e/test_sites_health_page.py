"""The router's own health pages, also below a path that a server has (list B 19)."""
import json

import sites_e2e as s
import zeroway_e2e as z
from origins import Origin


def test_the_health_page_is_the_routers_though_the_path_is_proxied(stack):
    origin = stack.closing(Origin())
    router = s.front(stack, origin, path='/api/')
    for path in ('/api/health', '/api/health/detailed'):
        answer = router.get(path)
        assert (answer.status, json.loads(answer.text)['status']) == (200, 'ok')
        assert 'application/json' in answer.get('content-type')
    assert origin.requests == []
    assert router.get('/api/users').text == 'origin'
    assert router.get('/api/healthy').text == 'origin'


def test_ready_says_whether_every_pool_has_somebody(stack):
    ready, live = '/api/health/ready', '/api/health/live'
    origin = stack.closing(Origin())
    port = z.free_port()
    router = s.serve(stack, s.proxied(port, origin, path='/api/', tables='[sites.proxy.health_check]\nenabled = true\n'
                     'interval = "100ms"\ntimeout = "100ms"\nretries = 1\npath = "/"\n'), port)
    z.eventually(lambda: router.get(ready).status == 200, what='ready')
    assert router.get(live).status == 200
    origin.close()
    z.eventually(lambda: router.get(ready).status == 503, what='not ready')
    assert router.get(live).status == 200
    assert router.get('/api/health').status == 200


def test_ready_waits_for_the_workers_that_a_route_names(stack):
    port = z.free_port()
    router = s.serve(stack, s.site(port) + '[sites.proxy]\nenabled = true\n' + s.route('/', 'fabric:team'), port)
    assert router.get('/api/health/ready').status == 503
    stack.worker('worker-1', '--group', 'team')
    z.eventually(lambda: router.get('/api/health/ready').status == 200, what='ready')


def test_head_and_other_methods_of_the_health_page(stack):
    router = s.front(stack, stack.closing(Origin()), path='/api/')
    assert router.request('HEAD', '/api/health').status == 200
    assert router.request('POST', '/api/health').status in (404, 405)


def test_the_health_pages_can_be_switched_off(stack):
    origin = stack.closing(Origin())
    router = s.front(stack, origin, in_site='builtin_health = false')
    for path in ('/api/health', '/api/health/detailed', '/api/health/ready', '/api/health/live'):
        assert router.get(path).text == 'origin'


def test_without_a_file_the_router_has_no_health_page(stack):
    router = stack.router()
    stack.worker('worker-1')
    router.wait_workers(1)
    assert router.get('/api/health').text == 'Hello from worker-1\n'
