"""What an operator sees of the clients of WAMP: each one with its session, in the API and by the commands, and its end."""
import contextlib
import json
import re
import struct
from urllib.parse import quote

import jsonschema
import pytest
import sites_e2e as s
from management_e2e import TOKEN, ask, manage_with_token, metric, told
from test_console import FINE, REFUSED, ended, rows, run as run_command
from test_raw_socket import Raw
from test_wamp_auth import PLACE, TABLES, text_of
from test_websocket_http2 import Client
import wamp_e2e as w
from wamp_backend import Backend
import zeroway_e2e as z


def serve(stack, *options, threads=1):
    """A router with a worker of realm1; `router.manage` is its management listener."""
    port = z.free_port()
    router = stack.router(*manage_with_token(stack, port), '--threads', threads, *options)
    router.manage, router.wamp_url = port, f'ws://127.0.0.1:{router.port}/ws'
    w.start_worker(stack, 'realm1', '--name', 'wamp-1')
    return router.wait_workers(threads)  # each loop knows it


def sessions(port):
    """As the API tells them; the description of the API has each of their keys."""
    answer = told(port, '/api/v1/wamp')
    text = told(port, '/api/v1/openapi.json')
    schema = text['paths']['/api/v1/wamp']['get']['responses']['200']['content']['application/json']['schema']
    jsonschema.Draft202012Validator({**schema, 'components': text['components']}).validate(answer)
    assert len(answer['sessions']) == answer['all']
    return answer['sessions']


def wait_sessions(port, count):
    z.eventually(lambda: len(sessions(port)) == count)
    return sessions(port)


def chosen(session, *names):
    return {name: session[name] for name in names}


@pytest.mark.parametrize('threads', [1, 2])
def test_each_client_is_told_with_its_session_and_what_it_has_sent_and_got(stack, threads):
    raw = z.free_port()
    router = serve(stack, '--rawsocket', f'127.0.0.1:{raw}=/ws', threads=threads)
    assert sessions(router.manage) == []

    async def talk():
        async with w.Peer(router, 'cbor', joins=False) as peer:
            [waiting] = wait_sessions(router.manage, 1)
            assert chosen(waiting, 'state', 'realm', 'serializer', 'backend_serializer', 'worker', 'messages_in') == {
                'state': 'waiting', 'realm': '', 'serializer': 'cbor', 'backend_serializer': '', 'worker': '', 'messages_in': 0}
            sent = [[1, 'realm1', {'roles': w.ROLES}], [32, 1, {}, 't'], [16, 2, {'exclude_me': False}, 't', ['x' * 1_000]]]
            got = 0
            for message in sent:
                await peer.say(*message)
                got += len(await peer.socket.recv())
            [joined] = sessions(router.manage)
            assert chosen(joined, 'id', 'site', 'route', 'path', 'address', 'protocol', 'state', 'realm', 'serializer',
                          'backend_serializer', 'worker', 'authid', 'authrole', 'messages_in', 'messages_out', 'bytes_in',
                          'bytes_out') == {
                'id': waiting['id'], 'site': '', 'route': '/ws', 'path': '/ws', 'address': '127.0.0.1', 'protocol': 'HTTP/1.1',
                'state': 'joined', 'realm': 'realm1', 'serializer': 'cbor', 'backend_serializer': 'cbor', 'worker': 'wamp-1',
                'authid': '', 'authrole': '', 'messages_in': 3, 'messages_out': 3,
                'bytes_in': sum(len(peer.write(message)) for message in sent), 'bytes_out': got}
            assert joined['age_ms'] > waiting['age_ms']
            with Raw.at(raw) as client:
                client.join('msgpack')
                first, second = wait_sessions(router.manage, 2)
                assert first['id'] == joined['id'], 'the oldest first'
                assert chosen(second, 'protocol', 'serializer', 'state') == {
                    'protocol': 'RawSocket', 'serializer': 'msgpack', 'state': 'joined'}
            wait_sessions(router.manage, 1)
            assert metric(router.manage, 'zeroway_wamp_transports_open') == 1
    w.run(talk())
    wait_sessions(router.manage, 0)


def test_a_client_over_http2_is_told(stack):
    router = serve(stack)
    client = Client(router)
    stream = client.open('/ws', ('sec-websocket-protocol', 'wamp.2.json'))
    hello = json.dumps([1, 'realm1', {'roles': w.ROLES}]).encode()
    client.send(stream, b'\x81' + (bytes([0x80 + len(hello)]) if len(hello) < 126 else b'\xfe' + struct.pack('>H', len(hello))) + bytes(4) + hello)
    z.eventually(lambda: [one['state'] for one in sessions(router.manage)] == ['joined'])
    [session] = sessions(router.manage)
    assert chosen(session, 'protocol', 'realm', 'messages_in', 'bytes_in') == {
        'protocol': 'HTTP/2', 'realm': 'realm1', 'messages_in': 1, 'bytes_in': len(hello)}
    client.socket.close()
    wait_sessions(router.manage, 0)


