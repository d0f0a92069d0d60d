"""One pool with servers and workers in it: shares, and what happens when one kind of them is away or full."""
import collections

import pytest

import sites_e2e as s
import zeroway_e2e as z
from origins import Gate, Origin, reply


def origins(stack, count=2):
    return [stack.closing(Origin(reply(f'server-{number}'.encode()))) for number in range(count)]


def kinds(router, count):
    """How many requests servers and workers answer."""
    with router.connect() as connection:
        replies = [connection.request() for _ in range(count)]
    assert [one.status for one in replies] == [200] * count, [one.status for one in replies]
    return collections.Counter('server' if one.body.startswith(b'server-') else 'worker' for one in replies)


def mixed(stack, members, balance='', workers=1, options=(), tables=''):
    balance = f'[sites.proxy.load_balancing]\nmethod = "{balance}"\n' if balance else ''
    port = z.free_port()
    router = s.serve(stack, s.proxied(port, *members, tables=balance + tables), port, *options)
    for number in range(workers):
        stack.worker(f'worker-{number}')
    return router.wait_workers(workers)


def test_servers_and_workers_share_one_pool_and_each_server_counts_as_all_workers_do(stack):
    router = mixed(stack, [*origins(stack), 'fabric:'], workers=2)
    assert kinds(router, 30) == {'server': 20, 'worker': 10}


def test_weights_hold_across_both(stack):
    one, two = origins(stack)
    router = mixed(stack, [one, two, ('fabric:', 'weight = 6')], 'weighted')
    assert kinds(router, 40) == {'server': 10, 'worker': 30}


@pytest.mark.parametrize('balance', ['round_robin', 'weighted', 'least_connections', 'random_two', 'ip_hash', 'first'])
def test_servers_that_are_gone_leave_all_to_workers_and_nobody_fails(stack, balance):
    servers = origins(stack)
    router = mixed(stack, [*servers, 'fabric:'], balance)
    for server in servers:
        server.close()
    for method in ('GET', 'POST'):  # no byte of a request was sent, so any method may go elsewhere
        for _ in range(10):
            answer = router.request(method, '/', body=b'x' if method == 'POST' else None)
            assert answer.status in (200, 405), answer.status  # the worker answers GET alone
    assert kinds(router, 10) == {'worker': 10}


def test_without_workers_the_servers_answer_and_workers_that_come_get_their_share(stack):
    router = mixed(stack, [*origins(stack, 1), 'fabric:'], workers=0)
    assert kinds(router, 10) == {'server': 10}
    worker = stack.worker('late')
    router.wait_workers(1)
    assert kinds(router, 10) == {'server': 5, 'worker': 5}
    worker.kill()
    assert kinds(router, 10)['server'] >= 9  # the router may not know yet for the first one
    router.wait_workers(0)
    assert kinds(router, 10) == {'server': 10}


def test_a_full_server_leaves_requests_to_workers(stack):
    gate = Gate(reply(b'server-0'))
    origin = stack.closing(Origin(gate))
    router = mixed(stack, [(origin, 'max_conns = 1'), 'fabric:'], 'first')
    with router.connect() as waiting:
        waiting.send_request()
        z.eventually(lambda: origin.requests, what='the request at the server')
        assert kinds(router, 10) == {'worker': 10}
        gate.open()
        assert waiting.read_reply().body == b'server-0'
    assert kinds(router, 3) == {'server': 3}


def test_loads_meet_no_failure_while_both_kinds_come_and_go(stack):
    servers = origins(stack)
    router = mixed(stack, [*servers, 'fabric:'])
    with z.Load(router.port, 8) as load:
        load.wait_more(50)
        servers[0].close()
        load.wait_more(50)
        last = stack.worker('other')
        router.wait_workers(2)
        servers[1].close()
        load.wait_more(100)
        last.terminate()
        load.wait_more(50)
    assert load.failed == []
