"""WAMP over HTTP/2 in TLS (RFC 8441): the same service as over HTTP/1.1, of a worker's realm and of dialled backends."""
import pytest

from h2_raw import GOAWAY, HEADERS, RawH2, code_of, frame
import sites_e2e as s
import tls_e2e as tls
import wamp_e2e as w
import zeroway_e2e as z
from test_wamp_clients import SERIALIZERS
from wamp_http2 import Peer, Road, connect


def keys_of_route(stack, behind):
    """The route of /ws: to the realm of a worker, or to another router, which the router dials."""
    if behind == 'worker':
        return '[[sites.proxy.routes]]\npath = "/ws"\nwamp = true\n'
    return w.backend_route(f'url = "{w.serve(stack, options=w.PATIENT).wamp_url}"', 'cbor')


def serve(stack, behind='worker'):
    """A router with TLS, and an HTTP/2 connection to it."""
    authority = tls.Authority(stack)
    certificate, key = authority.make('localhost')
    port = z.free_port()
    router = s.serve(stack, s.site(port, 'localhost') + f"""[sites.ssl]
enabled = true
cert_file = "{certificate}"
key_file = "{key}"
[sites.proxy]
enabled = true
{keys_of_route(stack, behind)}""", port, '--access-log', '-', *w.PATIENT)
    if behind == 'worker':
        w.start_worker(stack, 'realm1')
        router.wait_workers(1)
    return router, stack.closing(connect(router, authority.ca))


@pytest.mark.parametrize('serializer', SERIALIZERS)
@pytest.mark.parametrize('behind', ['worker', 'websocket'])
def test_sessions_join_publish_and_call(stack, behind, serializer):
    router, connection = serve(stack, behind)
    ann, bob = Peer(connection, serializer), Peer(connection, 'json')
    large = 'x\0é' * 50_000
    kind, _, subscription = bob.ask(32, {}, 'com.example.news')
    assert kind == 33
    kind, _, publication = ann.ask(16, {'acknowledge': True}, 'com.example.news', [1, large], {'b': None})
    assert kind == 17
    assert bob.hear() == [36, subscription, publication, {}, [1, large], {'b': None}]
    kind, _, registration = bob.ask(64, {}, 'com.example.add')
    assert kind == 65
    ann.say(48, 99, {}, 'com.example.add', [2, 3])
    _, number, *call = bob.hear()
    assert call == [registration, {}, [2, 3]]
    bob.say(70, number, {}, [5])
    assert ann.hear() == [50, 99, {}, [5]]
    assert ann.ask(48, {}, 'com.example.nothing')[4] == 'wamp.error.no_such_procedure'
    for peer in (ann, bob):
        peer.leave()
    router.wait_idle()
    router.wait_log(r'"CONNECT /ws HTTP/2" 200 ')


@pytest.mark.parametrize('behind', ['worker', 'websocket'])
def test_many_sessions_on_one_connection(stack, behind):
    router, connection = serve(stack, behind)
    peers = [Peer(connection, SERIALIZERS[number % 3]) for number in range(60)]
    assert len({peer.id for peer in peers}) == 60
    subscriptions = [peer.ask(32, {}, 'com.example.all')[2] for peer in peers]
    _, _, publication = peers[0].ask(16, {'acknowledge': True}, 'com.example.all', ['é'])
    for peer, subscription in list(zip(peers, subscriptions))[1:]:
        assert peer.hear() == [36, subscription, publication, {}, ['é']]
    for peer in peers[::2]:
        peer.close()  # by RST_STREAM, without a word
    for peer in peers[1::2]:
        peer.leave()
    router.wait_idle()
    assert router.counters()['connections_open'] == 1


def test_a_realm_that_nobody_has_ends_its_stream_alone(stack):
    router, connection = serve(stack)
    ann = Peer(connection, 'cbor')
    with pytest.raises(AssertionError, match='no_such_realm'):
        Peer(connection, 'json', 'no.such.realm')
    assert ann.ask(32, {}, 'com.example.topic')[0] == 33
    ann.leave()
    router.terminate()
    assert router.wait() == 0


def test_a_subprotocol_that_nobody_speaks_is_refused(stack):
    _, connection = serve(stack)
    road = Road(connection, '/ws', 'wamp.2.ubjson')
    reply = connection.wait(road.stream)
    assert reply.status == 400 and b'wamp.2.cbor' in reply.body


def test_half_an_opening_is_cut_off(stack):
    """A header block that does not end (RFC 9113 §6.10): no other frame may come before its CONTINUATION."""
    port = z.free_port()
    route = '[sites.proxy]\nenabled = true\n[[sites.proxy.routes]]\npath = "/ws"\nwamp = true\n'
    router = s.serve(stack, '[limits]\nhead_timeout = "1s"\n' + s.site(port) + route, port)
    with RawH2(port) as client:
        client.handshake()
        block = client.block([(':protocol', 'websocket'), ('sec-websocket-protocol', 'wamp.2.json'), *client.fields('CONNECT', '/ws')])
        client.send(frame(HEADERS, 0, 1, block[:len(block) // 2]))
        last = client.read_to_end()[-1]
        assert (last.type, code_of(last)) == (GOAWAY, 'ENHANCE_YOUR_CALM')
    router.wait_log('a head that came too slowly')