def test_a_session_is_closed_by_its_id(stack):
    router = serve(stack)

    async def talk():
        async with w.Peer(router) as peer:
            [session] = wait_sessions(router.manage, 1)
            streams = told(router.manage, '/api/v1/streams')['streams']
            assert [one['id'] for one in streams] == [session['id']]
            assert ask(router.manage, f'/api/v1/streams/{session["id"]}', 'DELETE', token=TOKEN).status == 200
            await peer.socket.wait_closed()
    w.run(talk())
    wait_sessions(router.manage, 0)


def close_all_of(port, kind, name):
    """How many sessions and requests that worker or server had."""
    answer = ask(port, f'/api/v1/{kind}/{quote(name, safe="")}/streams', 'DELETE', token=TOKEN)
    return json.loads(answer.body)['changed'] if answer.status == 200 else answer.status


@pytest.mark.parametrize('threads', [1, 2])
def test_the_sessions_of_one_worker_are_closed(stack, threads):
    router = serve(stack, threads=threads)
    w.start_worker(stack, 'realm2', '--name', 'wamp-2')
    router.wait_workers(2 * threads)

    async def talk():
        async with w.Peer(router) as one, w.Peer(router) as other, w.Peer(router, realm='realm2') as stays:
            assert close_all_of(router.manage, 'workers', 'nobody') == 404
            assert close_all_of(router.manage, 'workers', 'wamp-1') == 2
            for peer in (one, other):
                assert await peer.end() == ([], 1001), 'as if the worker was lost: no GOODBYE'
            assert close_all_of(router.manage, 'workers', 'wamp-1') == 404
            assert chosen(*wait_sessions(router.manage, 1), 'realm', 'worker') == {'realm': 'realm2', 'worker': 'wamp-2'}
            await stays.subscribe('still.there')
            async with w.Peer(router):
                pass  # the worker itself goes on
    w.run(talk())


def test_the_sessions_of_a_backend_that_is_dialled_are_closed(stack, monkeypatch):
    monkeypatch.setenv('WAMP_TICKET', 'secret!!!')
    backend = stack.closing(Backend())
    port, manage = z.free_port(), z.free_port()
    router = s.serve(stack, text_of(port, backend, f'[{PLACE}.anonymous]\nrole = "guest"'), port, *manage_with_token(stack, manage))
    router.wamp_url = f'ws://127.0.0.1:{port}/ws'
    [server] = told(manage, '/api/v1/servers')['servers']

    async def talk():
        for name in (server['name'], backend.url):
            async with w.Peer(router) as peer:
                assert sessions(manage)[0]['worker'] == backend.url
                assert close_all_of(manage, 'servers', name) == 1
                assert await peer.end() == ([], 1001)
    w.run(talk())
    goodbye = [6, {}, 'wamp.close.transport_lost']
    z.eventually(lambda: [json.loads(text) for text in backend.heard if json.loads(text)[0] == 6] == [goodbye] * 2)


