"""How a server's reply is framed: what is wrong never reaches a client as a whole reply, and bytes behind a
reply never become the next one (RFC 9112 §6)."""
import pytest

import sites_e2e as s
import zeroway_e2e as z
from h2_peer import H2Client
from origins import Origin, chunked, head, in_turn, reply, then_close, then_reset

WRONG = {
    'no HTTP': b'220 mail.test ESMTP\r\n\r\n',
    'another protocol': b'ICY 200 OK\r\n\r\n',
    'a version that is none': b'HTTP/9.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    'a status of letters': b'HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n',
    'a status of two digits': b'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n',
    'a status of four digits': b'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n',
    'a field without a colon': b'HTTP/1.1 200 OK\r\nContent-Length 0\r\n\r\n',
    'a space before the colon': b'HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n',
    'a zero byte in a value': b'HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 0\r\n\r\n',
    'a carriage return in a value': b'HTTP/1.1 200 OK\r\nX-A: a\rSet-Cookie: evil\r\nContent-Length: 0\r\n\r\n',
    'an empty length': b'HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\nevil',
    'a length of letters': b'HTTP/1.1 200 OK\r\nContent-Length: 4x\r\n\r\nevil',
    'a length with a sign': b'HTTP/1.1 200 OK\r\nContent-Length: +4\r\n\r\nevil',
    'a negative length': b'HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\nevil',
    'a length in hex': b'HTTP/1.1 200 OK\r\nContent-Length: 0x4\r\n\r\nevil',
    'a length that no number holds': b'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nevil',
    'two lengths': b'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nevil!',
    'a list of two lengths': b'HTTP/1.1 200 OK\r\nContent-Length: 4, 5\r\n\r\nevil!',
    'an unknown coding': b'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nevil',
    'a coding behind chunked': b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n4\r\nevil\r\n0\r\n\r\n',
    'chunked twice': b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n4\r\nevil\r\n0\r\n\r\n',
    'a misspelt coding': b'HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n4\r\nevil\r\n0\r\n\r\n',
    'chunked in HTTP/1.0': b'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nevil\r\n0\r\n\r\n',
    'a head without end': b'HTTP/1.1 200 OK\r\n' + b'X-Long: ' + b'x' * 200_000,
    'very many fields': b'HTTP/1.1 200 OK\r\n' + b'X: y\r\n' * 20_000 + b'\r\n',
    'a switch that nobody asked for':
        b'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nevil',
    'a flood of interim replies': b'HTTP/1.1 103 Early Hints\r\nLink: </evil>\r\n\r\n' * 5_000,
    'half a head and the end': then_close(b'HTTP/1.1 200 OK\r\nContent-Le'),
    'nothing and the end': then_close(),
    'nothing and a reset': then_reset(),
}


@pytest.mark.parametrize('case', WRONG, ids=lambda case: case.replace(' ', '-').replace('/', ''))
def test_a_wrong_reply_is_502_and_its_connection_is_never_used_again(stack, case):
    def script(request):
        said = WRONG[case] if request.target == '/wrong' else reply(b'right')
        if callable(said):
            return said(request)
        request.connection.send(said)
        if request.target == '/wrong':
            request.connection.wait_end()  # a router that waits for more would wait for ever
    origin = stack.closing(Origin(script))
    router = s.front(stack, origin, in_proxy='retries = 0', tables=s.NEVER_OUT + '\n[sites.proxy.timeout]\nread = 10')
    with router.connect() as connection:
        assert connection.request(path='/right').text == 'right'
        answer = connection.request(path='/wrong')
        assert answer.status == 502
        assert b'evil' not in answer.raw_head + answer.body
        assert connection.request(path='/right').text == 'right'
    assert origin.requests[-1].connection is not origin.requests[-2].connection
    assert router.is_running()


def test_two_equal_lengths_are_one_or_a_502(stack):
    origin = stack.closing(Origin(b'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nfour'))
    answer = s.front(stack, origin, in_proxy='retries = 0', tables=s.NEVER_OUT).get()
    assert answer.status == 502 or (answer.text, answer.all('content-length')) == ('four', ['4'])


