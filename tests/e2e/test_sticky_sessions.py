"""Clients stay with the worker or the server that answered them first, until it is gone: over HTTP/1.1, HTTP/2, TLS
and WebSockets, with several loops and routers, across reloads and restarts."""
import collections
import http.client
import os
import subprocess
import threading
import time

import pytest
import websockets

import sites_e2e as s
import tls_e2e
import zeroway_e2e as z
from origins import Origin, reply
from websocket_e2e import run

STICKY = '[sites.proxy.load_balancing]\nsticky_sessions = true\n'
KEPT = z.PATIENCE * z.SLOW


class Browser:
    """Keeps the router's cookie, and comes by a new connection each time."""

    def __init__(self, port, cookie=''):
        self.port, self.cookie = port, cookie
        self.cookies_set = []

    def get(self, path='/', method='GET', **fields):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=KEPT)
        headers = {name.replace('_', '-'): value for name, value in fields.items()}
        if self.cookie:
            headers['Cookie'] = self.cookie
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        answer.text = answer.read().decode(errors='replace')
        for value in answer.headers.get_all('Set-Cookie') or []:
            self.cookie = value.split(';')[0]
            self.cookies_set.append(value)
        connection.close()
        return answer

    def worker(self, path='/'):
        answer = self.get(path)
        assert answer.status == 200, (answer.status, answer.text)
        return answer.headers['X-Worker']


def sticky_router(stack, *options, **more):
    os.makedirs(stack.path('state'), exist_ok=True)
    return stack.router('--sticky', 'cookie', '--state-dir', stack.path('state'), *options, **more)


def with_workers(stack, router, count, loops=1):
    started = {f'w{number}': stack.worker(f'w{number}') for number in range(count)}
    router.wait_workers(count * loops)
    return started


@pytest.mark.parametrize('loops', [1, 3])
def test_a_client_stays_with_its_worker_and_clients_are_spread(stack, loops):
    router = sticky_router(stack, '--threads', loops)
    with_workers(stack, router, 4, loops)
    browsers = [Browser(router.port) for _ in range(24)]
    first = [browser.worker() for browser in browsers]
    assert set(first) == {'w0', 'w1', 'w2', 'w3'}
    for _ in range(6):
        assert [browser.worker() for browser in browsers] == first
    assert all(len(browser.cookies_set) == 1 for browser in browsers)
    assert browsers[0].cookies_set[0].endswith('; Path=/; HttpOnly; SameSite=Lax')


def test_a_lost_worker_is_replaced_once_and_others_keep_their_clients(stack):
    router = sticky_router(stack)
    workers = with_workers(stack, router, 3)
    browsers = [Browser(router.port) for _ in range(12)]
    first = [browser.worker() for browser in browsers]
    workers[first[0]].kill()
    second = [browser.worker() for browser in browsers]
    for before, after in zip(first, second):
        assert (after != before) if before == first[0] else (after == before)
    for _ in range(3):
        assert [browser.worker() for browser in browsers] == second
    assert {len(browser.cookies_set) for browser in browsers} == {1, 2}


def test_a_cookie_that_is_forged_changed_or_of_another_router_is_replaced(stack):
    router = sticky_router(stack)
    with_workers(stack, router, 2)
    good = Browser(router.port)
    good.worker()
    changed = good.cookie[:-1] + ('A' if good.cookie[-1] != 'A' else 'B')
    for cookie in ('ZRAFF=w0', 'ZRAFF=', changed, good.cookie + 'x', 'ZRAFF=' + 'A' * 4_000):
        browser = Browser(router.port, cookie)
        who = browser.worker()
        assert len(browser.cookies_set) == 1, cookie
        assert [browser.worker() for _ in range(3)] == [who] * 3


def test_a_worker_that_is_started_again_gets_its_clients_back(stack):
    router = sticky_router(stack)
    workers = with_workers(stack, router, 2)
    browser = Browser(router.port)
    who = browser.worker()
    workers[who].terminate()
    workers[who].wait()
    stack.worker(who)
    router.wait_workers(2)
    assert browser.worker() == who
    assert len(browser.cookies_set) == 2  # it is another process
    assert browser.worker() == who


def test_after_a_restart_of_the_router_everybody_is_where_they_were(stack):
    port = z.free_port()
    router = sticky_router(stack, port=port)
    with_workers(stack, router, 4)
    browsers = [Browser(port) for _ in range(16)]
    first = [browser.worker() for browser in browsers]
    for _ in range(3):
        router.kill()
        router = sticky_router(stack, port=port)
        assert [browser.worker() for browser in browsers] == first
    assert os.stat(stack.path('state/sticky.key')).st_mode & 0o777 == 0o600


