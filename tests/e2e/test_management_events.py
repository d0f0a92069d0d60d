"""What the management listener tells of what happens: events, requests that failed or are open; and closing them."""
import json
import threading

import pytest
import sites_e2e as s
import zeroway_e2e as z
from management_e2e import TOKEN, ask, manage_with_token, managed, told
from origins import Origin, in_turn, reply, silent, then_close


class Watch:
    """A reader of events. Takes in the background what comes."""

    def __init__(self, port, path='/api/v1/events', headers=()):
        self.connection = z.Connection(port, z.PATIENCE * z.SLOW)
        self.connection.send(self.connection.head_bytes('GET', path, [('Host', '127.0.0.1'), *headers], host=None))
        self.head = self.connection.read_head()
        self.events, self.numbers, self.ids = [], [], []
        self.thread = threading.Thread(target=self.take, daemon=True)
        self.thread.start()

    def take(self):
        text = b''
        try:
            while True:
                size = int(self.connection.take_until(b'\r\n'), 16)
                if size == 0:
                    return
                text += self.connection.take(size)
                self.connection.take(2)
                while b'\n\n' in text:
                    event, text = text.split(b'\n\n', 1)
                    self.add(dict(line.split(': ', 1) for line in event.decode().split('\n')))
        except (OSError, z.Broken, ValueError):
            return

    def add(self, fields):
        data = json.loads(fields['data'])
        if fields['event'] == 'numbers':
            assert 'id' not in fields
            self.numbers.append(data)
            return
        assert fields['event'] == data['kind']
        if fields['event'] != 'lost':
            assert int(fields['id']) == data['id']
        self.events.append(data)

    def kinds(self):
        return [event['kind'] for event in self.events]

    def find(self, kind, subject=None):
        found = [event for event in self.events if event['kind'] == kind and subject in (None, event['subject'])]
        return found[0] if found else None

    def wait(self, kind, subject=None):
        return z.eventually(lambda: self.find(kind, subject), what=f'{kind} {subject}')

    def close(self):
        self.connection.close()
        self.thread.join(z.PATIENCE * z.SLOW)


def test_workers_that_come_and_go_are_told_once(stack):
    router, port = managed(stack, '--threads', 2)
    watch = stack.closing(Watch(port))
    assert watch.head.status == 200 and watch.head.get('content-type') == 'text/event-stream'
    worker = stack.worker('worker-1')
    assert 'serves everything' in watch.wait('worker_joined', 'worker-1')['text']
    router.wait_workers(2)
    worker.terminate()
    worker.wait()
    watch.wait('worker_left', 'worker-1')
    killed = stack.worker('worker-2')
    router.wait_workers(2)
    killed.child.kill()
    watch.wait('worker_left', 'worker-2')
    assert watch.kinds() == ['worker_joined', 'worker_left'] * 2, watch.events


def test_a_reader_resumes_where_it_was(stack):
    router, port = managed(stack)
    first = Watch(port)
    stack.worker('worker-1')
    seen = first.wait('worker_joined', 'worker-1')
    first.close()
    stack.worker('worker-2')
    router.wait_workers(2)
    for headers, path in (([('Last-Event-ID', str(seen['id']))], '/api/v1/events'), ([], f'/api/v1/events?after={seen["id"]}')):
        again = Watch(port, path, headers)
        again.wait('worker_joined', 'worker-2')
        assert again.find('worker_joined', 'worker-1') is None and again.find('lost') is None
        again.close()
    everything = stack.closing(Watch(port, '/api/v1/events?after=0'))
    everything.wait('worker_joined', 'worker-2')
    assert everything.find('worker_joined', 'worker-1')
    of_another_life = stack.closing(Watch(port, '/api/v1/events?after=100000'))
    of_another_life.wait('worker_joined', 'worker-2')
    assert of_another_life.kinds()[0] == 'lost'


def test_numbers_come_every_second_and_are_those_of_the_router(stack):
    router, port = managed(stack)
    stack.worker('worker-1')
    router.wait_workers(1)
    watch = stack.closing(Watch(port))
    for _ in range(5):
        router.get()
    numbers = z.eventually(lambda: watch.numbers and watch.numbers[-1]['requests'] == 5 and watch.numbers[-1])
    assert numbers['replies']['2xx'] == 5 and numbers['workers'] == 1 and numbers['ready']
    assert sum(numbers['duration']['counts']) == 5
    assert len(numbers['duration']['counts']) == len(numbers['duration']['bounds']) + 1
    z.eventually(lambda: len(watch.numbers) >= 3)
    assert told(port, '/api/v1/numbers')['requests'] == 5


