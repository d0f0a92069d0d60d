"""The example's coordinator without a router: sessions, kernels, its state, who may ask it what."""
import asyncio
import http.client
import http.server
import json
import os
import signal
import socket
import subprocess
import threading
import time
import types

import pytest
import websockets

import zeroway_e2e as z
from coordinator_e2e import EXAMPLE, SECRET, Coordinator, secret_file

import records
import sessions as s
import tokens


# ---- pure parts

def test_a_token_is_read_by_whom_it_was_signed_for():
    token = tokens.mint({'id': 'x', 'exp': 100}, 'secret')
    assert tokens.read(token, 'secret', 99) == {'id': 'x', 'exp': 100}
    head, claims, mark = token.split('.')
    none = tokens.encode(b'{"alg":"none"}')
    for wrong, secret, now in ((token, 'other', 99), (token, 'secret', 101), (f'{head}.{claims}.', 'secret', 99),
                               (f'{none}.{claims}.{mark}', 'secret', 99), ('', 'secret', 0), ('a.b', 'secret', 0),
                               (token + 'é', 'secret', 99)):
        with pytest.raises(tokens.BadToken):
            tokens.read(wrong, secret, now)


def test_a_token_is_what_rfc_7515_a1_signs():
    # The example's key is no text, so the signature is of its own; the form is the RFC's.
    token = tokens.mint({'iss': 'joe'}, 'k')
    assert token.split('.')[0] == 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9'
    assert '=' not in token


def session_of(**wish):
    session = s.read_session({'id': 's1', **wish})
    session.state = 'running'
    for number, replica in enumerate(session.replicas):
        replica.port, replica.is_ready = 5000 + number, True
    return session


def test_a_session_is_a_circuit_for_each_service():
    session = session_of(services=['files', 'ssh'], replicas=2, user='u1', allowed_client_ips=['10.1.2.3/8'])
    files, ssh = records.circuits_of([session], 'w1').values()
    assert (files['app'], files['protocol'], ssh['protocol'], files['worker']) == ('files', 'http', 'tcp', 'w1')
    assert [route['kernel_port'] for route in files['route_info']] == [5000, 5001]
    assert records.record_of(files) == {
        'session': 's1', 'service': 'files', 'protocol': 'http', 'open_to_public': True, 'user': 'u1',
        'allowed_client_ips': ['10.0.0.0/8'], 'owner': 'coordinator',
        'backends': [{'host': '127.0.0.1', 'port': 5000, 'weight': 1}, {'host': '127.0.0.1', 'port': 5001, 'weight': 1}]}
    assert list(records.circuits_of([session_of()])) == [files['id']]  # the same id each time


def test_only_kernels_that_listen_get_requests_and_only_sessions_that_run():
    session = session_of(replicas=2)
    session.replicas[0].is_ready = False
    circuit, = records.circuits_of([session]).values()
    assert [route['kernel_port'] for route in circuit['route_info']] == [5001]
    for state in ('starting', 'stopping', 'failed'):
        session.state = state
        assert records.circuits_of([session]) == {}


@pytest.mark.parametrize('wish', [None, [], {}, {'id': ''}, {'id': '../x'}, {'id': 'a' * 64}, {'id': 5},
                                  {'id': 'a', 'services': []}, {'id': 'a', 'services': ['rm']}, {'id': 'a', 'services': 'files'},
                                  {'id': 'a', 'replicas': 0}, {'id': 'a', 'replicas': 9}, {'id': 'a', 'replicas': True},
                                  {'id': 'a', 'allowed_client_ips': ['x']}, {'id': 'a', 'allowed_client_ips': 5},
                                  {'id': 'a', 'user': 5}, {'id': 'a', 'unknown': 1}, {'id': 'a', 'services': [[]]}])
def test_wrong_wishes_are_refused(wish):
    with pytest.raises(s.Refused):
        s.read_session(wish)


def test_the_file_holds_sessions_and_wrong_files_are_refused(tmp_path):
    session = session_of(services=['files', 'echo'])
    path = tmp_path / 'sessions.json'
    s.write_whole(path, s.to_json([session]))
    assert s.from_json(path.read_text()) == [session]
    assert os.listdir(tmp_path) == ['sessions.json']
    for text in ('', '{}', '[]', '5', '{"sessions": 5}', '{"sessions": [{}]}', '{"sessions": [{"id": "a"}]}',
                 path.read_text()[:-2], path.read_text().replace('"echo"', '"rm"')):
        with pytest.raises(ValueError):
            s.from_json(text)


# ---- as a process

