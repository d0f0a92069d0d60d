"""Every request of a mixed load is counted once, by what its client saw: with one loop and with four.

Clients speak HTTP/1.1 and HTTP/2, and ask workers, servers, files, a pool of both, a coder and the router itself. One
worker is killed and started again meanwhile, one server closes connections, some clients go away.
"""
import collections
import os
import random
import socket
import threading

import pytest
import sites_e2e as s
import zeroway_e2e as z
from h2_peer import H2Client
from management_e2e import ask, samples
from origins import Origin, reply

CLIENTS = 4
REQUESTS = 150  # of each client
TEXT = b'a line of text that comes again\n' * 200


class Load:
    def __init__(self, stack, threads):
        self.lock = threading.Lock()
        self.seen = collections.Counter()   # by site, method and class of status
        self.routes = collections.Counter()  # by route and class of status
        self.bytes_in = self.bytes_out = self.sockets = self.cancelled = 0
        self.number = 0
        origin = stack.closing(Origin(self.answer))
        folder = stack.path('files')
        os.makedirs(folder)
        with open(os.path.join(folder, 'page.html'), 'wb') as file:
            file.write(TEXT)
        self.port, self.manage = z.free_port(), z.free_port()
        app = (s.site(self.port, host='app.test', name='app') + '[sites.proxy]\nenabled = true\n' + s.pool(origin)
               + s.pool(origin, 'fabric:crew', name='mixed') + s.route('/api', more='retries = 3') + s.route('/mixed', to='mixed')
               + s.route('/post', more='methods = ["POST"]')
               + '[[sites.proxy.routes]]\npath = "/old"\n[sites.proxy.routes.redirect]\nto = "/api"\n'
               + s.route('/coded') + '[sites.proxy.routes.compression]\ncodings = ["gzip"]\n' + s.NEVER_OUT + '\n')
        files = s.site(self.port, host='files.test', name='files', more=f'fabric = false\nstatic_dir = "{folder}"')
        self.router = s.serve(stack, app + files, self.port, '--manage', f'127.0.0.1:{self.manage}',
                              '--threads', threads, '--queue-timeout', '2s')
        self.stack = stack
        stack.httpbin('bin-1')
        self.killed = stack.httpbin('bin-2')
        stack.worker('crew-1', '--group', 'crew')
        stack.worker('echo-1', '--route', '/socket', kind='echo-websocket-worker')
        self.router.wait_workers(4 * threads)

    def answer(self, request):
        """Each seventh GET of /api loses its connection."""
        with self.lock:
            self.number += 1
            is_lost = self.number % 7 == 0 and request.method == 'GET' and request.target.startswith('/api')
        if is_lost:
            return request.connection.close()
        return reply(TEXT, fields=[('Content-Type', 'text/plain')])

    def count(self, host, path, method, status, sent=0, received=0):
        with self.lock:
            self.seen[host.removesuffix('.test'), method, f'{status // 100}xx'] += 1
            for route in ('/api', '/mixed', '/post', '/old', '/coded'):
                if path.startswith(route) and host == 'app.test' and status != 405:  # of no route
                    self.routes[route, f'{status // 100}xx'] += 1
            if path == '/api/x' and status == 200:
                self.bytes_in += sent  # where the whole body is read before the answer
            self.bytes_out += received

    def choose(self, chance):
        method = chance.choice(['GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT'])
        host, path = chance.choice([
            ('app.test', f'/status/{chance.choice([200, 201, 404, 500, 503])}'), ('app.test', '/api/x'),
            ('app.test', '/mixed/x'), ('app.test', '/post/x'), ('app.test', '/old'), ('app.test', '/coded'),
            ('app.test', '/bytes/1000'), ('files.test', '/page.html'), ('files.test', '/nothing.html'),
            ('app.test', '/nobody/has/this')])
        return method, host, path, b'b' * chance.choice([0, 10, 5_000]) if method in ('POST', 'PUT') else None

    def run_h1(self, seed):
        chance = random.Random(seed)
        for _ in range(REQUESTS):
            method, host, path, body = self.choose(chance)
            fields = [('Host', host), ('Accept-Encoding', 'gzip')]
            if body is not None:
                fields.append(('Content-Length', str(len(body))))
            with z.Connection(self.port, 60 * z.SLOW) as connection:
                connection.send(connection.head_bytes(method, path, fields, host=None) + (body or b''))
                answer = connection.read_reply(method)
            self.count(host, path, method, answer.status, len(body or b''), len(answer.body))

    def run_h2(self, seed):
        chance = random.Random(seed)
        client = H2Client(self.port, 60 * z.SLOW)
        for _ in range(REQUESTS):
            method, host, path, body = self.choose(chance)
            pseudo = [(':method', method), (':scheme', 'http'), (':authority', host), (':path', path)]
            stream = client.open(fields=[('accept-encoding', 'gzip')], end=body is None, pseudo=pseudo)
            if body is not None:
                client.send(stream, body, end=True)
            answer = client.wait(stream)
            assert answer.reset is None or answer.status, (path, answer.reset)
            self.count(host, path, method, answer.status, len(body or b''), len(answer.body))
        client.close()

    def run_sockets(self):
        for _ in range(20):
            with z.Connection(self.port, 60 * z.SLOW) as connection:
                connection.send(b'GET /socket HTTP/1.1\r\nHost: app.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
                                b'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n')
                assert connection.read_head().status == 101
                connection.send(b'\x88\x80\0\0\0\0')
                connection.take(2)
            with self.lock:
                self.seen['app', 'GET', '1xx'] += 1
                self.sockets += 1

    def run_leavers(self):
        for _ in range(10):
            with z.Connection(self.port, 60 * z.SLOW) as connection:
                connection.send(b'GET /delay/9 HTTP/1.1\r\nHost: app.test\r\n\r\n')
                z.eventually(lambda: b'/delay/9' in ask(self.manage, '/api/v1/streams').body)
                connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')  # a reset
            z.eventually(lambda: b'/delay/9' not in ask(self.manage, '/api/v1/streams').body)
            with self.lock:
                self.seen['app', 'GET', '4xx'] += 1  # 499
                self.cancelled += 1

    def run_killer(self):
        for _ in range(3):
            self.killed.kill()
            self.killed = self.stack.httpbin('bin-2')
            threading.Event().wait(0.5)


