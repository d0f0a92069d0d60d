"""A worker finds routers by the name of a host or of a service: slow and dead name servers delay nobody, and it follows what the name says."""
import os
import shutil
import time

import name_server as n
import pytest
import zeroway_e2e as z

pytestmark = pytest.mark.skipif(os.geteuid() != 0 or not shutil.which('ip'), reason='makes networks of its own')

LONGEST = 2.0  # seconds for a request at a healthy router; what is measured is printed (-s): some milliseconds


@pytest.fixture
def network(stack):
    """Its name servers are 127.0.0.53 and, behind it, 127.0.0.54."""
    return stack.closing(n.Network(['127.0.0.53', '127.0.0.54']))


def start_router(stack, address, port, name):
    return stack.router(fabric=f'tcp://{address}:{port}', name=name, flags='-s')


def start_worker(stack, network, *endpoints, args=()):
    argv = [z.program('hello-worker'), 'worker-1']
    for endpoint in endpoints:
        argv += ['--connect', endpoint]
    return stack.start(network.inside(argv + list(args)), name='worker-1')


def is_served(router):
    try:
        return router.request(timeout=0.5).text == 'Hello from worker-1\n'
    except (OSError, AssertionError):
        return False


def await_served(router, within=z.PATIENCE):
    z.eventually(lambda: is_served(router), within, what=f'{router.name} served')


def undelayed(load, what):
    assert load.failed == []
    print(f'{what}: slowest of {load.done()} requests {load.slowest.seconds * 1000:.1f} ms')
    assert load.slowest.seconds < LONGEST * z.SLOW


@pytest.mark.parametrize('delay', [0.3, 1.5, 3.0])
def test_a_router_by_a_name_that_is_answered_late_is_served(stack, network, delay):
    dns = stack.closing(n.NameServer(names={'gw.test': ['127.0.0.1']}, delay=delay))
    router = start_router(stack, '127.0.0.1', 8000, 'by-name')
    begun = time.monotonic()
    start_worker(stack, network, 'tcp://gw.test:8000')
    await_served(router, 10)
    print(f'DNS after {delay} s: served after {time.monotonic() - begun:.2f} s')
    with z.Load(router.port, 2, z.get_hello, pace=0.01) as load:
        time.sleep(2 * delay)
    undelayed(load, f'DNS after {delay} s')
    assert dns.asked > 0


def test_a_dead_first_name_server_costs_little(stack, network):
    stack.closing(n.NameServer('127.0.0.53', is_dead=True))
    stack.closing(n.NameServer('127.0.0.54', names={'gw.test': ['127.0.0.1']}))
    router = start_router(stack, '127.0.0.1', 8000, 'by-name')
    begun = time.monotonic()
    start_worker(stack, network, 'tcp://gw.test:8000')
    await_served(router, 10)
    print(f'dead first name server: served after {time.monotonic() - begun:.2f} s')


@pytest.mark.parametrize('fault, reason', [('dead', 'no name server answers'), ('nxdomain', 'there is no such name')])
def test_a_name_without_answer_delays_no_other_router(stack, network, fault, reason):
    stack.closing(n.NameServer('127.0.0.53', is_dead=fault == 'dead'))
    stack.closing(n.NameServer('127.0.0.54', is_dead=fault == 'dead'))
    router = start_router(stack, '127.0.0.1', 8000, 'by-address')
    worker = start_worker(stack, network, 'tcp://127.0.0.1:8000', 'tcp://gw.test:9000')
    await_served(router)
    with z.Load(router.port, 2, z.get_hello, pace=0.01) as load:
        worker.wait_log(rf'warning worker-1: tcp://gw.test:9000: the name gw.test does not resolve: {reason}', 30)
        time.sleep(3)
    undelayed(load, f'DNS {fault}')
    assert worker.log().count('does not resolve') == 1


def test_a_name_that_appears_later_is_served_soon(stack, network):
    dns = stack.closing(n.NameServer())
    router = start_router(stack, '127.0.0.1', 8000, 'by-name')
    worker = start_worker(stack, network, 'tcp://gw.test:8000')
    worker.wait_log('does not resolve: there is no such name')
    dns.names['gw.test'] = ['127.0.0.1']
    begun = time.monotonic()
    await_served(router, 35)
    print(f'name appeared: served after {time.monotonic() - begun:.2f} s')
    worker.wait_log(r'info    worker-1: joined router \S+ at tcp://gw.test:8000 \(127.0.0.1:8000\), serves everything')


