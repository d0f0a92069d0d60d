"""A router and the example's coordinator: sessions come and go, and each of the two may end at any time."""
import asyncio
import json
import os
import re
import signal
import subprocess
import time

import websockets
import zeroway_e2e as z
from coordinator_e2e import EXAMPLE, SECRET, Coordinator, secret_file
from management_e2e import ask


class Sessions:
    """A router that is told of sessions by a coordinator, and both of their ports."""

    def __init__(self, stack, *options, more=''):
        self.stack, self.more = stack, more
        self.port, self.manage = z.free_port(), z.free_port()
        self.coordinator = Coordinator(stack, '--grace', 0, *options)
        os.makedirs(stack.path('router-state'), exist_ok=True)
        self.start_router()

    def start_router(self):
        path = self.stack.path('app.toml')
        with open(path, 'w') as file:
            file.write(f'''state_dir = "router-state"
[management]
token_file = "{secret_file(self.stack)}"
[sessions]
jwt_secret_file = "{secret_file(self.stack)}"
[app_proxy]
listen = ["127.0.0.1:{self.port}"]
coordinator_url = "http://127.0.0.1:{self.coordinator.port}"
secret_file = "{secret_file(self.stack)}"
authority = "router-1"
heartbeat = "1s"
{self.more}
''')
        argv = [z.program('router'), '-v', '-c', path, '--fabric', self.stack.ipc(),
                '--manage', f'127.0.0.1:{self.manage}']
        log = self.stack.path(f'{len(self.stack.processes)}-router.log')
        self.router = z.RouterProcess('router', argv, log, self.stack.ipc(), self.port)
        self.stack.processes.append(self.router)
        self.router.wait_bound()

    def get(self, path):
        with self.router.connect() as connection:
            return connection.request('GET', path)

    def wait_status(self, path, status, within=z.PATIENCE):
        return z.eventually(lambda: (answer := self.get(path)).status == status and answer, within, what=f'{status} of {path}')

    def statistics(self, session, service):
        told = self.coordinator.sessions()[session]
        circuit = next(one['circuit'] for one in told['services'] if one['name'] == service)
        return self.coordinator.request('GET', f'/api/circuit/{circuit}/statistics', None, SECRET)[1]


def test_sessions_come_and_go(stack):
    app = Sessions(stack)
    app.router.wait_log('registered with the coordinator as router-1')
    session = app.coordinator.begin('s1', 'files', 'echo', 'ssh', replicas=2)
    app.wait_status('/s1/files/whoami.txt', 200)
    assert {app.get('/s1/files/whoami.txt').body for _ in range(8)} == {b's1 0\n', b's1 1\n'}
    z.eventually(lambda: app.coordinator.sessions()['s1']['services'][0]['urls'] == [f'http://127.0.0.1:{app.port}/s1/files/'])

    async def echo():
        async with websockets.connect(f'ws://127.0.0.1:{app.port}/s1/echo/') as client:
            await client.send('hello')
            assert await client.recv() == 'hello'
            # An open WebSocket is no idle circuit.
            while (await asyncio.to_thread(app.statistics, 's1', 'echo'))['open'] != 1:
                await asyncio.sleep(0.05)
    asyncio.run(asyncio.wait_for(echo(), z.PATIENCE * z.SLOW))

    async def bytes_of_tcp():
        async with websockets.connect(f'ws://127.0.0.1:{app.port}/s1/ssh/') as client:
            got = await client.recv()
            await client.send(b'ping')
            while not got.endswith(b'ping'):
                got += await client.recv()
            return got
    assert asyncio.run(asyncio.wait_for(bytes_of_tcp(), z.PATIENCE * z.SLOW)) == b'SSH-2.0-toy\r\nping'
    z.eventually(lambda: app.statistics('s1', 'files')['requests'] >= 9)
    assert abs(app.statistics('s1', 'files')['last_access'] - time.time()) < 60
    app.wait_status('/s1/nothing/', 404)  # once no worker can announce it any more
    assert app.get('/s2/files/').status == 404
    app.coordinator.end('s1')
    assert app.get('/s1/files/whoami.txt').status == 404
    assert len(session['services']) == 3


def test_a_private_session_wants_a_token(stack):
    app = Sessions(stack)
    app.coordinator.begin('s1', 'files', open_to_public=False)
    app.coordinator.begin('s2', 'files', open_to_public=False)
    app.wait_status('/s1/files/whoami.txt', 401)
    token = app.coordinator.request('POST', '/v2/conf', {'session': 's1'})[1]['token']

    def get(path, *fields):
        with app.router.connect() as connection:
            return connection.request('GET', path, list(fields))
    shown = ('Authorization', f'Bearer {token}')
    assert get('/s1/files/whoami.txt', shown).body == b's1 0\n'
    assert get('/s2/files/whoami.txt', shown).status == 401
    setup = get(f'/setup?token={token}')
    assert (setup.status, setup.get('location')) == (302, '/s1/files/')
    cookie = setup.get('set-cookie').split(';')[0]
    assert get('/s1/files/whoami.txt', ('Cookie', cookie)).status == 200
    assert get('/s2/files/whoami.txt', ('Cookie', cookie)).status == 401