def test_sessions_are_chosen_and_come_in_pages(stack):
    router = serve(stack, threads=2)
    w.start_worker(stack, 'realm2', '--name', 'wamp-2')
    router.wait_workers(4)

    async def talk():
        async with contextlib.AsyncExitStack() as peers:
            ids = []
            for number in range(8):
                await peers.enter_async_context(w.Peer(router, realm=f'realm{number % 2 + 1}'))
                z.eventually(lambda: len(sessions(router.manage)) == number + 1)
                [added] = {one['id'] for one in sessions(router.manage)} - set(ids)
                ids.append(added)
            assert [one['id'] for one in sessions(router.manage)] == ids, 'the oldest first, on whichever loop'
            for query in ('realm=realm2', 'worker=wamp-2', 'realm=realm2&worker=wamp-2&authid='):
                answer = told(router.manage, '/api/v1/wamp?' + query)
                assert [one['id'] for one in answer['sessions']] == ids[1::2], query
                assert (answer['next'], answer['all']) == ('', 8)
            for query in ('realm=realm3', 'realm=realm1&worker=wamp-2', 'realm=', 'authid=joe'):
                assert told(router.manage, '/api/v1/wamp?' + query)['sessions'] == [], query
            pages, after = [], ''
            while not pages or after:
                answer = told(router.manage, '/api/v1/wamp?realm=realm1&limit=3' + (f'&after={after}' if after else ''))
                pages.append([one['id'] for one in answer['sessions']])
                after = answer['next']
            assert pages == [ids[0:6:2], ids[6:7]]
            first = told(router.manage, '/api/v1/wamp?limit=2')
            for gone in first['sessions']:  # those who leave meanwhile make nobody be left out
                assert ask(router.manage, f'/api/v1/streams/{gone["id"]}', 'DELETE', token=TOKEN).status == 200
            z.eventually(lambda: told(router.manage, '/api/v1/wamp')['all'] == 6)
            second = told(router.manage, f'/api/v1/wamp?limit=2&after={first["next"]}')
            assert [one['id'] for one in second['sessions']] == ids[2:4]
            assert ended(run_command('wamp', '--realm', 'realm3', port=router.manage), FINE) == 'none of the 6 clients of WAMP is asked for\n'
            line, text = ended(run_command('wamp', '--worker', 'wamp-2', '--limit', '2', port=router.manage), FINE).split('\n', 1)
            assert line.startswith('the 2 oldest; the next ones: --after ')
            assert [row['REALM'] for row in rows(text)] == ['realm2'] * 2
            [last] = rows(ended(run_command('wamp', '--worker', 'wamp-2', '--after', line.split()[-1], port=router.manage), FINE))
            assert last['REALM'] == 'realm2'
            assert 'after = x: wants what `next`' in ended(run_command('wamp', '--after', 'x', port=router.manage), REFUSED)
    w.run(talk())
    answer = ask(router.manage, '/api/v1/wamp?limit=many')
    assert answer.status == 400 and b'limit = many: wants a number from 1 to 1000' in answer.body


def test_whom_the_router_knows_and_the_backend_that_is_dialled(stack, monkeypatch):
    monkeypatch.setenv('WAMP_TICKET', 'secret!!!')
    backend = stack.closing(Backend('msgpack'))
    port, manage = z.free_port(), z.free_port()
    router = s.serve(stack, text_of(port, backend, TABLES), port, *manage_with_token(stack, manage))
    router.wamp_url = f'ws://127.0.0.1:{port}/ws'

    async def talk():
        async with w.Peer(router, joins=False) as peer:
            await peer.say(1, 'realm1', {'roles': w.ROLES, 'authmethods': ['ticket'], 'authid': 'joe'})
            assert (await peer.hear())[0] == 4
            [session] = sessions(manage)
            assert chosen(session, 'state', 'authid', 'worker') == {'state': 'challenged', 'authid': '', 'worker': ''}
            await peer.say(5, 'secret!!!', {})
            assert (await peer.hear())[0] == 2
            [session] = sessions(manage)
            assert chosen(session, 'state', 'authid', 'authrole', 'worker', 'serializer', 'backend_serializer') == {
                'state': 'joined', 'authid': 'joe', 'authrole': 'frontend', 'worker': f'ws://127.0.0.1:{backend.port}/',
                'serializer': 'json', 'backend_serializer': 'msgpack'}
    w.run(talk())
    [path] = [one for one in told(manage, '/api/v1/upstreams')['upstreams'] if one['kind'] == 'wamp']
    assert path['announced_realms'] is True
    assert path['realms'] == [{'realm': '', 'url': f'ws://127.0.0.1:{backend.port}/', 'pool': 'wamp'}]


def test_the_commands_show_sessions_and_what_workers_serve(stack):
    router = serve(stack)
    stack.worker('crew-1', '--group', 'crew')
    stack.worker('app-1', '--app', 's1/jupyter')
    stack.worker('any-1')
    router.wait_workers(4)
    text = ended(run_command('workers', port=router.manage), FINE)
    for line in (r'any-1 .* everything', r'crew-1 .* group crew', r'app-1 .* app s1/jupyter', r'wamp-1 .* realm realm1'):
        assert re.search(f'(?m)^{line}$', text), text
    assert ended(run_command('wamp', port=router.manage), FINE) == 'no client of WAMP is connected\n'

    async def talk():
        async with w.Peer(router):
            [row] = rows(ended(run_command('wamp', port=router.manage), FINE))
            assert chosen(row, 'CLIENT', 'REALM', 'STATE') == {'CLIENT': '127.0.0.1', 'REALM': 'realm1', 'STATE': 'joined'}
            asked = json.loads(ended(run_command('wamp', '--json', port=router.manage), FINE))
            assert asked['all'] == 1 and asked['sessions'][0]['worker'] == 'wamp-1'
    w.run(talk())