def test_kernels_of_each_kind_begin_serve_and_end(stack):
    coordinator = Coordinator(stack, '--grace', 0)
    session = coordinator.begin('s1', 'files', 'echo', 'ssh', replicas=2)
    ports = {service['name']: [kernel['port'] for kernel in service['kernels']] for service in session['services']}
    for number, port in enumerate(ports['files']):
        connection = http.client.HTTPConnection('127.0.0.1', port, timeout=z.PATIENCE)
        connection.request('GET', '/whoami.txt')
        assert connection.getresponse().read() == f's1 {number}\n'.encode()
        connection.close()

    async def echo(port):
        async with websockets.connect(f'ws://127.0.0.1:{port}/') as client:
            await client.send('hello')
            return await client.recv()
    assert [asyncio.run(echo(port)) for port in ports['echo']] == ['hello', 'hello']

    with socket.create_connection(('127.0.0.1', ports['ssh'][0]), z.PATIENCE) as connection:
        file = connection.makefile('rb')
        assert file.readline() == b'SSH-2.0-toy\r\n'
        connection.sendall(b'ping')
        connection.shutdown(socket.SHUT_WR)
        assert file.read() == b'ping'
        file.close()
    assert len(coordinator.running()) == 6
    coordinator.end('s1')
    assert coordinator.running() == []


def test_a_start_is_idempotent_and_so_is_a_stop(stack):
    coordinator = Coordinator(stack, '--grace', 0)
    coordinator.begin('s1')
    assert coordinator.request('PUT', '/api/sessions/s1', {})[0] == 200
    assert coordinator.request('PUT', '/api/sessions/s1', {'services': ['echo']})[0] == 409
    assert coordinator.request('POST', '/api/sessions', {'id': '/'})[0] == 400
    coordinator.end('s1')
    assert coordinator.request('DELETE', '/api/sessions/s1')[0] == 404
    assert coordinator.request('GET', '/api/sessions/s1')[0] == 404


def test_a_kernel_that_dies_is_started_again_at_its_port(stack):
    coordinator = Coordinator(stack)
    kernel, = coordinator.kernels_of(coordinator.begin('s1'))
    os.kill(kernel['pid'], signal.SIGKILL)

    def look():
        again, = coordinator.kernels_of(coordinator.sessions()['s1'])
        return again if again['pid'] != kernel['pid'] and again['is_ready'] else None
    assert z.eventually(look)['port'] == kernel['port']


def test_it_ends_its_kernels_and_starts_them_again(stack):
    coordinator = Coordinator(stack)
    coordinator.begin('s1', 'files', 'echo')
    coordinator.process.terminate()
    assert coordinator.process.wait() == 0
    assert coordinator.running() == []
    coordinator.start()
    coordinator.wait_running('s1')
    assert len(coordinator.running()) == 2


@pytest.mark.parametrize('end', ['killed', 'left'])
def test_kernels_that_still_run_are_found_again(stack, end):
    coordinator = Coordinator(stack, *(['--leave-kernels'] if end == 'left' else []), '--grace', 0)
    before = coordinator.begin('s1', 'files', 'ssh')
    coordinator.process.kill() if end == 'killed' else coordinator.process.terminate()
    coordinator.process.wait()
    assert len(coordinator.running()) == 2
    coordinator.start()
    assert coordinator.kernels_of(coordinator.wait_running('s1')) == coordinator.kernels_of(before)
    coordinator.end('s1')
    assert coordinator.running() == []


def test_another_process_with_the_pid_of_a_kernel_is_left_alone(stack):
    coordinator = Coordinator(stack, '--leave-kernels', '--grace', 0)
    coordinator.begin('s1')
    coordinator.process.terminate()
    coordinator.process.wait()
    other = stack.start(['/usr/bin/sleep', '1000'])
    path = os.path.join(coordinator.state, 'sessions.json')
    with open(path) as file:
        state = json.load(file)
    state['sessions'][0]['replicas'][0]['pid'] = other.pid  # as if the kernel had ended, and its pid were given away
    with open(path, 'w') as file:
        json.dump(state, file)
    coordinator.start()
    kernel, = coordinator.kernels_of(coordinator.wait_running('s1'))
    assert kernel['pid'] != other.pid
    coordinator.end('s1')
    assert other.is_running()


def test_a_file_that_is_no_state_is_told_and_left(stack):
    os.makedirs(stack.path('state'))
    with open(stack.path('state/sessions.json'), 'w') as file:
        file.write('{"sessions": [')
    process = stack.start(['/usr/bin/python3', f'{EXAMPLE}/coordinator.py', '--secret-file', secret_file(stack), '--state',
                           stack.path('state')])
    assert process.wait() == 1
    assert 'sessions.json' in process.log()


