"""What a server is told about the client, and what a client cannot forge (list B 11, 12; RFC 7239)."""
import re
import socket

import pytest

import sites_e2e as s
import zeroway_e2e as z
from h2_peer import H2Client
from origins import Origin, accept_websocket

FORGED = [('X-Forwarded-For', '6.6.6.6'), ('X-Forwarded-For', '7.7.7.7'), ('X-Forwarded-Host', 'evil.test'),
          ('X-Forwarded-Proto', 'gopher'), ('X-Forwarded-Port', '1'), ('X-Forwarded-Prefix', '/evil'),
          ('X-Forwarded-Server', 'evil'), ('X-Real-IP', '6.6.6.6'), ('Forwarded', 'for=6.6.6.6;host=evil.test')]
FAMILY = re.compile(r'forwarded|x-forwarded-.*|x-real-ip')


def family(request):
    return {name: value for name, value in request.fields if FAMILY.fullmatch(name)}


def headers(text):
    return f'[sites.proxy.headers]\n{text}\n'


def ask(stack, tables='', sent=(), **parts):
    """What the server saw of a GET with the fields `sent`; the router."""
    origin = stack.closing(Origin())
    router = s.front(stack, origin, tables=tables, **parts)
    assert router.get('/x', headers=sent).status == 200
    return origin.last, router


def pairs(forwarded):
    return dict(pair.split('=', 1) for pair in forwarded.lower().split(';'))


@pytest.mark.parametrize('sent', [[], FORGED], ids=['an-honest-client', 'a-forger'])
def test_the_server_sees_the_client_of_the_connection_and_nothing_that_the_client_said(stack, sent):
    request, router = ask(stack, sent=sent)
    found = family(request)
    assert pairs(found.pop('forwarded')) == {'for': '127.0.0.1', 'host': 'zeroway.test', 'proto': 'http'}
    assert found == {'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http', 'x-forwarded-host': 'zeroway.test',
                     'x-forwarded-port': str(router.port)}
    for name in found:
        assert len(request.all(name)) == 1


@pytest.mark.parametrize('sent', [[], FORGED], ids=['an-honest-client', 'a-forger'])
def test_both_switched_off_the_server_sees_none(stack, sent):
    request, _ = ask(stack, headers('add_x_forwarded = false\nadd_forwarded = false'), sent)
    assert family(request) == {}


def test_each_of_both_can_be_switched_off_alone(stack):
    request, _ = ask(stack, headers('add_x_forwarded = false'))
    assert set(family(request)) == {'forwarded'}
    request, _ = ask(stack, headers('add_forwarded = false'))
    assert set(family(request)) == {'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-port'}


def test_what_a_trusted_proxy_said_is_extended_in_one_line(stack):
    request, _ = ask(stack, sent=[('X-Forwarded-For', '192.0.2.1'), ('X-Forwarded-For', '192.0.2.2'),
                                  ('X-Forwarded-Proto', 'https'), ('X-Forwarded-Host', 'public.test')],
                     in_site='trusted_proxies = ["127.0.0.0/8"]')
    assert request.all('x-forwarded-for') == ['192.0.2.1, 192.0.2.2, 127.0.0.1']
    assert (request.get('x-forwarded-proto'), request.get('x-forwarded-host')) == ('https', 'public.test')


def test_an_ipv6_client_is_bare_in_one_field_and_quoted_in_the_other(stack):
    origin = stack.closing(Origin())
    port = z.free_port()
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(('::1', port))
    except OSError:
        pytest.skip('no IPv6 here')
    text = s.proxied(port, origin).replace(f'"127.0.0.1:{port}"', f'"127.0.0.1:{port}", "[::1]:{port}"')
    s.serve(stack, text, port)
    with socket.create_connection(('::1', port), z.PATIENCE) as client:
        client.sendall(b'GET / HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\n\r\n')
        while client.recv(4096):
            pass
    assert origin.last.get('x-forwarded-for') == '::1'
    found = pairs(origin.last.get('forwarded'))
    assert (found['for'], found['host']) == ('"[::1]"', '"[::1]:80"')


def test_a_client_cannot_nominate_our_fields_for_removal(stack):
    request, _ = ask(stack, sent=[('Connection', 'X-Forwarded-For, Forwarded, X-Forwarded-Host, Host, Content-Length')])
    assert request.get('x-forwarded-for') == '127.0.0.1'
    assert request.get('forwarded') and request.get('host') and request.get('x-forwarded-host') == 'zeroway.test'


def test_fields_of_one_connection_stay_there(stack):
    request, _ = ask(stack, sent=[('Connection', 'X-Mine, keep-alive'), ('X-Mine', '1'), ('Keep-Alive', 'timeout=5'),
                                  ('Proxy-Connection', 'keep-alive'), ('TE', 'trailers, gzip'), ('Upgrade', 'h2c'),
                                  ('X-Yours', '2')])
    names = {name for name, _ in request.fields}
    assert 'x-yours' in names
    assert not names & {'x-mine', 'keep-alive', 'proxy-connection', 'upgrade'}
    assert 'gzip' not in request.get('te', '')


def test_a_web_socket_handshake_says_the_same_about_the_client(stack):
    origin = stack.closing(Origin(accept_websocket))
    router = s.front(stack, origin, in_route='websocket = true')
    with router.connect() as client:
        client.send_request(headers=[('Connection', 'Upgrade'), ('Upgrade', 'websocket'),
                                     ('Sec-WebSocket-Version', '13'),
                                     ('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='), *FORGED])
        assert client.read_head().status == 101
    assert origin.last.all('x-forwarded-for') == ['127.0.0.1']
    assert 'x-real-ip' not in family(origin.last) and 'evil' not in origin.last.raw_head.decode()


def test_the_server_sees_the_clients_host_unless_the_file_says_otherwise(stack):
    request, _ = ask(stack)
    assert request.all('host') == ['zeroway.test']
    request, _ = ask(stack, headers('preserve_host = false'))
    assert request.all('host') == [f'127.0.0.1:{request.origin.port}']
    assert request.get('x-forwarded-host') == 'zeroway.test'


def test_http2_cookies_reach_an_http1_server_in_one_line(stack):
    origin = stack.closing(Origin())
    router = s.front(stack, origin)
    with H2Client(router.port) as client:
        assert client.request('/', fields=[('cookie', 'a=1'), ('cookie', 'b=2'), ('cookie', 'c=3')]).status == 200
    assert origin.last.all('cookie') == ['a=1; b=2; c=3']


def test_an_http2_request_has_one_host_and_no_fields_of_http2(stack):
    origin = stack.closing(Origin())
    router = s.front(stack, origin)
    with H2Client(router.port) as client:
        assert client.request('/x?q', fields=[('te', 'trailers')]).status == 200
    assert origin.last.raw_head.startswith(b'GET /x?q HTTP/1.1\r\n')
    assert origin.last.all('host') == ['zeroway.test']
    assert not any(name.startswith(':') for name, _ in origin.last.fields)