def test_servers_reloads_limits_and_changes_are_told(stack):
    origin = stack.closing(Origin(in_turn(then_close(), reply(b'x'))))
    port, manage = z.free_port(), z.free_port()
    text = s.proxied(port, origin, in_site='fabric = false\n[sites.rate_limit]\nrequests_per_minute = 2\n',
                     in_route='retries = 0', tables='[sites.proxy.health_check]\nfall = 1\n')
    router = s.serve(stack, text, port, *manage_with_token(stack, manage))
    watch = stack.closing(Watch(manage))
    assert router.get().status == 502
    name = origin.url.removeprefix('http://')
    assert 'of pool backend is out' in watch.wait('server_down', name)['text']
    z.eventually(lambda: ask(manage, '/api/v1/servers').body.find(b'"fit":true') >= 0)
    router.get()
    assert router.get().status == 429
    assert watch.wait('limit', 'main')['text'].startswith('too_many_requests')
    assert ask(manage, '/api/v1/reload', 'POST', token=TOKEN).status == 200
    watch.wait('reload')
    assert watch.wait('change', '/api/v1/reload')['text'].endswith('done')
    with open(stack.path('router.toml'), 'a') as file:
        file.write('nonsense = 1\n')
    assert ask(manage, '/api/v1/reload', 'POST', token=TOKEN).status == 409
    assert 'nonsense' in watch.wait('reload_failed')['text']


def test_a_reader_that_takes_nothing_holds_nobody_up(stack):
    router, port = managed(stack)
    stack.worker('worker-1')
    router.wait_workers(1)
    slow = stack.closing(z.Connection(port, z.PATIENCE * z.SLOW))
    slow.send(slow.head_bytes('GET', '/api/v1/events?after=0', [('Host', '127.0.0.1')], host=None))
    slow.read_head()
    quick = stack.closing(Watch(port))
    for _ in range(150):
        assert ask(port, '/api/v1/log', 'PATCH', body=b'{"level":"info","seconds":1}', token=TOKEN).status == 200
    z.eventually(lambda: quick.kinds().count('change') == 150)
    assert router.get().status == 200


@pytest.mark.skipif(not z.LONG, reason='waits for half a minute: ZEROWAY_LONG=1')
def test_a_reader_that_takes_nothing_is_dropped(stack):
    router, port = managed(stack)
    slow = stack.closing(z.Connection(port, z.PATIENCE * z.SLOW, receive_buffer=4096))
    slow.send(slow.head_bytes('GET', '/api/v1/events', [('Host', '127.0.0.1')], host=None))
    slow.read_head()
    before = router.rss()
    name = 'n' * 900
    quick = stack.closing(Watch(port))

    def is_dropped():
        """Events of 2 kB each go on: soon more than the windows and the kernel hold."""
        for _ in range(100):
            assert ask(port, f'/api/v1/workers/{name}', 'PATCH', body=b'{"held":true}', token=TOKEN).status == 404
        return 'a reader of events took nothing for too long' in router.log()

    z.eventually(is_dropped, 120)
    assert quick.numbers and quick.events
    with pytest.raises((z.Broken, OSError)):
        while True:
            slow.take(1)
    assert router.rss() < before + 16 * z.MIB
    assert ask(port, '/health').status == 200


# --- requests


def test_a_request_that_failed_is_told_with_its_attempts(stack):
    origin = stack.closing(Origin(in_turn(then_close(), then_close(), reply(b'x'))))
    manage = z.free_port()
    router = s.front(stack, origin, options=('--manage', f'127.0.0.1:{manage}'), in_site='fabric = false',
                     in_route='retries = 1', tables=s.NEVER_OUT)
    assert router.get('/a?b=c').status == 502
    assert router.get('/fine').status == 200
    assert router.request('POST', '/nowhere', headers=[('Transfer-Encoding', 'gzip')]).status >= 400
    kept = told(manage, '/api/v1/requests')
    failed = [request for request in kept['failed'] if request['path'] == '/a?b=c']
    assert len(failed) == 1, kept
    assert failed[0]['status'] == 502 and failed[0]['attempts'] == 2 and failed[0]['ended_by'] == 'backend', failed
    [lost] = failed[0]['lost']
    assert lost['worker'] == failed[0]['worker'] and lost['reason'] == 'backend_lost', failed
    assert [request['path'] for request in kept['slow'] if request['path'] == '/fine']
    assert len(told(manage, '/api/v1/requests?failed=0&slow=1')['slow']) == 1
    assert told(manage, '/api/v1/requests?failed=0&slow=0') == {'failed': [], 'slow': []}


