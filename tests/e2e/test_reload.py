"""What a reload changes and what it leaves alone: connections, open replies, WebSockets, pools, health, listeners."""
import asyncio
import os
import threading

import origin_fleet as o
import pytest
import tls_e2e
import websockets
import zeroway_e2e as z
from origin_program import LINES
from origin_server import Served
from origin_websockets import WebSocketOrigin


def who(port, path='/'):
    with z.Connection(port) as client:
        return client.request('GET', path).get('x-origin')


def wait_served_by(port, name, path='/'):
    z.eventually(lambda: who(port, path) == name, what=f'an answer by {name}')


def test_new_requests_of_an_open_connection_take_the_new_routes(stack):
    origins = o.started(stack, 2)
    router = o.with_origins(stack, origins[0])
    with router.connect() as client:
        assert client.request().get('x-origin') == 'origin-1'
        router.reload(o.simple(router.port, origins[1]))
        z.eventually(lambda: client.request().get('x-origin') == 'origin-2', what='the new pool')


def test_an_open_download_goes_on_when_its_pool_and_route_are_gone(stack):
    origins = o.started(stack, 2)
    router = o.with_origins(stack, origins[0])
    with router.connect(receive_buffer=16_384) as client:
        client.send_request('GET', f'/bytes/{2 * z.MIB}')
        head = client.read_head()
        assert head.status == 200
        router.reload(o.simple(router.port, origins[1], path='/other', fabric=False))
        wait_served_by(router.port, 'origin-2', '/other')
        assert client.take(2 * z.MIB) == LINES[:2 * z.MIB]
        assert client.request().status == 404  # the connection goes on, too; its route does not
    router.wait_idle()


def test_an_open_upload_goes_on_when_its_pool_is_gone(stack):
    origins = o.started(stack, 2)
    router = o.with_origins(stack, origins[0])
    body = LINES[:z.MIB]
    with router.connect() as client:
        client.send(z.Connection.head_bytes('POST', '/upload', [('Content-Length', str(len(body)))]) + body[:1000])
        z.eventually(lambda: router.counters()['exchanges_open'] == 1, what='an open stream')
        router.reload(o.simple(router.port, origins[1]))
        wait_served_by(router.port, 'origin-2')
        client.send(body[1000:])
        reply = client.read_reply('POST')
        assert (reply.status, reply.get('x-origin'), b'1048576' in reply.body) == (200, 'origin-1', True)


def test_an_equal_pool_keeps_its_connections(stack):
    handler = o.Patient()
    server = stack.closing(Served(handler))
    router = o.with_origins(stack, server)
    for number in range(10):
        assert router.get().status == 200
        before = router.reload(o.simple(router.port, server, headers={'x-generation': str(number)}))
        z.eventually(lambda: router.get().get('x-generation') == str(number), what='the new file')
        assert before <= router.log_size()
    assert server.connections == 1


def test_a_pool_that_is_gone_closes_its_connections(stack):
    servers = [stack.closing(Served(o.Patient())) for _ in range(2)]
    router = o.with_origins(stack, servers[0])
    assert router.get().status == 200
    assert servers[0].open == 1
    router.reload(o.simple(router.port, servers[1]))
    z.eventually(lambda: router.get() and servers[1].open == 1, what='the new pool')
    z.eventually(lambda: servers[0].open == 0, what='the old connections closed')


def test_servers_keep_their_health_over_a_reload(stack):
    """Also when the pool has changed, as long as their addresses have not."""
    handlers = [o.Patient() for _ in range(3)]
    servers = [stack.closing(Served(handler)) for handler in handlers]
    health = {'fall': 1, 'back_off': '60s'}
    router = o.with_origins(stack, *servers[:2], health=health)
    servers[0].stop()
    assert o.counts(router, handlers)[1] == [0, 30, 0]
    servers[0].start()
    router.reload(o.simple(router.port, *servers, health=health))
    z.eventually(lambda: router.get() and handlers[2].requests > 0, what='the third server')
    statuses, each = o.counts(router, handlers)
    assert statuses == {200: 30} and each == [0, 15, 15]


def test_a_listener_that_is_gone_finishes_its_open_requests(stack):
    origin, = o.started(stack, 1)
    port, other = z.free_port(), z.free_port()
    members, routes = o.pool('pool', origin), [o.route('/', 'pool')]
    main, second = o.site('main', port, members, routes), o.site('second', other, members, routes)
    router = o.router(stack, o.tree_of(main, second), port)
    with z.Connection(other) as busy, z.Connection(other) as idle:
        assert idle.request().status == 200
        busy.send_request('GET', f'/stream-bytes/{z.MIB}?rate={2 * z.MIB}')
        assert busy.read_head().status == 200
        router.reload(o.tree_of(main))
        assert idle.is_closed_by_peer()
        size, body = None, bytearray()
        while size != 0:
            size = int(busy.take_until(b'\r\n'), 16)
            body += busy.take(size)
            busy.take(2)
        assert body == LINES[:z.MIB]
        assert busy.is_closed_by_peer()
    with pytest.raises(OSError):
        z.socket.create_connection(('127.0.0.1', other), 2)
    assert router.get().status == 200