def test_chunked_wins_over_a_length_and_the_connection_is_not_used_again(stack):
    both = b'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'
    origin = stack.closing(Origin(in_turn(both, reply(b'next'))))
    router = s.front(stack, origin, in_proxy='retries = 0', tables=s.NEVER_OUT)
    with router.connect() as connection:
        answer = connection.request()
        assert answer.status == 502 or (answer.text == 'hello' and answer.get('content-length') is None)
        assert connection.request().text == 'next'
    assert len(origin.connections) == 2


@pytest.mark.parametrize('behind', [reply(b'unasked'), b'x', b'\r\n' * 3 + b'HTTP/1.1 200'],
                         ids=['a-second-reply', 'a-byte', 'half-a-reply'])
def test_bytes_behind_a_reply_never_answer_the_next_request(stack, behind):
    origin = stack.closing(Origin(in_turn(reply(b'first') + behind, reply(b'second'), reply(b'third'))))
    router = s.front(stack, origin)
    with router.connect() as connection:
        assert [connection.request().text for _ in range(3)] == ['first', 'second', 'third']
    assert origin.requests[1].connection is not origin.requests[0].connection


def test_bytes_that_come_while_a_connection_is_idle_never_answer_the_next_request(stack):
    origin = stack.closing(Origin(in_turn(reply(b'first'), reply(b'second'))))
    router = s.front(stack, origin)
    with router.connect() as connection:
        assert connection.request().text == 'first'
        idle = origin.connections[0]
        idle.send(reply(b'unasked'))
        idle.wait_end()  # the router closes it
        assert connection.request().text == 'second'
    assert len(origin.connections) == 2


def test_more_body_than_its_length_is_cut_off(stack):
    origin = stack.closing(Origin(in_turn(head(200, [('Content-Length', 4)]) + b'fourEVIL', reply(b'next'))))
    router = s.front(stack, origin)
    with router.connect() as connection:
        assert connection.request().body == b'four'
        assert connection.request().text == 'next'


@pytest.mark.parametrize('status, method, fields', [
    (200, 'HEAD', [('Content-Length', 1000)]), (200, 'HEAD', [('Transfer-Encoding', 'chunked')]), (200, 'HEAD', []),
    (304, 'GET', [('Content-Length', 1000)]), (304, 'GET', [('Transfer-Encoding', 'chunked')]), (304, 'GET', []),
    (204, 'GET', [('Content-Length', 1000)]), (204, 'GET', [('Transfer-Encoding', 'chunked')]), (204, 'GET', [])])
def test_replies_without_a_body_end_with_their_head_whatever_their_fields_say(stack, status, method, fields):
    origin = stack.closing(Origin(head(status, [*fields, ('ETag', '"e"')])))
    router = s.front(stack, origin)
    with router.connect() as connection:
        for _ in range(2):
            answer = connection.request(method)
            assert (answer.status, answer.body, answer.get('etag')) == (status, b'', '"e"')
            length = dict(fields).get('Content-Length') if status != 204 else None
            assert answer.get('content-length') == (str(length) if length else None)
            assert status != 204 or answer.get('transfer-encoding') is None
    assert len(origin.connections) == 1


@pytest.mark.parametrize('status, method, body', [
    (200, 'HEAD', b'hello'), (304, 'GET', b'hello'), (204, 'GET', b'hello'), (204, 'GET', b'0\r\n\r\n'),
    (200, 'HEAD', reply(b'unasked'))], ids=['head', '304', '204', '204-chunks', 'head-and-a-reply'])
def test_a_body_that_may_not_be_there_never_answers_the_next_request(stack, status, method, body):
    origin = stack.closing(Origin(in_turn(head(status, [('Content-Length', len(body))]) + body, reply(b'next'))))
    router = s.front(stack, origin)
    with router.connect() as connection:
        answer = connection.request(method)
        assert (answer.status, answer.body) == (status, b'')
        assert connection.request().text == 'next'
    assert len(origin.connections) == 2


