"""HTTPS with clients that are not ours: requests, protocols, bodies with back-pressure, plain HTTP on the TLS port."""
import hashlib
import json
import socket
import ssl
import subprocess

import pytest
import tls_e2e as tls
import zeroway_e2e as z


def curl(router, authority, path, *words):
    return subprocess.run(['curl', '-s', '--cacert', authority.ca, f'https://localhost:{router.tls_port}{path}', *words],
                          capture_output=True, timeout=60 * z.SLOW, check=True).stdout


@pytest.mark.parametrize('version', ['1.1', '2'])
def test_the_worker_learns_that_it_was_https(stack, version):
    authority, router = tls.start(stack)
    told = curl(router, authority, '/get', f'--http{version}', '-w', '\n%{http_version}').decode()
    body, _, spoken = told.rpartition('\n')
    assert spoken == version
    fields = json.loads(body)['headers']
    assert fields['X-Forwarded-Proto'] == 'https'
    assert 'proto=https' in fields['Forwarded']


def test_alpn_decides_the_protocol(stack):
    _, router = tls.start(stack, workers=0)
    assert tls.found(r'^ALPN protocol: (\S+)', tls.s_client(router, '-alpn', 'http/1.1,h2')) == 'h2'
    assert tls.found(r'^ALPN protocol: (\S+)', tls.s_client(router, '-alpn', 'http/1.1')) == 'http/1.1'
    assert 'No ALPN negotiated' in tls.s_client(router)
    assert 'No ALPN negotiated' in tls.s_client(router, '-alpn', 'http/1.0')  # and HTTP/1.1 is spoken


def test_curl_may_speak_http_1_0(stack):
    """It offers ALPN http/1.0, which is none of ours."""
    authority, router = tls.start(stack)
    told = curl(router, authority, '/status/204', '--http1.0', '-w', '%{http_code} %{http_version}')
    assert told.decode() in ('204 1.0', '204 1.1')  # what the reply says


def test_only_modern_versions(stack):
    _, router = tls.start(stack, workers=0)
    # Security level 0, so that openssl itself would agree.
    for version, words in {'-tls1': [], '-tls1_1': []}.items():
        told = tls.s_client(router, version, '-cipher', 'ALL:@SECLEVEL=0', *words)
        assert 'Cipher is (NONE)' in told, version
    assert tls.found(r'^New, (\S+),', tls.s_client(router, '-tls1_2')) == 'TLSv1.2'
    assert tls.found(r'^New, (\S+),', tls.s_client(router, '-tls1_3')) == 'TLSv1.3'
    assert 'Cipher is (NONE)' in tls.s_client(router, '-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-SHA')