WORKER = {'authority': 'router-1', 'hostname': '127.0.0.1', 'api_port': 0}


def test_routers_show_the_secret(stack):
    coordinator = Coordinator(stack)
    for token in (None, 'another-secret-of-36-bytes-012345678', SECRET + 'x'):
        assert coordinator.request('PUT', '/api/worker', WORKER, token)[0] == 401
        assert coordinator.request('GET', '/api/worker', None, token)[0] == 401
    status, worker = coordinator.request('PUT', '/api/worker', WORKER, SECRET)
    assert (status, worker['authority'], worker['slots']) == (200, 'router-1', [])
    here = f'/api/worker/{worker["id"]}'
    assert coordinator.request('PATCH', here, {'circuits': []}, SECRET)[0] == 200
    assert coordinator.request('PATCH', here, None, SECRET)[0] == 200
    coordinator.begin('s1', 'files')
    status, told = coordinator.request('GET', here + '/circuits', None, SECRET)
    circuit, = told['circuits']
    assert (status, circuit['app'], circuit['session_ids'], circuit['worker']) == (200, 'files', ['s1'], worker['id'])
    id = circuit['id']
    assert coordinator.request('GET', f'/api/circuit/{id}', None, SECRET)[1]['route_info'] == circuit['route_info']
    for beat in ({'circuits': [{'id': id, 'requests': 5, 'open': 1, 'last_access': 100.5}, {'id': 'x', 'requests': 9}]},
                 {'backends': [{'circuit': id, 'backend': 'a:1', 'healthy': False}]}, {'circuits': 5, 'backends': [5]}, [], 5):
        assert coordinator.request('PATCH', here, beat, SECRET)[0] == 200
    assert coordinator.request('GET', f'/api/circuit/{id}/statistics', None, SECRET)[1] == {
        'requests': 5, 'open': 1, 'last_access': 100.5, 'ttl': None, 'unhealthy': ['a:1']}
    assert coordinator.request('DELETE', here, None, SECRET)[0] == 200
    for method, path in (('DELETE', here), ('PATCH', here), ('GET', here), ('GET', here + '/circuits')):
        assert coordinator.request(method, path, None, SECRET)[0] == 404, method
    for wrong in (None, {}, {**WORKER, 'authority': ''}, {**WORKER, 'api_port': '1'}, {**WORKER, 'api_port': 70_000}):
        assert coordinator.request('PUT', '/api/worker', wrong, SECRET)[0] == 400, wrong


def test_no_web_page_elsewhere_can_ask_in_a_users_name(stack):
    coordinator = Coordinator(stack)
    wish = {'id': 's1'}
    assert coordinator.request('POST', '/api/sessions', wish, headers=[('Content-Type', 'text/plain')])[0] == 415
    assert coordinator.request('POST', '/api/sessions', wish, headers=[('Host', 'evil.test')])[0] == 403
    assert coordinator.request('GET', '/', headers=[('Host', 'evil.test')])[0] == 403
    assert coordinator.sessions() == {}
    status, page = coordinator.request('GET', '/')
    assert status == 200 and '<title>Sessions</title>' in page


def test_wrong_requests_are_answered(stack):
    coordinator = Coordinator(stack)
    assert coordinator.request('GET', '/nothing')[0] == 404
    assert coordinator.request('DELETE', '/health')[0] == 405
    assert coordinator.request('GET', '/health') == (200, {'status': 'ok', 'version': '1', 'component': 'coordinator'})
    with socket.create_connection(('127.0.0.1', coordinator.port), z.PATIENCE) as connection:
        connection.sendall(b'POST /api/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n')
        assert connection.recv(65536).startswith(b'HTTP/1.1 413 ')
    coordinator.begin('s1')
    for body, status in (({'session': 's1'}, 200), ({'session': {'id': 's1'}}, 200), ({'session': 'x'}, 404), (None, 404),
                         ({'session': 's1', 'service': 'ssh'}, 404), ({'session': 's1', 'seconds': 0}, 400)):
        assert coordinator.request('POST', '/v2/conf', body)[0] == status, body
    token = coordinator.request('POST', '/v2/conf', {'session': 's1'})[1]['token']
    claims = tokens.read(token, SECRET, time.time())
    assert (claims['session'], claims['service'], claims['id']) == ('s1', 'files', records.circuit_id('s1', 'files'))


