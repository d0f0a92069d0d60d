"""PROXY headers of a load balancer in front: in any pieces, of any form, wrong, missing, and none at all."""
import socket
import struct
import threading

import origin_fleet as o
import pytest
import zeroway_e2e as z

SIGNATURE = b'\r\n\r\n\0\r\nQUIT\n'


def v2(source=('192.0.2.7', 4711), target=('198.51.100.1', 80), command=1, more=b''):
    addresses = socket.inet_aton(source[0]) + socket.inet_aton(target[0]) + struct.pack('>HH', source[1], target[1])
    family = 0x11 if command == 1 else 0
    addresses = addresses if command == 1 else b''
    return SIGNATURE + struct.pack('>BBH', 0x20 | command, family, len(addresses + more)) + addresses + more


class Listener:
    """A server that keeps what comes before a request on each connection, and answers requests."""

    def __init__(self):
        self.heads = []    # of each connection: the bytes before "GET"
        self.requests = []  # how many each connection had
        self.server = socket.create_server(('127.0.0.1', 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def url(self):
        return f'http://127.0.0.1:{self.port}'

    def accept(self):
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        data = b''
        index = None
        while piece := client.recv(65_536):
            data += piece
            while b'\r\n\r\n' in (rest := data[max(data.find(b'GET '), 0):]) and b'GET ' in data:
                if index is None:
                    index = len(self.heads)
                    self.heads.append(data[:data.find(b'GET ')])
                    self.requests.append(0)
                self.requests[index] += 1
                data = rest.split(b'\r\n\r\n', 1)[1]
                client.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
        client.close()

    def close(self):
        self.server.close()


@pytest.fixture
def behind_a_balancer(stack):
    origin = stack.closing(Listener())
    port = z.free_port()
    tree = o.tree_of(o.site('main', port, o.pool('pool', origin, proxy_protocol='v1'), [o.route('/', 'pool')],
                            proxy_protocol=True, trusted_proxies=['127.0.0.0/8']))
    router = o.router(stack, tree, port, wait=False)

    def is_bound():
        try:
            socket.create_connection(('127.0.0.1', port), 1).close()
            return True
        except OSError:
            return False
    z.eventually(is_bound, what='the listener')
    return router, origin


def client_of(head):
    """The address that the router passed on."""
    return head.decode().split(' ')[2]


@pytest.mark.parametrize('chop', [1, 7, 16, 1000])
@pytest.mark.parametrize('header', ['v1', 'v2', 'v2 with TLVs'])
def test_a_header_in_any_pieces_names_the_client(behind_a_balancer, header, chop):
    router, origin = behind_a_balancer
    data = {'v1': b'PROXY TCP4 192.0.2.7 198.51.100.1 4711 80\r\n', 'v2': v2(),
            'v2 with TLVs': v2(more=b'\x04\x01\x00' + bytes(256))}[header]
    data += b'GET / HTTP/1.1\r\nHost: zeroway.test\r\n\r\n'
    with router.connect() as client:
        for at in range(0, len(data), chop):
            client.send(data[at:at + chop])
        assert client.read_reply().body == b'ok'
    assert origin.heads[0] == b'PROXY TCP4 192.0.2.7 198.51.100.1 4711 80\r\n'


@pytest.mark.parametrize('header', [v2(command=0), b'PROXY UNKNOWN\r\n', b'PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n'])
def test_a_local_or_unknown_header_means_the_real_peer(behind_a_balancer, header):
    router, origin = behind_a_balancer
    with router.connect() as client:
        client.send(header)
        assert client.request().body == b'ok'
    assert client_of(origin.heads[0]) == '127.0.0.1'
    assert origin.heads[0].endswith(f' {router.port}\r\n'.encode())  # where the client connected to


def test_an_ipv6_client_is_data_and_no_socket(behind_a_balancer):
    router, origin = behind_a_balancer
    with router.connect() as client:
        client.send(b'PROXY TCP6 2001:db8::7 2001:db8::1 4711 80\r\n')
        assert client.request().body == b'ok'
    assert b'2001:db8::7' in origin.heads[0]


@pytest.mark.parametrize('data', [
    b'GET / HTTP/1.1\r\nHost: zeroway.test\r\n\r\n', b'PROXY TCP4 192.0.2.7\r\n', b'PROXY TCP4 a b c d\r\n',
    b'PROXY TCP4 192.0.2.7 198.51.100.1 4711 99999\r\n', SIGNATURE + b'\x31\x11\0\x0c' + bytes(12),
    b'PROXY ' + b'x' * 200, SIGNATURE + b'\x21\x11\0\x01\0'])
def test_a_wrong_or_missing_header_closes_the_connection(behind_a_balancer, data):
    router, origin = behind_a_balancer
    with router.connect() as client:
        client.send(data)
        assert client.is_closed_by_peer()
    assert origin.heads == []


def test_peers_that_send_nothing_delay_nobody(behind_a_balancer):
    router, _ = behind_a_balancer
    silent = [router.connect() for _ in range(50)]
    with router.connect() as client:
        client.send(v2())
        assert client.request().body == b'ok'
    for one in silent:
        one.close()
