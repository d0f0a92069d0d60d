"""PROXY headers are believed only of the file's trusted proxies; other peers are not served."""
import socket

import zeroway_e2e as z

HEADER = b'PROXY TCP4 192.0.2.7 198.51.100.1 1234 80\r\n'
GET = b'GET /api/health HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n'


def router_trusting(stack, network):
    """A router with one site that takes PROXY headers of `network`, and its port."""
    port = z.free_port()
    path, access = stack.path('router.toml'), stack.path('access.log')
    with open(path, 'w') as file:
        file.write(f'[[sites]]\nname = "a"\nhostname = "a.test"\nlisten = ["127.0.0.1:{port}"]\n'
                   f'proxy_protocol = true\ntrusted_proxies = ["{network}"]\n')
    router = stack.start([z.program('router'), '-sv', '-c', path, '--fabric', stack.ipc(), '--access-log', access])
    router.wait_log('serving http')
    return router, port, access


def said(port, source, text):
    """All that a client at the address `source` hears after it said `text`; nothing when it is not served."""
    heard = b''
    try:
        with socket.create_connection(('127.0.0.1', port), z.PATIENCE * z.SLOW, source_address=(source, 0)) as client:
            client.sendall(text)
            while more := client.recv(65_536):
                heard += more
    except ConnectionError:  # perhaps before connect() has returned
        pass
    return heard


def test_a_trusted_proxy_names_the_client(stack):
    _, port, access = router_trusting(stack, '127.0.0.2')
    assert said(port, '127.0.0.2', HEADER + GET).startswith(b'HTTP/1.1 200 ')
    z.eventually(lambda: open(access).read().startswith('192.0.2.7 '), what='the client in the access log')


def test_another_peer_is_dropped_and_told_of_once_a_minute(stack):
    router, port, _ = router_trusting(stack, '127.0.0.2')
    for text in (HEADER + GET, GET, HEADER + GET):
        assert said(port, '127.0.0.1', text) == b''
    assert said(port, '127.0.0.2', HEADER + GET).startswith(b'HTTP/1.1 200 ')
    router.wait_log('127.0.0.1 is none of trusted_proxies')
    assert router.log().count('127.0.0.1 is none of trusted_proxies') == 1


def test_a_reload_changes_who_is_trusted(stack):
    router, port, _ = router_trusting(stack, '127.0.0.2')
    path = stack.path('router.toml')
    text = open(path).read()
    with open(path, 'w') as file:
        file.write(text.replace('127.0.0.2', '127.0.0.3'))
    router.signal(1)
    z.eventually(lambda: said(port, '127.0.0.3', HEADER + GET).startswith(b'HTTP/1.1 200 '), what='the new proxy')
    assert said(port, '127.0.0.2', HEADER + GET) == b''