def test_two_routers_with_one_key_know_each_others_clients(stack):
    with open(stack.path('key'), 'w') as file:
        file.write('a secret of more than thirty-two bytes\n')
    ports = [z.free_port(), z.free_port()]
    endpoints = [stack.ipc('one'), stack.ipc('two')]
    routers = [stack.router('--sticky', 'cookie', '--sticky-key-file', stack.path('key'), port=port, fabric=endpoint)
               for port, endpoint in zip(ports, endpoints)]
    for number in range(3):
        stack.worker(f'w{number}', connect=endpoints)
    for router in routers:
        router.wait_workers(3)
    for _ in range(6):
        browser = Browser(ports[0])
        who = browser.worker()
        browser.port = ports[1]
        assert [browser.worker() for _ in range(3)] == [who] * 3
        assert len(browser.cookies_set) == 1


def test_without_a_folder_the_secret_is_new_at_each_start_and_said_so(stack):
    router = stack.router('--sticky', 'cookie', '--state-dir', stack.path('none'))
    router.wait_log("the secret of the router's own cookies is new at each start")
    with_workers(stack, router, 1)
    assert Browser(router.port).worker() == 'w0'
    assert not os.path.exists(stack.path('none'))


def test_workers_of_different_paths_have_cookies_of_their_own(stack):
    router = sticky_router(stack)
    for path in ('api', 'chat'):
        for number in range(2):
            stack.worker(f'{path}-{number}', '--route', f'/{path}')
    router.wait_workers(4)
    for path in ('api', 'chat'):
        browser = Browser(router.port)
        browser.get(f'/{path}')
        assert f'; Path=/{path};' in browser.cookies_set[0]
    # A real client sends each path its own.
    jar = stack.path('jar')
    seen = collections.defaultdict(set)
    for _ in range(5):
        for path in ('api', 'chat'):
            done = subprocess.run(['curl', '-s', '-b', jar, '-c', jar, '-o', '/dev/null', '-w', '%header{x-worker}',
                                   f'http://127.0.0.1:{router.port}/{path}/x'], capture_output=True, text=True, check=True)
            seen[path].add(done.stdout)
    assert {path: len(who) for path, who in seen.items()} == {'api': 1, 'chat': 1}, seen


@pytest.mark.parametrize('version', ['--http1.1', '--http2'])
def test_over_tls_the_cookie_is_secure_and_kept_by_curl(stack, version):
    authority = tls_e2e.Authority(stack)
    router = tls_e2e.router_of(stack, *tls_e2e.options_of(authority.make('localhost')), '--sticky', 'cookie')
    with_workers(stack, router, 3)
    jar, heads = stack.path('jar'), stack.path('heads')
    who = set()
    for _ in range(6):
        subprocess.run(['curl', '-s', version, '--cacert', authority.ca, '-b', jar, '-c', jar, '-D', heads, '-o',
                        '/dev/null', '--resolve', f'localhost:{router.tls_port}:127.0.0.1',
                        f'https://localhost:{router.tls_port}/'], check=True)
        with open(heads) as file:
            head = file.read().lower()
        who.add(next(line for line in head.splitlines() if line.startswith('x-worker')))
    assert len(who) == 1
    with open(jar) as file:
        assert 'ZRAFF' in file.read()
    first = Browser(router.port)
    assert 'Secure' not in (first.get(), first.cookies_set[0])[1]


def test_a_websocket_follows_the_cookie_and_sets_one(stack):
    router = sticky_router(stack)
    for number in range(3):
        stack.worker(f'e{number}', kind='echo-websocket-worker')
    router.wait_workers(3)

    async def opened(cookie=''):
        fields = {'Cookie': cookie} if cookie else {}
        async with websockets.connect(f'ws://127.0.0.1:{router.port}/', extra_headers=fields) as client:
            await client.send('x')
            await client.recv()
            return client.response_headers['X-Worker'], client.response_headers.get('Set-Cookie', '').split(';')[0]

    for _ in range(4):
        who, cookie = run(opened())
        assert cookie.startswith('ZRAFF=')
        for _ in range(3):
            assert run(opened(cookie)) == (who, '')


@pytest.mark.parametrize('how', ['cookie', 'address', 'header:X-User'])
def test_servers_of_a_file(stack, how):
    origins = [stack.closing(Origin(reply(f'server-{number}'.encode()))) for number in range(4)]
    router = s.front(stack, *origins, tables=f'[sites.proxy.load_balancing]\nsticky_sessions = "{how}"\n')
    seen = collections.Counter()
    for user in range(16):
        browser = Browser(router.port)
        fields = {'Host': 'zeroway.test', 'X_User': f'user-{user}'}
        first = browser.get(**fields).text
        assert [browser.get(**fields).text for _ in range(3)] == [first] * 3
        assert len(browser.cookies_set) == (1 if how == 'cookie' else 0)
        seen[first] += 1
    assert len(seen) == (1 if how == 'address' else 4), seen
    assert all('ZRAFF' not in str(request.fields) for origin in origins for request in origin.requests)


