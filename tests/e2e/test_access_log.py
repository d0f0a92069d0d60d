"""One line per request says what happened, to a person or to a program."""
import json
import re

import pytest

import fabric_peer as f
import h2_raw as h2
import zeroway_e2e as z


def make_traffic(stack, router):
    stack.httpbin()
    router.wait_workers(1)
    assert router.get('/get?a=b', headers=[('User-Agent', 'agent "x"\t1'), ('Referer', 'https://a.test/')]).status == 200
    assert router.get('/status/404').status == 404
    assert router.request('POST', '/upload', body=b'12345').status == 200


# What a program that knows the Combined Log Format reads, and what is ours behind it.
COMMON = r'(\S+) - - \[(\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000)\] "(\S+) (\S+) (\S+)" (\d+) (\d+)'
OURS = r'(\S+) (\d+\.\d{3}) (\d+\.\d{3}) (\d+) (\S+)'
COMBINED = re.compile(COMMON + r' "([^"]*)" "([^"]*)" ' + OURS)


def test_combined_format_is_the_usual_one(stack):
    path = stack.path('access')
    router = stack.router('--access-log', path)
    make_traffic(stack, router)
    lines = [COMBINED.fullmatch(line).groups() for line in z.lines_of(path, 3)]
    assert [line[2:6] for line in lines] == [('GET', '/get?a=b', 'HTTP/1.1', '200'), ('GET', '/status/404', 'HTTP/1.1', '404'),
                                             ('POST', '/upload', 'HTTP/1.1', '200')]
    assert [line[7:10] for line in lines] == [('https://a.test/', r'agent \x22x\x22\x091', 'bin-1'), ('-', '-', 'bin-1'),
                                              ('-', '-', 'bin-1')]


def test_common_format(stack):
    path = stack.path('access')
    router = stack.router('--access-log', path, '--access-log-format', 'common')
    make_traffic(stack, router)
    lines = z.lines_of(path, 3)
    assert len(lines) == 3
    assert lines[0].startswith('127.0.0.1 - - [')
    assert '"GET /get?a=b HTTP/1.1" 200 ' in lines[0]
    assert '"GET /status/404 HTTP/1.1" 404 ' in lines[1]
    assert '"POST /upload HTTP/1.1" 200 ' in lines[2]
    assert all('bin-1' in line for line in lines)


def test_json_format(stack):
    path = stack.path('access')
    router = stack.router('--access-log', path, '--access-log-format', 'json')
    make_traffic(stack, router)
    entries = [json.loads(line) for line in z.lines_of(path, 3)]
    assert [entry['status'] for entry in entries] == [200, 404, 200]
    assert entries[0]['method'] == 'GET'
    assert entries[0]['referer'] == 'https://a.test/' and entries[0]['user_agent'] == 'agent "x"\t1'
    assert entries[0]['host'] == 'zeroway.test' and entries[0]['peer'] == '127.0.0.1'
    assert all('bin-1' in entry.values() for entry in entries)


def test_a_failed_request_says_why(stack):
    path = stack.path('access')
    router = stack.router('--access-log', path, '--access-log-format', 'json', '--queue-timeout', '100ms')
    assert router.get().status == 503
    [line] = z.lines_of(path, 1)
    entry = json.loads(line)
    assert entry['status'] == 503
    assert entry['reason'] == 'no_backend'


def test_the_client_behind_a_trusted_proxy(stack):
    path = stack.path('access')
    router = stack.router('--access-log', path, '--access-log-format', 'json', '--trusted-proxy', '127.0.0.0/8,10.0.0.0/8')
    stack.worker('worker-1')
    router.wait_workers(1)
    for headers in ([('X-Forwarded-For', '1.1.1.1, 203.0.113.9, 10.0.0.7')], [('Forwarded', 'for="[2001:db8::1]:80"')], []):
        assert router.get(headers=headers).status == 200
    entries = [json.loads(line) for line in z.lines_of(path, 3)]
    assert [entry['address'] for entry in entries] == ['203.0.113.9', '2001:db8::1', '127.0.0.1']
    assert all(entry['peer'] == '127.0.0.1' for entry in entries)


