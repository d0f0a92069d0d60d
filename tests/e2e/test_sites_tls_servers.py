"""Servers behind TLS: their certificates are verified, by the name that the file says."""
import socket
import ssl

import pytest

import sites_e2e as s
from origins import Origin
from tls_e2e import Authority


class TlsOrigin(Origin):
    """An origin that speaks TLS; `names` has the SNI of each handshake."""

    def __init__(self, certificate, key, ca=None, **more):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.context.set_alpn_protocols(['http/1.1'])
        self.context.sni_callback = lambda socket_, name, context: self.names.append(name)
        if ca:
            self.context.load_verify_locations(ca)
            self.context.verify_mode = ssl.CERT_REQUIRED
        self.names = []
        super().__init__(**more)

    @property
    def url(self):
        return f'https://localhost:{self.port}'

    def _serve(self, connection):
        try:
            connection.socket = self.context.wrap_socket(connection.socket, server_side=True)
        except (OSError, ssl.SSLError):
            connection.has_ended.set()
            return connection.socket.close()
        super()._serve(connection)


def test_a_server_with_a_certificate_of_the_authority_answers_and_is_told_its_name(stack):
    authority = Authority(stack)
    origin = stack.closing(TlsOrigin(*authority.make('localhost')))
    router = s.front(stack, (origin, f'ca_file = "{authority.ca}"'))
    assert [router.get().text for _ in range(3)] == ['origin'] * 3
    assert origin.names == ['localhost'] and len(origin.connections) == 1


@pytest.mark.parametrize('case', ['another-name', 'another-authority', 'the-systems-authorities'])
def test_a_server_whose_certificate_does_not_fit_gets_no_request(stack, case):
    authority, other = Authority(stack), Authority(stack, 'other')
    origin = stack.closing(TlsOrigin(*authority.make('elsewhere.test' if case == 'another-name' else 'localhost')))
    other.make('localhost')
    keys = {'another-name': f'ca_file = "{authority.ca}"', 'another-authority': f'ca_file = "{other.ca}"'}.get(case, '')
    router = s.front(stack, (origin, keys), in_proxy='retries = 0', tables=s.NEVER_OUT)
    assert router.get().status in (502, 503)
    assert origin.requests == []


def test_the_file_says_the_name_that_is_verified(stack):
    authority = Authority(stack)
    origin = stack.closing(TlsOrigin(*authority.make('inner.test')))
    router = s.front(stack, (origin, f'ca_file = "{authority.ca}"\nserver_name = "inner.test"'))
    assert router.get().text == 'origin'
    assert origin.names == ['inner.test']


def test_verification_can_be_switched_off_and_the_operator_is_warned(stack):
    origin = stack.closing(TlsOrigin(*Authority(stack).make('elsewhere.test')))
    router = s.front(stack, (origin, 'verify = false'))
    assert router.get().text == 'origin'
    router.wait_log('verify = false')


def test_an_address_is_verified_as_an_address(stack):
    authority = Authority(stack)
    for names, status in ((['127.0.0.1'], 200), (['localhost'], None)):
        origin = stack.closing(TlsOrigin(*authority.make(*names)))
        member = (f'https://127.0.0.1:{origin.port}', f'ca_file = "{authority.ca}"')
        router = s.front(stack, member, in_proxy='retries = 0')
        assert router.get().status == status or (status is None and router.get().status in (502, 503))
        assert status or origin.requests == []


def test_a_server_may_ask_for_the_routers_certificate(stack):
    authority = Authority(stack)
    certificate, key = authority.make(client='the-router')
    origin = stack.closing(TlsOrigin(*authority.make('localhost'), ca=authority.ca))
    keys = f'ca_file = "{authority.ca}"\n'
    router = s.front(stack, (origin, keys + f'client_cert = "{certificate}"\nclient_key = "{key}"'))
    assert router.get().text == 'origin'
    without = s.front(stack, (origin, keys), in_proxy='retries = 0', tables=s.NEVER_OUT)
    assert without.get().status in (502, 503)


def test_a_reply_that_ends_without_the_end_of_tls_is_cut(stack):
    """RFC 9112 §9.8: without close_notify a reply that ends with its connection may be cut."""
    def script(request):
        request.connection.send(b'HTTP/1.1 200 OK\r\n\r\n' + b'x' * 100)
        request.connection.wait_taken()
        raw = socket.socket(fileno=request.connection.socket.detach())
        request.connection.has_ended.set()
        raw.close()
    authority = Authority(stack)
    origin = stack.closing(TlsOrigin(*authority.make('localhost'), script=script))
    router = s.front(stack, (origin, f'ca_file = "{authority.ca}"'), in_proxy='retries = 0', tables=s.NEVER_OUT)
    with router.connect() as connection:
        connection.send_request()
        try:
            while connection.fill():
                pass
        except ConnectionError:
            pass
        rest = bytes(connection.buffer)
    assert b'\r\n0\r\n' not in rest
    assert rest.startswith((b'HTTP/1.1 200', b'HTTP/1.1 502')) and (b'chunked' in rest or b' 502 ' in rest)
