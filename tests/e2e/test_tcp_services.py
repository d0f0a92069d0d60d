"""TCP services in front of servers: bytes, ends of each direction, limits, and what becomes of connections."""
import hashlib
import os
import re
import socket
import threading
import time

import pytest
import sites_e2e as s
import tcp_e2e as t
import zeroway_e2e as z


def server(stack, script, port=0):
    return stack.closing(t.Server(script, port))


def test_bytes_pass_both_ways_and_each_direction_ends_by_itself(stack):
    router = t.front(stack, [server(stack, t.echo)])
    with router.connect() as client:
        client.send(b'hello')
        assert client.take(5) == b'hello'
        client.send(b'and more')
        client.half_close()
        assert t.read_all(client.socket) == b'and more'
    router.wait_idle()


def test_the_client_ends_first_and_the_answer_comes(stack):
    def answer_at_the_end(connection):
        data = t.read_all(connection)
        time.sleep(0.3)
        connection.sendall(b'%d bytes' % len(data))
        connection.close()
    router = t.front(stack, [server(stack, answer_at_the_end)])
    with router.connect() as client:
        client.send(b'x' * 300_000)
        client.half_close()
        assert t.read_all(client.socket) == b'300000 bytes'
    router.wait_idle()


def test_the_server_ends_first_and_gets_what_its_client_still_says(stack):
    heard = []

    def end_first(connection):
        connection.sendall(b'that is all')
        connection.shutdown(socket.SHUT_WR)
        heard.append(t.read_all(connection))
    router = t.front(stack, [server(stack, end_first)])
    with router.connect() as client:
        assert t.read_all(client.socket) == b'that is all'
        time.sleep(0.2)
        client.send(b'y' * 500_000)
        client.half_close()
        z.eventually(lambda: heard, what='the end of the client at the server')
    assert heard == [b'y' * 500_000]
    router.wait_idle()


def test_the_server_speaks_first(stack):
    router = t.front(stack, [server(stack, t.greet)])
    with router.connect() as client:
        assert client.take(6) == b'hello\n'


def test_a_reset_of_one_side_is_a_reset_for_the_other(stack):
    seen = []

    def watch(connection):
        try:
            seen.append(t.read_all(connection))
        except ConnectionResetError:
            seen.append('reset')
    origin = server(stack, watch)
    router = t.front(stack, [origin])
    client = router.connect()
    client.send(b'abc')
    z.eventually(lambda: origin.accepted, what='a connection')
    client.abort()
    z.eventually(lambda: seen, what='the reset at the server')
    assert seen == ['reset']

    def reset(connection):
        connection.recv(10)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, t.RESET)
        connection.close()
    other = t.front(stack, [server(stack, reset)])
    with other.connect() as client:
        client.send(b'abc')
        assert t.is_reset(client)
    router.wait_idle()


def test_another_server_is_tried_and_nobody_is_a_reset(stack):
    gone = z.free_port()
    router = t.front(stack, [f'127.0.0.1:{gone}', server(stack, t.echo)])
    for _ in range(6):
        with router.connect() as client:
            client.send(b'hello')
            assert client.take(5) == b'hello'
    alone = t.front(stack, [f'127.0.0.1:{gone}'])
    assert t.is_refused(alone.port)
    alone.wait_log(r'CONNECT .*failed: no_backend')
    assert alone.counters()['replies_5xx'] == 1


def test_all_addresses_of_a_name_are_tried(stack):
    """localhost is ::1, too, where nobody listens."""
    router = t.front(stack, [f'localhost:{server(stack, t.greet).port}'])
    for _ in range(4):
        with router.connect() as client:
            assert client.take(6) == b'hello\n'


def test_servers_by_weight_and_turn(stack):
    one, other = (server(stack, t.name_and_echo(name)) for name in ('one', 'other'))
    router = t.front(stack, ['{ address = "%s", weight = 3 }' % one.address, other], 'balance = "weighted"')
    seen = []
    for _ in range(8):
        with router.connect() as client:
            seen.append(client.take_until(b'\n'))
    assert sorted(seen) == [b'one'] * 6 + [b'other'] * 2


def test_who_may_connect(stack):
    router = t.front(stack, [server(stack, t.greet)], 'deny = ["127.0.0.1"]')
    assert t.is_refused(router.port)
    assert router.counters()['denied'] == 1
    allowed = t.front(stack, [server(stack, t.greet)], 'allow = ["10.0.0.0/8"]')
    assert t.is_refused(allowed.port)


def test_most_connections(stack):
    router = t.front(stack, [server(stack, t.greet)], 'max_connections = 2')
    with router.connect() as one, router.connect() as other:
        assert one.take(6) == other.take(6) == b'hello\n'
        assert t.is_refused(router.port)
    router.wait_idle()
    with router.connect() as client:
        assert client.take(6) == b'hello\n'


