"""Circuits by the management API: services of sessions on ordinary servers, put, changed and removed while the router
runs."""
import json
import os
import socket
import threading
import time

import management_e2e as m
import zeroway_e2e as z
from circuits_e2e import Circuits, backend, draining, split
from origins import Gate, Origin, reply


def origins(stack, *names, **more):
    return [stack.closing(Origin(name=name, **more)) for name in names]


def test_a_circuit_works_at_once_and_is_gone_at_once(stack):
    a, b = origins(stack, 'a', 'b')
    c = Circuits(stack)
    assert c.put('one', 's1', 'a', [a]) == {'status': 'ok', 'changed': 1}
    c.put('two', 's1', 'b', [b])
    assert (c.get('/s1/a/tree?x=1').body, c.get('/s1/b/').body) == (b'a', b'b')
    assert a.last.target == '/tree?x=1' and a.last.get('x-forwarded-prefix') == '/s1/a'
    assert (c.get('/s1/a').status, c.get('/s1/a').get('location')) == (308, '/s1/a/')
    assert c.get('/s1/a/').get('x-worker') is None  # where a kernel listens is nobody's business
    c.remove('one')
    c.wait_gone('/s1/a/')
    assert c.get('/s1/b/').status == 200
    c.remove('one', status=404)


def test_who_may_change_circuits(stack):
    c = Circuits(stack)
    body = json.dumps({'session': 's1', 'service': 'a'}).encode()
    for method, path in (('PUT', '/api/v1/circuits/x'), ('DELETE', '/api/v1/circuits/x'), ('POST', '/api/v1/circuits')):
        assert m.ask(c.management, path, method, body=body).status == 401
        assert m.ask(c.management, path, method, token='a-wrong-token-of-some-length', body=body).status == 401
    assert c.told()['circuits'] == []
    assert c.get('/api/v1/circuits').status in (404, 503)  # not on the traffic's port


def test_what_is_wrong_is_named(stack):
    c = Circuits(stack)
    server = {'host': '127.0.0.1', 'port': 80}
    for more, said in (
            ({'session': ''}, 'session = "": wants 1 to 64 of'),
            ({'service': 'a/b'}, "service = \"a/b\""),
            ({'protocol': 'ftp'}, 'protocol = "ftp": wants one of "http", "https", "h2c", "tcp"'),
            ({'backends': [{'host': '127.0.0.1'}]}, 'wants host and port in each'),
            ({'backends': [{**server, 'port': 70000}]}, 'port = 70000: wants a number from 1 to 65535'),
            ({'backends': [{**server, 'weight': -1}]}, 'weight = -1: wants a number from 0 to 1000'),
            ({'backends': [{**server, 'state': 'gone'}]}, 'wants one of "active", "standby", "draining"'),
            ({'backends': [server, server]}, '127.0.0.1:80 is in backends twice'),
            ({'health': {'type': 'icmp'}}, 'health: type = "icmp"'),
            ({'health': {'path': 'x'}}, 'health: path = "x": wants a path from / on'),
            ({'sticky': 'maybe'}, 'sticky = "maybe"'),
            ({'allowed_client_ips': ['10.0.0.0/8', 'here']}, 'allowed_client_ips = "here"'),
            ({'idle_timeout': 'soon'}, 'idle_timeout = "soon"'),
            ({'colour': 1}, "'colour' is no key of a circuit: there are id, session, service"),
    ):
        told = c.put('x', **{'session': 's1', 'service': 'a', **more}, status=400)
        assert said in told['detail'], told['detail']
    told = c.change('/api/v1/circuits/x', 'PUT', {'id': 'other', 'session': 's', 'service': 'a'}, 400)
    assert "wants 'x', as in the path" in told['detail']
    assert 'is no id' in c.put('.x', status=400)['detail']
    assert m.ask(c.management, '/api/v1/circuits/x', 'PUT', token=m.TOKEN, body=b'{').status == 400
    assert c.told()['circuits'] == []


