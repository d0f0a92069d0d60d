"""TCP services whose servers want TLS, or are at a unix socket: bytes, ends, and servers that do not prove their name."""
import ssl

import pytest
import tcp_e2e as t
import tls_e2e as tls
import zeroway_e2e as z


class SecureServer(t.Server):
    """Echoes over TLS. `heard` is what each connection has said."""

    def __init__(self, certificate, key, ca=None):
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=ca)
        self.context.verify_mode = ssl.CERT_REQUIRED if ca else ssl.CERT_NONE
        self.context.load_cert_chain(certificate, key)
        self.names, self.heard = [], []
        self.context.sni_callback = lambda _connection, name, _context: self.names.append(name)
        super().__init__(self.echo)

    def echo(self, plain):
        with self.context.wrap_socket(plain, server_side=True) as connection:
            said = b''
            while piece := connection.recv(65_536):
                said += piece
                connection.sendall(piece)
            self.heard.append(said)
            connection.unwrap()


def server_of(origin, **keys):
    listed = ''.join(f', {name} = {str(value).lower()}' if isinstance(value, bool) else f', {name} = "{value}"'
                     for name, value in keys.items())
    return f'{{ address = "tls://{origin.address}"{listed} }}'


def echoes(router, data):
    with router.connect() as client:
        client.send(data)
        client.half_close()
        return t.read_all(client.socket) == data


def test_bytes_and_ends_pass_over_tls(stack):
    authority = tls.Authority(stack)
    origin = stack.closing(SecureServer(*authority.make('db.test', '127.0.0.1')))
    router = t.front(stack, [server_of(origin, ca_file=authority.ca, server_name='db.test')])
    data = bytes(range(256)) * 4_000
    assert echoes(router, data)
    z.eventually(lambda: origin.heard == [data], what='the end of the client at the server')
    assert origin.names == ['db.test']
    router.wait_idle()


@pytest.mark.parametrize('keys, is_good', [
    ({'server_name': 'db.test'}, False),  # an authority that the system does not know
    ({'server_name': 'db.test', 'verify': False}, True),
    ({'server_name': 'other.test', 'ca_file': True}, False),
    ({'ca_file': True}, True),  # the address is in the certificate
])
def test_a_server_must_prove_its_name(stack, keys, is_good):
    authority = tls.Authority(stack)
    origin = stack.closing(SecureServer(*authority.make('db.test', '127.0.0.1')))
    if 'ca_file' in keys:
        keys = {**keys, 'ca_file': authority.ca}
    router = t.front(stack, [server_of(origin, **keys)], more='connect_timeout = "5s"')
    if is_good:
        assert echoes(router, b'hello')
    else:
        with router.connect() as client:
            client.send(b'secret')
            assert t.is_reset(client)
        assert origin.heard == []
    router.wait_idle()


def test_a_server_that_wants_a_certificate_gets_the_routers(stack):
    authority, clients = tls.Authority(stack), tls.Authority(stack, 'clients')
    certificate, key = clients.make(client='router')
    origin = stack.closing(SecureServer(*authority.make('db.test', '127.0.0.1'), ca=clients.ca))
    router = t.front(stack, [server_of(origin, ca_file=authority.ca, client_cert=certificate, client_key=key)])
    assert echoes(router, b'hello')


def test_a_server_without_tls_is_passed_over(stack):
    authority = tls.Authority(stack)
    plain = stack.closing(t.Server(t.greet))
    secure = stack.closing(SecureServer(*authority.make('db.test', '127.0.0.1')))
    router = t.front(stack, [server_of(plain, ca_file=authority.ca), server_of(secure, ca_file=authority.ca)],
                     more='balance = "first"')
    assert echoes(router, b'hello')
    assert plain.accepted
    router.wait_idle()


def test_a_server_at_a_unix_socket(stack):
    path = stack.path('db.sock')
    stack.closing(t.Server(t.echo, path=path))
    router = t.front(stack, [f'unix:{path}'])
    assert echoes(router, b'hello')
    router.wait_idle()