def test_a_name_that_moves_is_followed_and_the_old_address_is_left(stack, network):
    dns = stack.closing(n.NameServer(names={'gw.test': ['127.0.0.1']}))
    old = start_router(stack, '127.0.0.1', 8000, 'old')
    new = start_router(stack, '127.0.0.2', 8000, 'new')
    worker = start_worker(stack, network, 'tcp://gw.test:8000')
    await_served(old)
    dns.names['gw.test'] = ['127.0.0.2']
    begun = time.monotonic()
    with z.Load(old.port, 2, z.get_hello, pace=0.01) as load:
        await_served(new, 35)
        print(f'name moved: served after {time.monotonic() - begun:.2f} s')
        undelayed(load, 'old address')  # still there: clients with the old address are, too
    old.kill()  # an address that is gone from the name and breaks is dialled no more
    worker.wait_log(r'127.0.0.1:8000\) is no address of a router any more')
    assert is_served(new)


def test_of_three_addresses_one_dies(stack, network):
    addresses = ['127.0.0.1', '127.0.0.2', '::1']
    stack.closing(n.NameServer(names={'gw.test': addresses}))
    routers = [start_router(stack, f'[{a}]' if ':' in a else a, 8000, f'router-{i}') for i, a in enumerate(addresses)]
    worker = start_worker(stack, network, 'tcp://gw.test:8000')
    for router in routers:
        await_served(router)
    with z.Load(routers[0].port, 2, z.get_hello, pace=0.01) as first, \
            z.Load(routers[2].port, 2, z.get_hello, pace=0.01) as second:
        routers[1].kill()
        worker.wait_log(r'gw.test:8000 \(127.0.0.2:8000\): nobody listens there \(Connection refused\)')
        time.sleep(2)
    undelayed(first, 'one of three died')
    undelayed(second, 'one of three died')
    again = start_router(stack, '127.0.0.2', 8000, 'again')
    await_served(again)
    assert worker.log().count('nobody listens') == 1


SERVICE = '_zeroway._tcp.gw.test'


@pytest.mark.parametrize('engine', ['loop', 'libzmq'])
def test_the_routers_of_a_service_are_served_and_followed(stack, network, engine):
    dns = stack.closing(n.NameServer(names={'one.test': ['127.0.0.1'], 'two.test': ['127.0.0.2']},
                                     services={SERVICE: [(10, 0, 8000, 'one.test'), (20, 0, 8100, 'two.test')]}))
    one = start_router(stack, '127.0.0.1', 8000, 'one')
    two = start_router(stack, '127.0.0.2', 8100, 'two')
    moved = start_router(stack, '127.0.0.1', 8200, 'moved')
    worker = start_worker(stack, network, 'srv://gw.test', args=['--engine', engine])
    await_served(one)
    await_served(two)
    worker.wait_log(r'joined router \S+ at srv://gw.test \(127.0.0.2:8100\)')
    dns.services[SERVICE] = [(10, 0, 8000, 'one.test'), (20, 0, 8200, 'one.test')]
    begun = time.monotonic()
    with z.Load(one.port, 2, z.get_hello, pace=0.01) as load:
        await_served(moved, 35)
        print(f'service moved: served after {time.monotonic() - begun:.2f} s')
        undelayed(load, 'the router that stays')
    two.kill()
    worker.wait_log(r'127.0.0.2:8100\) is no address of a router any more')
    assert is_served(one) and is_served(moved)


@pytest.mark.parametrize('services, reason', [
    ({}, 'there is no such name'),
    ({SERVICE: []}, 'the name has no SRV record'),
    ({SERVICE: [(0, 0, 8000, '.')]}, 'its SRV record says that the service is not there'),
    ({SERVICE: [(0, 0, 65535, 'gw.test')]}, "its SRV record has port 65535, and a router's is 1 to 65534"),
    ({SERVICE: [(0, 0, 8000, 'gone.test')]}, 'the host gone.test: there is no such name'),
])
def test_why_a_service_has_no_router(stack, network, services, reason):
    dns = stack.closing(n.NameServer(names={'gw.test': ['127.0.0.1']}, services=services))
    router = start_router(stack, '127.0.0.1', 8000, 'later')
    worker = start_worker(stack, network, f'srv://{SERVICE}')
    worker.wait_log(f'warning worker-1: srv://{SERVICE}: the name {SERVICE} does not resolve: {reason}; it is looked up')
    dns.services[SERVICE] = [(0, 0, 8000, 'gw.test')]
    await_served(router, 35)


def test_a_service_without_a_name_server(stack, network):
    stack.closing(n.NameServer('127.0.0.53', is_dead=True))
    stack.closing(n.NameServer('127.0.0.54', is_dead=True))
    router = start_router(stack, '127.0.0.1', 8000, 'by-address')
    worker = start_worker(stack, network, 'tcp://127.0.0.1:8000', 'srv://gw.test')
    await_served(router)
    with z.Load(router.port, 2, z.get_hello, pace=0.01) as load:
        worker.wait_log(f'the name {SERVICE} does not resolve: no name server answers', 30)
    undelayed(load, 'no name server')
