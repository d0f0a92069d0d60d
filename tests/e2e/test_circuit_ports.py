"""Ports of services of sessions: each service has one of a range beside its path, for HTTP and for TCP."""
import hashlib
import json
import os
import signal
import socket
import threading

import pytest
import websockets

import management_e2e as m
import sites_e2e as s
import tcp_e2e as t
import zeroway_e2e as z
from circuits_e2e import Circuits
from management_e2e import managed
from origins import Origin
from test_permits import token_for
from tls_e2e import Authority, Client, options_of
from websocket_e2e import run


def free_range(count):
    first = z.free_port(count)
    return first, first + count - 1


def with_ports(stack, count=8, more='', options=()):
    """Circuits on a router whose services get ports; `range` is what they may be."""
    first, last = free_range(count)
    c = Circuits(stack, *options, more=f'ports = "{first}-{last}"\n' + more)
    c.range = range(first, last + 1)
    return c


def port_of(c, path):
    return next(one['port'] for one in c.told()['circuits'] if one['path'] == path)


def wait_port(c, path):
    return z.eventually(lambda: port_of(c, path), what=f'{path} has a port')


def ask(port, path='/', *fields):
    with z.Connection(port) as connection:
        return connection.request('GET', path, [*fields])


def refuses(port):
    with socket.socket() as one:
        return one.connect_ex(('127.0.0.1', port)) != 0


def test_a_service_has_a_port_at_once_and_gives_it_back(stack):
    origin = stack.closing(Origin(name='a'))
    c = with_ports(stack)
    c.put('one', 's1', 'a', [origin])
    port = port_of(c, '/s1/a')
    assert port in c.range
    answer = ask(port, '/deep/path?x=1')  # every path is the service's, as it is
    assert (answer.status, answer.body) == (200, b'a')
    assert origin.last.target == '/deep/path?x=1'
    assert origin.last.get('x-forwarded-prefix') is None
    assert origin.last.get('x-forwarded-port') == str(port)
    assert c.get('/s1/a/').status == 200  # beside its path
    text = m.ask(c.management, '/metrics').body.decode()
    assert f'zeroway_circuit_ports {len(c.range)}' in text and 'zeroway_circuit_ports_used 1' in text
    c.remove('one')
    z.eventually(lambda: refuses(port), what='nobody listens at the port any more')
    assert 'zeroway_circuit_ports_used 0' in m.ask(c.management, '/metrics').body.decode()


def test_the_port_is_the_same_after_a_restart(stack):
    origin = stack.closing(Origin(name='a'))
    first, last = free_range(50)
    ports = []
    for _ in range(2):
        c = Circuits(stack, more=f'ports = "{first}-{last}"\n')
        if not ports:
            c.put('one', 's1', 'a', [origin])
        ports.append(wait_port(c, '/s1/a'))
        assert ask(ports[-1]).body == b'a'
        c.router.terminate()
        assert c.router.wait() == 0
    assert ports[0] == ports[1]


def test_services_of_workers_have_ports_and_a_lost_worker_keeps_it_for_a_while(stack):
    first, last = free_range(4)
    router, port = managed(stack, '--sessions', '--session-ports', f'{first}-{last}', '--queue-timeout', '2s')

    def ports():
        return {one['path']: one['port'] for one in m.told(port, '/api/v1/circuits')['circuits']}

    worker = stack.worker('w1', '--app', 's1/a')
    router.wait_workers(1)
    mine = z.eventually(lambda: ports().get('/s1/a'), what='the service has a port')
    assert ask(mine).worker == 'w1'
    worker.kill()
    with socket.create_connection(('127.0.0.1', mine)):  # requests there wait for a worker that comes back
        stack.worker('w2', '--app', 's1/a')
        assert ask(mine).worker == 'w2'
    last_one = stack.worker('w3', '--app', 's1/b')
    other = z.eventually(lambda: ports().get('/s1/b'), what='the second service has a port')
    assert other != mine
    last_one.terminate()
    z.eventually(lambda: refuses(other), what='its port is free again')
    assert ask(mine).worker == 'w2'


def test_a_range_that_is_used_up_is_told_and_the_services_work_by_path(stack):
    origin = stack.closing(Origin(name='a'))
    c = with_ports(stack, count=2)
    for number in range(4):
        c.put(f'id{number}', f's{number}', 'a', [origin])
    ports = [one['port'] for one in c.told()['circuits']]
    assert len([port for port in ports if port]) == 2
    for number in range(4):
        assert c.get(f'/s{number}/a/').status == 200
    assert 'zeroway_circuit_ports_missing 2' in m.ask(c.management, '/metrics').body.decode()
    c.router.wait_log('has no port: none of')
    c.remove(f'id{ports.index(None)}')  # it wants no port any more
    z.eventually(lambda: 'zeroway_circuit_ports_missing 1' in m.ask(c.management, '/metrics').body.decode(),
                 what='one is left without')
    c.remove('id' + str(ports.index(next(port for port in ports if port))))
    z.eventually(lambda: 'zeroway_circuit_ports_missing 0' in m.ask(c.management, '/metrics').body.decode(),
                 what='another one gets the port that is free now')


