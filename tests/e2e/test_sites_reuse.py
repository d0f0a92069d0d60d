"""Connections to servers that are used again, and requests that are sent again (list B 18; RFC 9110 §9.2.2, RFC 9112
§9.3.1)."""
import pytest

import sites_e2e as s
import zeroway_e2e as z
from origins import Origin, accept_websocket, head, reply, silent, split_by, then_close, then_reset


def ids_of(*origins):
    return [request.get('x-id') for origin in origins for request in origin.requests]


def test_one_connection_serves_requests_of_many_clients_one_after_another(stack):
    origin = stack.closing(Origin())
    router = s.front(stack, origin)
    for _ in range(10):
        assert router.get().status == 200
    assert len(origin.connections) == 1


@pytest.mark.parametrize('fields, version', [([('Connection', 'close')], 'HTTP/1.1'), ([], 'HTTP/1.0'),
                                             ([('Connection', 'Keep-Alive, Close')], 'HTTP/1.1')])
def test_a_connection_that_the_server_ends_after_its_reply_is_not_used_again(stack, fields, version):
    origin = stack.closing(Origin(head(200, [*fields, ('Content-Length', 2)], version) + b'ok'))
    router = s.front(stack, origin)
    with router.connect() as connection:
        assert [connection.request().text for _ in range(4)] == ['ok'] * 4
    assert len(origin.connections) == 4


def test_a_server_that_closes_idle_connections_is_never_seen_by_a_client(stack):
    """The server closes each connection right behind its reply without saying so: some requests are written before the
    router knows."""
    origin = stack.closing(Origin(lambda request: then_close(reply(request.target.encode()))(request)))
    router = s.front(stack, origin)
    with router.connect() as connection:
        for number in range(200):
            assert connection.request(path=f'/{number}').text == f'/{number}'


def closes_reused(request):
    """Serves the first request of a connection; takes each further one, and closes without an answer."""
    if request is request.connection.requests[0]:
        return reply(b'served')
    request.connection.close()
    return None


def test_a_get_whose_reused_connection_ends_without_a_reply_is_sent_again(stack):
    origin = stack.closing(Origin(closes_reused))
    router = s.front(stack, origin)
    with router.connect() as connection:
        for number in range(20):
            assert connection.request(headers=[('X-Id', str(number))]).text == 'served'


@pytest.mark.parametrize('method, body', [('POST', b'body'), ('POST', b''), ('POST', None), ('PATCH', b'x')])
def test_a_post_that_a_server_has_taken_is_never_sent_twice(stack, method, body):
    origin = stack.closing(Origin(closes_reused))
    router = s.front(stack, origin)
    assert router.get().status == 200
    assert router.request(method, '/', [('X-Id', 'once')], body).status == 502
    assert ids_of(origin).count('once') == 1


@pytest.mark.parametrize('method', ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])
def test_idempotent_methods_are_sent_again(stack, method):
    origin = stack.closing(Origin(closes_reused))
    router = s.front(stack, origin)
    assert router.get().status == 200
    assert router.request(method, '/', [('X-Id', 'again')], b'x' if method == 'PUT' else None).status == 200
    assert ids_of(origin).count('again') == 2


def test_a_post_over_a_connection_that_was_closed_before_is_served_once(stack):
    origin = stack.closing(Origin())
    router = s.front(stack, origin)
    for number in range(20):
        assert router.get().status == 200
        origin.close_idle()
        assert router.request('POST', '/', [('X-Id', str(number))], b'body').status in (200, 502)
    posts = [request.get('x-id') for request in origin.requests if request.method == 'POST']
    assert len(posts) == len(set(posts))


def test_a_post_after_the_router_knows_of_the_close_is_always_served(stack):
    origin = stack.closing(Origin())
    router = s.front(stack, origin)
    for number in range(5):
        assert router.get().status == 200
        origin.close_idle()
        z.eventually(lambda: has_no_connection_to(router, origin.port), what='the router closing its side')
        assert router.request('POST', '/', [('X-Id', str(number))], b'body').status == 200
    assert sorted(filter(None, ids_of(origin))) == list('01234')


