"""What a router does when its coordinator is not there, refuses it, or talks nonsense."""
import json
import os
import time

import pytest
import zeroway_e2e as z
from fake_coordinator import SECRET, FakeCoordinator, circuit
from origins import Origin, reply


class Router:
    """A router with a coordinator that a test plays."""

    def __init__(self, stack, url, secret=SECRET, more=''):
        self.stack, self.port = stack, z.free_port()
        self.write_secret(secret)
        path = stack.path('app.toml')
        with open(path, 'w') as file:
            file.write(f'''state_dir = "nowhere"
[app_proxy]
listen = ["127.0.0.1:{self.port}"]
coordinator_url = "{url}"
secret_file = "secret"
heartbeat = "1s"
{more}''')
        argv = [z.program('router'), '-v', '-c', path, '--fabric', stack.ipc()]
        self.process = z.RouterProcess('router', argv, stack.path('router.log'), stack.ipc(), self.port)
        stack.processes.append(self.process)
        self.process.wait_bound()

    def write_secret(self, secret):
        with open(self.stack.path('secret'), 'w') as file:
            file.write(secret + '\n')

    def get(self, path):
        with self.process.connect() as connection:
            return connection.request('GET', path)

    def wait_status(self, path, status):
        return z.eventually(lambda: (answer := self.get(path)).status == status and answer, what=f'{status} of {path}')


@pytest.fixture
def fake(stack):
    return stack.closing(FakeCoordinator(z.free_port()))


@pytest.fixture
def origin(stack):
    return stack.closing(Origin(lambda request: reply(b'here')))


def test_before_the_first_table_services_are_503_and_not_404(stack, fake, origin):
    fake.circuits = [circuit(port=origin.port)]
    fake.hold.clear()
    router = Router(stack, fake.url)
    answer = router.get('/s1/web/')
    assert answer.status == 503 and int(answer.get("retry-after")) >= 1
    assert router.get('/').status == 404  # no service can have this path
    fake.hold.set()
    router.wait_status('/s1/web/', 200)
    router.wait_status('/s2/web/', 404)  # once no worker can announce it any more


def test_a_wrong_secret_is_told_and_a_reload_mends_it(stack, fake, origin):
    fake.circuits = [circuit(port=origin.port)]
    router = Router(stack, fake.url, secret='another-secret')
    router.process.wait_log('answers 401: "Unauthorized access"; app_proxy.secret_file must hold')
    assert router.get('/s1/web/').status == 503
    assert fake.methods() == ['PUT']  # it does not hammer
    router.write_secret(SECRET)
    router.process.signal(1)
    router.wait_status('/s1/web/', 200)


def test_a_router_that_is_not_wanted_says_so_and_serves_on(stack, fake):
    fake.answers['PUT'] = (400, b'{"title": "authority: is taken"}')
    router = Router(stack, fake.url)
    router.process.wait_log('answers 400: "authority: is taken"')
    assert router.get('/api/health').status == 200


@pytest.mark.parametrize('answer', [(200, b'<html>'), (200, b''), (200, b'{"id": "../x"}'), (200, b'[' * 100_000),
                                    (500, b'{}'), (302, b''), (200, b'{"id": "w1"' + b' ' * 2_000_000 + b'}')])
def test_garbage_does_not_end_the_router(stack, fake, origin, answer):
    fake.circuits = [circuit(port=origin.port)]
    fake.answers['PUT'] = answer
    router = Router(stack, fake.url)
    router.process.wait_log('trouble with the coordinator')
    fake.answers.clear()
    router.wait_status('/s1/web/', 200)


def test_garbage_for_a_table_keeps_the_table_that_is_served(stack, fake, origin):
    fake.circuits = [circuit(port=origin.port)]
    router = Router(stack, fake.url)
    router.wait_status('/s1/web/', 200)
    fake.answers.update(GET=(200, b'{"circuits": 5}'), PATCH=(404, b'{}'))
    router.process.wait_log('the answer has no list of circuits')
    assert router.get('/s1/web/').status == 200
    fake.answers.clear()
    fake.circuits = []
    router.wait_status('/s1/web/', 404)


