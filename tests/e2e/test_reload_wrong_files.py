"""A reload of a wrong file, or of one whose port is taken, changes nothing and says why."""
import os
import socket

import origin_fleet as o
import pytest
import zeroway_e2e as z


@pytest.fixture
def served(stack):
    """A router with a pool of the first of two servers; the files that a test writes name the second one."""
    origins = o.started(stack, 2)
    router = o.with_origins(stack, origins[0])
    return router, origins


def who(router, path='/'):
    with router.connect() as client:
        return client.request('GET', path).get('x-origin')


def is_as_before(router):
    assert router.is_running()
    assert [who(router) for _ in range(5)] == ['origin-1'] * 5
    return True


def wrong_files(router, origin):
    good = o.simple(router.port, origin)
    unknown_pool = o.simple(router.port, origin)
    o.route_of(unknown_pool)[o.POOL_OF_ROUTE] = 'nobody'
    unknown_key = o.simple(router.port, origin, redirect_to_htps=True)
    no_weight = o.simple(router.port, origin)
    o.member_of(no_weight)['weight'] = 0
    bad_tls = o.simple(router.port, origin, ssl={'enabled': True, 'cert_file': 'none.crt', 'key_file': 'none.key'})
    bad_ca = o.simple(router.port, origin)
    o.member_of(bad_ca).update({'url': 'https://127.0.0.1:1', 'ca_file': 'none.crt'})
    return {'no TOML': ('[[sites]\n', r':1:\d+'), 'unknown pool': (unknown_pool, 'nobody'),
            'unknown key': (unknown_key, 'redirect_to_https'), 'no weight': (no_weight, 'weight'),
            'no certificate': (bad_tls, r'none\.(crt|key)'), 'no authority': (bad_ca, r'none\.crt'),
            'empty': ('', r'has no \[\[sites'), 'cut': (o.text_of(good)[:-8], r'\.toml')}


@pytest.mark.parametrize('name', ['no TOML', 'unknown pool', 'unknown key', 'no weight', 'no certificate',
                                  'no authority', 'empty', 'cut'])
def test_a_wrong_file_changes_nothing_and_says_why(served, name):
    router, origins = served
    text, why = wrong_files(router, origins[1])[name]
    with router.connect() as client:
        assert client.request().status == 200
        router.wait_log(why, since=router.reload(text))
        assert is_as_before(router)
        assert client.request().get('x-origin') == 'origin-1'  # on the connection of before
    router.reload(o.simple(router.port, origins[1]))
    z.eventually(lambda: who(router) == 'origin-2', what='the good file')


def test_a_file_that_is_gone_changes_nothing_and_says_why(served):
    router, origins = served
    os.rename(router.file, router.file + '.gone')
    router.wait_log('toml', since=router.reload())
    assert is_as_before(router)
    router.reload(o.simple(router.port, origins[1]))
    z.eventually(lambda: who(router) == 'origin-2', what='the good file')


def test_a_port_that_is_taken_changes_nothing_and_says_why(served):
    router, origins = served
    free, taken = z.free_port(), socket.create_server(('127.0.0.1', 0))
    port = taken.getsockname()[1]
    members, routes = o.pool('pool', origins[1]), [o.route('/', 'pool')]
    tree = o.tree_of(o.site('main', router.port, members, routes), o.site('free', free, members, routes),
                     o.site('taken', port, members, routes))
    router.wait_log(str(port), since=router.reload(tree))
    assert is_as_before(router)
    with pytest.raises(OSError):  # not half of the new listeners either
        socket.create_connection(('127.0.0.1', free), 2)
    taken.close()
    router.reload()
    z.eventually(lambda: who(router) == 'origin-2', what='the same file, once the port is free')
    for other in (free, port):
        with z.Connection(other) as client:
            assert client.request().get('x-origin') == 'origin-2'


def test_all_errors_of_a_file_are_told_at_once(served):
    router, origins = served
    tree = o.simple(router.port, origins[1], balance='wheel_of_fortune')
    o.route_of(tree)[o.POOL_OF_ROUTE] = 'nobody'
    before = router.reload(tree)
    router.wait_log('wheel_of_fortune', since=before)
    router.wait_log('nobody', since=before)
    assert is_as_before(router)
