"""Services of sessions that workers announce: /SESSION/SERVICE/ works as soon as a worker says so, and as long."""
import json
import re
import threading
import time
import urllib.parse

import pytest
import websockets

import sites_e2e as s
import zeroway_e2e as z
from management_e2e import ask, managed
from websocket_e2e import run


def with_apps(stack, *apps, kind='hello-worker', options=()):
    """A router that serves sessions, and a worker for each app ('SESSION/SERVICE', or a pair of name and app)."""
    router = stack.router('--sessions', *options)
    started = {}
    for app in apps:
        name, app = app if isinstance(app, tuple) else (app.replace('/', '-'), app)
        started[name] = stack.worker(name, '--app', app, kind=kind)
    return router.wait_workers(len(apps)), started


def status_of(router, path, accept='*/*'):
    with router.connect() as connection:
        return connection.request('GET', path, [('Accept', accept)])


def test_an_announced_service_works_at_once_and_unknown_ones_are_404(stack):
    router, _ = with_apps(stack, 's1/jupyter', 's1/tensorboard', 's2/jupyter')
    for path, who in (('/s1/jupyter/', 's1-jupyter'), ('/s1/jupyter/tree?a=b', 's1-jupyter'),
                      ('/s1/tensorboard/', 's1-tensorboard'), ('/s2/jupyter/x/y', 's2-jupyter')):
        answer = status_of(router, path)
        assert (answer.status, answer.worker) == (200, who), path
    for path in ('/s1/ssh/', '/s3/jupyter/', '/s1/', '/s1', '/', '/s1/jupyterx/', '/S1/jupyter/', '/x/s1/jupyter/'):
        assert status_of(router, path).status == 404, path
    answer = status_of(router, '/s3/jupyter/', 'application/json')
    assert answer.get('content-type') == 'application/problem+json'
    assert json.loads(answer.body)['status'] == 404
    assert 'text/html' in status_of(router, '/s3/jupyter/', 'text/html').get('content-type')


def test_the_prefix_is_taken_off_and_told(stack):
    router, _ = with_apps(stack, 's1/bin', kind='httpbin-worker')
    answer = status_of(router, '/s1/bin/anything/a%20b//c?x=%2F&y')
    told = json.loads(answer.body)
    assert told['url'].endswith('/anything/a%20b//c?x=%2F&y') or told['args']
    fields = {name.lower(): value for name, value in told['headers'].items()}
    assert fields['x-forwarded-prefix'] == '/s1/bin'
    # The bare path leads to the one with the slash, with its query and its method.
    for method in ('GET', 'POST'):
        with router.connect() as connection:
            answer = connection.request(method, '/s1/bin?x=1', body=b'x' if method == 'POST' else None)
        assert (answer.status, answer.get('location')) == (308, '/s1/bin/?x=1')


def test_a_site_may_keep_the_prefix_and_rewrite_locations(stack):
    port = z.free_port()
    text = s.site(port, host='zeroway.test', more='[sites.sessions]\nenabled = true\nrewrite_location = true\n')
    router = s.serve(stack, text, port)
    stack.worker('bin', '--app', 's1/bin', kind='httpbin-worker', connect=[router.fabric])
    router.wait_workers(1)
    answer = status_of(router, '/s1/bin/redirect/1')
    assert (answer.status, answer.get('location')) == (302, '/s1/bin/get')
    s.write(stack, text.replace('rewrite_location = true', 'strip_prefix = false'))
    mark = router.log_size()
    router.signal(1)
    router.wait_log('read again', since=mark)
    assert status_of(router, '/s1/bin/status/204').status == 404  # the worker has no such path


def test_all_workers_of_a_service_share_it_by_weight(stack):
    router = stack.router('--sessions')
    stack.worker('heavy', '--app', 's1/api', '--weight', '3')
    stack.worker('light', '--app', 's1/api')
    router.wait_workers(2)
    with router.connect() as connection:
        answers = [connection.request('GET', '/s1/api/').worker for _ in range(40)]
    assert answers.count('heavy') == 30


