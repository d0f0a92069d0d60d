"""The management listener: who may ask, what is told, what may be changed."""
import json
import shutil
import subprocess
import time

import pytest
import sites_e2e as s
import zeroway_e2e as z
from management_e2e import TOKEN, ask, manage_with_token, managed, samples, told, token_file
from origins import Origin, in_turn, reply, then_close

def total(port, name, *labels):
    values = samples(ask(port, '/metrics').body.decode()).get(name, {})
    return sum(value for text, value in values.items() if all(label in text for label in labels))


def test_health_says_whether_somebody_can_answer(stack):
    router, port = managed(stack)
    assert ask(port, '/health').status == 200
    assert ask(port, '/health/livez').status == 200
    assert ask(port, '/health/readyz').status == 503
    assert told(port, '/health')['reason'] == 'no backend is there'
    stack.worker('worker-1')
    router.wait_workers(1)
    z.eventually(lambda: ask(port, '/health/readyz').status == 200)
    status = told(port, '/health/status')
    assert status['ready'] and status['workers'] == 1 and status['available_slots'] > 0


def test_it_is_told_that_the_router_drains_until_the_last_client_is_gone(stack):
    router, port = managed(stack)
    stack.httpbin()
    router.wait_workers(1)
    with router.connect() as connection:
        connection.send(b'GET /delay/3 HTTP/1.1\r\nHost: x\r\n\r\n')
        z.eventually(lambda: router.counters()['exchanges_open'] == 1)
        router.terminate()
        z.eventually(lambda: ask(port, '/health/readyz').status == 503)
        assert told(port, '/health')['reason'] == 'draining'
        assert connection.read_reply().status == 200
    assert router.wait() == 0


def test_every_request_is_counted_once(stack):
    router, port = managed(stack, '--threads', 2)
    stack.httpbin()
    router.wait_workers(2)
    for status, count in ((200, 7), (404, 3), (500, 2)):
        for _ in range(count):
            assert router.get(f'/status/{status}').status == status
    for _ in range(4):
        assert router.request('POST', '/post', body=b'x' * 100).status == 200
    for label, expected in (('status="2xx"', 11), ('status="4xx"', 3), ('status="5xx"', 2), ('method="POST"', 4),
                            ('method="GET"', 12)):
        z.eventually(lambda: total(port, 'zeroway_requests_total', label) == expected, what=label)
    assert total(port, 'zeroway_request_bytes_total') == 400
    assert total(port, 'zeroway_request_duration_seconds_count') == 16
    assert total(port, 'zeroway_backend_openings_total') == 16
    assert total(port, 'zeroway_requests_open') == 0
    assert total(port, 'zeroway_member_requests_total', 'kind="worker"') == 16


def test_failures_and_retries_are_counted_by_reason_and_route(stack):
    origin = stack.closing(Origin(in_turn(then_close(), reply(b'hello'))))
    manage = z.free_port()
    router = s.front(stack, origin, options=('--manage', f'127.0.0.1:{manage}'), in_site='fabric = false',
                     in_route='retries = 1', path='/api')
    assert router.get('/api/x').status == 200
    assert router.get('/nowhere').status == 404
    route = ('site="main"', 'route="/api"')
    z.eventually(lambda: total(manage, 'zeroway_requests_total', *route, 'status="2xx"') == 1)
    assert total(manage, 'zeroway_backend_retries_total', *route) == 1
    assert total(manage, 'zeroway_request_failures_total', 'reason="no_route"') == 1
    assert [route['path'] for route in told(manage, '/api/v1/routes')['routes'] if route['site'] == 'main'][-1] == '/api'
    [server] = told(manage, '/api/v1/servers')['servers']
    assert server['pool'] == 'backend' and server['requests'] == 2 and server['fit']


def test_promtool_finds_nothing_wrong(stack):
    promtool = shutil.which('promtool')
    assert promtool, 'tools/deps installs prometheus'
    router, port = managed(stack)
    stack.worker('worker-1')
    router.wait_workers(1)
    for _ in range(10):
        router.get()
    for accept in ('text/plain', 'application/openmetrics-text;version=1.0.0'):
        answer = ask(port, '/metrics', headers=[('Accept', accept)])
        assert answer.status == 200
        if accept == 'text/plain':
            done = subprocess.run([promtool, 'check', 'metrics'], input=answer.body, capture_output=True, timeout=60)
            assert done.returncode == 0 and not done.stdout and not done.stderr, done.stdout + done.stderr
        else:
            assert answer.body.endswith(b'# EOF\n')


def test_a_worker_that_is_held_gets_nothing_until_it_is_back(stack):
    router, port = managed(stack)
    for name in ('worker-1', 'worker-2'):
        stack.worker(name)
    router.wait_workers(2)
    path = '/api/v1/workers/worker-1'
    assert ask(port, path, 'PATCH', token=TOKEN, body=b'{"held": true}').status == 200
    assert {router.get().worker for _ in range(40)} == {'worker-2'}
    states = {worker['name']: worker['state'] for worker in told(port, '/api/v1/workers')['workers']}
    assert states == {'worker-1': 'held', 'worker-2': 'ready'}
    assert ask(port, path, 'PATCH', token=TOKEN, body=b'{"held": false}').status == 200
    assert {router.get().worker for _ in range(40)} == {'worker-1', 'worker-2'}


