"""Sessions of WAMP that a router passes on: to another router of WAMP, which it dials."""
import asyncio
import sys
import time

import pytest
import wamp_e2e as w
import websockets
import zeroway_e2e as z
from test_wamp_clients import SERIALIZERS
from wamp_e2e import SUPPORT, check_client, run_client


def fronted(stack, serializer, realm='realm1', options=()):
    """A router of WAMP, and one in front of it, which has `behind`."""
    behind = w.serve(stack, options=options)
    router = w.front(stack, f'url = "{behind.wamp_url}"', serializer, realm)
    router.behind = behind
    return router


@pytest.mark.parametrize('speaks', SERIALIZERS)
@pytest.mark.parametrize('serializer', SERIALIZERS)
def test_autobahn_through_every_pair_of_serializers(stack, serializer, speaks):
    router = fronted(stack, speaks)
    check_client(run_client([sys.executable, f'{SUPPORT}/wamp_autobahn.py', router.wamp_url, 'realm1', serializer], stack), 'wamp_autobahn.py')
    router.wait_idle()
    router.behind.wait_idle()


@pytest.mark.parametrize('where', ['tcp', 'unix'])
@pytest.mark.parametrize('serializer', SERIALIZERS)
def test_autobahn_to_a_backend_that_speaks_rawsocket(stack, serializer, where):
    raw = z.free_port()
    socket = stack.path('wamp.sock')
    w.serve(stack, options=('--rawsocket', f'127.0.0.1:{raw}=/ws' if where == 'tcp' else f'unix:{socket}=/ws'))
    place = f'url = "rs://127.0.0.1:{raw}"' if where == 'tcp' else f'url = "rs://localhost"\nsocket = "{socket}"'
    router = w.front(stack, place, 'cbor')
    check_client(run_client([sys.executable, f'{SUPPORT}/wamp_autobahn.py', router.wamp_url, 'realm1', serializer], stack), 'wamp_autobahn.py')
    router.wait_idle()


async def refusal(router, first, realm='realm1', subprotocol='wamp.2.json'):
    """What a client hears that says `first` at once, until the close, and the close code."""
    heard = []
    async with websockets.connect(router.wamp_url, subprotocols=[subprotocol]) as socket:
        await socket.send(first)
        try:
            while True:
                heard.append(await socket.recv())
        except websockets.ConnectionClosed:
            return heard, socket.close_code


def test_a_realm_that_nobody_has_is_refused(stack):
    router = fronted(stack, 'cbor')
    heard, code = w.run(refusal(router, '[1,"other",{"roles":{"caller":{}}}]'))
    assert len(heard) == 1 and heard[0].endswith('"wamp.error.no_such_realm"]')
    assert code == 1000


def test_the_default_backend_has_all_other_realms(stack):
    router = fronted(stack, 'cbor', realm=None)

    async def joins():
        async with w.Peer(router) as peer:
            assert peer.id
    w.run(joins())


def test_what_is_no_hello_is_a_violation(stack):
    router = fronted(stack, 'cbor')
    for first in ('[48,1,{},"com.echo"]', 'no json', '[1]'):
        heard, code = w.run(refusal(router, first))
        assert len(heard) == 1 and heard[0].endswith('"wamp.error.protocol_violation"]'), heard
        assert code == 1002
    heard, code = w.run(refusal(router, b'[1,"realm1",{"roles":{"caller":{}}}]'))
    assert code == 1002


def test_a_backend_that_dies_is_told_to_every_client_within_a_second(stack):
    router = fronted(stack, 'msgpack')

    async def all_hear():
        peers = [w.Peer(router, serializer) for serializer in SERIALIZERS * 10]
        for peer in peers:
            await peer.__aenter__()
        router.behind.kill()
        begin = time.monotonic()
        for peer in peers:
            with pytest.raises(websockets.ConnectionClosed):
                await peer.hear()
            assert peer.socket.close_code == 1001
        return time.monotonic() - begin
    assert w.run(all_hear()) < 5 * z.SLOW  # 1 s is asked; a machine that does much else takes longer
    router.wait_idle()
    heard, code = w.run(refusal(router, '[1,"realm1",{"roles":{"caller":{}}}]'))
    assert len(heard) == 1 and heard[0].endswith('"wamp.error.network_failure"]')
    assert code == 1013


def test_each_client_has_a_connection_of_its_own_to_the_backend(stack):
    router = fronted(stack, 'cbor', options=w.PATIENT)
    base = router.descriptors()

    async def many():
        peers = [w.Peer(router, SERIALIZERS[number % 3]) for number in range(300)]
        for peer in peers:
            await peer.__aenter__()
        assert len({peer.id for peer in peers}) == 300
        assert router.behind.counters()['connections_open'] == 300
        for peer in peers[::2]:
            peer.socket.transport.abort()
        await asyncio.gather(*(peer.__aexit__() for peer in peers[1::2]))
    w.run(many())
    for one in (router, router.behind):
        one.wait_idle()
    z.eventually(lambda: router.behind.counters()['connections_open'] == 0, what='no connection is left at the backend')
    z.eventually(lambda: router.descriptors() <= base + 4, what='the descriptors are back')


def test_a_router_that_stops_says_goodbye(stack):
    router = fronted(stack, 'cbor')

    async def hears():
        async with w.Peer(router) as peer, w.Peer(router, joins=False) as waiting:
            router.terminate()
            assert (await peer.hear())[2] == 'wamp.close.system_shutdown'
            for socket in (peer.socket, waiting.socket):
                with pytest.raises(websockets.ConnectionClosed):
                    await socket.recv()
                assert socket.close_code == 1001
    w.run(hears())
    assert router.wait() == 0


def test_another_session_on_the_same_transport(stack):
    router = fronted(stack, 'cbor')

    async def twice():
        async with w.Peer(router) as peer:
            await peer.say(6, {}, 'wamp.close.normal')
            assert (await peer.hear())[2] == 'wamp.close.goodbye_and_out'
            await peer.say(1, 'realm1', {'roles': w.ROLES})
            kind, number, _ = await peer.hear()
            assert kind == 2 and number != peer.id
    w.run(twice())
    router.wait_idle()


def test_browsers_see_a_page(stack):
    router = fronted(stack, 'cbor')
    reply = router.get('/ws')
    assert reply.status == 200 and b'wamp.2.cbor' in reply.body
    assert router.get('/ws?redirect=http://elsewhere.test/').body == reply.body


def test_subprotocols(stack):
    router = fronted(stack, 'cbor')

    async def chosen(*offered):
        async with websockets.connect(router.wamp_url, subprotocols=offered) as socket:
            return socket.subprotocol
    assert w.run(chosen('wamp.2.msgpack', 'wamp.2.json')) == 'wamp.2.msgpack'
    assert w.run(chosen('foo', 'wamp.2.cbor')) == 'wamp.2.cbor'
    with pytest.raises(websockets.InvalidStatusCode) as refused:
        w.run(chosen('foo'))
    assert refused.value.status_code == 400
