"""TCP services that workers answer: --tcp and fabric:/PATH, ends of each direction, loss and drain of a worker."""
import threading
import time

import tcp_e2e as t
import zeroway_e2e as z


def serve(stack, *paths, options=(), worker=()):
    """A router with a port for each path, and one worker."""
    ports = [z.free_port() for _ in paths]
    words = [word for port, path in zip(ports, paths) for word in ('--tcp', f'127.0.0.1:{port}={path}')]
    router = stack.router(*words, *options)
    process = stack.worker('echo-1', *worker, kind='echo-tcp-worker')
    router.wait_workers(1)
    return router, process, ports


def test_echo_and_half_close(stack):
    router, _, (port,) = serve(stack, '/echo')
    with z.Connection(port) as client:
        client.send(b'hello')
        assert client.take(5) == b'hello'
        client.send(b'x' * 1_000_000)
        client.half_close()
        assert t.read_all(client.socket) == b'x' * 1_000_000
    router.wait_idle()


def test_the_worker_speaks_first_and_knows_its_client(stack):
    router, _, (port,) = serve(stack, '/greet')
    with z.Connection(port) as client:
        assert client.take_until(b'\n') == b'hello 127.0.0.1'


def test_the_answer_comes_behind_the_clients_end(stack):
    router, _, (port,) = serve(stack, '/count')
    with z.Connection(port) as client:
        client.send(b'x' * 700_000)
        client.half_close()
        assert t.read_all(client.socket) == b'700000\n'
    router.wait_idle()


def test_the_worker_ends_first_and_the_client_goes_on(stack):
    router, _, (port,) = serve(stack, '/zeros/1000000')
    with z.Connection(port) as client:
        assert t.read_all(client.socket) == bytes(1_000_000)
        time.sleep(0.2)
        client.send(b'y' * 2_000_000)
        client.half_close()
        router.wait_idle()


def test_a_client_that_reads_slowly_stops_the_worker_and_the_other_way_round(stack):
    router, worker, (zeros, deaf) = serve(stack, '/zeros/200000000', '/deaf')
    before = router.rss(), worker.rss()
    with z.Connection(zeros, receive_buffer=65_536) as slow, z.Connection(deaf) as client:
        client.socket.settimeout(2 * z.SLOW)
        total = 0
        try:
            while total < 256 << 20:
                total += client.socket.send(bytes(65_536))
        except TimeoutError:
            pass
        assert total < 64 << 20
        growth = router.rss() - before[0], worker.rss() - before[1]
        assert max(growth) < 8 << 20 or z.SANITIZED, growth
        left = 200_000_000
        while left:
            left -= len(slow.socket.recv(262_144))


def test_a_killed_worker_is_a_reset_and_another_one_takes_new_connections(stack):
    router, worker, (port,) = serve(stack, '/echo')
    with z.Connection(port) as client:
        client.send(b'hello')
        assert client.take(5) == b'hello'
        worker.kill()
        assert t.is_reset(client)
    stack.worker('echo-2', kind='echo-tcp-worker')
    router.wait_workers(1)
    with z.Connection(port) as client:
        client.send(b'again')
        assert client.take(5) == b'again'


def test_a_worker_may_reset_and_a_reset_reaches_the_worker(stack):
    router, worker, (reset, echo) = serve(stack, '/reset', '/echo')
    with z.Connection(reset) as client:
        client.send(b'x')
        assert t.is_reset(client)
    client = z.Connection(echo)
    client.send(b'x')
    assert client.take(1) == b'x'
    client.abort()
    router.wait_idle()


def test_a_draining_worker_finishes_its_connections_and_takes_no_new_ones(stack):
    router, worker, (port,) = serve(stack, '/echo')
    with z.Connection(port) as client:
        client.send(b'hello')
        assert client.take(5) == b'hello'
        worker.signal(15)
        stack.worker('echo-2', kind='echo-tcp-worker')
        router.wait_log('echo-2')
        time.sleep(0.5)
        with z.Connection(port) as other:
            other.send(b'other')
            assert other.take(5) == b'other'
        client.send(b'still')
        client.half_close()
        assert t.read_all(client.socket) == b'still'
    worker.wait()


def test_no_worker_has_the_path(stack):
    router, _, (port,) = serve(stack, '/nobody')
    assert t.is_refused(port)


def test_a_thousand_connections_at_once(stack):
    router, _, (port,) = serve(stack, '/echo', worker=('--capacity', 2000))
    clients = [z.Connection(port) for _ in range(1_000)]
    for number, client in enumerate(clients):
        client.send(b'%04d' % number)
    for number, client in enumerate(clients):
        assert client.take(4) == b'%04d' % number
    for client in clients:
        client.half_close()
    for client in clients:
        assert t.read_all(client.socket) == b''
        client.close()
    router.wait_idle()


def test_both_engines_and_two_loops(stack):
    for engine in ('loop', 'libzmq'):
        port = z.free_port()
        fabric = stack.ipc(f'fabric-{engine}')
        router = stack.router('--tcp', f'127.0.0.1:{port}=/echo', '--fabric-engine', engine, '--threads', 2, fabric=fabric)
        stack.worker(f'echo-{engine}', '--engine', engine, kind='echo-tcp-worker', connect=fabric)
        router.wait_workers(2)
        for _ in range(8):
            with z.Connection(port) as client:
                sender = threading.Thread(target=lambda: (client.send(b'x' * 300_000), client.half_close()))
                sender.start()
                assert t.read_all(client.socket) == b'x' * 300_000
                sender.join()
        router.wait_idle()
