"""More clients than descriptors: they wait, and workers still get theirs."""
import os
import re
import socket

import zeroway_e2e


def test_clients_leave_descriptors_for_workers(stack):
    port = zeroway_e2e.free_port()
    argv = ['sh', '-c', 'ulimit -n 120; exec "$@"', 'sh', zeroway_e2e.program('router'), '-sv', '-p', str(port),
            '-a', '127.0.0.1', '--fabric', stack.ipc()]
    router = zeroway_e2e.RouterProcess('router', argv, stack.path('router.log'), stack.ipc(), port)
    stack.processes.append(router)
    router.wait_bound()
    most = int(re.search(r'at most (\d+) client connections', router.log()).group(1))
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
