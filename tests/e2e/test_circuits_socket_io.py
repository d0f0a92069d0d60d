"""socket.io behind a circuit with two servers: its sessions need one server each, so clients are bound by a cookie."""
import collections
import json
import os

import pytest

import npm
import zeroway_e2e as z
from circuits_e2e import Circuits

SUPPORT = os.path.join(z.ROOT, 'tests', 'support')
CLIENTS = 6
CHECKS = 25
ROADS = {'an upgrade': ['polling', 'websocket'], 'polling': ['polling'], 'WebSocket': ['websocket']}


def node(stack, script, *words, name):
    folder = npm.folder_with('socket.io', 'socket.io-client')
    return stack.start(['node', os.path.join(SUPPORT, script), *map(str, words)], name=name, env={'NODE_PATH': folder})


def start_server(stack, name, port):
    process = node(stack, 'socket_io_server.js', name, port, name=name)
    process.wait_log('listening')
    return process


class Clients:
    def __init__(self, stack, router, transports):
        self.process = node(stack, 'socket_io_clients.js', CLIENTS, f'http://127.0.0.1:{router.port}', '/s1/chat/socket.io',
                            *transports, name='clients')

    def told(self, what):
        lines = [json.loads(line) for line in self.process.log().splitlines() if line.endswith('}')]
        assert not [line for line in lines if line['what'] == 'failed'], lines
        return [line for line in lines if line['what'] == what]

    def wait_checked(self, count):
        z.eventually(lambda: len(self.told('checked')) >= count, what=f'{count} checks of clients')
        return self.told('checked')


def counts(lines):
    return collections.Counter(line['server'] for line in lines)


@pytest.mark.parametrize('transports', ROADS.values(), ids=ROADS.keys())
def test_clients_stay_with_their_server_and_go_to_the_other_when_it_dies(stack, transports):
    ports = {name: z.free_port() for name in 'ab'}
    servers = {name: start_server(stack, name, port) for name, port in ports.items()}
    c = Circuits(stack, '--threads', '2')
    c.put('chat', 's1', 'chat', list(ports.values()), sticky='cookie')
    clients = Clients(stack, c.router, transports)
    first = clients.wait_checked(CLIENTS)
    assert counts(first) == {'a': CLIENTS // 2, 'b': CLIENTS // 2}
    for line in first:
        assert (line['good'], line['checks'], line['first'], line['now']) == (True, CHECKS, transports[0], transports[-1])
    assert clients.told('disconnected') == []
    servers['a'].kill()
    lost = {line['client'] for line in first if line['server'] == 'a'}
    second = clients.wait_checked(CLIENTS + len(lost))[CLIENTS:]
    assert {line['client'] for line in second} == lost == {line['client'] for line in clients.told('disconnected')}
    assert counts(second) == {'b': len(lost)}
    assert all((line['good'], line['now']) == (True, transports[-1]) for line in second)