def test_a_port_of_another_program_is_passed_over(stack):
    origin = stack.closing(Origin(name='a'))
    c = with_ports(stack, count=2)
    with socket.create_server(('127.0.0.1', c.range[0])):
        c.put('one', 's1', 'a', [origin])
        c.put('two', 's2', 'a', [origin])
        ports = {port_of(c, '/s1/a'), port_of(c, '/s2/a')}
        assert ports == {None, c.range[1]}
    z.eventually(lambda: None not in {port_of(c, '/s1/a'), port_of(c, '/s2/a')}, what='it is free')


def test_a_port_that_is_asked_for(stack):
    origin = stack.closing(Origin(name='a'))
    c = with_ports(stack)
    wanted = c.range[5]
    c.put('one', 's1', 'a', [origin], port=wanted)
    assert port_of(c, '/s1/a') == wanted
    said = c.put('two', 's2', 'a', [origin], port=wanted, status=400)
    assert f'circuit two: port = {wanted}: /s1/a has it' in json.dumps(said)
    said = c.put('two', 's2', 'a', [origin], port=80, status=400)
    assert f'port = 80: wants one of {c.range[0]}-{c.range[-1]}' in json.dumps(said)
    assert 'wants a number from 1 to 65535' in json.dumps(c.put('two', 's2', 'a', [origin], port=0, status=400))
    # A record that is put again moves.
    c.put('one', 's1', 'a', [origin], port=c.range[6])
    assert ask(c.range[6]).body == b'a'
    z.eventually(lambda: refuses(wanted), what='the port before is free')


def test_without_a_range_no_port_can_be_asked_for(stack):
    c = Circuits(stack)
    assert 'wants sessions.ports' in json.dumps(c.put('one', 's1', 'a', [9], port=2000, status=400))


def test_a_port_speaks_tls_as_its_site(stack):
    authority = Authority(stack)
    first, last = free_range(4)
    router, port = managed(stack, '--sessions', '--session-ports', f'{first}-{last}', '--tls-port', str(z.free_port()),
                           *options_of(authority.make('localhost', '127.0.0.1')))
    stack.worker('w1', '--app', 's1/a')
    router.wait_workers(1)
    mine = z.eventually(lambda: next((one['port'] for one in m.told(port, '/api/v1/circuits')['circuits']), None),
                        what='the service has a port')
    with Client(at(mine), authority) as client:
        assert client.request('GET', '/').worker == 'w1'


def at(port):
    """What Client takes for a router, at another port."""
    return type('At', (), {'tls_port': port, 'port': port})()


def test_who_may_not_use_a_service_gets_403_at_its_port_too(stack):
    origin = stack.closing(Origin(name='a'))
    c = with_ports(stack)
    c.put('one', 's1', 'a', [origin], allowed_client_ips=['10.0.0.0/8'])
    assert ask(port_of(c, '/s1/a')).status == 403
    c.put('one', 's1', 'a', [origin], allowed_client_ips=['127.0.0.0/8'])
    assert ask(port_of(c, '/s1/a')).status == 200
    assert len(origin.requests) == 1


def test_a_closed_service_wants_its_permit_at_its_port_too(stack):
    origin = stack.closing(Origin(name='a'))
    with open(stack.path('tokens'), 'w') as file:
        file.write('a secret of thirty-two bytes and more')
    c = with_ports(stack, more='open_to_public = false\njwt_secret_file = "tokens"\n')
    c.put('one', 's1', 'a', [origin])
    port = port_of(c, '/s1/a')
    assert ask(port).status == 401
    answer = ask(port, '/setup?token=' + token_for('one'))
    assert (answer.status, answer.get('location')) == (302, '/')
    cookie = answer.get('set-cookie').split(';')[0]
    assert ask(port, '/', ('Cookie', cookie)).status == 200


# --- TCP

def connected(port):
    return socket.create_connection(('127.0.0.1', port), timeout=z.PATIENCE * z.SLOW)


def is_reset(port):
    """Whether a connection is reset: in its handshake already, where the client is slower than the router."""
    try:
        with connected(port) as one:
            while one.recv(1):
                pass
    except ConnectionResetError:
        return True
    return False


def says(connection, byte):
    """Whether the byte comes back."""
    connection.sendall(byte)
    return connection.recv(1) == byte


def test_a_tcp_service_speaks_tcp_at_its_port(stack):
    server = stack.closing(t.Server(t.echo))
    c = with_ports(stack)
    c.put('one', 's1', 'ssh', [server.port], protocol='tcp')
    port = port_of(c, '/s1/ssh')
    content = os.urandom(3_000_000)
    with connected(port) as one:
        sender = threading.Thread(target=lambda: (one.sendall(content), one.shutdown(socket.SHUT_WR)))
        sender.start()
        came = b''.join(iter(lambda: one.recv(65_536), b''))
        sender.join()
    assert hashlib.sha256(came).digest() == hashlib.sha256(content).digest()
    with connected(port) as one:
        assert says(one, b'x')
        z.eventually(lambda: c.told('/api/v1/circuits/one')['open'] == 1, what='an open connection is use')
        c.put('two', 's2', 'ssh', [server.port], protocol='tcp')  # changes of others do not touch it
        assert says(one, b'y')
    c.remove('one')
    z.eventually(lambda: refuses(port), what='the port is free')


