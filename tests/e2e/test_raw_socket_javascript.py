"""AutobahnJS in node over RawSocket: TCP and unix sockets, to a wamp-worker and to backends that the router dials."""
import pytest

import sites_e2e as s
import wamp_e2e as w
import zeroway_e2e as z
from npm import folder_with
from test_wamp_clients import SERIALIZERS

TRANSPORTS = ['tcp', 'unix']


def place_of(stack, transport, name):
    """A free port or a socket, as the option --rawsocket, and as the client, name it."""
    if transport == 'unix':
        path = stack.path(name + '.sock')
        return f'unix:{path}=/ws', f'unix:{path}'
    port = z.free_port()
    return f'127.0.0.1:{port}=/ws', f'tcp:127.0.0.1:{port}'


def told(stack, endpoint, serializer, **environment):
    """What the client says that talks to this endpoint."""
    env = {'NODE_PATH': folder_with('autobahn'), **environment}
    return w.run_client(['node', f'{w.SUPPORT}/wamp_autobahn.js', endpoint, 'realm1', serializer], stack, env)


@pytest.mark.parametrize('serializer', SERIALIZERS)
@pytest.mark.parametrize('transport', TRANSPORTS)
def test_sessions_at_a_wamp_worker(stack, transport, serializer):
    option, endpoint = place_of(stack, transport, 'front')
    router = w.serve(stack, options=('--rawsocket', option, *w.PATIENT))
    w.check_client(told(stack, endpoint, serializer), 'wamp_things.js')
    router.wait_idle()


def backend_at(stack, kind):
    """A router of WAMP, and the keys of a file that name it as a backend of this kind."""
    if kind == 'websocket':
        behind = w.serve(stack, options=w.PATIENT)
        return behind, f'url = "ws://127.0.0.1:{behind.port}/ws"'
    option, endpoint = place_of(stack, kind, 'behind')
    behind = w.serve(stack, options=('--rawsocket', option, *w.PATIENT))
    where = endpoint.partition(':')[2]
    return behind, f'url = "rs://{where}"' if kind == 'tcp' else f'url = "rs://localhost"\nsocket = "{where}"'


def listening(stack, transport):
    """A site's `listen`, and the endpoint of its clients."""
    if transport == 'unix':
        path = stack.path('front.sock')
        return f'"unix:{path}"', f'unix:{path}'
    port = z.free_port()
    return f'"127.0.0.1:{port}"', f'tcp:127.0.0.1:{port}'


@pytest.mark.parametrize('serializer', SERIALIZERS)
@pytest.mark.parametrize('kind', ['websocket', *TRANSPORTS])
@pytest.mark.parametrize('transport', TRANSPORTS)
def test_sessions_at_a_backend_that_the_router_dials(stack, transport, kind, serializer):
    behind, keys = backend_at(stack, kind)
    listen, endpoint = listening(stack, transport)
    port = z.free_port()
    router = s.serve(stack, f"""[[sites]]
name = "main"
hostname = "zeroway.test"
listen = ["127.0.0.1:{port}", {listen}]
[sites.rawsocket]
path = "/ws"
[sites.proxy]
enabled = true
{w.backend_route(keys, w.OTHER[serializer])}""", port)
    w.check_client(told(stack, endpoint, serializer), 'wamp_things.js')
    router.wait_idle()
    behind.wait_idle()


@pytest.mark.parametrize('serializer', ['msgpack', 'cbor'])
def test_the_transport_of_the_client_itself_speaks_json_alone(stack, serializer):
    """The reason why the tests above bring a transport for the other serializers: whatever `serializers` says,
    lib/transport/rawsocket.js offers serializer 1."""
    port = z.free_port()
    text = s.site(port) + f'[sites.rawsocket]\npath = "/ws"\nonly = true\nserializers = ["{serializer}"]\n'
    router = s.serve(stack, text, port, *w.PATIENT)
    w.start_worker(stack, 'realm1')
    router.wait_workers(1)
    said = told(stack, f'tcp:127.0.0.1:{port}', serializer, ZEROWAY_OWN_TRANSPORT='1')
    assert 'wrong main' in said and 'ok' not in said, said
    router.wait_log('RawSocket: its serializer is not served')
    w.check_client(told(stack, f'tcp:127.0.0.1:{port}', serializer), 'wamp_things.js')