def test_weights_and_zero(stack):
    a, b = origins(stack, 'a', 'b')
    c = Circuits(stack)
    c.put('x', backends=[{**backend(a), 'weight': 3}, backend(b)])
    assert split(c, '/s1/a/', 40) == {'a': 30, 'b': 10}
    c.put('x', backends=[{**backend(a), 'weight': 0}, backend(b)])
    assert split(c, '/s1/a/', 10) == {'b': 10}
    c.put('x', backends=[{**backend(a), 'weight': 0}])
    assert c.get('/s1/a/', ('Accept', 'text/html')).status == 503
    c.put('x', backends=[])
    assert c.get('/s1/a/').status == 503


def test_records_of_one_service_and_its_workers_are_one_pool(stack):
    a, b = origins(stack, 'a', 'b')
    c = Circuits(stack)
    c.put('one', backends=[a])
    c.put('two', backends=[b])
    assert split(c, '/s1/a/', 20) == {'a': 10, 'b': 10}
    worker = stack.worker('w', '--app', 's1/a')
    c.router.wait_workers(1)
    answers = [c.get('/s1/a/').body for _ in range(30)]
    assert len([body for body in answers if body not in (b'a', b'b')]) == 10
    c.remove('one')
    worker.terminate()
    worker.wait()
    z.eventually(lambda: split(c, '/s1/a/', 6) == {'b': 6}, what='only b is left')


def test_standby_helps_only_when_no_active_one_is_fit(stack):
    a, b = origins(stack, 'a', 'b')
    c = Circuits(stack)
    c.put('x', backends=[a, draining(b, 'standby')])
    assert split(c, '/s1/a/', 10) == {'a': 10}
    a.close()
    assert split(c, '/s1/a/', 10) == {'b': 10}
    a.start()
    z.eventually(lambda: split(c, '/s1/a/', 4) == {'a': 4}, what='the active one is back')


def test_a_server_on_standby_keeps_bound_clients(stack):
    a, b = origins(stack, 'a', 'b')
    c = Circuits(stack)
    c.put('x', backends=[a], sticky='cookie')
    cookie = ('Cookie', c.get('/s1/a/').get('set-cookie').split(';')[0])
    c.put('x', backends=[draining(a, 'standby'), b], sticky='cookie')
    assert split(c, '/s1/a/', 4) == {'b': 4}
    assert split(c, '/s1/a/', 4, cookie) == {'a': 4}


def test_draining_keeps_bound_clients_until_its_time_is_over(stack):
    a, b = origins(stack, 'a', 'b')
    c = Circuits(stack)
    c.put('x', backends=[a], sticky='cookie')
    answer = c.get('/s1/a/')
    cookie = ('Cookie', answer.get('set-cookie').split(';')[0])
    assert answer.get('set-cookie').startswith('ZRAFF=') and '; Path=/s1/a;' in answer.get('set-cookie')
    c.put('x', backends=[draining(a), b], sticky='cookie', drain_timeout='2s')
    began = time.monotonic()
    assert split(c, '/s1/a/', 6) == {'b': 6}
    assert split(c, '/s1/a/', 6, cookie) == {'a': 6} or time.monotonic() - began > 1.9
    assert a.last.get('cookie') is None  # the router's own cookie is not told
    z.eventually(lambda: split(c, '/s1/a/', 2, cookie) == {'b': 2}, what='its time is over')
    assert c.members('x')[f'127.0.0.1:{a.port}'] == 'drained'


def test_a_server_that_listens_late_is_502_and_then_right(stack):
    late = stack.closing(Origin(name='late'))
    late.close()
    c = Circuits(stack)
    c.put('x', backends=[late])
    assert c.get('/s1/a/').status in (502, 503)
    late.start()
    z.eventually(lambda: c.get('/s1/a/').status == 200, what='it listens')


