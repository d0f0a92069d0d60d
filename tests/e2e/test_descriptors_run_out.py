"""More clients than descriptors: they wait, and workers still get theirs."""
import os
import socket
import subprocess

import pytest

import zeroway_e2e


def limited(limit, *command):
    return ['sh', '-c', f'ulimit -n {limit}; exec "$@"', 'sh', *command]


@pytest.mark.parametrize('limit', [24, 63])
def test_too_few_to_run_with_are_told_at_the_start(stack, limit):
    argv = limited(limit, zeroway_e2e.program('router'), '-p', '0', '-a', '127.0.0.1', '--fabric', stack.ipc())
    done = subprocess.run(argv, capture_output=True, text=True, timeout=zeroway_e2e.PATIENCE * zeroway_e2e.SLOW)
    assert done.returncode == 1, done
    assert f'only {limit} descriptors (ulimit -n): at least 64 are needed' in done.stderr


def few(stack, *options):
    """A router with 120 descriptors, and how many connections of clients it admits."""
    port = zeroway_e2e.free_port()
    fabric = stack.ipc(f'fabric-{port}' if options else 'fabric')  # workers of the test come to that one
    argv = limited(120, zeroway_e2e.program('router'), '-sv', '-p', str(port), '-a', '127.0.0.1', '--fabric', fabric,
                   *options)
    router = zeroway_e2e.RouterProcess('router', argv, stack.path(f'{port}.log'), fabric, port)
    stack.processes.append(router)
    router.wait_bound()
    return router, int(router.wait_log(r'at most (\d+) client connections').group(1))


def test_clients_leave_descriptors_for_ports_of_services(stack):
    _, most = few(stack)
    first = zeroway_e2e.free_port(20)
    _, left = few(stack, '--sessions', '--session-ports', f'{first}-{first + 19}')
    assert most - left == 20


def test_clients_leave_descriptors_for_workers(stack):
    router, most = few(stack)
    port = router.port
    stack.worker('worker-1')
    router.wait_workers(1)
    clients = [stack.closing(socket.create_connection(('127.0.0.1', port))) for _ in range(200)]
    zeroway_e2e.eventually(lambda: router.counters()['connections_open'] == most)
    assert len(os.listdir(f'/proc/{router.pid}/fd')) < 120
    stack.worker('worker-2')
    router.wait_workers(2)
    for client in clients:
        client.close()
    assert router.get('/').status == 200