def test_open_requests_are_told_and_closed(stack):
    router, port = managed(stack, '--threads', 2)
    stack.httpbin('bin-1')
    router.wait_workers(2)
    with router.connect() as waiting, router.connect() as other:
        waiting.send(b'GET /delay/60?n=1 HTTP/1.1\r\nHost: x\r\n\r\n')
        z.eventually(lambda: told(port, '/api/v1/streams')['all'] == 1)
        other.send(b'GET /delay/60?n=2 HTTP/1.1\r\nHost: x\r\n\r\n')
        z.eventually(lambda: [stream['worker'] for stream in told(port, '/api/v1/streams')['streams']] == ['bin-1'] * 2)
        first, second = told(port, '/api/v1/streams')['streams']
        assert (first['path'], second['path']) == ('/delay/60?n=1', '/delay/60?n=2')
        assert first['method'] == 'GET' and first['kind'] == 'request' and first['address'] == '127.0.0.1'
        assert ask(port, f'/api/v1/streams/{first["id"]}', 'DELETE').status == 401
        closed = ask(port, f'/api/v1/streams/{first["id"]}', 'DELETE', token=TOKEN)
        assert closed.status == 200 and json.loads(closed.body)['changed'] == 1
        assert waiting.read_reply().status == 503
        assert ask(port, f'/api/v1/streams/{first["id"]}', 'DELETE', token=TOKEN).status == 404
        assert json.loads(ask(port, '/api/v1/workers/bin-1/streams', 'DELETE', token=TOKEN).body)['changed'] == 1
        assert other.read_reply().status == 503
    assert told(port, '/api/v1/streams') == {'streams': [], 'all': 0}
    assert router.get('/get').status == 200
    reasons = [request['reason'] for request in told(port, '/api/v1/requests')['failed']]
    assert reasons == ['closed', 'closed'], reasons


def test_a_web_socket_is_told_and_closed(stack):
    router, port = managed(stack)
    stack.worker('echo-1', kind='echo-websocket-worker')
    router.wait_workers(1)
    with router.connect() as connection:
        connection.send(b'GET /echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
                        b'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n')
        assert connection.read_head().status == 101
        [stream] = told(port, '/api/v1/streams')['streams']
        assert stream['kind'] == 'web_socket' and stream['method'] == 'GET' and stream['worker'] == 'echo-1'
        assert ask(port, f'/api/v1/streams/{stream["id"]}', 'DELETE', token=TOKEN).status == 200
        with pytest.raises(z.Broken):  # behind a close frame, perhaps
            while True:
                connection.take(1)


# --- the log, the configuration, the end


def test_the_level_of_the_log_changes_for_a_time(stack):
    router, port = managed(stack)
    before = told(port, '/api/v1/log')
    assert before['seconds_left'] == 0
    wanted = 'debug' if before['level'] == 'info' else 'info'
    assert ask(port, '/api/v1/log', 'PATCH', body=b'{"level":"%s","seconds":2}' % wanted.encode(), token=TOKEN).status == 200
    now = told(port, '/api/v1/log')
    assert now['level'] == wanted and 0 < now['seconds_left'] <= 2
    z.eventually(lambda: told(port, '/api/v1/log') == before)
    assert router.is_running()


def test_the_configuration_is_told_without_its_secrets(stack):
    origin = stack.closing(Origin(silent))
    port, manage = z.free_port(), z.free_port()
    text = s.proxied(port, origin, top=f'[management]\napi_key = "{TOKEN}"\n')
    s.serve(stack, text, port, '--manage', f'127.0.0.1:{manage}')
    config = told(manage, '/api/v1/config')
    assert config['file'].endswith('router.toml') and config['loaded'] > 0
    assert config['settings']['management']['api_key'] == '***'
    assert config['settings']['sites'][0]['name'] == 'main'
    assert TOKEN not in json.dumps(config)


def test_the_router_drains_when_it_is_told_to(stack):
    router, port = managed(stack)
    stack.httpbin()
    router.wait_workers(1)
    watch = stack.closing(Watch(port))
    with router.connect() as connection:
        connection.send(b'GET /delay/2 HTTP/1.1\r\nHost: x\r\n\r\n')
        z.eventually(lambda: told(port, '/api/v1/streams')['all'] == 1)
        assert ask(port, '/api/v1/drain', 'POST', token=TOKEN).status == 200
        watch.wait('draining')
        assert connection.read_reply().status == 200
    assert router.wait() == 0


def test_limits_are_told(stack):
    origin = stack.closing(Origin(silent))
    port, manage = z.free_port(), z.free_port()
    text = s.proxied(port, origin, in_site='fabric = false\nmax_open_requests = 7\n[sites.rate_limit]\n'
                     'requests_per_minute = 120\nburst = 5\n')
    s.serve(stack, text, port, '--manage', f'127.0.0.1:{manage}')
    limits = [limit for limit in told(manage, '/api/v1/limits')['limits'] if limit['route'] == '/']
    assert {'site': 'main', 'route': '/', 'kind': 'rate', 'requests': 120, 'per_seconds': 60, 'burst': 5,
            'key': 'address'} in limits, limits
    assert {'site': 'main', 'route': '/', 'kind': 'open', 'most': 7, 'most_per_address': 0} in limits, limits
