"""Answers as a router's management listener does, with as many workers and routes as a test wants.

Owner: a test; Stack.closing ends it.   Thread: one of its own for each connection; the test changes it under `lock`.
Not here: the page itself, which a real router gives, and checks (tests/e2e/test_management_page.py).
"""
import http.server
import json
import random
import threading
import time
import urllib.parse

from management_e2e import TOKEN

BOUNDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
STEP = 0.25  # seconds: so often the totals grow


def worker(number):
    return {'name': f'worker-{number}', 'instance': f'worker-{number}#1', 'group': '', 'address': f'ipc:{number}', 'state': 'ready',
            'fit': True, 'weight': 1, 'capacity': 64, 'open': number % 5, 'requests': 0, 'failures': 0, 'here_for_seconds': 5,
            'serves': []}


def server(number):
    return {'name': f'10.0.0.{number}:80', 'pool': 'backend', 'address': f'http://10.0.0.{number}:80', 'state': 'up', 'fit': True,
            'weight': 1, 'capacity': 0, 'open': 0, 'requests': 0, 'failures': 0, 'connections': 2, 'idle_connections': 1}


def tally():
    return {'requests': 0, 'open': 0, 'replies': {'none': 0, '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0}, 'bytes_in': 0,
            'bytes_out': 0, 'retries': 0, 'web_sockets': 0, 'web_sockets_open': 0}


def route(number):
    return {'site': 'main', 'path': f'/path-{number}', 'answer': 'backend', 'backend': ('fabric', 'backend')[number % 2],
            'backend_index': number % 2, 'web_sockets': True, 'traffic': tally()}


def failed_request(number, **more):
    return {'time': '2026-11-30T12:00:%02d.123Z' % (number % 60), 'address': '10.1.2.3', 'method': 'GET', 'host': 'zeroway.test',
            'path': f'/slow/{number}?a=1', 'protocol': 'HTTP/1.1', 'status': 502, 'reason': 'backend_lost', 'worker': 'worker-2',
            'route': '/', 'pool': 'fabric', 'site': 'main', 'attempts': 2, 'queue_ms': 1.5, 'backend_ms': 120.25, 'total_ms': 160.5 + number,
            'request_id': f'id-{number}', 'ended_by': 'backend',
            'lost': [{'worker': 'worker-1', 'queue_ms': 0.1, 'backend_ms': 32.0, 'reason': 'backend_lost'}], **more}


def stream(number):
    return {'id': f'0-{4294967297 + number}', 'site': 'main', 'route': '/', 'pool': 'fabric', 'worker': 'worker-1', 'method': 'GET',
            'host': 'zeroway.test', 'path': f'/open/{number}', 'address': '10.1.2.3', 'protocol': 'HTTP/2.0',
            'kind': 'web_socket' if number % 2 else 'request', 'age_ms': 1500.0 * (number + 1)}


def session(number):
    return {'id': f'1-{4294967297 + number}', 'site': 'main', 'route': '/ws', 'host': 'zeroway.test', 'path': '/ws', 'address': f'10.1.2.{number}',
            'protocol': ('HTTP/1.1', 'HTTP/2', 'RawSocket')[number % 3], 'state': 'joined', 'realm': 'realm1',
            'serializer': ('json', 'msgpack', 'cbor')[number % 3], 'backend_serializer': 'cbor', 'worker': ('wamp-1', 'ws://10.0.0.1:80/ws')[number % 2],
            'authid': 'joe', 'authrole': 'frontend', 'messages_in': 5 * number, 'messages_out': 7 * number, 'bytes_in': 500 * number,
            'bytes_out': 7000 * number, 'age_ms': 1500.0 * (number + 1)}


class ManagementStub:
    """`page`: what is served at /, with its `policy`. `without`: paths that an older router has not."""

    def __init__(self, port, page, policy, workers=3, servers=2, routes=4, without=(), begun=None,
                 first='the configuration was read', events=()):
        self.lock = threading.RLock()
        self.page, self.policy, self.without = page, policy, set(without)
        self.begun = begun or time.time()
        self.workers = [worker(number) for number in range(1, workers + 1)]
        self.servers = [server(number) for number in range(1, servers + 1)]
        self.routes = [route(number) for number in range(1, routes + 1)]
        self.streams = [stream(number) for number in range(6)]
        self.sessions = [session(number) for number in range(4)]
        self.failed = [failed_request(number) for number in range(30)]
        self.slow = [failed_request(number, status=200, reason='', ended_by='backend', lost=[], attempts=1, backend_ms=900.0 + number,
                                    total_ms=905.0 + number, path=f'/slowest/{number}') for number in range(5)]
        self.log = {'level': 'info', 'seconds_left': 0}
        self.total = tally()
        self.counts = [0] * (len(BOUNDS) + 1)
        self.failures = 0
        self.events = list(events)  # all so far
        self.asked = []       # (method, path) of each request
        self.changes = []     # (method, path, body) of each change
        self.is_over = False
        self.lose = False     # each reader is told once that events were lost
        self.feeds = 0        # event streams that are open
        if not self.events:
            self.say('reload', 'router.toml', first)
        stub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def handle(self):
                try:
                    super().handle()
                except (ConnectionError, TimeoutError):
                    pass

            def log_message(self, *_):
                pass

            def do_GET(self):
                stub._get(self)

            def do_PATCH(self):
                stub._change(self)
            do_POST = do_DELETE = do_PATCH

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_):
                pass

        self.port = port
        self.server = Server(('127.0.0.1', port), Handler)
        for run in (lambda: self.server.serve_forever(0.05), self._grow):
            threading.Thread(target=run, daemon=True).start()

    def close(self):
        self.is_over = True
        self.server.shutdown()
        self.server.server_close()

    def say(self, kind, subject, text):
        with self.lock:
            number = len(self.events) + 1
            self.events.append({'id': number, 'at': round(time.time(), 3), 'kind': kind, 'subject': subject, 'text': text})

    def numbers(self):
        with self.lock:
            return {'at': time.time(), 'uptime_seconds': int(time.time() - self.begun), 'draining': False, 'ready': True,
                    **self.total, 'failures': self.failures, 'connections_open': 5, 'workers': len(self.workers),
                    'servers': len(self.servers), 'duration': {'bounds': BOUNDS, 'counts': list(self.counts)}}

    def _grow(self):
        chance = random.Random(1)
        while not self.is_over:
            time.sleep(STEP)
            with self.lock:
                wave = 1 + (time.time() // 7) % 3
                for at, one in enumerate(self.routes):
                    self._count(one['traffic'], int(chance.random() * 40 * wave / (1 + at % 7)))
                for at, one in enumerate([*self.workers, *self.servers]):
                    one['requests'] += int(chance.random() * 20 * wave / (1 + at % 5))
                for at in range(4, 12):
                    self.counts[at] += int(chance.random() * 30 / (1 + abs(at - 6)))
                new = int(chance.random() * 2)
                self.failures += new
                self._count(self.total, int(chance.random() * 100 * wave), new)

    def _count(self, one, requests, failed=0):
        one['requests'] += requests
        one['replies']['5xx'] += failed
        one['replies']['2xx'] += requests - failed
        one['bytes_out'] += 1000 * requests
        one['bytes_in'] += 30 * requests

    # --- what it answers

    def _answers(self):
        sites = [{'name': 'main', **self.total}]
        backends = [{'kind': 'workers', 'compressed': False, 'ready': bool(self.workers), 'name': 'fabric', 'groups': ['']},
                    {'kind': 'servers', 'compressed': False, 'ready': True, 'name': 'backend',
                     'servers': [one['name'] for one in self.servers], 'groups': []}]
        listeners = [{'url': url, 'tls': 'https' in url, 'proxy_header': False, 'management': False, 'sites': ['main']}
                     for url in ('http://0.0.0.0:80', 'https://0.0.0.0:443')]
        return {
            '/api/v1/version': lambda query: {'version': '1.2.3', 'instance': 'router#1', 'loops': 2, 'draining': False,
                                              'uptime_seconds': 5, 'reloads': {'done': 1, 'failed': 0, 'last': 1780000000.5, 'error': ''}},
            '/api/v1/listeners': lambda query: {'listeners': listeners},
            '/api/v1/sites': lambda query: {'sites': sites},
            '/api/v1/routes': lambda query: {'routes': self.routes},
            '/api/v1/upstreams': lambda query: {'upstreams': backends},
            '/api/v1/servers': lambda query: {'servers': self.servers},
            '/api/v1/workers': lambda query: {'workers': self.workers},
            '/api/v1/circuits': lambda query: {'circuits': [
                {'path': '/s1/jupyter', 'circuit': {'id': 'one', 'session': 's1', 'service': 'jupyter', 'backends': []},
                 'requests': 3, 'open': 0, 'idle_seconds': 70, 'members': []}]},
            '/api/v1/certificates': lambda query: {'certificates': [
                {'file': '/etc/zeroway/main.pem', 'not_after': time.time() + 60 * 86_400, 'days_left': 60},
                {'file': '/etc/zeroway/old.pem', 'not_after': time.time() + 5 * 86_400, 'days_left': 5}]},
            '/api/v1/numbers': lambda query: self.numbers(),
            '/api/v1/requests': lambda query: {'failed': self.failed, 'slow': self.slow},
            '/api/v1/streams': lambda query: {'streams': self.streams, 'all': len(self.streams)},
            '/api/v1/wamp': lambda query: {'sessions': self.sessions, 'next': '', 'all': 1_000 * len(self.sessions)},
            '/api/v1/log': lambda query: self.log,
            '/api/v1/explain': self._explain,
            '/api/v1/events': None,
        }

    def _explain(self, query):
        url, method = query.get('url', ''), query.get('method', 'GET')
        path = urllib.parse.urlsplit(url).path
        found = next((one for one in self.routes if path.startswith(one['path'])), None)
        steps = [{'step': 'listener', 'what': 'http://0.0.0.0:80', 'matched': True, 'why': 'it has the port'},
                 {'step': 'site', 'what': 'main', 'matched': True, 'why': 'it takes every host'},
                 {'step': 'route', 'what': path, 'matched': found is not None, 'why': 'the longest prefix' if found else 'no route has it'}]
        outcome = ({'answer': 'backend', 'status': None, 'reason': '', 'detail': ''} if found else
                   {'answer': 'error', 'status': 404, 'reason': 'no_route', 'detail': f'no route has {path}'})
        return {'request': {'method': method, 'url': url, 'client': query.get('client', '127.0.0.1')}, 'outcome': outcome, 'steps': steps,
                'route': found and {'site': 'main', 'path': found['path'], 'backend': found['backend']},
                'members': [{'kind': 'worker', 'name': one['name'], 'next': at == 0, 'fit': one['fit'], 'why': f'{one["open"]} open'}
                            for at, one in enumerate(self.workers[:3])] if found else []}

    def _get(self, handler):
        path, _, query = handler.path.partition('?')
        query = dict(urllib.parse.parse_qsl(query))
        with self.lock:
            self.asked.append(('GET', path))
            answers = {key: answer for key, answer in self._answers().items() if key not in self.without}
            if path == '/':
                return _send(handler, 200, self.page, 'text/html; charset=utf-8', self.policy)
            if path == '/api/v1':
                return _send_json(handler, {key: 'what it is' for key in answers})
            if path not in answers:
                return _send_error(handler, 404, f'there is no {path}')
            if path != '/api/v1/events':
                return _send_json(handler, answers[path](query))
        self._feed(handler, int(handler.headers.get('last-event-id') or query.get('after', 0)))

    def _feed(self, handler, after):
        handler.send_response(200)
        handler.send_header('content-type', 'text/event-stream')
        handler.send_header('connection', 'close')
        handler.end_headers()
        handler.close_connection = True
        self.feeds += 1
        try:
            due, has_told = 0.0, False  # a feed that its reader has left may still be here
            while not self.is_over:
                with self.lock:
                    new = self.events[after:]
                    after = len(self.events)
                    is_lost = self.lose and not has_told
                    has_told = has_told or is_lost
                if is_lost:
                    handler.wfile.write(b'event: lost\ndata: {"kind":"lost"}\n\n')
                for event in new:
                    handler.wfile.write(b'id: %d\nevent: %s\ndata: %s\n\n' % (event['id'], event['kind'].encode(), json.dumps(event).encode()))
                if time.monotonic() >= due:
                    due = time.monotonic() + 1
                    handler.wfile.write(b'event: numbers\ndata: %s\n\n' % json.dumps(self.numbers()).encode())
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass
        finally:
            self.feeds -= 1

    def _change(self, handler):
        method, path = handler.command, handler.path
        body = handler.rfile.read(int(handler.headers.get('content-length') or 0))
        with self.lock:
            self.asked.append((method, path))
            if handler.headers.get('x-api-key') != TOKEN:
                return _send_error(handler, 401, 'the token is wrong')
            self.changes.append((method, path, json.loads(body) if body else None))
            changed = self._apply(method, path, json.loads(body) if body else {})
        if changed == 0:
            return _send_error(handler, 404, f'nobody is named {path}')
        _send_json(handler, {'status': 'ok', 'changed': changed})

    def _apply(self, method, path, body):
        if path == '/api/v1/reload':
            self.say('reload', 'router.toml', 'the configuration was read')
            return 1
        if path == '/api/v1/log':
            self.log = {'level': body['level'], 'seconds_left': body['seconds']}
            return 1
        kind, name, *rest = path.removeprefix('/api/v1/').split('/')
        name = urllib.parse.unquote_to_bytes(name).decode('latin-1')
        if method == 'DELETE' and kind == 'streams':
            for streams in (self.streams, self.sessions):
                found = next((one for one in streams if one['id'] == name), None)
                if found:
                    streams.remove(found)
                    return 1
            return 0
        members = [one for one in {'workers': self.workers, 'servers': self.servers}.get(kind, []) if one['name'] == name]
        for one in members:
            if rest == ['streams']:
                one['open'] = 0
            if 'held' in body:
                one['state'] = 'held' if body['held'] else 'ready' if kind == 'workers' else 'up'
                one['fit'] = not body['held']
            one['weight'] = body.get('weight', one['weight'])
        return len(members)


def _send(handler, status, body, kind, policy="default-src 'none'; frame-ancestors 'none'"):
    handler.send_response(status)
    for name, value in (('content-type', kind), ('content-length', len(body)), ('cache-control', 'no-store'),
                        ('x-content-type-options', 'nosniff'), ('content-security-policy', policy)):
        handler.send_header(name, str(value))
    handler.end_headers()
    handler.wfile.write(body)


def _send_json(handler, told, status=200, kind='application/json'):
    _send(handler, status, json.dumps(told).encode(), kind)


def _send_error(handler, status, detail):
    _send_json(handler, {'status': status, 'title': '', 'detail': detail}, status, 'application/problem+json')