def test_a_circuit_that_cannot_be_read_does_not_keep_others_out(stack, fake, origin):
    fake.circuits = [circuit('bad', app=5), circuit('worse', allowed_client_ips='x'), 5, circuit(port=origin.port)]
    router = Router(stack, fake.url)
    router.wait_status('/s1/web/', 200)
    for line in ('circuit "bad" is not served', 'circuit "worse" is not served: allowed_client_ips', 'circuit null is not'):
        router.process.wait_log(line)


def test_a_heartbeat_that_the_coordinator_does_not_know_registers_again(stack, fake):
    router = Router(stack, fake.url)
    z.eventually(lambda: fake.beats())
    fake.answers['PATCH'] = (404, b'{}')
    z.eventually(lambda: fake.methods().count('PUT') == 2)
    fake.answers.clear()
    count = len(fake.beats())
    z.eventually(lambda: len(fake.beats()) > count)
    assert router.process.is_running()


def test_a_backend_that_fails_is_told(stack, fake, origin):
    dead = z.free_port()
    fake.circuits = [circuit(port=origin.port)]
    fake.circuits[0]['route_info'].append({**fake.circuits[0]['route_info'][0], 'kernel_port': dead})
    router = Router(stack, fake.url)
    router.wait_status('/s1/web/', 200)
    for _ in range(20):
        assert router.get('/s1/web/').status == 200
    told = {'backend': f'127.0.0.1:{dead}', 'circuit': 'c1', 'healthy': False}
    z.eventually(lambda: any(told in beat['backends'] for beat in fake.beats()), what='the failure in a beat')
    uses = [use for beat in fake.beats() for use in beat['circuits']]
    z.eventually(lambda: any(use['id'] == 'c1' and use['requests'] >= 20 for beat in fake.beats() for use in beat['circuits']))
    assert all(abs(use['last_access'] - time.time()) < 60 for use in uses if use['last_access'])


def test_signing_off_waits_for_nobody_for_long(stack, fake):
    router = Router(stack, fake.url)
    z.eventually(lambda: fake.beats())
    fake.hold.clear()
    began = time.monotonic()
    router.process.terminate()
    assert router.process.wait() == 0
    assert time.monotonic() - began < 5 * z.SLOW
    assert fake.asked[-1][:2] == ('DELETE', '/api/worker/w1')


def test_a_secret_that_is_none_is_told_at_the_start(stack):
    with open(stack.path('secret'), 'w') as file:
        file.write('two words\n')
    with open(stack.path('app.toml'), 'w') as file:
        file.write('[app_proxy]\ncoordinator_url = "http://127.0.0.1:1"\nsecret_file = "secret"\n')
    process = stack.start([z.program('router'), '-c', stack.path('app.toml'), '--fabric', stack.ipc(), '--manage', 'off'])
    assert process.wait() == 1
    assert 'secret: wants one word' in process.log()


def test_the_site_of_sessions_is_a_site(stack):
    """Without a coordinator [app_proxy] is a site for workers that announce services."""
    port = z.free_port()
    with open(stack.path('app.toml'), 'w') as file:
        file.write(f'[app_proxy]\nlisten = ["127.0.0.1:{port}"]\ndomain = ".apps.test"\n')
    argv = [z.program('router'), '-v', '-c', stack.path('app.toml'), '--fabric', stack.ipc()]
    router = z.RouterProcess('router', argv, stack.path('router.log'), stack.ipc(), port)
    stack.processes.append(router)
    router.wait_bound()
    stack.worker('one', '--app', 's1/web')
    router.wait_workers(1)
    with router.connect() as connection:
        assert connection.request('GET', '/s1/web/').worker == 'one'
        connection.send(connection.head_bytes('GET', '/', [('Host', 'web-s1.apps.test')], host=None))
        assert connection.read_reply().worker == 'one'
        assert connection.request('GET', '/s2/web/').status == 404
        assert json.loads(connection.request('GET', '/s2/web/', [('Accept', 'application/json')]).body)['status'] == 404
    assert not os.path.exists(stack.path('nowhere'))