def test_a_worker_that_leaves_takes_its_service_along_and_one_that_dies_is_waited_for(stack):
    router, workers = with_apps(stack, 's1/a', 's1/b', options=['--queue-timeout', '2s'])
    workers['s1-a'].terminate()
    workers['s1-a'].wait()
    z.eventually(lambda: status_of(router, '/s1/a/').status == 404, what='the service is gone')
    workers['s1-b'].kill()
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(status_of(router, '/s1/b/')))
    waiting.start()
    time.sleep(0.3)
    stack.worker('again', '--app', 's1/b')
    waiting.join()
    assert (answers[0].status, answers[0].worker) == (200, 'again')


def test_nobody_comes_back_is_503_and_then_404(stack):
    router, workers = with_apps(stack, 's1/a', 's1/b', options=['--queue-timeout', '1s'])
    workers['s1-a'].kill()
    z.eventually(lambda: router.counters()['workers'] == 1)
    answer = status_of(router, '/s1/a/', 'text/html')
    assert answer.status == 503
    z.eventually(lambda: status_of(router, '/s1/a/').status == 404, what='it is forgotten')
    assert status_of(router, '/s1/b/').status == 200


def test_workers_in_other_languages_announce_services_too(stack):
    router = stack.router('--sessions')
    stack.start(['/usr/bin/python3', f'{z.ROOT}/examples/hello-py/hello.py', 'py', '--connect', router.fabric, '--app', 's1/py'])
    router.wait_workers(1)
    assert (status_of(router, '/s1/py/').body, status_of(router, '/s1/x/').status) == (b'Hello from py\n', 404)


def test_a_wildcard_host_names_the_service(stack):
    port = z.free_port()
    text = s.site(port, host='*.apps.zeroway.test', more='[sites.sessions]\nenabled = true\nsticky_sessions = true\n')
    router = s.serve(stack, text, port)
    for app in ('s1/jupyter', 's2/jupyter', 'c/a-b'):
        stack.worker(app.replace('/', '.'), '--app', app, connect=[router.fabric])
    router.wait_workers(3)

    def asked(host, path='/'):
        with router.connect() as connection:
            connection.send(connection.head_bytes('GET', path, [('Host', host)], host=None))
            return connection.read_reply()

    for host, who in (('jupyter-s1.apps.zeroway.test', 's1.jupyter'), ('JUPYTER-s2.Apps.Zeroway.test:8443', 's2.jupyter'),
                      ('a-b-c.apps.zeroway.test', 'c.a-b')):
        answer = asked(host, '/any/path')
        assert (answer.status, answer.worker) == (200, who), host
        assert '; Path=/;' in answer.get('set-cookie')
    assert asked('x-s1.apps.zeroway.test').status == 404
    assert asked('x-s1.apps.zeroway.test', '/s1/jupyter/').worker == 's1.jupyter'  # the path names it


def test_websockets_and_events_of_a_service(stack):
    router, _ = with_apps(stack, 's1/echo', kind='echo-websocket-worker')

    async def echo():
        async with websockets.connect(f'ws://127.0.0.1:{router.port}/s1/echo/') as client:
            await client.send('x' * 1_000_000)
            return await client.recv()

    assert run(echo()) == 'x' * 1_000_000


def test_sticky_clients_of_a_service(stack):
    router = stack.router('--sessions', '--sticky', 'cookie')
    for number in range(3):
        stack.worker(f'w{number}', '--app', 's1/api')
    stack.worker('other', '--app', 's2/api')
    router.wait_workers(4)
    for _ in range(6):
        first = status_of(router, '/s1/api/')
        cookie = first.get('set-cookie')
        assert '; Path=/s1/api;' in cookie
        for _ in range(3):
            with router.connect() as connection:
                again = connection.request('GET', '/s1/api/', [('Cookie', cookie.split(';')[0])])
            assert (again.worker, again.get('set-cookie')) == (first.worker, None)