def has_no_connection_to(router, port):
    """Whether no TCP connection to the port is ESTABLISHED or waits for its own close."""
    with open(f'/proc/{router.pid}/net/tcp') as file:
        lines = [line.split() for line in file.readlines()[1:]]
    return not any(int(line[2].split(':')[1], 16) == port and line[3] in ('01', '08') for line in lines)


def test_sending_again_ends_after_the_retries(stack):
    origin = stack.closing(Origin(then_close()))
    router = s.front(stack, origin, in_proxy='retries = 2', tables=s.NEVER_OUT)
    assert router.get().status == 502
    assert 1 <= len(origin.requests) <= 3


def test_without_retries_a_request_is_sent_once(stack):
    origin = stack.closing(Origin(then_reset()))
    router = s.front(stack, origin, in_proxy='retries = 0', tables=s.NEVER_OUT)
    assert router.get().status == 502
    assert len(origin.requests) == 1


def test_a_request_is_not_sent_again_once_its_reply_has_begun(stack):
    origin = stack.closing(Origin(then_close(head(200, [('Content-Length', 10)]) + b'half')))
    router = s.front(stack, origin, tables=s.NEVER_OUT)
    with router.connect() as connection:
        connection.send_request()
        assert connection.read_head().status == 200
        with pytest.raises((z.Broken, ConnectionError)):
            connection.take(10)
    assert len(origin.requests) == 1


def test_a_body_that_is_gone_is_not_sent_again(stack):
    def script(request):
        if request is request.connection.requests[0] and request.method == 'GET':
            return reply(b'served')
        request.connection.take(3 * z.MIB)
        request.connection.close()
    origin = stack.closing(Origin(script, reads_bodies=False))
    router = s.front(stack, origin, tables=s.NEVER_OUT)
    assert router.get().status == 200
    assert router.request('PUT', '/', [('X-Id', 'large')], b'x' * 3 * z.MIB + b'more').status == 502
    assert ids_of(origin).count('large') == 1


def test_a_client_that_closes_leaves_the_connection_to_the_server_open(stack):
    origin = stack.closing(Origin())
    router = s.front(stack, origin)
    for _ in range(5):
        assert router.get(headers=[('Connection', 'close')]).status == 200
    assert len(origin.connections) == 1
    assert all('close' not in request.get('connection', '') for request in origin.requests)


def test_nothing_fails_when_a_server_refuses_connections_and_another_one_is_there(stack):
    one, other = stack.closing(Origin(name='a')), stack.closing(Origin(name='b'))
    one.close()
    router = s.front(stack, one, other, tables='[sites.proxy.health_check]\nfall = 1000')
    with router.connect() as connection:
        for number in range(10):
            assert connection.request('POST', '/', [('X-Id', str(number))], b'body').text == 'b'
    assert ids_of(other) == [str(number) for number in range(10)]


def test_a_web_socket_goes_to_another_server_when_one_refuses_connections(stack):
    one, other = stack.closing(Origin(name='a')), stack.closing(Origin(accept_websocket, name='b'))
    one.close()
    router = s.front(stack, one, other, in_route='websocket = true', tables=s.NEVER_OUT)
    for _ in range(4):
        with router.connect() as client:
            client.send_request(headers=[('Connection', 'Upgrade'), ('Upgrade', 'websocket'),
                                         ('Sec-WebSocket-Version', '13'),
                                         ('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==')])
            assert client.read_head().status == 101


def test_gets_never_fail_while_one_of_two_servers_is_down_and_it_is_used_again_later(stack):
    one, other = stack.closing(Origin(name='a')), stack.closing(Origin(name='b'))
    router = s.front(stack, one, other, tables='[sites.proxy.health_check]\nback_off = "100ms"')
    with z.Load(router.port, 8) as load:
        load.wait_more(100)
        one.close()
        load.wait_more(300)
        seen = len(one.requests)
        one.start()
        z.eventually(lambda: len(one.requests) > seen + 20, what='requests for the server that is back')
    assert load.failed == []