def test_nobody_else_chooses_the_address(stack):
    path = stack.path('access')
    router = stack.router('--access-log', path, '--trusted-proxy', '10.0.0.0/8')
    stack.worker('worker-1')
    router.wait_workers(1)
    assert router.get(headers=[('X-Forwarded-For', '203.0.113.9'), ('Forwarded', 'for=203.0.113.9')]).status == 200
    [line] = z.lines_of(path, 1)
    assert line.startswith('127.0.0.1 - - [')


# All bytes that a field may have at all, and what looks like the end of a line of ours.
EVIL = b'a' + bytes([9, *range(32, 127), *range(128, 256)]) + b'" 200 1 "-" "-" worker-1 0.000 0.000 0 -\\n127.0.0.1 - - ['


def ask_evil(router):
    """Sends hostile heads, each on a connection of its own, and has a well-behaved one follow."""
    def send(head):
        with router.connect() as connection:
            connection.send(head)
            connection.read_reply()
    send(b'GET /x"%0a\'127.0.0.1 HTTP/1.1\r\nHost: x\r\nUser-Agent: ' + EVIL + b'\r\nReferer: ' + EVIL + b'\r\n\r\n')
    send(b'GET /' + 9_000 * b'"' + b' HTTP/1.1\r\nHost: x\r\nUser-Agent: ' + 9_000 * b'\\' + b'\r\nReferer: '
         + 9_000 * b'\xff' + b'\r\n\r\n')
    for control in [*range(9), *range(10, 32), 127]:  # a bare CR or LF too
        evil = b'a' + bytes([control]) + b'b'
        for head in (b'GET /' + evil + b' HTTP/1.1\r\nHost: x\r\n\r\n', b'GET / HTTP/1.1\r\nHost: ' + evil + b'\r\n\r\n',
                     b'GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: ' + evil + b'\r\n\r\n',
                     b'GET / HTTP/1.1\r\nHost: x\r\nReferer: ' + evil + b'\r\n\r\n'):
            send(head)
    assert router.get('/next').status == 200


@pytest.mark.parametrize('form', ['combined', 'common', 'json'])
def test_hostile_clients_cannot_forge_lines(stack, form):
    path = stack.path('access')
    router = stack.router('--access-log', path, '--access-log-format', form)
    stack.worker('worker-1')
    router.wait_workers(1)
    ask_evil(router)
    count = 2 + 4 * 32 + 1
    lines = z.lines_of(path, count)
    assert len(lines) == count and '/next' in lines[-1]
    check_evil(path, lines, form)


def check_evil(path, lines, form):
    """Of lines whose first two are the well-formed hostile requests."""
    raw = open(path, 'rb').read()
    assert set(raw) <= {10, *range(32, 127)} and max(map(len, lines)) < 30_000
    if form == 'json':
        entries = [json.loads(line) for line in lines]
        assert entries[0]['user_agent'].encode('latin-1') == EVIL == entries[0]['referer'].encode('latin-1')
        assert entries[1]['path'] == '/' + 2_047 * '"' + '...'
    else:
        assert all(line.count('"') == (6 if form == 'combined' else 2) for line in lines)
        assert all(re.fullmatch(COMMON + ' ' + OURS, line) for line in lines) or form == 'combined'
        assert all(COMBINED.fullmatch(line) for line in lines) or form == 'common'