def test_probes_take_a_server_out_and_back_in(stack):
    gate = {'is_well': True}

    def patient(request):
        is_probe = request.target == '/healthz'
        return reply(b'a', 200 if gate['is_well'] or not is_probe else 500)

    a = stack.closing(Origin(patient, name='a'))
    b, = origins(stack, 'b')
    c = Circuits(stack)
    health = {'path': '/healthz', 'interval': '100ms', 'timeout': '1s', 'fall': 2, 'rise': 2}
    c.put('x', backends=[a, b], health=health)
    assert split(c, '/s1/a/', 10) == {'a': 5, 'b': 5}
    gate['is_well'] = False
    z.eventually(lambda: split(c, '/s1/a/', 4) == {'b': 4}, what='a is out')
    assert 'out by probes' in c.members('x')[f'127.0.0.1:{a.port}']
    gate['is_well'] = True
    z.eventually(lambda: split(c, '/s1/a/', 4) == {'a': 2, 'b': 2}, what='a is back')


def test_failures_of_a_server_that_starts_do_not_count(stack):
    a = stack.closing(Origin(lambda request: reply(b'a', 500 if request.target == '/healthz' else 200)))
    c = Circuits(stack)
    health = {'path': '/healthz', 'interval': '100ms', 'fall': 1, 'initial_delay': '1h'}
    c.put('x', backends=[a], health=health)
    z.eventually(lambda: len([one for one in a.targets() if one == '/healthz']) > 3, what='probes')
    assert c.get('/s1/a/').status == 200
    c.put('x', backends=[a], health={**health, 'initial_delay': 0})
    z.eventually(lambda: c.get('/s1/a/').status == 503, what='it is out')


def test_probes_of_tcp(stack):
    a, = origins(stack, 'a')
    a.close()
    c = Circuits(stack)
    c.put('x', backends=[a], health={'type': 'tcp', 'interval': '100ms', 'fall': 1, 'rise': 1})
    name = f'127.0.0.1:{a.port}'
    z.eventually(lambda: 'out by probes' in c.members('x')[name], what='a is out')
    a.start()
    z.eventually(lambda: c.members('x')[name] == 'up', what='a is back')
    assert c.get('/s1/a/').status == 200


def test_probes_of_grpc(stack):
    port = z.free_port()
    server = stack.start(['/usr/bin/python3', '-c', GRPC_SERVER, str(port)])
    z.eventually(lambda: socket.socket().connect_ex(('127.0.0.1', port)) == 0, what='it listens')
    c = Circuits(stack)
    c.put('x', backends=[port], protocol='h2c', health={'type': 'grpc', 'interval': '100ms', 'fall': 1})
    name = f'127.0.0.1:{port}'
    time.sleep(0.5)
    assert c.members('x')[name] == 'up'
    server.signal(10)
    z.eventually(lambda: 'out by probes' in c.members('x')[name], what='it says NOT_SERVING')


GRPC_SERVER = '''
import signal, sys, threading
from concurrent import futures
import grpc
says = [b"\\x08\\x01"]
def check(request, context):
    return says[0]
handler = grpc.method_handlers_generic_handler("grpc.health.v1.Health", {"Check": grpc.unary_unary_rpc_method_handler(
    check, request_deserializer=lambda b: b, response_serializer=lambda b: b)})
server = grpc.server(futures.ThreadPoolExecutor(2))
server.add_generic_rpc_handlers((handler,))
server.add_insecure_port("127.0.0.1:" + sys.argv[1])
def turn(*_): says[0] = b"\\x08\\x02"
signal.signal(signal.SIGUSR1, turn)
server.start()
threading.Event().wait()
'''


