"""Which server of a pool gets a request (list B 2, 3, 4, 10)."""
import itertools

import pytest

import sites_e2e as s
import zeroway_e2e as z
from origins import Gate, Origin, accept_websocket, split_by

UPGRADE = [('Connection', 'Upgrade'), ('Upgrade', 'websocket'), ('Sec-WebSocket-Version', '13'),
           ('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==')]


def method(word):
    return f'[sites.proxy.load_balancing]\nmethod = "{word}"\n'


def origins(stack, names, script=None):
    return [stack.closing(Origin(script, name=name)) for name in names]


def ask(router, count, headers=()):
    """Who answered each of the requests on one connection."""
    with router.connect() as connection:
        return [connection.request(path='/api/test', headers=headers).text for _ in range(count)]


def test_ten_requests_go_to_two_servers_in_turn(stack):
    router = s.front(stack, *origins(stack, 'ab'), tables=method('round_robin'))
    told = ask(router, 10)
    assert told in (list('ab' * 5), list('ba' * 5))


def test_round_robin_ignores_weights(stack):
    one, other = origins(stack, 'ab')
    router = s.front(stack, (one, 'weight = 9'), (other, 'weight = 1'), tables=method('round_robin'))
    assert split_by(ask(router, 10)) == {'a': 5, 'b': 5}


@pytest.mark.parametrize('threads', [1, 2])
def test_900_requests_of_many_clients_are_300_each_of_three_servers(stack, threads):
    router = s.front(stack, *origins(stack, 'abc'), options=('--threads', threads))
    with z.Load(router.port, 6, limit=150) as load:
        load.join()
    assert load.failed == []
    counts = [len(origin.requests) for origin in stack.closers]
    assert sum(counts) == 900
    assert max(counts) - min(counts) <= threads - 1, counts  # one request a loop


def test_weights_3_to_1_are_exact_and_never_more_than_three_in_a_row(stack):
    one, other = origins(stack, 'ab')
    router = s.front(stack, (one, 'weight = 3'), (other, 'weight = 1'), tables=method('weighted'))
    told = ask(router, 400)
    assert split_by(told) == {'a': 300, 'b': 100}
    assert max(len(list(run)) for _, run in itertools.groupby(told)) <= 3


@pytest.mark.parametrize('word', ['round_robin', 'weighted', 'least_connections', 'random_two', 'first'])
def test_weight_0_is_no_traffic(stack, word):
    one, other = origins(stack, 'ab')
    router = s.front(stack, (one, 'weight = 0'), (other, 'weight = 1'), tables=method(word))
    assert split_by(ask(router, 10)) == {'b': 10}


def test_the_server_that_holds_five_requests_gets_none_of_the_next_five(stack):
    gates = [Gate(), Gate()]
    one, other = [stack.closing(Origin(gate, name=name)) for gate, name in zip(gates, 'ab')]
    router = s.front(stack, one, other, tables=method('least_connections'))
    held = [stack.closing(router.connect()) for _ in range(10)]
    for connection in held:
        connection.send_request()
    one.wait_requests(5)
    other.wait_requests(5)
    gates[1].open()
    free = [connection for connection in held if is_answered(connection)]
    assert len(free) == 5
    assert split_by(ask(router, 5)) == {'b': 5}
    gates[0].open()


def is_answered(connection):
    """Whether the reply comes while the other server still holds its requests."""
    connection.socket.settimeout(0.3 * z.SLOW)
    try:
        return connection.read_reply().status == 200
    except TimeoutError:
        return False


def test_ties_of_least_connections_rotate(stack):
    router = s.front(stack, *origins(stack, 'ab'), tables=method('least_connections'))
    assert split_by(ask(router, 10)) == {'a': 5, 'b': 5}


def test_an_open_web_socket_counts_as_a_connection(stack):
    def script(request):
        if request.get('upgrade'):
            return accept_websocket(request)
        request.connection.send(b'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n' + request.origin.name.encode())
    router = s.front(stack, *origins(stack, 'ab', script), tables=method('least_connections'),
                     in_route='websocket = true')
    with router.connect() as socket:
        socket.send_request(headers=UPGRADE)
        assert socket.read_head().status == 101
        holder = next(origin for origin in stack.closers if isinstance(origin, Origin) and origin.requests)
        other = {'a': 'b', 'b': 'a'}[holder.name]
        assert split_by(ask(router, 6)) == {other: 6}
    router.wait_idle()
    assert split_by(ask(router, 10)) == {'a': 5, 'b': 5}


def test_web_sockets_are_balanced_by_the_same_method(stack):
    one, other = origins(stack, 'ab', accept_websocket)
    router = s.front(stack, (one, 'weight = 2'), other, tables=method('weighted'), in_route='websocket = true')
    for _ in range(6):
        with router.connect() as socket:
            socket.send_request(headers=UPGRADE)
            assert socket.read_head().status == 101
    assert (len(one.requests), len(other.requests)) == (4, 2)


def test_a_client_address_always_has_the_same_server(stack):
    router = s.front(stack, *origins(stack, 'abc'), tables=method('ip_hash'))
    assert len(split_by(ask(router, 10) + ask(router, 10))) == 1


def test_a_field_chooses_the_server_and_many_values_use_all_servers(stack):
    router = s.front(stack, *origins(stack, 'abc'), tables=method('hash:X-User'))
    of_user = {user: set(ask(router, 3, [('X-User', str(user))])) for user in range(20)}
    assert all(len(servers) == 1 for servers in of_user.values())
    assert set.union(*of_user.values()) == set('abc')


def test_the_first_server_has_all_requests_while_it_is_there(stack):
    one, other = origins(stack, 'ab')
    router = s.front(stack, one, other, tables=method('first'))
    assert split_by(ask(router, 5)) == {'a': 5}
    one.close()
    assert split_by(ask(router, 5)) == {'b': 5}


def test_random_two_uses_all_servers(stack):
    router = s.front(stack, *origins(stack, 'abc'), tables=method('random_two'))
    assert set(ask(router, 60)) == set('abc')


def test_a_full_server_is_passed_over_and_a_full_pool_is_waited_for(stack):
    gates = [Gate(), Gate()]
    one, other = [stack.closing(Origin(gate, name=name)) for gate, name in zip(gates, 'ab')]
    router = s.front(stack, (one, 'max_conns = 1'), (other, 'max_conns = 1'))
    clients = [stack.closing(router.connect()) for _ in range(3)]
    for client in clients:
        client.send_request()
    one.wait_requests(1)
    other.wait_requests(1)
    gates[1].open()
    other.wait_requests(2)  # the third one, when there is room
    assert len(one.requests) == 1
    gates[0].open()
    assert sorted(client.read_reply().text for client in clients) == ['a', 'b', 'b']


def test_a_route_may_have_a_method_of_its_own(stack):
    one, other = origins(stack, 'ab')
    port = z.free_port()
    text = s.proxied(port, one, other, tables=method('round_robin')) + s.route('/api', more='balance = "first"')
    router = s.serve(stack, text, port)
    assert split_by(ask(router, 6)) == {'a': 6}