def test_hostile_clients_cannot_forge_lines_over_http2(stack):
    path = stack.path('access')
    router = stack.router('--access-log', path)
    stack.worker('worker-1')
    router.wait_workers(1)

    def ask(client, stream, name=b'/', host=b'x', fields=()):
        """The type of the frame that answers it: malformed requests are reset, and are nobody's."""
        client.send(h2.frame(h2.HEADERS, h2.END_STREAM | h2.END_HEADERS, stream, client.encoder.encode(
            [(b':method', b'GET'), (b':scheme', b'http'), (b':authority', host), (b':path', name), *fields], huffman=False)))
        while True:
            one = client.read()
            assert one, client.heard
            if one.stream == stream and one.type in (h2.HEADERS, h2.RST_STREAM):
                return one.type

    with h2.RawH2(router.port) as client:
        client.handshake()
        assert ask(client, 1, b'/x"%0a\'127.0.0.1', fields=[(b'user-agent', EVIL), (b'referer', EVIL)]) == h2.HEADERS
        assert ask(client, 3, b'/' + 4_000 * b'"', fields=[
            (b'user-agent', 4_000 * b'\\'), (b'referer', 4_000 * b'\xff')]) == h2.HEADERS
    for control in [*range(9), *range(10, 32), 127]:
        evil = b'a' + bytes([control]) + b'b'
        with h2.RawH2(router.port) as client:  # each its own: many malformed requests are a flood
            client.handshake()
            assert ask(client, 1, b'/' + evil) == h2.RST_STREAM
            assert ask(client, 3, host=evil) == h2.RST_STREAM
            assert ask(client, 5, fields=[(b'user-agent', evil)]) == h2.RST_STREAM
            assert ask(client, 7, fields=[(b'referer', evil)]) == h2.RST_STREAM
    assert router.get('/next').status == 200
    lines = z.lines_of(path, 3)
    assert len(lines) == 3 and '/next' in lines[-1]
    assert all('HTTP/2' in line for line in lines[:2])
    check_evil(path, lines, 'combined')


def test_who_is_refused_is_named_and_the_answer_counted(stack):
    path = stack.path('access')
    router = stack.router('--access-log', path, '--access-log-format', 'json', '--body-timeout', '1s')
    stack.worker('worker-1')
    router.wait_workers(1)
    wanted = []
    post = b'POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc'
    for method, path_, head in [('GET', '/no-host', b'GET /no-host HTTP/1.1\r\n\r\n'), ('POST', '/slow', post),
                                ('HEAD', '/no-host', b'HEAD /no-host HTTP/1.1\r\n\r\n'), ('-', '-', b'?\r\n\r\n')]:
        with router.connect() as connection:
            connection.send(head)
            reply = connection.read_reply(method)
        wanted.append((method, path_, reply.status, len(reply.body)))
    for method in ('GET', 'HEAD'):
        with h2.RawH2(router.port) as client:
            client.handshake()
            client.send(h2.frame(h2.HEADERS, h2.END_STREAM | h2.END_HEADERS, 1, client.block(
                client.fields(method, '/all') + [('expect', 'miracles')])))
            size = 0
            while True:
                one = client.read()
                assert one and one.type != h2.RST_STREAM, client.heard
                size += len(one.payload) if one.type == h2.DATA else 0
                if one.stream == 1 and one.flags & h2.END_STREAM:
                    break
        wanted.append((method, '/all', 417, size))
    assert [size > 0 for *_, size in wanted] == [True, True, False, True, True, False]
    entries = [json.loads(line) for line in z.lines_of(path, len(wanted))]
    assert [(one['method'], one['path'], one['status'], one['bytes_out']) for one in entries] == wanted


def test_who_gave_up_by_the_first_frame_is_named(stack):
    path = stack.path('access')
    router = stack.router('--access-log', path, '--access-log-format', 'json')
    peer = stack.closing(f.FabricPeer(router.fabric)).join()
    with router.connect() as connection:
        connection.send_request()
        peer.send(f.frame(f.RST_STREAM, 0, peer.next(f.HEADERS).stream, (2).to_bytes(4, 'big')))
        assert connection.read_reply().status == 502
    entry = json.loads(z.lines_of(path, 1)[0])
    assert (entry['worker'], entry['reason']) == ('peer', 'backend_reset')


def test_the_queue_time_ends_when_a_worker_takes_it(stack):
    path = stack.path('access')
    router = stack.router('--access-log', path, '--access-log-format', 'json', '--queue-timeout', '30s')
    stack.httpbin('bin-1', '--capacity', '1')
    router.wait_workers(1)
    with router.connect(30) as first, router.connect(30) as second:
        first.send_request('GET', '/delay/3')
        z.eventually(lambda: router.counters()['streams_open'] == 1)
        second.send_request('GET', '/get')
        assert first.read_reply().status == second.read_reply().status == 200
    slow, queued = sorted((json.loads(line) for line in z.lines_of(path, 2)), key=lambda entry: entry['path'])
    assert slow['path'] == '/delay/3' and slow['total_ms'] - slow['queue_ms'] > 1_000  # its worker had it all the time
    assert queued['total_ms'] >= queued['queue_ms'] > 1_000  # nobody had