def test_after_a_restart_of_the_router_all_services_work_again(stack):
    port, fabric = z.free_port(), stack.tcp()
    router = stack.router('--sessions', port=port, fabric=fabric)
    apps = [f's{number}/api' for number in range(12)]
    for app in apps:
        stack.worker(app.replace('/', '-'), '--app', app, connect=[fabric])
    router.wait_workers(len(apps))
    router.kill()
    router = stack.router('--sessions', port=port, fabric=fabric)
    began = time.monotonic()
    answers = [status_of(router, f'/{app}/') for app in apps]
    assert [answer.status for answer in answers] == [200] * len(apps)
    assert [answer.worker for answer in answers] == [app.replace('/', '-') for app in apps]
    assert time.monotonic() - began < 2 * z.SLOW + 3


def test_other_sites_and_other_workers_do_not_see_it(stack):
    router = stack.router()  # serves no sessions
    stack.worker('app', '--app', 's1/api')
    stack.worker('open')
    router.wait_workers(2)
    assert status_of(router, '/s1/api/').worker == 'open'


def test_sessions_come_before_other_paths_and_those_stay(stack):
    router = stack.router('--sessions')
    stack.worker('open')
    stack.worker('app', '--app', 's1/api')
    router.wait_workers(2)
    assert status_of(router, '/s1/api/').worker == 'app'
    # Until the grace of the start is over, a worker of the service /s1/other may still come.
    z.eventually(lambda: status_of(router, '/s1/other').worker == 'open', what='the end of the grace')
    assert status_of(router, '/').worker == 'open'


class Churn(threading.Thread):
    """Workers of other services come and go."""

    def __init__(self, stack, router):
        super().__init__(daemon=True)
        self.stack, self.router = stack, router
        self.is_over = False
        self.count = 0

    def run(self):
        while not self.is_over:
            worker = self.stack.worker(f'churn-{self.count}', '--app', f'c{self.count}/x')
            worker.wait_log('joined')
            worker.kill() if self.count % 2 else worker.terminate()
            self.count += 1


def test_services_that_come_and_go_disturb_nobody(stack):
    router, _ = with_apps(stack, 's1/api')
    churn = Churn(stack, router)
    churn.start()

    with z.Load(router.port, 8, lambda id: ('GET', '/s1/api/', (), None)) as load:
        load.wait_more(50)
        z.eventually(lambda: churn.count >= 8, 3 * z.PATIENCE)
        load.wait_more(50)
    churn.is_over = True
    churn.join()
    assert load.failed == []
    assert set(load.by_worker()) == {'s1-api'}


def explained(manage, path):
    answer = ask(manage, '/api/v1/explain?' + urllib.parse.urlencode({'url': f'http://127.0.0.1{path}'}))
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def test_the_operator_sees_services_and_what_becomes_of_a_request(stack):
    router, manage = managed(stack, '--sessions')
    stack.worker('app', '--app', 's1/api')
    router.wait_workers(1)
    worker, = json.loads(ask(manage, '/api/v1/workers').body)['workers']
    assert (worker['name'], worker['group']) == ('app', '/s1/api'), worker
    there = explained(manage, '/s1/api/x')
    assert [one['name'] for one in there['members'] if one['next']] == ['app'], there
    assert explained(manage, '/s1/api')['outcome']['status'] == status_of(router, '/s1/api').status == 308
    assert explained(manage, '/s2/api/')['outcome']['status'] == status_of(router, '/s2/api/').status == 404
    pattern = r'zeroway_requests_total\{[^}]*"circuits"[^}]*\} 1\b'
    z.eventually(lambda: re.search(pattern, ask(manage, '/metrics').body.decode()), what='the request is counted')


@pytest.mark.parametrize('app', ['s1', '/s1', 's1/', 's1/a/b', 's 1/a', '../a', 's1/é'])
def test_wrong_apps_are_told(stack, app):
    worker = stack.worker('w', '--app', app)
    assert worker.wait() == 2
    worker.wait_log('must be SESSION/SERVICE')
