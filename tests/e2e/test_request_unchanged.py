"""What the client asked reaches the worker unmodified; what is about the way is added or removed (Z 25)."""
import fabric_peer as f
import pytest

PATHS = ['/', '/a%2Fb%20c?q=%41&q=b+c&empty=&%C3%BC', '/a/../b/./c//d;e=f', '/?', '/?a=/b?c', "/!$&'()*+,;=:@-._~", '/%00%ff']


def send(connection, peer, method='GET', path='/', headers=(), body=None):
    """The fields that the worker got."""
    connection.send_request(method, path, headers, body)
    opening = peer.next(f.HEADERS)
    peer.send(f.reply(opening.stream))
    assert connection.read_reply(method).status == 200
    return f.decode(opening.payload)


def test_path_query_method_host_and_scheme(stack):
    router = stack.router()
    peer = stack.closing(f.FabricPeer(router.fabric)).join()
    with router.connect() as connection:
        for path in PATHS:
            fields = dict(send(connection, peer, 'GET', path))
            assert fields[':path'] == path
            assert fields[':authority'] == 'zeroway.test'
            assert fields[':scheme'] == 'http'
        for method in ('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'M-SEARCH'):
            assert dict(send(connection, peer, method))[':method'] == method


def test_end_to_end_fields_pass_and_hop_by_hop_fields_do_not(stack):
    router = stack.router()
    peer = stack.closing(f.FabricPeer(router.fabric)).join()
    with router.connect() as connection:
        fields = dict(send(connection, peer, headers=[
            ('Connection', 'keep-alive, X-Hop'), ('X-Hop', 'remove me'), ('Keep-Alive', 'timeout=5'), ('TE', 'gzip'),
            ('Proxy-Connection', 'keep-alive'), ('X-End', ' kept as it is '), ('Accept', '*/*'), ('X-Empty', '')]))
    assert fields['x-end'] == 'kept as it is'
    assert fields['accept'] == '*/*'
    assert fields['x-empty'] == ''
    for name in ('connection', 'x-hop', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'host'):
        assert name not in fields


@pytest.mark.parametrize('trusted', [False, True], ids=['stranger', 'trusted-proxy'])
def test_forwarding_fields_of_strangers_are_not_believed(stack, trusted):
    router = stack.router(*(['--trusted-proxy', '127.0.0.0/8'] if trusted else []))
    peer = stack.closing(f.FabricPeer(router.fabric)).join()
    with router.connect() as connection:
        fields = send(connection, peer, headers=[('X-Forwarded-For', '10.1.2.3'), ('X-Forwarded-Proto', 'https'),
                                                 ('X-Forwarded-Host', 'else.test')])
    text = ', '.join(value for name, value in fields if name == 'x-forwarded-for')
    one = dict(fields)
    if trusted:
        assert text == '10.1.2.3, 127.0.0.1'
        assert (one['x-forwarded-proto'], one['x-forwarded-host']) == ('https', 'else.test')
    else:
        assert text == '127.0.0.1'
        assert (one['x-forwarded-proto'], one['x-forwarded-host']) == ('http', 'zeroway.test')
    assert 'for=127.0.0.1' in one['forwarded'].lower().replace('"', '')