@pytest.mark.parametrize('version', ['1.1', '2'])
def test_large_bodies_arrive_whole(stack, version):
    authority, router = tls.start(stack)
    size = 300 << 20 if z.LONG else 60 << 20
    with open(stack.path('up'), 'wb') as file:
        block = bytes(range(256)) * 4096
        for _ in range(size // len(block)):
            file.write(block)
    told = curl(router, authority, '/upload', f'--http{version}', '-X', 'POST', '-T', stack.path('up')).decode()
    with open(stack.path('up'), 'rb') as file:
        assert hashlib.file_digest(file, 'sha256').hexdigest() in told
    taken = curl(router, authority, f'/stream-bytes/{size}?seed=7', f'--http{version}', '-o', '/dev/null', '-w',
                 '%{size_download}')
    assert int(taken) == size
    assert z.SANITIZED or router.peak_rss() < 64 * z.MIB


def test_a_client_that_does_not_read_stops_the_worker(stack):
    authority, router = tls.start(stack)
    size = 256 << 20
    with tls.Client(router, authority, receive_buffer=16_384) as client:
        client.send(f'GET /stream-bytes/{size} HTTP/1.1\r\nHost: localhost\r\n\r\n'.encode())
        client.take(1)
        router.wait_log('joined')
        before = router.rss()
        with router.connect() as other:
            for _ in range(50):
                assert other.request('GET', '/get').status == 200
        assert z.SANITIZED or router.rss() - before < 8 * z.MIB
        assert router.counters()['streams_open'] == 1
    router.wait_idle()


def test_plain_http_on_the_tls_port_is_told_so(stack):
    _, router = tls.start(stack, workers=0)
    with z.Connection(router.tls_port) as client:
        client.send(b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
        assert client.take_until(b'\r\n') == b'HTTP/1.1 400 Bad Request'
        assert b'HTTPS' in client.take_until(b'port.\r\n')
        assert client.is_closed_by_peer()
    with z.Connection(router.tls_port) as client:
        client.send(b'\0\1\2\3nonsense')
        assert client.is_closed_by_peer()
    z.eventually(lambda: router.counters()['tls_failed'] == 2)
    z.eventually(lambda: router.counters()['connections_open'] == 0)


def test_close_notify_ends_and_a_cut_connection_does_not(stack):
    authority, router = tls.start(stack)
    with tls.Client(router, authority) as client:
        client.send(b'GET /get HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
        while client.fill():  # close_notify: else SSLEOFError
            pass
        assert client.buffer.startswith(b'HTTP/1.1 200 OK')
    with tls.Client(router, authority) as client:
        assert client.request('GET', '/get').status == 200
        client.socket.unwrap()  # waits for the router's close_notify
    with tls.Client(router, authority) as client:
        client.send(b'POST /post HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf')
        z.eventually(lambda: router.counters()['streams_open'] == 1)
        client.abort()
    router.wait_idle()
    z.eventually(lambda: router.counters()['connections_open'] == 0)


def test_half_a_reply_does_not_look_whole(stack):
    authority, router = tls.start(stack)
    with tls.Client(router, authority) as client:
        client.send(b'GET /abort HTTP/1.0\r\nHost: localhost\r\n\r\n')  # its end is the connection's end
        with pytest.raises(ssl.SSLError, match='(?i)eof'):
            while client.fill():
                pass
        assert client.buffer.startswith(b'HTTP/1.1 200')


def test_a_slow_handshake_is_ended(stack):
    _, router = tls.start(stack, '--tls-handshake-timeout', '2s', workers=0)
    silent, slow = z.Connection(router.tls_port), z.Connection(router.tls_port)
    with silent, slow:
        slow.send(b'\x16\x03\x01\x02\x00\x01')
        assert silent.is_closed_by_peer()
        assert slow.is_closed_by_peer()
    z.eventually(lambda: router.counters()['tls_failed'] == 2)


def test_renegotiation_is_refused(stack):
    _, router = tls.start(stack)
    told = tls.s_client(router, '-tls1_2', say=b'R\n')
    assert 'Secure Renegotiation IS supported' in told
    assert 'Compression: NONE' in told
    # R is a line of HTTP to a server that knows no other meaning; nobody shook hands again.
    assert router.counters()['tls_handshakes'] == 1


def test_handshakes_do_not_starve_open_connections(stack):
    authority, router = tls.start(stack, workers=1, kind='hello-worker')
    with tls.Client(router, authority) as client:
        flood = subprocess.Popen(['openssl', 's_time', '-connect', f'localhost:{router.tls_port}', '-new', '-time', '2'],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            # s_time closes as soon as it has sent its Finished, so the router may count such a handshake as failed.
            z.eventually(lambda: router.counters()['tls_handshakes'] + router.counters()['tls_failed'] > 20)
            for _ in range(20):
                assert client.request('GET', '/').status == 200
        finally:
            flood.wait()


class HalfCloser:
    """TLS over a socket of our own, so that close_notify can be sent and reading go on."""

    def __init__(self, router, authority):
        self.socket = socket.create_connection(('127.0.0.1', router.tls_port), z.PATIENCE * z.SLOW)
        self.input, self.output = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.create_default_context(cafile=authority.ca)
        self.tls = context.wrap_bio(self.input, self.output, server_hostname='localhost')
        self.until_done(self.tls.do_handshake)

    def until_done(self, step):
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                self.flush()
                self.input.write(self.socket.recv(65_536))

    def flush(self):
        if self.output.pending:
            self.socket.sendall(self.output.read())

    def ask(self):
        self.tls.write(b'GET /get HTTP/1.1\r\nHost: localhost\r\n\r\n')

    def say_goodbye(self):
        with pytest.raises(ssl.SSLWantReadError):  # it would wait for that of the router
            self.tls.unwrap()

    def close(self):
        self.socket.close()


def test_a_client_that_said_close_notify_behind_its_request_is_answered(stack):
    authority, router = tls.start(stack)
    for has_fin in (False, True):
        client = stack.closing(HalfCloser(router, authority))
        client.ask()
        client.say_goodbye()
        client.flush()
        if has_fin:
            client.socket.shutdown(socket.SHUT_WR)
        assert client.until_done(lambda: client.tls.read(1_000)).startswith(b'HTTP/1.1 200 OK\r\n')
    router.wait_idle()


def test_a_fin_without_close_notify_is_a_client_that_was_cut_off(stack):
    """Anybody between the two can send a FIN."""
    authority, router = tls.start(stack)
    client = stack.closing(HalfCloser(router, authority))
    client.tls.write(b'GET /delay/10 HTTP/1.1\r\nHost: localhost\r\n\r\n')
    client.flush()
    z.eventually(lambda: router.counters()['exchanges_open'] == 1)
    client.socket.shutdown(socket.SHUT_WR)
    router.wait_idle()
    assert router.counters()['cancelled'] == 1