def test_a_table_that_is_known_is_not_told_again(stack):
    coordinator = Coordinator(stack)
    here = f'/api/worker/{coordinator.request("PUT", "/api/worker", WORKER, SECRET)[1]["id"]}/circuits'

    def ask(etag):
        connection = http.client.HTTPConnection('127.0.0.1', coordinator.port, timeout=z.PATIENCE)
        connection.request('GET', here, headers={'X-BackendAI-Token': SECRET, **({'If-None-Match': etag} if etag else {})})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, answer.getheader('etag')
    status, etag = ask(None)
    assert (status, ask(etag)) == (200, (304, etag))
    coordinator.begin('s1')
    status, other = ask(etag)
    assert status == 200 and other != etag


# ---- what it tells routers

class FakeRouter(http.server.BaseHTTPRequestHandler):
    """A management API that keeps records, and no more."""

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.answer({'circuits': [{'path': '', 'circuit': {'id': id, **record}} for id, record in self.server.state.records.items()]})

    def do_POST(self):
        state = self.server.state
        body = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        assert self.headers['Authorization'] == f'Bearer {SECRET}'
        state.changes.append(body)
        for record in body['put']:
            state.records[record.pop('id')] = record
        for id in body['remove']:
            state.records.pop(id, None)
        self.answer({})

    def answer(self, content):
        if self.server.state.is_broken:
            return
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def fake(stack):
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), FakeRouter)
    server.state = types.SimpleNamespace(records={}, changes=[], is_broken=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield types.SimpleNamespace(url=f'http://127.0.0.1:{server.server_port}', port=server.server_port, state=server.state)
    server.shutdown()
    server.server_close()


def services(fake):
    return sorted(f'{one["session"]}/{one["service"]}' for one in fake.state.records.values())


def test_a_router_is_told_what_changes_and_only_that(stack, fake):
    fake.state.records.update(other={'session': 'x', 'service': 'y', 'owner': ''},
                              stale={'session': 'old', 'service': 'files', 'owner': 'coordinator'})
    coordinator = Coordinator(stack, '--router', f'{fake.url},http://apps.test:5050', '--grace', 0)
    z.eventually(lambda: services(fake) == ['x/y'], what='the end of a record that no session has')
    session = coordinator.begin('s1', 'files', 'ssh')
    z.eventually(lambda: services(fake) == ['s1/files', 's1/ssh', 'x/y'])
    assert session['services'][0]['urls'] == ['http://apps.test:5050/s1/files/']
    coordinator.begin('s2')
    z.eventually(lambda: services(fake) == ['s1/files', 's1/ssh', 's2/files', 'x/y'])
    assert [len(change['put']) for change in fake.state.changes if change['put']] == [2, 1]
    coordinator.end('s1')
    assert services(fake) == ['s2/files', 'x/y']
    fake.state.records.clear()  # the router is another one now
    z.eventually(lambda: services(fake) == ['s2/files'], what='what the router has forgotten')


def test_kernels_end_after_the_router_has_let_them_go(stack, fake):
    coordinator = Coordinator(stack, '--router', fake.url, '--grace', 1.0)
    coordinator.begin('s1')
    z.eventually(lambda: services(fake) == ['s1/files'])
    assert coordinator.request('DELETE', '/api/sessions/s1')[0] == 202
    z.eventually(lambda: services(fake) == [])
    assert len(coordinator.running()) == 1
    z.eventually(lambda: coordinator.running() == [])


def test_a_router_that_is_away_hinders_nobody(stack, fake):
    coordinator = Coordinator(stack, '--router', fake.url, '--grace', 0)
    coordinator.begin('s1')
    z.eventually(lambda: services(fake) == ['s1/files'])
    fake.state.is_broken = True
    coordinator.process.wait_log('does not answer')
    coordinator.begin('s2')
    coordinator.end('s1')
    fake.state.is_broken = False
    z.eventually(lambda: services(fake) == ['s2/files'], what='the table when the router is back')


def test_a_router_that_registers_is_told(stack, fake):
    coordinator = Coordinator(stack, '--grace', 0)
    wish = {**WORKER, 'api_port': fake.port, 'url': 'http://apps.test'}
    worker = coordinator.request('PUT', '/api/worker', wish, SECRET)[1]
    session = coordinator.begin('s1')
    z.eventually(lambda: services(fake) == ['s1/files'])
    assert coordinator.sessions()['s1']['services'][0]['urls'] == ['http://apps.test/s1/files/']
    assert coordinator.request('DELETE', f'/api/worker/{worker["id"]}', None, SECRET)[0] == 200
    coordinator.end(session['id'])
    assert services(fake) == ['s1/files']  # nobody told it


def test_its_options_are_explained():
    told = subprocess.run(['/usr/bin/python3', f'{EXAMPLE}/coordinator.py', '--help'], capture_output=True, text=True)
    assert told.returncode == 0 and '--leave-kernels' in told.stdout