def test_clients_of_a_tcp_service_are_known_by_their_networks(stack):
    server = stack.closing(t.Server(t.echo))
    c = with_ports(stack)
    c.put('one', 's1', 'ssh', [server.port], protocol='tcp', allowed_client_ips=['10.0.0.0/8'])
    assert is_reset(port_of(c, '/s1/ssh'))
    assert not server.accepted
    # What nobody can show over TCP is not asked for in vain: the connection is refused.
    c.put('one', 's1', 'ssh', [server.port], protocol='tcp', open_to_public=False)
    assert is_reset(port_of(c, '/s1/ssh'))
    assert not server.accepted


def test_workers_announce_a_tcp_service(stack):
    first, last = free_range(4)
    router, port = managed(stack, '--sessions', '--session-ports', f'{first}-{last}')
    stack.worker('w1', '--app', 's1/echo', kind='echo-tcp-worker')
    router.wait_workers(1)
    mine = z.eventually(lambda: next((one['port'] for one in m.told(port, '/api/v1/circuits')['circuits']), None),
                        what='the service has a port')
    with connected(mine) as one:
        one.sendall(b'hello')
        assert one.recv(5, socket.MSG_WAITALL) == b'hello'
        one.shutdown(socket.SHUT_WR)
        assert one.recv(1) == b''

    async def by_web_socket():
        async with websockets.connect(f'ws://127.0.0.1:{router.port}/s1/echo/', subprotocols=['binary']) as one:
            await one.send(b'hello')
            return await one.recv()

    assert run(by_web_socket()) == b'hello'
    with router.connect() as connection:
        assert connection.request('GET', '/s1/echo/').status == 426  # it speaks TCP


def test_workers_of_one_service_speak_the_same(stack):
    router, port = managed(stack, '--sessions')
    stack.worker('w1', '--app', 's1/a')
    router.wait_workers(1)
    stack.worker('w2', '--app', 's1/a', kind='echo-tcp-worker')
    router.wait_log('wants "http", as its other workers have it')
    with router.connect() as connection:
        assert connection.request('GET', '/s1/a/').worker == 'w1'


def test_another_protocol_or_range_moves_the_port(stack):
    server = stack.closing(t.Server(t.echo))
    origin = stack.closing(Origin(name='a'))
    c = with_ports(stack)
    c.put('one', 's1', 'a', [origin])
    assert ask(port_of(c, '/s1/a')).status == 200
    c.put('one', 's1', 'a', [server.port], protocol='tcp')
    port = wait_port(c, '/s1/a')

    def echoes():
        with connected(port) as one:
            return says(one, b'x')

    z.eventually(echoes, what='it speaks TCP now')


def test_a_reload_keeps_ports_and_their_connections_or_takes_them_away(stack):
    server = stack.closing(t.Server(t.echo))
    c = with_ports(stack)
    c.put('one', 's1', 'ssh', [server.port], protocol='tcp')
    port = port_of(c, '/s1/ssh')
    text = open(stack.path('router.toml')).read()

    def reload(changed):
        s.write(stack, changed)
        before = c.router.log_size()
        c.router.signal(signal.SIGHUP)
        c.router.wait_log('the configuration file is read again', since=before)

    with connected(port) as one:
        assert says(one, b'x')
        reload(text.replace('enabled = true', 'enabled = true\nrewrite_location = true'))
        assert port_of(c, '/s1/ssh') == port
        assert says(one, b'y')
        with connected(port) as two:
            assert says(two, b'z')
        reload('\n'.join(line for line in text.splitlines() if not line.startswith('ports')))
        z.eventually(lambda: refuses(port), what='nobody listens at the port any more')
        assert port_of(c, '/s1/ssh') is None
        assert says(one, b'w')  # what was open goes on


def test_explain_knows_ports(stack):
    origin = stack.closing(Origin(name='a'))
    c = with_ports(stack)
    c.put('one', 's1', 'a', [origin])
    port = port_of(c, '/s1/a')
    told = m.told(c.management, f'/api/v1/explain?url=http://127.0.0.1:{port}/x')
    assert told['outcome']['answer'] == 'backend' and told['route']['path'] == '/s1/a', told
    assert any(f'port {port}' in step['what'] for step in told['steps'])


@pytest.mark.parametrize('value, said', [('"80"', 'wants two ports'), ('"90-80"', 'wants two ports'), ('8000', 'wants')])
def test_a_wrong_range_is_told_with_its_line(stack, value, said):
    done = s.check(stack, s.site(8080, more=f'fabric = false\n[sites.sessions]\nenabled = true\nports = {value}\n'))
    assert done.returncode == 1 and said in done.stderr and 'router.toml:8:9: sites(main).sessions.ports' in done.stderr
