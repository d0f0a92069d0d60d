"""How long a server may take (list B 15): never a limit on the whole of a reply."""
import time

import pytest

import sites_e2e as s
import zeroway_e2e as z
from h2_peer import H2Client
from origins import Origin, full_backlog, head, reply, silent


def timeout(text):
    return s.NEVER_OUT + f'\n[sites.proxy.timeout]\n{text}\n'


def seconds(function):
    began = time.monotonic()
    return function(), time.monotonic() - began


def test_a_refused_connection_is_an_error_at_once(stack):
    router = s.front(stack, f'http://127.0.0.1:{z.free_port()}', tables=timeout('connect = 5'))
    answer, took = seconds(router.get)
    assert answer.status in (502, 503)
    assert took < 5 * z.SLOW


def test_a_server_that_takes_no_connection_is_an_error_after_connect(stack):
    port, held = full_backlog()
    try:
        router = s.front(stack, f'http://127.0.0.1:{port}', in_proxy='retries = 0', tables=timeout('connect = "500ms"'))
        answer, took = seconds(router.get)
    finally:
        for socket in held:
            socket.close()
    assert answer.status in (502, 503)
    assert 0.4 < took < 3 * z.SLOW


def test_a_silent_server_is_504_after_read(stack):
    router = s.front(stack, stack.closing(Origin(silent)), tables=timeout('read = "700ms"'))
    answer, took = seconds(router.get)
    assert answer.status == 504
    assert 0.6 < took < 3 * z.SLOW
    router.wait_idle()


def test_a_time_in_plain_numbers_is_seconds(stack):
    router = s.front(stack, stack.closing(Origin(silent)), tables=timeout('read = 1'))
    answer, took = seconds(router.get)
    assert answer.status == 504
    assert 0.9 < took < 4 * z.SLOW


def test_a_silent_server_is_504_for_a_post_too_and_it_is_sent_once(stack):
    origin = stack.closing(Origin(silent))
    router = s.front(stack, origin, tables=timeout('read = "300ms"'))
    assert router.request('POST', '/', body=b'x').status == 504
    assert len(origin.requests) == 1


def slow(request):
    """Nine pieces, each well within the time, all together beyond it."""
    request.connection.send(head(200, [('Content-Length', 9)]))
    for number in range(9):
        time.sleep(0.2)
        request.connection.send(b'%d' % number)


def test_a_slow_reply_is_not_cut_while_its_pieces_come_in_time(stack):
    router = s.front(stack, stack.closing(Origin(slow)), tables=timeout(f'read = "{int(1000 * z.SLOW)}ms"'))
    assert router.get().body == b'012345678'


def test_silence_in_the_middle_of_a_reply_cuts_it_and_does_not_end_it(stack):
    def script(request):
        request.connection.send(head(200, [('Transfer-Encoding', 'chunked')]) + z.chunk(b'half'))
        silent(request)
    router = s.front(stack, stack.closing(Origin(script)), tables=timeout('read = "300ms"'))
    with router.connect() as connection:
        connection.send_request()
        assert connection.read_head().status == 200
        with pytest.raises((z.Broken, ConnectionError)):
            connection.take_until(b'\r\n0\r\n')
    with H2Client(router.port) as client:
        answer = client.request()
        assert (answer.status, bytes(answer.body), answer.has_ended) == (200, b'half', False)
        assert answer.reset is not None


def test_an_event_stream_may_be_silent_for_longer(stack):
    def script(request):
        request.connection.send(head(200, [('Content-Type', 'text/event-stream')]) + b'data: 1\n\n')
        time.sleep(0.8)
        request.connection.send(b'data: 2\n\n')
        request.connection.close()
    router = s.front(stack, stack.closing(Origin(script)), tables=timeout('read = "200ms"'))
    assert router.get().body == b'data: 1\n\ndata: 2\n\n'


def test_a_server_that_takes_nothing_of_a_body_is_504_after_write(stack):
    origin = stack.closing(Origin(lambda request: request.connection.has_ended.wait(z.PATIENCE), reads_bodies=False))
    router = s.front(stack, origin, tables=timeout('write = "500ms"\nread = 0'))
    with router.connect() as connection:
        connection.send_request('POST', '/', [('Content-Length', str(100 * z.MIB))])
        connection.socket.settimeout(0.3)
        began = time.monotonic()
        try:
            while time.monotonic() - began < z.PATIENCE:
                connection.socket.send(b'x' * 65_536)
        except (TimeoutError, ConnectionError):
            pass
        connection.socket.settimeout(z.PATIENCE * z.SLOW)
        assert connection.read_reply('POST').status == 504
    origin.close()


def test_a_slow_client_is_not_the_servers_silence(stack):
    """The server waits for the body as long as the client takes to send it."""
    origin = stack.closing(Origin(lambda request: reply(request.body)))
    router = s.front(stack, origin, tables=timeout('read = "300ms"\nwrite = "300ms"'))
    with router.connect() as connection:
        connection.send_request('POST', '/', [('Content-Length', '2')])
        connection.send(b'1')
        time.sleep(0.8)
        connection.send(b'2')
        assert connection.read_reply('POST').text == '12'


def test_a_route_may_have_times_of_its_own(stack):
    port = z.free_port()
    text = (s.proxied(port, stack.closing(Origin(silent)), tables=timeout('read = 60'))
            + s.route('/quick', more='[sites.proxy.routes.timeout]\nread = "300ms"'))
    answer, took = seconds(lambda: s.serve(stack, text, port).get('/quick'))
    assert answer.status == 504 and took < 10 * z.SLOW


def test_an_error_tells_the_client_nothing_about_the_inside(stack):
    port = z.free_port()
    router = s.front(stack, f'http://127.0.0.1:{port}')
    for accept in ('text/html', 'application/json'):
        answer = router.get(headers=[('Accept', accept)])
        assert answer.status in (502, 503)
        said = (answer.raw_head + answer.body).decode()
        assert str(port) not in said and '127.0.0.1' not in said and 'timeout' not in said and 'backend' not in said
        assert accept.split('/')[1] in answer.get('content-type')