def test_a_workers_weight_is_changed(stack):
    router, port = managed(stack, '--balance', 'weighted')
    for name in ('worker-1', 'worker-2'):
        stack.worker(name)
    router.wait_workers(2)
    assert ask(port, '/api/v1/workers/worker-1', 'PATCH', token=TOKEN, body=b'{"weight": 3}').status == 200
    answers = [router.get().worker for _ in range(40)]
    assert answers.count('worker-1') == 30


def test_a_servers_weight_is_changed(stack):
    one, two = (stack.closing(Origin(lambda request, name=name: reply(name))) for name in (b'one', b'two'))
    manage = z.free_port()
    router = s.front(stack, one, two, tables='[sites.proxy.load_balancing]\nmethod = "weighted"\n',
                     options=(*manage_with_token(stack, manage), '--threads', 2))
    path = '/api/v1/servers/' + one.url.removeprefix('http://')
    assert ask(manage, path, 'PATCH', token=TOKEN, body=b'{"weight": 3}').status == 200
    answers = [router.get().body for _ in range(40)]
    assert answers.count(b'one') == 30, answers
    assert {server['name']: server['weight'] for server in told(manage, '/api/v1/servers')['servers']}[
        one.url.removeprefix('http://')] == 3
    assert ask(manage, path, 'PATCH', token=TOKEN, body=b'{"weight": 0}').status == 200
    assert {router.get().body for _ in range(20)} == {b'two'}
    other = '/api/v1/servers/' + two.url.removeprefix('http://')
    refused = ask(manage, other, 'PATCH', token=TOKEN, body=b'{"weight": 0}')
    assert refused.status == 409 and b'every member has weight 0' in refused.body
    assert {router.get().body for _ in range(20)} == {b'two'}


def test_a_server_that_is_held_gets_nothing(stack):
    origins = [stack.closing(Origin(reply(b'hello'))) for _ in range(2)]
    manage = z.free_port()
    router = s.front(stack, *origins, options=manage_with_token(stack, manage))
    name = f'127.0.0.1:{origins[0].port}'
    assert ask(manage, f'/api/v1/servers/{name}', 'PATCH', token=TOKEN, body=b'{"held": true}').status == 200
    before = len(origins[0].requests)
    for _ in range(20):
        assert router.get().status == 200
    assert len(origins[0].requests) == before
    assert ask(manage, f'/api/v1/servers/{name}', 'PATCH', token=TOKEN, body=b'{"held": false}').status == 200
    for _ in range(20):
        router.get()
    assert len(origins[0].requests) > before


@pytest.mark.parametrize('path', ['/api/v1/reload', '/api/config/reload'])
def test_the_file_is_read_again(stack, path):
    origin = stack.closing(Origin(reply(b'hello')))
    manage = z.free_port()
    port = z.free_port()
    s.serve(stack, s.proxied(port, origin, path='/one'), port, *manage_with_token(stack, manage))
    s.write(stack, s.proxied(port, origin, path='/two'))
    answer = ask(manage, path, 'POST', headers=[('X-API-Key', TOKEN)])
    assert answer.status == 200, answer.body
    assert told(manage, '/api/v1/version')['reloads']['done'] == 1
    assert '/two' in [route['path'] for route in told(manage, '/api/v1/routes')['routes']]
    s.write(stack, 'nonsense')
    answer = ask(manage, path, 'POST', token=TOKEN)
    assert answer.status == 409 and b'router.toml:1:' in answer.body
    assert '/two' in [route['path'] for route in told(manage, '/api/v1/routes')['routes']]


BODY = b'{"held": true}'
REFUSED = [
    ('by rebinding', dict(host='evil.example'), 421),
    ('by rebinding, an address in a name', dict(host='127.0.0.1.evil.example'), 421),
    ('without a token', dict(method='PATCH', body=BODY), 401),
    ('with a wrong token', dict(method='PATCH', body=BODY, token='wrong'), 401),
    ('with a prefix of the token', dict(method='PATCH', body=BODY, token=TOKEN[:-1]), 401),
    ('as a form of another page', dict(method='POST', path='/api/v1/reload',
                                       headers=[('Content-Type', 'application/x-www-form-urlencoded')]), 401),
    ('with a body that is no JSON', dict(method='PATCH', body=b'held', token=TOKEN), 400),
    ('with an unknown key', dict(method='PATCH', body=b'{"hold": true}', token=TOKEN), 400),
    ('with a wrong value', dict(method='PATCH', body=b'{"weight": -1}', token=TOKEN), 400),
    ('with nothing to change', dict(method='PATCH', body=b'{}', token=TOKEN), 400),
    ('of a worker that is not there', dict(method='PATCH', path='/api/v1/workers/nobody', body=BODY, token=TOKEN), 404),
    ('by a method that changes nothing', dict(method='DELETE', token=TOKEN), 405),
    ('of a path that is not there', dict(path='/etc/passwd'), 404),
    ('by traversal', dict(path='/api/v1/../../../etc/passwd'), 400),
    ('by encoded traversal', dict(path='/api/v1/workers/%2e%2e/%2e%2e/%2e%2e/%2e%2e/x'), 400),
    ('a reload by GET', dict(path='/api/v1/reload'), 405),
]