def test_a_server_that_is_gone_is_replaced_and_one_without_weight_keeps_its_clients(stack):
    origins = [stack.closing(Origin(reply(f'server-{number}'.encode()))) for number in range(3)]
    text = s.proxied(port := z.free_port(), *origins, tables=STICKY)
    router = s.serve(stack, text, port)
    browsers = [Browser(port) for _ in range(9)]
    where = [browser.get(Host='zeroway.test').text for browser in browsers]
    assert set(where) == {'server-0', 'server-1', 'server-2'}
    # A reload empties server 0 of newcomers.
    s.write(stack, s.proxied(port, (origins[0], 'weight = 0'), *origins[1:], tables=STICKY))
    mark = router.log_size()
    router.signal(1)
    router.wait_log('read again', since=mark)
    assert [browser.get(Host='zeroway.test').text for browser in browsers] == where
    assert all(Browser(port).get(Host='zeroway.test').text != 'server-0' for _ in range(6))
    origins[1].close()
    after = [browser.get(Host='zeroway.test').text for browser in browsers]
    for before, now in zip(where, after):
        assert (now in ('server-0', 'server-2')) if before == 'server-1' else (now == before)
    assert [browser.get(Host='zeroway.test').text for browser in browsers] == after


def test_servers_and_workers_of_one_pool(stack):
    origins = [stack.closing(Origin(reply(f'server-{number}'.encode()))) for number in range(2)]
    router = s.front(stack, *origins, 'fabric:', tables=STICKY)
    stack.worker('w0')
    stack.worker('w1')
    router.wait_workers(2)
    seen = set()
    for _ in range(24):
        browser = Browser(router.port)
        first = browser.get(Host='zeroway.test').text
        assert [browser.get(Host='zeroway.test').text for _ in range(2)] == [first] * 2
        seen.add(first.split('\n')[0])
    assert len(seen) == 4, seen


def test_a_full_worker_keeps_its_clients_waiting_and_nobody_else(stack):
    router = sticky_router(stack)
    stack.httpbin('b0', '--capacity', '1')
    stack.httpbin('b1')
    router.wait_workers(2)
    bound = Browser(router.port)
    while bound.worker('/get') != 'b0':
        bound.cookie = ''
    slow = threading.Thread(target=bound.get, args=('/delay/2',))
    began = time.monotonic()
    slow.start()
    z.eventually(lambda: router.counters()['streams_open'] >= 1, what='the slow request')
    waiting = Browser(router.port, bound.cookie)
    others = [Browser(router.port).worker('/get') for _ in range(5)]
    assert others == ['b1'] * 5
    assert waiting.worker('/get') == 'b0'
    assert time.monotonic() - began >= 1.5
    slow.join()


class Users:
    """Many browsers that ask again and again, and note what they meet."""

    def __init__(self, port, count, paths=('/',)):
        self.browsers = [Browser(port) for _ in range(count)]
        self.moves = []  # (who, from, to, when)
        self.failures = []
        self.requests = 0
        self.is_over = False
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._ask, args=(self.browsers[start::8],)) for start in range(8)]
        for thread in self.threads:
            thread.start()

    def _ask(self, browsers):
        where = {}
        while not self.is_over:
            for browser in browsers:
                try:
                    answer = browser.get()
                except OSError as error:
                    self.failures.append(repr(error))
                    continue
                with self.lock:
                    self.requests += 1
                    if answer.status != 200:
                        self.failures.append(answer.status)
                        continue
                    now, before = answer.headers['X-Worker'], where.get(browser)
                    if before not in (None, now):
                        self.moves.append((browser, before, now, time.monotonic()))
                    where[browser] = now

    def stop(self):
        self.is_over = True
        for thread in self.threads:
            thread.join()


def test_nobody_leaves_a_worker_that_lives_while_others_are_killed(stack):
    count = 1_000 if z.LONG else 120
    router = sticky_router(stack, '--threads', 2)
    alive = with_workers(stack, router, 20 if z.LONG else 6, loops=2)
    users = Users(router.port, count)
    died = {}  # every process gets a name of its own
    began = time.monotonic()
    number = 1_000
    while time.monotonic() - began < (60 if z.LONG else 6):
        time.sleep(1)
        name = sorted(alive)[number % len(alive)]
        died[name] = time.monotonic()
        alive.pop(name).kill()
        number += 1
        alive[f'n{number}'] = stack.worker(f'n{number}')
    users.stop()
    assert users.failures == [], users.failures[:5]
    assert users.requests > count
    wrong = [move for move in users.moves if move[1] not in died]
    assert wrong == [], wrong[:5]
    assert len(users.moves) > 0


def test_wrong_options_are_told(stack):
    done = subprocess.run([z.program('router'), '--sticky', 'cooky'], capture_output=True, text=True)
    assert done.returncode == 2
    assert "--sticky: 'cooky'" in done.stderr and 'cookie' in done.stderr
    with open(stack.path('short'), 'w') as file:
        file.write('short')
    done = subprocess.run([z.program('router'), '--sticky', 'cookie', '--sticky-key-file', stack.path('short'), '-p', '0'],
                          capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert 'has 5 bytes; wants at least 32' in done.stderr
