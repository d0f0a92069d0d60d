"""Workers on standby: they get requests only while no active worker is fit, for plain routes and for services."""
import pytest
import zeroway_e2e as z
from circuits_e2e import Circuits, draining, split
from management_e2e import managed, told
from origins import Origin


def answers(router, count, path='/', *fields):
    with router.connect() as connection:
        return [connection.request('GET', path, list(fields)).worker for _ in range(count)]


@pytest.mark.parametrize('method', ['round_robin', 'least_connections'])
def test_standby_serves_at_once_when_the_active_worker_is_killed_and_rests_when_it_is_back(stack, method):
    router = stack.router('--balance', method)
    stack.worker('spare', '--standby')
    router.wait_workers(1)
    assert answers(router, 4) == ['spare'] * 4
    active = stack.worker('active')
    router.wait_workers(2)
    assert answers(router, 10) == ['active'] * 10
    active.kill()
    assert answers(router, 10) == ['spare'] * 10
    stack.worker('again')
    router.wait_workers(2)
    assert answers(router, 10) == ['again'] * 10


def test_requests_in_hand_stay_with_standby(stack):
    router = stack.router()
    stack.httpbin('spare', '--standby')
    router.wait_workers(1)
    slow = stack.closing(router.connect())
    slow.send_request('GET', '/delay/1.5')
    z.eventually(lambda: router.counters()['streams_open'] == 1)
    stack.httpbin('active')
    router.wait_workers(2)
    assert answers(router, 4, '/get') == ['active'] * 4
    assert slow.read_reply().worker == 'spare'


def test_a_sticky_client_stays_with_standby_as_long_as_it_is_there(stack):
    router = stack.router('--sticky', 'cookie')
    spare = stack.worker('spare', '--standby')
    router.wait_workers(1)
    cookie = ('Cookie', router.get().get('set-cookie').split(';')[0])
    stack.worker('active')
    router.wait_workers(2)
    assert answers(router, 4, '/', cookie) == ['spare'] * 4
    assert answers(router, 4) == ['active'] * 4
    spare.kill()
    assert answers(router, 4, '/', cookie) == ['active'] * 4


def test_workers_and_servers_of_one_service_are_one_pool(stack):
    server = stack.closing(Origin(name='server'))
    c = Circuits(stack)
    c.put('x', backends=[server])
    stack.worker('spare', '--app', 's1/a', '--standby', connect=c.router.fabric)
    c.router.wait_workers(1)
    assert split(c, '/s1/a/', 10) == {'server': 10}
    server.close()
    assert split(c, '/s1/a/', 4) == {'Hello from spare\n': 4}
    c.put('x', backends=[draining(server, 'standby')])
    server.start()
    active = stack.worker('active', '--app', 's1/a', connect=c.router.fabric)
    c.router.wait_workers(2)
    assert split(c, '/s1/a/', 10) == {'Hello from active\n': 10}
    active.terminate()
    active.wait()
    # Server and worker on standby share now, once the server's health is tried again.
    z.eventually(lambda: set(split(c, '/s1/a/', 10)) == {'server', 'Hello from spare\n'}, every=0.2, what='both serve')


def test_operators_see_who_is_on_standby(stack):
    router, port = managed(stack)
    stack.worker('spare', '--standby')
    stack.worker('active')
    router.wait_workers(2)
    states = {worker['name']: worker['state'] for worker in told(port, '/api/v1/workers')['workers']}
    assert states == {'spare': 'standby, ready', 'active': 'ready'}
    members = told(port, f'/api/v1/explain?url=http://x:{router.port}/')['members']
    assert {one['name']: one['next'] for one in members} == {'spare': False, 'active': True}
    assert [one['why'] for one in members if one['name'] == 'spare'] == ['it is on standby, and an active one is there']


def test_a_worker_in_python_may_be_on_standby(stack):
    router = stack.router()
    stack.start(['/usr/bin/python3', f'{z.ROOT}/examples/hello-py/hello.py', 'py', '--connect', router.fabric,
                 '--standby'])
    router.wait_workers(1)
    assert router.get().body == b'Hello from py\n'
    stack.worker('active')
    router.wait_workers(2)
    assert answers(router, 4) == ['active'] * 4
