"""Interim replies of servers, and requests that expect one (RFC 9110 §10.1.1, §15.2; list B 16)."""

import subprocess

import pytest

import sites_e2e as s
import zeroway_e2e as z
from h2_peer import H2Client
from origins import Origin, head, reply, then_close


def front(stack, script, **parts):
    origin = stack.closing(Origin(script, reads_bodies=False))
    return s.front(stack, origin, **parts), origin


def test_early_hints_reach_the_client_before_the_reply(stack):
    hints = [head(103, [('Link', f'</{name}.css>')]) for name in 'ab']
    router, origin = front(stack, b''.join(hints) + reply(b'page'))
    with router.connect() as connection:
        for _ in range(2):
            answer = connection.request()
            early = [(interim.status, interim.get('link')) for interim in answer.interim]
            assert early == [(103, '</a.css>'), (103, '</b.css>')]
            assert (answer.status, answer.text) == (200, 'page')
    with H2Client(router.port) as client:
        answer = client.request()
        assert [early['link'] for early in answer.interim] == ['</a.css>', '</b.css>']
        assert bytes(answer.body) == b'page'
    assert len(origin.connections) == 1


@pytest.mark.parametrize('status', [100, 102, 103, 199])
def test_an_interim_reply_with_a_length_is_still_interim(stack, status):
    router, origin = front(stack, head(status, [('Content-Length', 5)]) + reply(b'final'))
    with router.connect() as connection:
        for _ in range(2):
            answer = connection.request()
            assert (answer.status, answer.text) == (200, 'final')
            assert all(early.get('content-length') is None for early in answer.interim)


def test_a_client_of_http10_gets_no_interim_reply(stack):
    router, _ = front(stack, head(103, [('Link', '</a.css>')]) + reply(b'page'))
    with router.connect() as connection:
        connection.send(b'GET / HTTP/1.0\r\nHost: zeroway.test\r\n\r\n')
        assert connection.read_head().status == 200


EXPECT = [('Expect', '100-continue'), ('Content-Length', '5')]


def test_the_server_decides_whether_a_body_may_come(stack):
    def script(request):
        assert request.get('expect') == '100-continue'
        request.connection.send(head(100))
        return reply(b'got ' + request.read_body())
    router, origin = front(stack, script)
    with router.connect() as connection:
        connection.send_request('POST', headers=EXPECT)
        assert connection.read_head().status == 100
        connection.send(b'hello')
        answer = connection.read_reply('POST')
        assert (answer.text, answer.interim) == ('got hello', [])


@pytest.mark.parametrize('status', [401, 413, 417, 302, 200])
def test_a_final_reply_instead_of_100_reaches_the_client_who_has_sent_no_body(stack, status):
    router, origin = front(stack, lambda request: then_close(reply(b'no', status))(request))
    with router.connect() as connection:
        connection.send_request('POST', headers=EXPECT)
        answer = connection.read_reply('POST')
        assert (answer.status, answer.text, answer.interim) == (status, 'no', [])
    assert router.request('POST', '/', body=b'x').status == status  # and nothing of the old request comes before it
    assert [request.method for request in origin.requests] == ['POST', 'POST']


def test_a_connection_whose_body_never_came_is_not_used_for_another_request(stack):
    router, origin = front(stack, lambda request: reply(b'no', 401))
    with router.connect() as connection:
        connection.send_request('POST', headers=EXPECT)
        assert connection.read_reply('POST').status == 401
    assert router.get().status == 401
    assert origin.requests[1].method == 'GET'
    assert origin.requests[1].connection is not origin.requests[0].connection


def test_a_server_that_does_not_know_the_expectation_gets_the_body_after_a_second(stack):
    router, origin = front(stack, lambda request: reply(request.read_body()))
    with router.connect() as connection:
        connection.send_request('POST', headers=EXPECT)
        assert connection.read_head().status == 100
        connection.send(b'hello')
        assert connection.read_reply('POST').text == 'hello'


def test_a_client_that_does_not_wait_for_100_is_served_too(stack):
    def script(request):
        request.connection.send(head(100))
        return reply(request.read_body())
    router, _ = front(stack, script)
    with router.connect() as connection:
        for _ in range(2):
            answer = connection.request('POST', headers=EXPECT, body=b'hello')
            assert (answer.status, answer.text) == (200, 'hello')


def test_an_unknown_expectation_is_417(stack):
    router, origin = front(stack, reply(b''))
    assert router.request('POST', '/', [('Expect', '200-maybe')], b'x').status == 417
    assert origin.requests == []


def test_a_body_that_is_too_large_is_refused_before_100(stack):
    router, origin = front(stack, head(100) + reply(b''), in_route='max_body = 4')
    with router.connect() as connection:
        connection.send_request('POST', headers=EXPECT)
        answer = connection.read_reply('POST')
        assert (answer.status, answer.interim) == (413, [])
    assert origin.requests == []


def test_curl_gets_a_refusal_of_its_expectation(stack):
    router, _ = front(stack, then_close(reply(b'no', 401)))
    with open(stack.path('big'), 'wb') as file:
        file.write(b'x' * 3_000_000)
    done = subprocess.run(['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '-T', stack.path('big'),
                           f'http://127.0.0.1:{router.port}/'],
                          capture_output=True, text=True, timeout=z.PATIENCE * z.SLOW)
    assert done.stdout == '401'


# --------------------------------------------------------------------------------------------- early final replies