def test_silence_in_both_directions_is_a_reset(stack):
    router = t.front(stack, [server(stack, t.echo)], 'idle_timeout = "1s"')
    with router.connect() as client:
        for _ in range(4):
            time.sleep(0.5)
            client.send(b'a')
            assert client.take(1) == b'a'
        began = time.monotonic()
        assert t.is_reset(client)
        assert 0.5 < time.monotonic() - began < 4 * z.SLOW


def test_a_half_closed_connection_may_be_silent_for_its_own_time(stack):
    router = t.front(stack, [server(stack, t.hold)], 'half_closed_timeout = "1s"')
    with router.connect() as client:
        time.sleep(2)
        client.half_close()
        began = time.monotonic()
        assert t.is_reset(client)
        assert 0.5 < time.monotonic() - began < 4 * z.SLOW
    router.wait_idle()


def test_a_client_that_pauses_stops_the_server(stack):
    sent = []

    def flood(connection):
        piece = b'z' * 65_536
        total = 0
        connection.settimeout(2 * z.SLOW)
        try:
            while total < 256 << 20:
                total += connection.send(piece)
        except socket.timeout:
            pass
        sent.append(total)
        connection.settimeout(None)
        connection.sendall(b'the end')
        connection.close()
    router = t.front(stack, [server(stack, flood)])
    before = router.rss()
    with router.connect(receive_buffer=65_536) as client:
        z.eventually(lambda: sent, within=30, what='the server that has to wait')
        assert sent[0] < 32 << 20
        assert router.rss() - before < 8 << 20
        data = t.read_all(client.socket)
        assert len(data) == sent[0] + 7 and data.endswith(b'the end')


def test_a_server_that_pauses_stops_its_client(stack):
    router = t.front(stack, [server(stack, t.hold)])
    before = router.rss()
    with router.connect() as client:
        client.socket.settimeout(2 * z.SLOW)
        total = 0
        with pytest.raises(socket.timeout):
            while total < 256 << 20:
                total += client.socket.send(b'z' * 65_536)
        assert total < 64 << 20
        assert router.rss() - before < 8 << 20


def test_a_server_that_says_nothing_gets_all_of_a_long_upload(stack):
    heard = []

    def swallow(connection):
        total = 0
        while piece := connection.recv(1 << 20):
            total += len(piece)
        heard.append(total)
    router = t.front(stack, [server(stack, swallow)])
    before = router.rss()
    with router.connect() as client:
        for _ in range(256):
            client.send(bytes(1 << 20))
        assert router.rss() - before < 8 << 20
        client.half_close()
        z.eventually(lambda: heard, within=30, what='the end at the server')
    assert heard == [256 << 20]


def test_a_reset_behind_the_servers_end_reaches_the_client(stack):
    def end_and_reset(connection):
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, t.RESET)
        connection.close()
    router = t.front(stack, [server(stack, end_and_reset)])
    with router.connect() as client:
        assert client.socket.recv(1) == b''
        client.send(b'x')
        z.eventually(lambda: router.counters()['exchanges_open'] == 0, what='the end of the tunnel')


def test_megabytes_both_ways_at_once(stack):
    router = t.front(stack, [server(stack, t.echo)])
    data = os.urandom(1 << 20) * 64
    with router.connect() as client:
        sender = threading.Thread(target=lambda: (client.send(data), client.half_close()))
        sender.start()
        heard = hashlib.sha256()
        while piece := client.socket.recv(262_144):
            heard.update(piece)
        sender.join()
    assert heard.digest() == hashlib.sha256(data).digest()
    router.wait_idle()


@pytest.mark.parametrize('version', ['v1', 'v2'])
def test_a_proxy_header_tells_the_server_of_the_client(stack, version):
    heads = []

    def read_head(connection):
        heads.append(connection.recv(300))
        connection.sendall(b'ok')
    router = t.front(stack, [server(stack, read_head)], f'send_proxy = "{version}"')
    with router.connect() as client:
        port = client.socket.getsockname()[1]
        assert client.take(2) == b'ok'
    if version == 'v1':
        assert heads[0] == f'PROXY TCP4 127.0.0.1 127.0.0.1 {port} {router.port}\r\n'.encode()
    else:
        assert heads[0].startswith(b'\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\x7f\0\0\1\x7f\0\0\1' + port.to_bytes(2, 'big'))


def test_a_proxy_header_of_the_client_side(stack):
    heads = []

    def read_head(connection):
        heads.append(connection.recv(300))
        connection.sendall(b'ok')
    router = t.front(stack, [server(stack, read_head)],
                     'proxy_protocol = true\ntrusted_proxies = ["127.0.0.1"]\nsend_proxy = "v1"')
    with router.connect() as client:
        client.send(b'PROXY TCP4 192.0.2.9 192.0.2.1 4000 22\r\n')
        assert client.take(2) == b'ok'
    assert heads == [b'PROXY TCP4 192.0.2.9 192.0.2.1 4000 22\r\n']


