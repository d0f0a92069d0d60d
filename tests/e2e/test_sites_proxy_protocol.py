"""PROXY headers: told to servers, and believed of trusted proxies in front."""
import socket
import struct

import pytest

import sites_e2e as s
from origins import Origin, reply

SIGNATURE = b'\r\n\r\n\0\r\nQUIT\n'


class ProxyOrigin(Origin):
    """Reads a PROXY header at the start of each connection, and keeps it as the connection's `told`."""

    def _answer(self, connection):
        if not connection.requests:
            connection.told = self.read_header(connection)
        super()._answer(connection)

    def read_header(self, connection):
        if connection.take(1) == b'P':
            return b'P' + connection.take_until(b'\r\n')
        rest = connection.take(15)
        return b'\r' + rest + connection.take(struct.unpack('>H', rest[13:15])[0])


def test_a_server_is_told_the_client_in_version_1(stack):
    origin = stack.closing(ProxyOrigin())
    router = s.front(stack, (origin, 'proxy_protocol = "v1"'))
    with router.connect() as connection:
        port = connection.socket.getsockname()[1]
        assert connection.request().status == 200
    told = origin.connections[0].told.decode().split()
    assert told[:3] == ['PROXY', 'TCP4', '127.0.0.1'] and told[4] == str(port)


def test_a_server_is_told_the_client_in_version_2(stack):
    origin = stack.closing(ProxyOrigin())
    router = s.front(stack, (origin, 'proxy_protocol = "v2"'))
    with router.connect() as connection:
        port = connection.socket.getsockname()[1]
        assert connection.request().status == 200
    told = origin.connections[0].told
    assert told[:14] == SIGNATURE + b'\x21\x11'
    assert told[16:20] == socket.inet_aton('127.0.0.1') and struct.unpack('>H', told[24:26])[0] == port


def test_a_connection_that_names_a_client_serves_no_other_client(stack):
    origin = stack.closing(ProxyOrigin())
    router = s.front(stack, (origin, 'proxy_protocol = "v2"'))
    for _ in range(3):
        with router.connect() as connection:
            port = connection.socket.getsockname()[1]
            assert connection.request().status == 200
            assert struct.unpack('>H', origin.last.connection.told[24:26])[0] == port


FROM_TO = socket.inet_aton('192.0.2.7') + socket.inet_aton('198.51.100.1') + b'\4\xd2\0\x50'
HEADERS = {  # and whom the server sees
    'v1': (b'PROXY TCP4 192.0.2.7 198.51.100.1 1234 80\r\n', '192.0.2.7'),
    'v1-ipv6': (b'PROXY TCP6 2001:db8::7 2001:db8::1 1234 80\r\n', '2001:db8::7'),
    'v1-unknown': (b'PROXY UNKNOWN\r\n', '127.0.0.1'),
    'v2': (SIGNATURE + b'\x21\x11\0\x0c' + FROM_TO, '192.0.2.7'),
    'v2-with-extras': (SIGNATURE + b'\x21\x11\0\x10' + FROM_TO + b'\x04\0\1x', '192.0.2.7'),
    'v2-local': (SIGNATURE + b'\x20\0\0\0', '127.0.0.1'),
}
IN_FRONT = 'proxy_protocol = true\ntrusted_proxies = ["127.0.0.0/8"]'


@pytest.mark.parametrize('cut', [False, True], ids=['at-once', 'byte-by-byte'])
@pytest.mark.parametrize('case', HEADERS)
def test_a_trusted_proxy_names_the_client(stack, case, cut):
    header, client = HEADERS[case]
    origin = stack.closing(Origin(reply(b'ok')))
    router = s.front(stack, origin, in_site=IN_FRONT)
    with router.connect() as connection:
        step = 1 if cut else len(header)
        for at in range(0, len(header), step):
            connection.send(header[at:at + step])
        assert connection.request().text == 'ok'
    assert origin.last.get('x-forwarded-for') == client


def test_a_connection_without_the_header_is_refused(stack):
    origin = stack.closing(Origin())
    router = s.front(stack, origin, in_site=IN_FRONT)
    with router.connect() as connection:
        connection.send_request()
        assert connection.is_closed_by_peer() or connection.read_head().status == 400
    assert origin.requests == []