def test_circuits_stay_over_a_restart_and_a_wrong_file_is_told(stack):
    a, b = origins(stack, 'a', 'b')
    c = Circuits(stack)
    c.put('one', 's1', 'a', [a], sticky=True, strip_prefix=False, user='u', allowed_client_ips=['127.0.0.0/8'])
    c.put('two', 's2', 'b', [b])
    c.put('gone', 's3', 'c', [b])
    c.remove('gone')
    before = [one['circuit'] for one in c.told()['circuits']]
    c.router.kill()
    with open(f'{c.state}/circuits/wrong.json', 'w') as file:
        file.write('{"session": 7')
    again = Circuits(stack)
    assert [one['circuit'] for one in again.told()['circuits']] == before
    assert (again.get('/s1/a/').body, again.get('/s2/b/').body) == (b'a', b'b')
    again.wait_gone('/s3/c/')
    assert a.last.target == '/s1/a/'
    again.router.wait_log('wrong.json: the text is no JSON')
    assert sorted(os.listdir(f'{c.state}/circuits')) == ['one.json', 'two.json', 'wrong.json']


def test_many_at_once_and_a_whole_table(stack):
    a, = origins(stack, 'a')
    c = Circuits(stack)
    put = [{'id': f'c{number}', 'session': f's{number}', 'service': 'a', 'backends': [backend(a)]} for number in range(300)]
    assert c.bulk(put=put, owner='scheduler')['changed'] == 300
    c.put('mine', 'own', 'a', [a])
    assert len(c.told()['circuits']) == 301
    z.eventually(lambda: b'zeroway_circuits 301' in m.ask(c.management, '/metrics').body, what='they are counted')
    assert len(c.told('/api/v1/circuits?owner=scheduler')['circuits']) == 300
    assert [one['path'] for one in c.told('/api/v1/circuits?session=s7')['circuits']] == ['/s7/a']
    assert c.bulk(put=put[:2], replace=True, owner='scheduler')['changed'] == 300
    assert sorted(one['path'] for one in c.told()['circuits']) == ['/own/a', '/s0/a', '/s1/a']
    assert c.bulk(remove=['c0', 'never'])['changed'] == 1
    c.wait_gone('/s0/a/')
    assert [c.get(path).status for path in ('/s1/a/', '/own/a/')] == [200, 200]
    assert 'put twice' in c.bulk(put=[put[0], put[0]], status=400)['detail']
    assert 'put[1]: session' in c.bulk(put=[put[0], {**put[1], 'session': '/'}], status=400)['detail']
    assert c.get('/s0/a/').status == 404


def test_a_change_leaves_open_requests_alone(stack):
    gate = Gate(reply(b'late'))
    a = stack.closing(Origin(gate, name='a'))
    b, = origins(stack, 'b')
    c = Circuits(stack)
    c.put('x', backends=[a])
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(c.get('/s1/a/')))
    waiting.start()
    a.wait_requests(1)
    for number in range(50):
        c.put('x', backends=[b], strip_prefix=number % 2 == 0)
    assert c.get('/s1/a/').body == b'b'
    c.remove('x')
    gate.open()
    waiting.join()
    assert (answers[0].status, answers[0].body) == (200, b'late')


def test_a_circuit_that_nobody_uses_is_removed_when_asked(stack):
    gate = Gate(reply(b'late'))
    a = stack.closing(Origin(gate, name='a'))
    b, = origins(stack, 'b')
    c = Circuits(stack)
    c.put('busy', 's1', 'a', [a], idle_timeout='1s')
    c.put('idle', 's1', 'b', [b], idle_timeout='1s')
    c.put('kept', 's1', 'c', [b])
    waiting = threading.Thread(target=lambda: c.get('/s1/a/'))
    waiting.start()
    a.wait_requests(1)
    z.eventually(lambda: len(c.told()['circuits']) == 2, what='the idle one is gone')
    c.wait_gone('/s1/b/')
    assert {one['path']: one['open'] for one in c.told()['circuits']} == {'/s1/a': 1, '/s1/c': 0}
    gate.open()
    waiting.join()
    z.eventually(lambda: [one['path'] for one in c.told()['circuits']] == ['/s1/c'], what='the other one, too')
    c.router.wait_log('nobody used it for 1 s')