def test_posts_lose_at_most_those_in_the_hands_of_a_server_that_dies(stack):
    one, other = stack.closing(Origin(name='a')), stack.closing(Origin(name='b'))
    router = s.front(stack, one, other)
    with z.Load(router.port, 8, z.post_with_id) as load:
        load.wait_more(100)
        one.close()
        load.wait_more(300)
    assert len(load.failed) <= 8 and {outcome.status for outcome in load.failed} <= {502}
    seen = [request.get('x-request-id') for origin in (one, other) for request in origin.requests]
    assert len(seen) == len(set(seen)), 'a POST was sent twice'


def test_the_third_request_does_not_meet_a_server_that_refuses_connections(stack):
    """Passive health: after `fall` failures the server is left alone for back_off."""
    one, other = stack.closing(Origin(name='a')), stack.closing(Origin(name='b'))
    one.close()
    router = s.front(stack, one, other, tables='[sites.proxy.health_check]\nfall = 1\nback_off = "1m"')
    with router.connect() as connection:
        assert split_by([connection.request().text for _ in range(10)]) == {'b': 10}


def test_replies_with_5xx_are_failures_only_when_asked(stack):
    bad, good = stack.closing(Origin(reply(b'', 500), name='a')), stack.closing(Origin(name='b'))
    calm = s.front(stack, bad, good, tables='[sites.proxy.health_check]\nfall = 1\nback_off = "1m"')
    with calm.connect() as connection:
        assert [connection.request().status for _ in range(10)].count(500) == 5
    strict = s.front(stack, bad, good, tables='[sites.proxy.health_check]\nfall = 1\nback_off = "1m"\ncount_5xx = true')
    with strict.connect() as connection:
        assert [connection.request().status for _ in range(10)].count(500) <= 1


def test_all_servers_out_is_503_and_fail_open_tries_them(stack):
    origin = stack.closing(Origin(then_close()))
    out = '[sites.proxy.health_check]\nfall = 1\nback_off = "1m"\n'
    closed = s.front(stack, origin, in_proxy='retries = 0', tables=out)
    answers = [closed.get().status for _ in range(3)]
    assert answers == [502, 503, 503] and len(origin.requests) == 1
    opened = s.front(stack, origin, in_proxy='retries = 0', tables=out + 'fail_open = true\n')
    assert [opened.get().status for _ in range(3)] == [502] * 3
    assert len(origin.requests) == 4


def test_a_client_that_gives_up_is_no_failure_of_the_server(stack):
    origin = stack.closing(Origin(lambda request: silent(request) if request.target == '/slow' else reply(b'ok')))
    router = s.front(stack, origin, tables='[sites.proxy.health_check]\nfall = 1\nback_off = "1m"')
    for number in range(5):
        connection = router.connect()
        connection.send_request(path='/slow')
        origin.wait_requests(number + 1)
        connection.abort()
    router.wait_idle()
    assert router.get().text == 'ok'


def test_active_checks_take_a_server_out_and_bring_it_back(stack):
    is_well = [True]

    def script(request):
        if request.target == '/health':
            return reply(b'', 200 if is_well[0] else 500)
        return reply(request.origin.name.encode())
    one, other = stack.closing(Origin(script, name='a')), stack.closing(Origin(name='b'))
    router = s.front(stack, one, other, tables='[sites.proxy.health_check]\nenabled = true\ninterval = "100ms"\n'
                     'timeout = "100ms"\nretries = 1\nrise = 1\n')

    def told():
        with router.connect() as connection:
            return [connection.request().text for _ in range(6)]
    z.eventually(lambda: '/health' in one.targets(), what='a check')
    assert split_by(told()) == {'a': 3, 'b': 3}
    is_well[0] = False
    z.eventually(lambda: split_by(told()) == {'b': 6}, what='the server out')
    is_well[0] = True
    z.eventually(lambda: split_by(told()) == {'a': 3, 'b': 3}, what='the server back')


def test_a_unix_socket_is_a_server_too(stack):
    origin = stack.closing(Origin(lambda request: reply(request.target.encode()), path=stack.path('origin.sock')))
    assert s.front(stack, origin).get('/x?y').text == '/x?y'
    assert origin.last.get('host') == 'zeroway.test'
    assert s.front(stack, origin.url + ':/base').get('/x?y').text == '/base/x?y'
