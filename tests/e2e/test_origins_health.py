"""Which servers of a pool get requests: passive and active health checks, all down, fail_open."""
import asyncio

import origin_fleet as o
import zeroway_e2e as z
from origin_server import Served


def patients(stack, count):
    handlers = [o.Patient() for _ in range(count)]
    return handlers, [stack.closing(Served(handler)) for handler in handlers]


ACTIVE = {'enabled': True, 'path': '/health', 'interval': '100ms', 'timeout': '100ms', 'retries': 2, 'rise': 2}


def test_a_server_whose_probes_fail_is_out_and_comes_back(stack):
    handlers, servers = patients(stack, 2)
    router = o.with_origins(stack, *servers, health=ACTIVE)
    assert o.counts(router, handlers) == ({200: 30}, [15, 15])
    handlers[0].is_well = False
    z.eventually(lambda: o.counts(router, handlers)[1][0] == 0, what='the server is out')
    handlers[0].is_well = True
    z.eventually(lambda: o.counts(router, handlers)[1] == [15, 15], what='the server is back')


def test_one_failed_probe_takes_nobody_out(stack):
    handlers, servers = patients(stack, 1)
    router = o.with_origins(stack, *servers, health=ACTIVE | {'retries': 100})
    handlers[0].is_well = False
    seen = len(handlers[0].probes)
    z.eventually(lambda: len(handlers[0].probes) > seen + 2, what='probes that fail')
    assert router.get().status == 200


def test_probes_come_once_for_all_threads_and_not_all_at_once(stack):
    handlers, servers = patients(stack, 8)
    port = z.free_port()
    o.router(stack, o.simple(port, *servers, health=ACTIVE | {'interval': '1s', 'timeout': '900ms'}), port,
             '--threads', '4')
    z.eventually(lambda: all(len(handler.probes) >= 3 for handler in handlers), what='three probes of each')
    for handler in handlers:
        times = [at for at, _ in handler.probes]
        gaps = [later - earlier for earlier, later in zip(times, times[1:])]
        assert all(gap > 0.5 for gap in gaps), gaps  # four threads would ask four times
    firsts = sorted(handler.probes[0][0] for handler in handlers)
    assert firsts[-1] - firsts[0] > 0.05, firsts


def test_a_probe_names_the_server_and_asks_for_its_path(stack):
    handlers, servers = patients(stack, 1)
    o.with_origins(stack, *servers, health=ACTIVE)
    z.eventually(lambda: handlers[0].probes, what='a probe')
    fields = dict(handlers[0].probes[0][1])
    assert (fields[':method'], fields[':path']) == ('GET', '/health')
    assert fields[':authority'] == f'127.0.0.1:{servers[0].port}'


def test_all_probes_fail_is_503(stack):
    handlers, servers = patients(stack, 2)
    router = o.with_origins(stack, *servers, health=ACTIVE)
    for handler in handlers:
        handler.is_well = False
    z.eventually(lambda: router.get().status == 503, what='503')
    statuses, each = o.counts(router, handlers)
    assert (statuses, each) == ({503: 30}, [0, 0])
    handlers[1].is_well = True
    z.eventually(lambda: router.get().status == 200, what='a server')


def test_all_probes_fail_and_fail_open_tries_them_all_the_same(stack):
    handlers, servers = patients(stack, 2)
    router = o.with_origins(stack, *servers, health=ACTIVE | {'fail_open': True})
    for handler in handlers:
        handler.is_well = False
    seen = [len(handler.probes) for handler in handlers]
    z.eventually(lambda: all(len(handler.probes) > old + 4 for handler, old in zip(handlers, seen)), what='probes')
    statuses, each = o.counts(router, handlers)
    assert statuses == {200: 30} and min(each) > 0


def test_a_server_that_refuses_connections_is_out_for_the_back_off(stack):
    handlers, servers = patients(stack, 2)
    router = o.with_origins(stack, *servers, health={'fall': 1, 'back_off': f'{500 * int(z.SLOW)}ms'})
    servers[0].stop()
    statuses, each = o.counts(router, handlers)
    assert (statuses, each) == ({200: 30}, [0, 30])
    servers[0].start()
    z.eventually(lambda: router.get() and handlers[0].requests > 0, what='a request that tries it')
    assert o.counts(router, handlers) == ({200: 30}, [15, 15])


def test_replies_with_5xx_count_only_if_asked(stack):
    handlers, servers = patients(stack, 2)
    router = o.with_origins(stack, *servers, health={'fall': 1})
    handlers[0].status = 500
    assert o.counts(router, handlers) == ({200: 15, 500: 15}, [15, 15])
    router.kill()
    other = z.free_port()
    again = o.router(stack, o.simple(other, *servers, health={'fall': 2, 'count_5xx': True, 'back_off': '60s'}), other,
                     name='again')
    statuses, each = o.counts(again, handlers)
    assert (statuses, each) == ({500: 2, 200: 28}, [2, 28])


def test_a_client_that_gives_up_is_no_failure_of_the_server(stack):
    origin, = o.started(stack, 1)
    router = o.with_origins(stack, origin, health={'fall': 1, 'back_off': '60s'})
    for _ in range(2):  # `fall` is 1: one failure would put the only server out
        with router.connect() as client:
            client.send_request('GET', '/delay/30')
            z.eventually(lambda: router.counters()['exchanges_open'] == 1, what='an open request')
        router.wait_idle()
    assert router.get().status == 200


def test_a_pool_of_weights_zero_and_one_uses_the_one(stack):
    handlers, servers = patients(stack, 2)
    port = z.free_port()
    members = o.pool('pool', servers[0], weight=0) + o.pool('pool', servers[1], weight=1)
    router = o.router(stack, o.tree_of(o.site('main', port, members, [o.route('/', 'pool')], balance='weighted')), port)
    assert o.counts(router, handlers) == ({200: 30}, [0, 30])


def test_a_full_server_lets_requests_wait_and_never_gets_more(stack):
    running, most = [0], [0]

    async def slow(request, reply):
        running[0] += 1
        most[0] = max(most[0], running[0])
        await request.body()
        await asyncio.sleep(0.05)
        running[0] -= 1
        await reply.head(200, [('content-length', '0')])
        await reply.end()
    server = stack.closing(Served(slow))
    port = z.free_port()
    router = o.router(stack, o.tree_of(o.site('main', port, o.pool('pool', server, max_conns=3),
                                              [o.route('/', 'pool')])), port, '--threads', '2')
    with z.Load(router.port, 20, z.get_hello, limit=5) as load:
        load.join()
    assert load.failed == []
    assert most[0] == 3
