"""A router that is started again gives no routed path to the open pool, although an open worker may be back first."""
import threading
import time

import zeroway_e2e as z
from test_websocket_opening import ASK

RESTARTS = 50 if z.LONG else 5
WATCHED = 1.0  # seconds from the bind, and until all workers are back: longer than the router waits for them


class Asker(threading.Thread):
    """Asks for /api again and again on new connections, from before the router is there, and keeps who answered."""

    def __init__(self, port, headers, is_over):
        super().__init__()
        self.port, self.headers, self.is_over = port, headers, is_over
        self.answers = []

    def run(self):
        while not self.is_over.is_set():
            try:
                with z.Connection(self.port) as connection:
                    reply = connection.request('GET', '/api/x', self.headers)
                    self.answers.append((reply.status, reply.worker))
            except (OSError, z.Broken):
                time.sleep(0.005)


def test_a_routed_path_never_reaches_the_open_pool(stack):
    port = z.free_port()
    start = lambda: stack.router(port=port, wait=False)
    router = start().wait_bound()
    for number in range(2):
        stack.worker(f'open-{number}')
    stack.worker('api', '--route', '/api')
    router.wait_workers(3)
    count = 0
    for number in range(RESTARTS):
        router.kill() if number % 2 else router.terminate()
        router.wait()
        time.sleep((1.7, 0.1, 2.0)[number % 3])  # workers dial again after 100 ms, and in the end after 500 to 600
        is_over = threading.Event()
        askers = [Asker(port, headers, is_over) for headers in ((), (), ASK, ASK)]
        for asker in askers:
            asker.start()
        try:
            router = start().wait_bound()
            time.sleep(WATCHED)
            router.wait_workers(3)
        finally:
            is_over.set()
        for asker in askers:
            asker.join()
        answers = [answer for asker in askers for answer in asker.answers]
        assert {worker for _, worker in answers} == {'api'}, (number, [one for one in answers if one[1] != 'api'][:5])
        count += len(answers)
        assert router.get('/other').worker.startswith('open')
    print(f'{RESTARTS} restarts, {count} answers, all by the worker that claims the path')


def test_a_new_router_with_new_workers_waits_for_less_than_a_blink(stack):
    """The open worker's first answer comes at most 100 ms after the router has seen it; on a busy machine later."""
    router = stack.router('--queue-timeout', '60s')
    with router.connect(60) as connection:
        connection.send_request()
        z.eventually(lambda: router.counters()['queued'] == 1)
        stack.worker('open')
        assert connection.read_reply().worker == 'open'
        assert router.get().worker == 'open'