def upload(router, size=20 * z.MIB):
    """Sends a large body until the reply comes; (the reply, was all of it sent)."""
    with router.connect() as connection:
        connection.send_request('POST', '/up', [('Content-Length', str(size))])
        connection.socket.settimeout(0.2)
        left = size
        try:
            while left:
                left -= connection.socket.send(b'x' * min(left, 65_536))
        except (ConnectionError, TimeoutError):
            pass
        connection.socket.settimeout(z.PATIENCE * z.SLOW)
        return connection.read_reply('POST'), left == 0


@pytest.mark.parametrize('how', ['closes', 'half-closes', 'resets'])
def test_a_reply_in_the_middle_of_an_upload_reaches_the_client_also_when_the_server_leaves(stack, how):
    def script(request):
        request.connection.take(1000)
        request.connection.send(reply(b'stop', 413, [('Connection', 'close')]))
        request.connection.wait_taken()
        if how == 'resets':
            request.connection.reset()
        elif how == 'closes':
            request.connection.close()
        else:
            request.connection.half_close()
            request.connection.wait_end()
    router, origin = front(stack, script, in_proxy='retries = 0', tables=s.NEVER_OUT)
    answer, _ = upload(router)
    assert (answer.status, answer.text) == (413, 'stop')
    router.wait_idle()


def test_an_early_reply_is_forwarded_at_once_and_its_connection_is_not_used_again(stack):
    router, origin = front(stack, lambda request: reply(b'early', 401) if request.method == 'POST' else reply(b'next'))
    with router.connect() as connection:
        connection.send_request('POST', '/', [('Content-Length', '100')])
        connection.send(b'x' * 10)
        assert connection.read_reply('POST').text == 'early'
    assert router.get().text == 'next'
    assert origin.requests[1].method == 'GET'
    assert origin.requests[1].connection is not origin.requests[0].connection


def test_a_reply_may_begin_before_the_body_has_ended_and_both_go_on(stack):
    def script(request):
        request.connection.send(head(200, [('Transfer-Encoding', 'chunked')]))
        while size := int(request.connection.take_until(b'\r\n'), 16):
            request.connection.send(z.chunk(request.connection.take(size)))
            request.connection.take(2)
        request.connection.take(2)
        return b'0\r\n\r\n'
    router, _ = front(stack, script)
    with router.connect() as connection:
        connection.send_request('POST', '/', [('Transfer-Encoding', 'chunked')])
        answer = connection.read_head()
        assert answer.status == 200
        for number in range(5):
            connection.send(z.chunk(b'%d' % number))
            assert connection.take_until(b'\r\n') == b'1'
            assert connection.take(3) == b'%d\r\n' % number
        connection.send(z.LAST_CHUNK)
        assert connection.take_until(b'\r\n\r\n') == b'0'


def test_the_end_of_a_reply_is_not_lost_when_the_client_still_sends(stack):
    """RFC 9112 §9.6: closing a socket with unread bytes in it resets it, which takes the reply back."""
    def script(request):
        request.connection.send(reply(b'y' * 300_000, 413, [('Connection', 'close')]))
        request.connection.half_close()
        request.connection.wait_end()
    router, _ = front(stack, script, in_proxy='retries = 0', tables=s.NEVER_OUT)
    answer, _ = upload(router, 5 * z.MIB)
    assert (answer.status, len(answer.body)) == (413, 300_000)


# ------------------------------------------------------------------------------------------------ upgrades


def test_an_upgrade_to_something_else_is_an_ordinary_request(stack):
    router, origin = front(stack, reply(b'plain'))
    with router.connect() as connection:
        answer = connection.request(headers=[('Connection', 'Upgrade'), ('Upgrade', 'fancy/2')])
        assert (answer.status, answer.text) == (200, 'plain')
        assert connection.request().text == 'plain'
    assert origin.requests[0].get('upgrade') is None


def test_nothing_behind_an_upgrade_is_tunnelled_before_the_server_agreed(stack):
    """The second request must be judged by the router, and not reach the server as bytes of a tunnel."""
    router, origin = front(stack, reply(b'no', 404), in_route='websocket = true', path='/ws', in_site='fabric = false')
    with router.connect() as connection:
        connection.send(connection.head_bytes('GET', '/ws', [
            ('Connection', 'Upgrade'), ('Upgrade', 'websocket'), ('Sec-WebSocket-Version', '13'),
            ('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==')]) + connection.head_bytes('GET', '/secret'))
        assert connection.read_reply().status == 404
        try:
            assert connection.read_reply().text != 'no'
        except (z.Broken, ConnectionError):
            pass
    assert '/secret' not in origin.targets()
    assert all(b'/secret' not in request.connection.buffer for request in origin.requests)


@pytest.mark.parametrize('how', ['abort', 'close'])
def test_a_client_that_leaves_takes_an_endless_reply_away_from_the_server(stack, how):
    def script(request):
        request.connection.send(head(200, [('Content-Type', 'text/event-stream')]))
        while not request.connection.has_ended.wait(0.01):
            request.connection.send(b'data: 1\n\n')
    router, origin = front(stack, script)
    connection = stack.closing(router.connect())
    connection.send_request()
    assert connection.read_head().status == 200
    connection.take_until(b'data: 1\n\n')
    getattr(connection, how)()
    z.eventually(lambda: not origin.open_connections(), what='the end at the server')
    router.wait_idle()