def test_polling_of_ignored_paths_does_not_keep_a_circuit(stack):
    a, = origins(stack, 'a')
    c = Circuits(stack)
    c.put('polled', 's1', 'a', [a], idle_timeout='2s', idle_ignores=['/api/status', '/events/*'])
    c.put('used', 's1', 'b', [a], idle_timeout='2s', idle_ignores=['/api/status'])
    assert c.told('/api/v1/circuits/polled')['circuit']['idle_ignores'] == ['/api/status', '/events/*']

    def poll():
        for path in ('/s1/a/api/status', '/s1/a/events/7', '/s1/b/api/status', '/s1/b/api/other'):
            c.get(path)
        return [one['path'] for one in c.told()['circuits']] == ['/s1/b']

    c.get('/s1/a/api/status')
    told = c.told('/api/v1/circuits/polled')
    assert (told['requests'], told['idle_seconds']) == (1, None)
    z.eventually(poll, every=0.2, what='only the one that is used is left')


def test_what_is_told_of_a_circuit(stack):
    a, = origins(stack, 'a')
    c = Circuits(stack)
    c.put('x', backends=[a])
    told = c.told('/api/v1/circuits/x')
    assert (told['path'], told['requests'], told['open'], told['idle_seconds']) == ('/s1/a', 0, 0, None)
    c.get('/s1/a/')
    told = c.told('/api/v1/circuits/x')
    assert (told['requests'], told['open'], told['idle_seconds']) == (1, 0, 0)
    assert told['members'] == [{'kind': 'server', 'name': f'127.0.0.1:{a.port}', 'state': 'up', 'fit': True, 'weight': 1,
                                'open': 0}]
    assert m.ask(c.management, '/api/v1/circuits/none').status == 404
    assert m.ask(c.management, '/api/v1/circuits?colour=1').status == 400
    stack.worker('w', '--app', 's9/w')
    c.router.wait_workers(1)
    z.eventually(lambda: len(c.told()['circuits']) == 2)
    announced = c.told('/api/v1/circuits?session=s9')['circuits'][0]
    assert (announced['circuit'], announced['members'][0]['name']) == (None, 'w')


def test_explain_knows_them(stack):
    a, b = origins(stack, 'a', 'b')
    c = Circuits(stack)
    c.put('x', backends=[a, draining(b, 'standby')])
    told = c.told('/api/v1/explain?url=http%3A%2F%2F127.0.0.1%3A' + f'{c.router.port}%2Fs1%2Fa%2Fx')
    assert [(one['name'], one['next']) for one in told['members']] == [
        (f'127.0.0.1:{a.port}', True), (f'127.0.0.1:{b.port}', False)], told
    assert any(step['what'] == 'circuit /s1/a' and step['matched'] for step in told['steps']), told
    missing = c.told('/api/v1/explain?url=http%3A%2F%2F127.0.0.1%3A' + f'{c.router.port}%2Fs1%2Fb%2Fx')
    assert missing['outcome']['status'] == 404


def test_wildcard_hosts_and_subdomains(stack):
    import sites_e2e as s
    a, = origins(stack, 'a')
    port, management = z.free_port(), z.free_port()
    os.makedirs(stack.path('state'), exist_ok=True)
    text = s.site(port, host='*.apps.zeroway.test', more='fabric = false\n[sites.sessions]\nenabled = true\n')
    router = s.serve(stack, text, port, *m.manage_with_token(stack, management), '--state-dir', stack.path('state'), '--queue-timeout', '1s')
    body = json.dumps({'session': 's1', 'service': 'jupyter', 'subdomain': 'my-notes', 'backends': [backend(a)]})
    assert m.ask(management, '/api/v1/circuits/x', 'PUT', token=m.TOKEN, body=body.encode()).status == 200

    def asked(host):
        with router.connect() as connection:
            connection.send(connection.head_bytes('GET', '/any?x', [('Host', host)], host=None))
            return connection.read_reply().status

    assert [asked(f'{label}.apps.zeroway.test') for label in ('jupyter-s1', 'My-Notes')] == [200, 200]
    z.eventually(lambda: asked('notes.apps.zeroway.test') == 404)
    assert a.targets() == ['/any?x', '/any?x']
    assert m.ask(management, '/api/v1/circuits/x', 'DELETE', token=m.TOKEN).status == 200
    z.eventually(lambda: asked('my-notes.apps.zeroway.test') == 404)