def test_what_is_refused_changes_nothing(stack):
    router, port = managed(stack)
    stack.worker('worker-1')
    router.wait_workers(1)
    for what, request, status in REFUSED:
        answer = ask(port, **{'path': '/api/v1/workers/worker-1', **request})
        assert answer.status == status, (what, answer.status, answer.body)
    [worker] = told(port, '/api/v1/workers')['workers']
    assert worker['state'] == 'ready' and worker['weight'] == 1


def test_the_file_of_the_token_may_end_without_a_newline(stack):
    port = z.free_port()
    stack.router('--manage', f'127.0.0.1:{port}', '--manage-token-file', token_file(stack, TOKEN))
    assert ask(port, '/api/v1/log', 'PATCH', token=TOKEN, body=b'{"level": "debug", "seconds": 1}').status == 200


def test_wrong_tokens_are_limited(stack):
    _, port = managed(stack)
    statuses = [ask(port, token=f'guess-{number}').status for number in range(15)]
    assert statuses[:10] == [401] * 10 and statuses[10:] == [429] * 5
    assert ask(port).status == 200  # who brings no token still may read


# Paths that lead out of the pages in some reader's eyes.
TRAVERSALS = ['/../../etc/passwd', '/..', '/api/v1/../../token', '/%2e%2e/%2e%2e/token', '/..%2ftoken', '/%2e%2e%2ftoken',
              '/..%5ctoken', '/..\\token', '/api/v1/workers/..%2f..%2ftoken', '/api/v1/workers/%2e%2e/version',
              '/api//v1//..//../token', '/./../token', '/%252e%252e/token', '/api/v1/..;/token', '/page/../../token',
              '/token', '//token', '/..%00/token', '/%c0%ae%c0%ae/token', '/%uff0e%uff0e/token']


@pytest.mark.parametrize('path', TRAVERSALS)
def test_no_path_leads_out_of_the_pages(stack, path):
    """The token's file and the folder of the process are beside nothing: what is no page is 404 or 400, or a page."""
    router, port = managed(stack)
    for method in ('GET', 'HEAD', 'PATCH', 'POST'):
        answer = ask(port, path, method, token=TOKEN, body=b'{}' if method in ('PATCH', 'POST') else None)
        assert answer.status in (400, 403, 404, 405) or path == '/api/v1/workers/%2e%2e/version', (method, answer)
        assert TOKEN.encode() not in answer.body and b'root:' not in answer.body
    assert ask(port, '/health').status == 200
    assert router.is_running()


def test_no_site_and_no_worker_sees_it(stack):
    router, port = managed(stack)
    stack.httpbin()
    router.wait_workers(1)
    for path in ('/metrics', '/api/v1/workers', '/health/readyz'):
        assert router.get(path).status == 404  # the worker's
        assert ask(router.port, path, host=f'127.0.0.1:{port}').status == 404


def test_a_place_that_is_taken_is_a_warning_unless_it_was_asked_for(stack):
    first = stack.start([z.program('router'), '-sv', '-p', '0', '-a', '127.0.0.1', '--fabric', stack.ipc('a')])
    first.wait_log('serving')
    second = stack.start([z.program('router'), '-sv', '-p', '0', '-a', '127.0.0.1', '--fabric', stack.ipc('b')])
    second.wait_log(r'warning.*no management listener \(see --manage\): .*6040')
    second.wait_log('serving http')
    _, port = managed(stack)
    done = subprocess.run([z.program('router'), '-p', '0', '--fabric', stack.ipc('c'), '--manage', f'127.0.0.1:{port}'],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 and str(port) in done.stderr


def test_it_listens_on_a_unix_socket(stack):
    path = stack.path('manage.sock')
    stack.router('--manage', f'unix:{path}')
    done = subprocess.run(['curl', '-sS', '--unix-socket', path, 'http://localhost/health'], capture_output=True,
                          text=True, timeout=60)
    assert json.loads(done.stdout)['status'] == 'degraded', done.stderr


def test_a_thousand_questions_at_once_are_answered(stack):
    router, port = managed(stack)
    stack.worker('worker-1')
    router.wait_workers(1)
    connections = [stack.closing(z.Connection(port, 60 * z.SLOW)) for _ in range(1000)]
    for connection in connections:
        connection.send(b'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n')
    assert router.get().status == 200
    begun = time.monotonic()
    for connection in connections:
        assert connection.read_reply().status == 200
    assert time.monotonic() - begun < 60 * z.SLOW