def test_a_listener_comes_back(stack):
    """Ports come and go, in either order, many times."""
    origin, = o.started(stack, 1)
    port, other = z.free_port(), z.free_port()
    members, routes = o.pool('pool', origin), [o.route('/', 'pool')]
    main, second = o.site('main', port, members, routes), o.site('second', other, members, routes)
    router = o.router(stack, o.tree_of(main), port, '--threads', '2')

    def is_there():
        try:
            return who(other) == 'origin-1'
        except (OSError, z.Broken):
            return False
    for _ in range(5):
        router.reload(o.tree_of(main, second))
        z.eventually(is_there, what='the second listener')
        router.reload(o.tree_of(main))
        z.eventually(lambda: not is_there(), what='the second listener gone')


def test_a_unix_socket_comes_and_goes(stack):
    """Its file, too; and a reload that keeps it cuts nobody."""
    origin, = o.started(stack, 1)
    port, path = z.free_port(), stack.path('door')
    members, routes = o.pool('pool', origin), [o.route('/', 'pool')]
    main = o.site('main', port, members, routes)
    second = o.site('second', port, members, routes)
    second['listen'] = [f'unix:{path}']
    router = o.router(stack, o.tree_of(main), port)

    def ask():
        with z.socket.socket(z.socket.AF_UNIX) as client:
            client.settimeout(z.PATIENCE)
            if client.connect_ex(path) != 0:
                return False
            client.sendall(b'GET / HTTP/1.1\r\nHost: zeroway.test\r\nConnection: close\r\n\r\n')
            return client.recv(1000).startswith(b'HTTP/1.1 200 ')
    for number in range(3):
        router.reload(o.tree_of(main, second))
        z.eventually(ask, what='the socket')
        router.reload(o.tree_of(main, second | {'headers': {'x-generation': str(number)}}))
        router.wait_log('read again', since=router.reload())
        assert ask()
        router.reload(o.tree_of(main))
        z.eventually(lambda: not os.path.exists(path), what='the socket gone')
        assert router.get().status == 200


def test_a_listener_may_become_a_tls_one(stack):
    authority = tls_e2e.Authority(stack)
    certificate, key = authority.make('localhost', '127.0.0.1')
    origin, = o.started(stack, 1)
    router = o.with_origins(stack, origin)
    with router.connect() as open_:
        assert open_.request().status == 200
        router.reload(o.simple(router.port, origin, ssl={'enabled': True, 'cert_file': certificate, 'key_file': key}))
        router.tls_port = router.port

        def ask():
            try:
                with tls_e2e.Client(router, authority) as client:
                    return client.request().status == 200
            except OSError:
                return False
        z.eventually(ask, what='TLS')


def test_workers_notice_nothing(stack):
    origins = o.started(stack, 1)
    port = z.free_port()

    def tree(number):
        routes = [o.route('/origin', 'pool'), o.route('/', 'fabric')]
        return o.tree_of(o.site('main', port, o.pool('pool', *origins), routes, headers={'x-generation': str(number)}))
    router = o.router(stack, tree(0), port)
    worker = stack.worker('worker-1', connect=router.fabric)
    router.wait_workers(1)
    with z.Load(port, 8, z.get_hello, pace=0.01) as load:
        for number in range(1, 6):
            router.reload(tree(number))
            z.eventually(lambda: router.get().get('x-generation') == str(number), what='the new file')
            load.wait_more(20)
    assert load.failed == []
    assert set(load.by_worker()) == {'worker-1'}
    assert worker.log().count('joined') == 1


def test_an_open_websocket_outlives_its_route(stack):
    sockets = stack.closing(WebSocketOrigin())
    origin, = o.started(stack, 1)
    port = z.free_port()
    members = o.pool('sockets', sockets)
    router = o.router(stack, o.tree_of(o.site('main', port, members, [o.route('/', 'sockets', websocket=True)])), port)
    reloaded = threading.Event()

    async def talk():
        async with websockets.connect(f'ws://127.0.0.1:{port}/') as socket:
            await socket.send('before')
            assert await socket.recv() == 'before'
            router.reload(o.simple(port, origin))
            await asyncio.get_running_loop().run_in_executor(None, wait_served_by, port, 'origin-1')
            reloaded.set()
            await socket.send('after')
            assert await asyncio.wait_for(socket.recv(), z.PATIENCE * z.SLOW) == 'after'
    asyncio.run(talk())
    assert reloaded.is_set()
    router.wait_idle()


def test_many_signals_at_once_end_with_the_last_file(stack):
    origin, = o.started(stack, 1)
    router = o.with_origins(stack, origin)
    with z.Load(router.port, 8, z.get_hello, pace=0.01) as load:
        for number in range(50):
            router.reload(o.simple(router.port, origin, headers={'x-generation': str(number)}))
        z.eventually(lambda: router.get().get('x-generation') == '49', what='the last file')
        load.wait_more(20)
    assert load.failed == []


def test_all_threads_have_the_new_file_at_once(stack):
    """Once a reply shows the new file, soon no thread answers by the old one."""
    origin, = o.started(stack, 1)
    port = z.free_port()
    router = o.router(stack, o.simple(port, origin, headers={'x-generation': '0'}), port, '--threads', '4')
    router.reload(o.simple(port, origin, headers={'x-generation': '1'}))
    z.eventually(lambda: all(router.get().get('x-generation') == '1' for _ in range(20)), what='all threads')
