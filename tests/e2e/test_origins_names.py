"""Members of pools by name: looked up off the loop, followed, and no reason not to start."""
import os
import shutil
import time

import name_server as n
import origin_fleet as o
import pytest
import zeroway_e2e as z
from origin_server import Served

pytestmark = pytest.mark.skipif(os.geteuid() != 0 or not shutil.which('ip'), reason='makes networks of its own')

PORT = 10_080
LONGEST = 2.0  # seconds for a request that no name concerns


@pytest.fixture
def network(stack):
    """Its name servers are 127.0.0.53 and, behind it, 127.0.0.54."""
    return stack.closing(n.Network(['127.0.0.53', '127.0.0.54']))


def by_name(stack, network, *more, **options):
    """A router with the pool `pool` of gw.test on `/`, and the pool `other` of `more` on /other."""
    port = z.free_port()
    members = o.pool('pool', f'http://gw.test:{PORT}') + o.pool('other', *more)
    routes = [o.route('/', 'pool')] + ([o.route('/other', 'other')] if more else [])
    tree = o.tree_of(o.site('main', port, members, routes, **options))
    return o.router(stack, tree, port, inside=network.inside)


def served_at(stack, address):
    handler = o.Patient()
    return handler, stack.closing(Served(handler, port=PORT, address=address))


def is_served(router):
    return router.get().status == 200


def test_a_member_by_name_is_served(stack, network):
    stack.closing(n.NameServer(names={'gw.test': ['127.0.0.1']}))
    served_at(stack, '127.0.0.1')
    router = by_name(stack, network)
    assert router.get().status == 200


@pytest.mark.parametrize('fault', ['dead', 'nxdomain'])
def test_a_name_without_answer_stops_no_start_and_delays_nobody_else(stack, network, fault):
    stack.closing(n.NameServer('127.0.0.53', is_dead=fault == 'dead'))
    stack.closing(n.NameServer('127.0.0.54', is_dead=fault == 'dead'))
    _, other = served_at(stack, '127.0.0.3')
    router = by_name(stack, network, f'http://127.0.0.3:{PORT}', timeout={'connect': '2s'})
    begun = time.monotonic()
    with z.Load(router.port, 4, lambda id: ('GET', '/other', (), None), pace=0.01) as load:
        load.wait_more(20)
        reply = router.get(timeout=30)
        assert reply.status in (502, 503)
        if fault == 'nxdomain':
            assert reply.status == 503
        load.wait_more(20)
    print(f'{fault}: {reply.status} after {time.monotonic() - begun:.1f} s')
    assert load.failed == []
    assert load.slowest.seconds < LONGEST * z.SLOW


def test_a_name_that_appears_later_is_served_soon(stack, network):
    dns = stack.closing(n.NameServer())
    served_at(stack, '127.0.0.1')
    router = by_name(stack, network, health={'fall': 1, 'back_off': '250ms'})
    assert router.get().status == 503
    dns.names['gw.test'] = ['127.0.0.1']
    z.eventually(lambda: is_served(router), 2 * z.PATIENCE, what='the name')


def test_a_name_that_is_answered_late_is_served(stack, network):
    stack.closing(n.NameServer(names={'gw.test': ['127.0.0.1']}, delay=1.5))
    served_at(stack, '127.0.0.1')
    _, other = served_at(stack, '127.0.0.3')
    router = by_name(stack, network, f'http://127.0.0.3:{PORT}')
    with z.Load(router.port, 4, lambda id: ('GET', '/other', (), None), pace=0.01) as load:
        load.wait_more(20)
        before = sum(map(len, load.lists))
        assert router.get().status == 200
        assert sum(map(len, load.lists)) - before >= 20  # while the name was looked up; a loop that waits serves 4
        load.wait_more(20)
    assert load.failed == []


def test_all_addresses_of_a_name_are_one_member(stack, network):
    stack.closing(n.NameServer(names={'gw.test': ['127.0.0.1', '127.0.0.2']}))
    first, server = served_at(stack, '127.0.0.1')
    second, _ = served_at(stack, '127.0.0.2')
    router = by_name(stack, network)
    with z.Load(router.port, 8, limit=10) as load:
        load.join()
    assert load.failed == [] and first.requests + second.requests == 80
    server.stop()  # one of two addresses is dead: the other one serves
    with z.Load(router.port, 8, limit=10) as load:
        load.join()
    assert load.failed == []


def test_a_name_that_moves_is_followed(stack, network):
    """Within seconds although nothing fails at the old address; and when the old one dies, at once."""
    dns = stack.closing(n.NameServer(names={'gw.test': ['127.0.0.1']}))
    old, old_server = served_at(stack, '127.0.0.1')
    new, _ = served_at(stack, '127.0.0.2')
    router = by_name(stack, network)
    assert is_served(router) and old.requests == 1
    dns.names['gw.test'] = ['127.0.0.2']
    with z.Load(router.port, 4, pace=0.02) as load:
        z.eventually(lambda: new.requests > 0, 2 * z.PATIENCE, what='the new address')
        z.eventually(lambda: old_server.open == 0, 2 * z.PATIENCE, what='connections to the old address closed')
    assert load.failed == []


def test_one_failed_lookup_keeps_the_last_good_answer(stack, network):
    dns = stack.closing(n.NameServer(names={'gw.test': ['127.0.0.1']}))
    handler, server = served_at(stack, '127.0.0.1')
    router = by_name(stack, network)
    assert is_served(router)
    dns.is_dead = True
    server.stop()   # its connections, too: each request needs a new one
    server.start()
    asked = dns.asked
    for _ in range(5):
        server.stop()
        server.start()
        z.eventually(lambda: is_served(router), what='the last good address')
    z.eventually(lambda: is_served(router) and dns.asked > asked, 3 * z.PATIENCE, what='a lookup that fails')
    assert all(is_served(router) for _ in range(5))


def test_an_ipv6_address_that_is_dead_costs_little(stack, network):
    stack.closing(n.NameServer(names={'gw.test': ['::1', '127.0.0.1']}))
    served_at(stack, '127.0.0.1')
    router = by_name(stack, network)
    begun = time.monotonic()
    assert router.get().status == 200
    assert time.monotonic() - begun < 5.0 * z.SLOW