def test_a_server_that_is_down_gets_none_and_keeps_or_loses_its_own(stack):
    for close in (False, True):
        bad, good = server(stack, t.name_and_echo('bad')), server(stack, t.name_and_echo('good'))
        router = t.front(stack, [bad, good], f'balance = "first"\nclose_on_down = {str(close).lower()}\n'
                         '[tcp.health_check]\nenabled = true\ninterval = "200ms"\ntimeout = "200ms"\nretries = 2')
        with router.connect() as client:
            assert client.take_until(b'\n') == b'bad'
            bad.stop()
            router.wait_log(rf'{bad.address}.*(out|down)')
            if close:
                assert t.is_reset(client)
            else:
                time.sleep(1)
                client.send(b'still')
                assert client.take(5) == b'still'
            with router.connect() as other:
                assert other.take_until(b'\n') == b'good'


def test_a_reload_keeps_open_connections(stack):
    one, other = server(stack, t.name_and_echo('one')), server(stack, t.name_and_echo('other'))
    router = t.front(stack, [one])
    with router.connect() as client:
        assert client.take_until(b'\n') == b'one'
        s.write(stack, t.service(router.port, [other]))
        router.signal(1)
        router.wait_log('read again')
        client.send(b'hello')
        assert client.take(5) == b'hello'
        with router.connect() as new:
            assert new.take_until(b'\n') == b'other'
    router.wait_idle()


def test_a_reload_that_removes_a_server_may_close_its_connections(stack):
    one, other = server(stack, t.name_and_echo('one')), server(stack, t.name_and_echo('other'))
    router = t.front(stack, [one, other], 'close_on_down = true\nbalance = "first"')
    with router.connect() as client:
        assert client.take_until(b'\n') == b'one'
        s.write(stack, t.service(router.port, [other], more='close_on_down = true\nbalance = "first"'))
        router.signal(1)
        assert t.is_reset(client)


def test_a_drain_lets_connections_end(stack):
    router = t.front(stack, [server(stack, t.echo)])
    with router.connect() as client:
        client.send(b'a')
        assert client.take(1) == b'a'
        router.signal(15)
        router.wait_log('draining')
        client.send(b'hello')
        client.half_close()
        assert t.read_all(client.socket) == b'hello'
    router.wait()


def test_sites_and_services_share_a_file_and_the_check_tells_them(stack):
    http, tcp = z.free_port(), z.free_port()
    text = s.site(http) + t.service(tcp, ['127.0.0.1:22', '{ address = "db.test:5432", weight = 2 }'])
    done = s.check(stack, text)
    assert done.returncode == 0, done.stderr
    assert f'127.0.0.1:{tcp}\n  tcp service echo\n    -> tcp://127.0.0.1:22, tcp://db.test:5432' in done.stdout


@pytest.mark.parametrize('more, wants', [
    ('servers = ["127.0.0.1"]', r'router\.toml:4:12: .*servers: "127\.0\.0\.1": it has no port; wants HOST:PORT'),
    ('servers = ["http://a:1"]', r':4:12: .*its scheme is none of these; wants HOST:PORT'),
    ('servers = "fabric:echo"', r':4:11: .*wants a list of servers'),
    ('servers = []', r':4:11: .*wants a list of servers'),
    ('servers = [{ address = "a:1", wieght = 3 }]', r'wieght is no key.*weight'),
    ('servers = [{ weight = 3 }]', r'address is missing: wants HOST:PORT'),
    ('servers = [{ address = "a:1", weight = 0 }]', r':4:11: .*no server has a weight above 0'),
    ('servers = ["a:1"]\nhostnames = ["a.test"]', r':5:13: .*hostnames: wants ssl or tls = "pass", too'),
    ('servers = ["a:1"]\nsend_proxy = "v3"', r':5:14: .*one of off, v1, v2'),
    ('servers = ["a:1"]\nidle_timeout = "soon"', r':5:16: .*a time from'),
    ('servers = ["a:1"]\nallow = ["nowhere"]', r':5:10: .*a network'),
    ('servers = ["a:1"]\nport = 99', r'the site has listen, too'),
])
def test_errors_name_line_and_column_and_what_fits(stack, more, wants):
    done = s.check(stack, f'[[tcp]]\nname = "a"\nlisten = ["127.0.0.1:{z.free_port()}"]\n{more}\n')
    assert done.returncode == 1
    assert re.search(wants, done.stderr), done.stderr


def test_two_at_one_place(stack):
    port = z.free_port()
    done = s.check(stack, t.service(port, ['a:1'], name='a') + t.service(port, ['b:1'], name='b'))
    assert done.returncode == 1 and 'takes all names there; hostnames and TLS tell services apart' in done.stderr
    done = s.check(stack, s.site(port) + t.service(port, ['a:1']))
    assert done.returncode == 1 and 'is taken' in done.stderr
