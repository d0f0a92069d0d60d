"""TCP services behind TLS: it ends here or is passed on, and the name of the handshake chooses the service."""
import contextlib
import socket
import ssl
import time

import pytest
import sites_e2e as s
import tcp_e2e as t
import tls_e2e
import zeroway_e2e as z


def server(stack, script):
    return stack.closing(t.Server(script))


def client_of(port, authority, name, **options):
    context = ssl.create_default_context(cafile=authority.ca)
    for key, value in options.items():
        setattr(context, key, value)
    plain = socket.create_connection(('127.0.0.1', port), z.PATIENCE * z.SLOW)
    return context.wrap_socket(plain, server_hostname=name, suppress_ragged_eofs=False)


def ssl_table(pair):
    return f'[tcp.ssl]\nenabled = true\ncert_file = "{pair[0]}"\nkey_file = "{pair[1]}"\n'


@pytest.mark.parametrize('version', [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_ends_here_and_names_choose_the_service(stack, version):
    authority = tls_e2e.Authority(stack)
    port = z.free_port()
    text = ''.join(
        t.service(port, [server(stack, t.name_and_echo(name))], name=name, more=f'hostnames = ["{name}.test"]\n'
                  + ssl_table(authority.make(f'{name}.test'))) for name in ('one', 'other'))
    t.serve(stack, text, port)
    for name in ('one', 'other'):
        with client_of(port, authority, f'{name}.test', maximum_version=version) as client:
            assert client.recv(100) == name.encode() + b'\n'
            client.sendall(b'hello')
            assert client.recv(100) == b'hello'


def test_a_name_that_no_service_has_is_reset(stack):
    authority = tls_e2e.Authority(stack)
    port = z.free_port()
    pair = authority.make('one.test', 'unknown.test')
    t.serve(stack, t.service(port, [server(stack, t.greet)], more='hostnames = ["one.test"]\n' + ssl_table(pair)), port)
    with client_of(port, authority, 'unknown.test') as client, pytest.raises((ConnectionResetError, ssl.SSLError)):
        assert client.recv(100)


def test_no_protocol_is_chosen_for_servers_that_may_not_speak_it(stack):
    authority = tls_e2e.Authority(stack)
    port = z.free_port()
    t.serve(stack, t.service(port, [server(stack, t.greet)], more=ssl_table(authority.make('a.test'))), port)
    context = ssl.create_default_context(cafile=authority.ca)
    context.set_alpn_protocols(['h2', 'http/1.1'])
    with context.wrap_socket(socket.create_connection(('127.0.0.1', port)), server_hostname='a.test') as client:
        assert client.selected_alpn_protocol() is None
        assert client.recv(100) == b'hello\n'


def test_half_close_by_close_notify(stack):
    """Python's unwrap() waits for the router's close_notify, which follows the server's FIN."""
    heard = []

    def listen(connection):
        heard.append(t.read_all(connection))
        connection.close()
    authority = tls_e2e.Authority(stack)
    port = z.free_port()
    t.serve(stack, t.service(port, [server(stack, listen)], more=ssl_table(authority.make('a.test'))), port)
    client = client_of(port, authority, 'a.test')
    client.sendall(b'x' * 100_000)
    client.unwrap().close()
    assert heard == [b'x' * 100_000]


def tls_server(stack, authority, name):
    """A server that speaks TLS itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.make(name))

    def script(connection):
        with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as secure:
            secure.sendall(name.encode())
            while piece := secure.recv(65_536):
                secure.sendall(piece)
    return server(stack, script)


def passing(stack, port, *services):
    return t.serve(stack, ''.join(t.service(port, [one], name=name or 'rest', more='tls = "pass"\n' + (
        f'hostnames = ["{name}"]\n' if name else '')) for name, one in services), port)


def test_tls_is_passed_on_by_its_name(stack):
    authority = tls_e2e.Authority(stack)
    port = z.free_port()
    router = passing(stack, port, *((name, tls_server(stack, authority, name)) for name in ('one.test', '*.wild.test')[:1]),
                     ('*.wild.test', tls_server(stack, authority, 'a.wild.test')),
                     ('', tls_server(stack, authority, 'rest.test')))
    for name, answer in (('one.test', b'one.test'), ('a.wild.test', b'a.wild.test'), ('rest.test', b'rest.test')):
        with client_of(port, authority, name) as client:
            assert client.recv(100) == answer
            client.sendall(b'hello')
            assert client.recv(100) == b'hello'
    router.wait_idle()


def hello_of(name):
    """The first message of a client of Python's ssl."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context()
    context.check_hostname = False
    client = context.wrap_bio(incoming, outgoing, server_hostname=name)
    with contextlib.suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def test_a_hello_in_many_segments_reaches_the_server_whole(stack):
    got = []

    def keep(connection):
        got.append(connection.recv(65_536))
        while piece := connection.recv(65_536):
            got[0] += piece
    port = z.free_port()
    passing(stack, port, ('one.test', server(stack, keep)))
    hello = hello_of('one.test')
    with z.Connection(port) as client:
        for at in range(0, len(hello), 37):
            client.send(hello[at:at + 37])
            time.sleep(0.005)
        client.send(b'what follows')
        z.eventually(lambda: got and got[0] == hello + b'what follows', what='the whole hello')


def test_what_is_no_tls_and_what_comes_too_slowly_is_reset(stack):
    port = z.free_port()
    origin = server(stack, t.greet)
    router = t.serve(stack, '[limits]\nhead_timeout = "1s"\n' + t.service(port, [origin], more='tls = "pass"'), port)
    with z.Connection(port) as client:
        client.send(b'GET / HTTP/1.1\r\n\r\n')
        assert t.is_reset(client)
    router.wait_log('its first bytes are no TLS handshake')
    with z.Connection(port) as client:
        client.send(hello_of('a.test')[:50])
        assert t.is_reset(client)
    with z.Connection(port) as client:
        assert t.is_reset(client)
    assert not origin.accepted


def test_the_deadline_of_the_hello_ends_with_it(stack):
    """A read deadline that stays would cut long connections."""
    authority = tls_e2e.Authority(stack)
    port = z.free_port()
    t.serve(stack, '[limits]\nhead_timeout = "1s"\n' + t.service(port, [tls_server(stack, authority, 'a.test')],
                                                                 more='tls = "pass"'), port)
    with client_of(port, authority, 'a.test') as client:
        assert client.recv(100) == b'a.test'
        time.sleep(2.5)
        client.sendall(b'still here')
        assert client.recv(100) == b'still here'


def test_no_name_and_no_service_for_the_rest(stack):
    port = z.free_port()
    origin = server(stack, t.greet)
    passing(stack, port, ('one.test', origin))
    for name in (None, 'other.test'):
        with z.Connection(port) as client:
            client.send(hello_of(name))
            assert t.is_reset(client)
    assert not origin.accepted


def test_two_that_pass_tls_on_at_one_port_are_warned_of(stack):
    port = z.free_port()
    text = ''.join(t.service(port, ['127.0.0.1:443'], name=name, more=f'tls = "pass"\nhostnames = ["{name}.a.test"]')
                   for name in ('x', 'y'))
    done = s.check(stack, text)
    assert done.returncode == 0 and 'its servers must answer 421' in done.stderr
    mixed = s.check(stack, t.service(port, ['127.0.0.1:443'], name='x', more='tls = "pass"')
                    + t.service(port, ['127.0.0.1:443'], name='y'))
    assert mixed.returncode == 1 and 'passes TLS on' in mixed.stderr