def test_every_loop_serves_it(stack):
    a, = origins(stack, 'a')
    c = Circuits(stack, '--threads', '3')
    for number in range(5):
        c.put('x', 's1', f'a{number}', [a])
        assert [c.get(f'/s1/a{number}/').status for _ in range(12)] == [200] * 12
    c.remove('x')
    z.eventually(lambda: all(c.get('/s1/a4/').status == 404 for _ in range(6)))


def test_a_service_of_tcp_is_reached_by_websocket(stack):
    import asyncio

    import tcp_e2e as t
    import websockets
    first, second = (stack.closing(t.Server(t.greet)) for _ in range(2))
    c = Circuits(stack)
    c.put('shell', 's1', 'ssh', [first.port], protocol='tcp', health={'type': 'tcp', 'interval': '100ms', 'fall': 1})
    url = f'ws://127.0.0.1:{c.router.port}/s1/ssh/'

    async def talk():
        async with websockets.connect(url, subprotocols=['binary'], max_size=None) as client:
            said = await client.recv()
            while len(said) < 6:
                said += await client.recv()
            assert said == b'hello\n'
            c.put('shell', 's1', 'ssh', [second.port], protocol='tcp')  # the open connection goes on
            data, back = os.urandom(1 << 20), b''
            sending = asyncio.ensure_future(client.send(data))
            while len(back) < len(data):
                back += await client.recv()
            await sending
            assert back == data
            assert c.told('/api/v1/circuits/shell')['open'] == 1

    asyncio.run(asyncio.wait_for(talk(), 60 * z.SLOW))
    assert c.get('/s1/ssh/').status == 426  # no WebSocket
    c.router.wait_idle()
    assert c.told('/api/v1/circuits/shell')['open'] == 0


def test_websockets_of_a_service_reach_its_server_as_they_are(stack):
    """Fields, cookies, Origin and subprotocols; a refusal comes before 101; messages of 64 MiB; the reason of a Close."""
    import asyncio

    import websockets
    from origin_websockets import WebSocketOrigin
    server = stack.closing(WebSocketOrigin())
    c = Circuits(stack, in_site='[sites.websocket]\nmax_message_size = "128MiB"\n')
    c.put('lab', 's1', 'lab', [server.port])
    url = f'ws://127.0.0.1:{c.router.port}/s1/lab'
    sent = {'Origin': 'https://lab.test', 'Cookie': 'a=1; b=2', 'X-Own': 'yes'}
    wanted = ['chat.v9', 'chat.v1']

    async def talk():
        async with websockets.connect(f'{url}/api', max_size=None, compression=None, extra_headers=sent,
                                      subprotocols=wanted) as client:
            assert client.response_headers['Sec-WebSocket-Protocol'] == 'chat.v1'
            data = os.urandom(1 << 16) * 1024
            await client.send(data)
            assert await client.recv() == data
        async with websockets.connect(f'{url}/close/4321/done') as client:
            await client.wait_closed()
            assert (client.close_code, client.close_reason) == (4321, 'done')
        try:
            await websockets.connect(f'{url}/refuse/418')
        except websockets.InvalidStatusCode as refusal:
            return refusal.status_code

    assert asyncio.run(asyncio.wait_for(talk(), 120 * z.SLOW)) == 418
    path, fields = server.heads[0][0], {name.title(): value for name, value in server.heads[0][1]}
    assert path == '/api', server.heads[0]
    assert (fields['Origin'], fields['Cookie'], fields['X-Own']) == ('https://lab.test', 'a=1; b=2', 'yes')