CUT = {
    'fewer bytes than the length': then_close(head(200, [('Content-Length', 100)]) + b'x' * 50),
    'no last chunk': then_close(chunked(b'x' * 50, is_whole=False)),
    'half a chunk': then_close(head(200, [('Transfer-Encoding', 'chunked')]) + b'64\r\n' + b'x' * 50),
    'no empty line behind the last chunk': then_close(chunked(b'x' * 50, is_whole=False) + b'0\r\n'),
    'a size of a chunk that is none': then_close(chunked(b'x' * 50, is_whole=False) + b'xyz\r\n'),
    'a chunk that is longer than its size': then_close(chunked(b'x' * 50, is_whole=False) + b'1\r\nab\r\n0\r\n\r\n'),
    'a huge size of a chunk': then_close(chunked(b'x' * 50, is_whole=False) + b'fffffffffffffffff\r\nab'),
    'a reset within a length': then_reset(head(200, [('Content-Length', 100)]) + b'x' * 50),
    'a reset of a reply that ends with its connection': then_reset(head(200) + b'x' * 50),
}


@pytest.mark.parametrize('case', CUT, ids=lambda case: case.replace(' ', '-'))
def test_a_cut_reply_never_looks_whole(stack, case):
    origin = stack.closing(Origin(CUT[case]))
    router = s.front(stack, origin, in_proxy='retries = 0', tables=s.NEVER_OUT)
    with router.connect() as connection:
        connection.send_request()
        if connection.read_head().status == 200:
            connection.socket.settimeout(z.PATIENCE * z.SLOW)
            rest = read_to_end(connection)
            assert b'\r\n0\r\n' not in rest and len(rest) < 100
    with H2Client(router.port) as client:
        answer = client.request()
        assert answer.status == 502 or (answer.reset is not None and not answer.has_ended)


def read_to_end(connection):
    try:
        while connection.fill():
            pass
    except ConnectionError:
        pass
    return bytes(connection.buffer)


def test_a_reply_that_ends_with_its_connection_is_whole(stack):
    origin = stack.closing(Origin(then_close(head(200) + b'x' * 100_000)))
    router = s.front(stack, origin)
    assert router.get().body == b'x' * 100_000
    with H2Client(router.port) as client:
        answer = client.request()
        assert (bytes(answer.body), answer.reset) == (b'x' * 100_000, None)


def test_chunks_trailers_and_extensions_pass(stack):
    body = (head(200, [('Transfer-Encoding', 'Chunked'), ('Trailer', 'X-Sum')]) + b'5;a="b"\r\nhello\r\n'
            + b'0006\r\n world\r\n0\r\nX-Sum: 7\r\nContent-Length: 3\r\n\r\n')
    origin = stack.closing(Origin(body))
    router = s.front(stack, origin)
    with router.connect() as connection:
        for _ in range(2):
            answer = connection.request(headers=[('TE', 'trailers')])
            assert answer.text == 'hello world'
            assert ('x-sum', '7') in answer.trailers and 'content-length' not in dict(answer.trailers)
    with H2Client(router.port) as client:
        answer = client.request()
        assert (bytes(answer.body), dict(answer.trailers).get('x-sum')) == (b'hello world', '7')
    assert len(origin.connections) == 1


def test_a_field_that_is_folded_over_two_lines_is_one_line_or_a_502(stack):
    origin = stack.closing(Origin(b'HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\nContent-Length: 0\r\n\r\n'))
    answer = s.front(stack, origin, in_proxy='retries = 0', tables=s.NEVER_OUT).get()
    assert answer.status == 502 or answer.get('x-a').split() == ['a', 'b']


def test_a_client_of_http10_gets_the_body_without_chunks(stack):
    origin = stack.closing(Origin(chunked(b'hello', b' world')))
    router = s.front(stack, origin)
    with router.connect() as connection:
        connection.send(b'GET / HTTP/1.0\r\nHost: zeroway.test\r\n\r\n')
        answer = connection.read_head()
        assert answer.get('transfer-encoding') is None
        assert read_to_end(connection) == b'hello world'


def test_a_large_reply_in_both_framings_is_byte_exact(stack):
    body = bytes(range(256)) * 8192
    origin = stack.closing(Origin(lambda request: chunked(*[body[at:at + 70_000] for at in range(0, len(body), 70_000)])
                                  if request.target == '/chunked' else reply(body)))
    router = s.front(stack, origin)
    with router.connect() as connection:
        for path in ('/chunked', '/length') * 2:
            assert connection.request(path=path).body == body
    assert len(origin.connections) == 1