def test_a_coordinator_that_is_killed_fails_no_request(stack):
    app = Sessions(stack)
    app.coordinator.begin('s1', 'files', replicas=2)
    app.wait_status('/s1/files/whoami.txt', 200)
    with z.Load(app.port, 4, lambda id: ('GET', '/s1/files/whoami.txt', (), None)) as load:
        load.wait_more(20)
        for _ in range(2):
            app.coordinator.process.kill()
            app.router.wait_log('trouble with the coordinator')
            load.wait_more(50)
            app.coordinator.start()
            mark = app.router.log_size()
            app.router.wait_log('registered with the coordinator', since=mark)
            load.wait_more(50)
    assert load.failed == []
    app.coordinator.begin('s2')
    app.wait_status('/s2/files/whoami.txt', 200)


def test_after_a_restart_of_the_router_all_urls_work(stack):
    app = Sessions(stack)
    names = [f's{number}' for number in range(6)]
    for name in names:
        app.coordinator.begin(name)
    for name in names:
        app.wait_status(f'/{name}/files/whoami.txt', 200)
    for forgets in (False, True):
        app.router.kill()
        if forgets:  # nothing of it is on the disk
            subprocess.run(['rm', '-r', stack.path('router-state')], check=True)
        began = time.monotonic()
        app.start_router()
        answers = [app.wait_status(f'/{name}/files/whoami.txt', 200) for name in names]
        took = time.monotonic() - began
        assert [answer.body for answer in answers] == [f'{name} 0\n'.encode() for name in names]
        assert took < 2 * z.SLOW + 1, took
        print(f'all URLs work {took:.2f} s after the start')


def test_what_ended_while_the_router_was_away_is_gone(stack):
    app = Sessions(stack)
    for name in ('s1', 's2'):
        app.coordinator.begin(name)
        app.wait_status(f'/{name}/files/whoami.txt', 200)
    app.router.kill()
    app.coordinator.end('s1')
    app.start_router()
    app.wait_status('/s2/files/whoami.txt', 200)
    app.wait_status('/s1/files/whoami.txt', 404)


def test_what_others_have_put_stays(stack):
    app = Sessions(stack)
    app.coordinator.begin('s1')
    app.wait_status('/s1/files/whoami.txt', 200)
    port = app.coordinator.kernels_of(app.coordinator.sessions()['s1'])[0]['port']
    record = json.dumps({'session': 'mine', 'service': 'web', 'backends': [{'host': '127.0.0.1', 'port': port}]}).encode()
    answer = ask(app.manage, '/api/v1/circuits/by-hand', 'PUT', token=SECRET, body=record)
    assert answer.status in (200, 201), answer.body
    app.coordinator.process.kill()
    app.coordinator.start()
    mark = app.router.log_size()
    app.router.wait_log('registered with the coordinator', since=mark)
    app.coordinator.wait_running('s1')
    assert app.get('/mine/web/whoami.txt').body == b's1 0\n'
    told = json.loads(ask(app.manage, '/api/v1/circuits').body)['circuits']
    owners = {one['circuit']['id']: one['circuit'].get('owner', '') for one in told}
    assert sorted(owners.values()) == ['', 'coordinator'] and owners['by-hand'] == ''


def test_a_router_that_ends_signs_off(stack):
    app = Sessions(stack)
    app.router.wait_log('registered with the coordinator')
    app.router.terminate()
    assert app.router.wait() == 0
    app.coordinator.process.wait_log('worker router-1 has left')


def test_run_starts_both_and_ends_both(stack):
    state = stack.path('run')
    process = stack.start(['/usr/bin/python3', f'{EXAMPLE}/run', '--state', state, '--router', z.program('router')])
    process.wait_log('Ctrl-C ends all of it')
    page = int(re.search(r'sessions    http://127.0.0.1:(\d+)/', process.log()).group(1))
    services = int(re.search(r'services    http://127.0.0.1:(\d+)/', process.log()).group(1))
    answer = subprocess.run(['curl', '-sS', '-X', 'PUT', '--json', '{}', f'http://127.0.0.1:{page}/api/sessions/s1'],
                            capture_output=True, text=True, check=True)
    assert json.loads(answer.stdout)['id'] == 's1'

    def get():
        return subprocess.run(['curl', '-sS', f'http://127.0.0.1:{services}/s1/files/whoami.txt'], capture_output=True,
                              text=True).stdout
    z.eventually(lambda: get() == 's1 0\n')
    process.signal(signal.SIGINT)
    assert process.wait() == 0
    with open(os.path.join(state, 'sessions.json')) as file:
        pid = json.load(file)['sessions'][0]['replicas'][0]['pid']
    assert not os.path.exists(f'/proc/{pid}') or state not in open(f'/proc/{pid}/cmdline').read()