def of(values, *labels):
    return sum(value for text, value in values.items() if all(label in text for label in labels))


@pytest.mark.parametrize('threads', [1, 4])
def test_every_counter_is_what_the_clients_counted(stack, threads):
    load = Load(stack, threads)
    errors = []

    def run(task, *arguments):
        try:
            task(*arguments)
        except Exception as error:  # told below: a thread's own end is silent
            errors.append(error)

    tasks = [(load.run_h1, seed) for seed in range(CLIENTS)] + [(load.run_h2, seed + 100) for seed in range(CLIENTS)]
    tasks += [(load.run_sockets,), (load.run_leavers,), (load.run_killer,)]
    clients = [threading.Thread(target=run, args=task) for task in tasks]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert not errors, errors

    def now():
        return samples(ask(load.manage, '/metrics').body.decode())

    total = sum(load.seen.values())
    z.eventually(lambda: of(now()['zeroway_requests_total']) >= total and of(now()['zeroway_requests_open']) == 0)
    counted = now()
    requests = counted['zeroway_requests_total']
    seen = {key: of(requests, f'site="{key[0]}"', f'method="{key[1]}"', f'status="{key[2]}"') for key in load.seen}
    assert seen == dict(load.seen)
    assert of(requests) == total
    routes = {key: of(requests, f'route="{key[0]}"', f'status="{key[1]}"') for key in load.routes}
    assert routes == dict(load.routes)
    assert of(counted['zeroway_request_bytes_total'], 'route="/api"') == load.bytes_in
    assert of(counted['zeroway_response_bytes_total']) == load.bytes_out
    assert of(counted['zeroway_web_sockets_total']) == load.sockets
    assert of(counted['zeroway_web_sockets_open']) == 0
    assert of(counted['zeroway_request_failures_total'], 'reason="cancelled"') == load.cancelled
    assert of(counted['zeroway_request_duration_seconds_count']) == total - load.sockets
    retries, openings = of(counted['zeroway_backend_retries_total']), of(counted['zeroway_backend_openings_total'])
    assert retries > 0 and openings >= retries
    taken = of(counted['zeroway_member_requests_total'], 'kind="server"')
    assert taken == load.number, 'what servers were asked is what was sent to them'
