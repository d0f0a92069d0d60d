"""The files of examples/sites: they are accepted as they are, and do what their first lines say (list B 1, 2, 20)."""
import os
import re
import shutil
import subprocess

import pytest

import sites_e2e as s
import zeroway_e2e as z
from origins import Origin, accept_websocket, split_by


def moved(text, ports, origins):
    """The file with its ports and servers replaced: `origins` maps "host:port" to an Origin."""
    for number, port in ports.items():
        text = re.sub(rf'(?m)^port = {number}$', f'port = {port}', text)
    return re.sub(r'http://([\w.-]+:\d+)', lambda match: origins[match[1]].url, text)


def members_of(text):
    return re.findall(r'(?m)^url = "http://([\w.-]+:\d+)"', text)


@pytest.mark.parametrize('name', s.examples())
def test_check_accepts_every_example_as_it_is(name):
    done = subprocess.run([z.program('router'), '--check', '-c', os.path.join(z.ROOT, 'examples', 'sites', name)],
                          capture_output=True, text=True, timeout=z.PATIENCE * z.SLOW)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize('name', [name for name in s.examples() if name not in ('all-keys.toml', 'https.toml', 'tcp.toml')])
def test_every_example_serves_when_only_ports_and_hosts_change(stack, name):
    text = s.example(name)
    origins = {member: stack.closing(Origin(name=member)) for member in members_of(text)}
    port = z.free_port()
    router = s.serve(stack, moved(text, {80: port, 8080: port}, origins), port)
    path = re.search(r'(?m)^path = "([^"]+)"', text)[1]
    assert router.get(path + 'x' if path.endswith('/') else path).status == 200


def test_the_https_example_serves_while_its_certificate_is_ordered(stack):
    """Its authority is one that nobody reaches."""
    text = s.example('https.toml')
    origins = {member: stack.closing(Origin(name=member)) for member in members_of(text)}
    port = z.free_port()
    text = moved(text, {443: port}, origins).replace(
        '[sites.ssl.acme]', f'[sites.ssl.acme]\ndirectory_url = "https://127.0.0.1:{z.free_port()}/directory"')
    s.serve(stack, text, port, '--state-dir', stack.path('state'))
    host = 'api.example.com'
    said = subprocess.run(['curl', '-sk', '--resolve', f'{host}:{port}:127.0.0.1', f'https://{host}:{port}/x'],
                          capture_output=True, text=True, timeout=z.PATIENCE * z.SLOW)
    assert said.stdout == members_of(s.example('https.toml'))[0], said


def test_the_first_example_splits_requests_evenly_whatever_the_weights_are(stack):
    text = s.example('basic.toml')
    origins = {member: stack.closing(Origin(name=member)) for member in members_of(text)}
    port = z.free_port()
    s.serve(stack, moved(text, {80: port}, origins), port)
    with z.Connection(port) as connection:
        told = [connection.request(path='/api/test').text for _ in range(10)]
    assert split_by(told) == {'127.0.0.1:3001': 5, '127.0.0.1:3002': 5}


def test_two_python_servers_and_curl(stack):
    """The page's own commands: python3 -m http.server twice, curl in a loop."""
    ports = [z.free_port(), z.free_port()]
    for port in ports:
        folder = stack.path(f'files-{port}')
        os.makedirs(folder + '/api')
        with open(folder + '/api/test', 'w') as file:
            file.write(f'{port}\n')
        stack.start(['/usr/bin/python3', '-m', 'http.server', str(port), '--bind', '127.0.0.1', '--directory', folder])
    for port in ports:
        z.eventually(lambda: not z._is_free(port), what=f'a server at {port}')
    at = z.free_port()
    text = s.example('basic.toml')
    for old, new in zip((3001, 3002), ports):
        text = text.replace(f'127.0.0.1:{old}', f'127.0.0.1:{new}')
    s.serve(stack, text.replace('port = 80\n', f'port = {at}\n'), at)
    curl = ['curl', '-s', f'http://localhost:{at}/api/test', '-H']
    said = [subprocess.run([*curl, f'X-Request-ID: {number}'], capture_output=True, text=True,
                           timeout=z.PATIENCE * z.SLOW).stdout.strip() for number in range(10)]
    assert split_by(said) == {str(port): 5 for port in ports}


def test_the_complete_example_mixes_files_servers_and_web_sockets_on_one_port(stack):
    text = s.example('complete.toml')
    api = {name: stack.closing(Origin(name=name)) for name in ('api1.internal:3001', 'api2.internal:3001')}
    socket = stack.closing(Origin(accept_websocket, name='ws'))
    port = z.free_port()
    shutil.copytree(os.path.join(z.ROOT, 'examples', 'sites', 'static'), stack.path('static'))
    with open(stack.path('static/hello.txt'), 'w') as file:
        file.write('a file')
    s.serve(stack, moved(text, {80: port}, {**api, 'ws.internal:3002': socket}), port)
    with z.Connection(port) as connection:
        assert connection.request(path='/hello.txt').text == 'a file'
        replies = [connection.request(path='/api/users?x=1') for _ in range(6)]
        assert connection.request(path='/no/such/file').status == 404
        connection.send_request(path='/ws', headers=[('Connection', 'Upgrade'), ('Upgrade', 'websocket'),
                                                     ('Sec-WebSocket-Version', '13'),
                                                     ('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==')])
        assert connection.read_head().status == 101
    assert split_by([reply.text for reply in replies]) == {'api1.internal:3001': 4, 'api2.internal:3001': 2}
    assert {reply.get('x-gateway') for reply in replies} == {'BWS'}
    asked = api['api1.internal:3001'].last
    assert (asked.target, asked.get('x-gateway')) == ('/api/users?x=1', 'BWS')
    assert asked.get('x-forwarded-for') == '127.0.0.1' and 'for=127.0.0.1' in asked.get('forwarded')


def test_removing_fields_may_be_a_table_or_a_list(stack):
    origin = stack.closing(Origin())
    for remove in ('{ "Server" = true, "X-Powered-By" = true }', '["Server", "X-Powered-By"]'):
        text = s.proxied(1024, origin, tables=f'[sites.proxy.headers]\nremove = {remove}')
        assert s.check(stack, text).returncode == 0


def can_bind_low_ports():
    with open('/proc/sys/net/ipv4/ip_unprivileged_port_start') as file:
        return int(file.read()) <= 80


@pytest.mark.skipif(os.getuid() != 0 or can_bind_low_ports(), reason='no port here needs a privilege')
def test_port_80_without_privileges_is_an_error_that_names_the_port(stack):
    origin = stack.closing(Origin())
    os.chmod(stack.folder, 0o777)
    path = s.write(stack, s.proxied(80, origin))
    done = subprocess.run(['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--inh-caps=-all',
                           '--bounding-set=-all', z.program('router'), '-c', path, '--fabric', stack.ipc()],
                          capture_output=True, text=True, timeout=z.PATIENCE * z.SLOW)
    assert done.returncode != 0
    assert '80' in done.stdout + done.stderr and 'ermission' in done.stdout + done.stderr
