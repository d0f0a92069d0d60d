"""What passes a router of WAMP unchanged, what it translates, and what it refuses: messages that known clients never send."""
import asyncio
import json
import sys

import pytest
import wamp_e2e as w
import websockets
import zeroway_e2e as z
from test_wamp_clients import SERIALIZERS
from wamp_backend import Backend

HELLO = {'z_unknown': {'deep': [1, {'x': None}]}, 'roles': {'caller': {}}, 'agent': 'ours', 'a_unknown': 2**53}
INTEGERS = [2**53, 2**63 - 1, 2**64 - 1, -2**63, 0, -1]
REALS = [1.0, 1e308, -0.0, 0.1]
DEEPEST = 500  # lists in each other that pass; the limit is 512


def fronted(stack, serializer):
    """A router whose backend is in this process, and speaks this serializer."""
    backend = stack.closing(Backend(serializer))
    return w.front(stack, f'url = "{backend.url}"', serializer), backend


def in_order(value):
    """Maps as lists of pairs: their order counts."""
    if isinstance(value, dict):
        return [(key, in_order(one)) for key, one in value.items()]
    return [in_order(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize('speaks', SERIALIZERS)
@pytest.mark.parametrize('serializer', SERIALIZERS)
def test_unknown_details_unknown_types_and_the_order_of_keys_survive(stack, serializer, speaks):
    router, backend = fronted(stack, speaks)
    message = [300, {'z': 1, 'a': [None, True, {'y': 'é', 'b': -1}]}, 'any', [[]], 7]

    async def talk():
        async with w.Peer(router, serializer, joins=False) as peer:
            await peer.say(1, 'realm1', HELLO)
            assert (await peer.hear())[0] == 2
            await peer.say(*message)
            assert in_order(await peer.hear()) == in_order(message)
    w.run(talk())
    assert in_order(backend.hellos) == in_order([[1, 'realm1', HELLO]])
    assert in_order(backend.read(backend.heard[1])) == in_order(message)


@pytest.mark.parametrize('speaks', SERIALIZERS)
@pytest.mark.parametrize('serializer', SERIALIZERS)
def test_integers_reals_and_depth(stack, serializer, speaks):
    router, backend = fronted(stack, speaks)
    deep = 'leaf'
    for _ in range(DEEPEST):
        deep = [deep]
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 20 * DEEPEST))

    async def talk():
        async with w.Peer(router, serializer) as peer:
            await peer.say(300, INTEGERS, REALS, deep)
            kind, integers, reals, found = await peer.hear()
            assert (kind, integers, repr(reals), found) == (300, INTEGERS, repr(REALS), deep)
            assert [type(one) for one in reals] == [float] * len(REALS)
    w.run(talk())
    assert repr(backend.read(backend.heard[1])) == repr([300, INTEGERS, REALS, deep])


@pytest.mark.parametrize('serializer', SERIALIZERS)
def test_between_two_sides_of_one_serializer_the_bytes_stay(stack, serializer):
    """In forms that no writer would choose, so that a message that was written again would differ."""
    router, backend = fronted(stack, serializer)
    odd = {'json': '[ 48,1 , {},"com.\\u0065xample", [1.50,1e2,"\\/" ] ]',
           'msgpack': b'\x95\xcd\x00\x30\x01\x80\xd9\x03com\x92\xca\x3f\xc0\x00\x00\xce\x00\x00\x00\x05',
           'cbor': b'\x9f\x18\x30\x01\xbf\xff\x63com\x82\xf9\x3e\x00\x1b\x00\x00\x00\x00\x00\x00\x00\x05\xff'}[serializer]

    async def talk():
        async with w.Peer(router, serializer) as peer:
            await peer.socket.send(odd)
            assert (await peer.hear())[:2] == [50, 1]
    w.run(talk())
    assert backend.heard[1] == odd


@pytest.mark.parametrize('publisher', SERIALIZERS)
def test_binary_arguments_arrive_as_bytes(stack, publisher):
    """The arguments of Crossbar.io's example: a text of 22 hex digits and 10 bytes; JSON has bytes as U+0000 and base64."""
    router = w.serve(stack, options=w.PATIENT)
    data = bytes(range(246, 256))
    as_json = '\0' + '9vf4+fr7/P3+/w=='

    def arguments(serializer):
        return {'foo': data.hex() + '00', 'baz': as_json if serializer == 'json' else data}

    async def talk():
        async with w.Peer(router, publisher) as ann:
            for subscriber in SERIALIZERS:
                async with w.Peer(router, subscriber) as bob:
                    await bob.subscribe('com.example.topic')
                    await ann.ask(16, {'acknowledge': True}, 'com.example.topic', [], arguments(publisher))
                    event = await bob.hear()
                    assert event[5] == arguments(subscriber) and len(event[5]['foo']) == 22
    w.run(talk())


@pytest.mark.parametrize('serializer', SERIALIZERS)
@pytest.mark.parametrize('behind', ['worker', 'backend'])
def test_a_second_hello_is_a_violation(stack, behind, serializer):
    router = w.serve(stack, options=w.PATIENT) if behind == 'worker' else fronted(stack, 'cbor')[0]

    async def talk():
        async with w.Peer(router, serializer) as peer:
            await peer.say(1, 'realm1', {'roles': w.ROLES})
            heard, code = await peer.end()
            assert [(one[0], one[2]) for one in heard] == [(3, 'wamp.error.protocol_violation')] and code == 1002
    w.run(talk())
    router.wait_idle()


@pytest.mark.parametrize('speaks', SERIALIZERS)
def test_the_backend_of_a_client_that_is_lost_hears_goodbye(stack, speaks):
    router, backend = fronted(stack, speaks)

    async def lost():
        async with w.Peer(router) as peer:
            peer.socket.transport.abort()
    w.run(lost())
    z.eventually(lambda: len(backend.heard) == 2, what='another message at the backend')
    assert backend.read(backend.heard[1]) == [6, {}, 'wamp.close.transport_lost']
    router.wait_idle()


@pytest.mark.parametrize('serializer, wrong, code', [
    ('cbor', '[48,1,{},"p"]', 1002), ('msgpack', '[48,1,{},"p"]', 1002), ('json', b'[48,1,{},"p"]', 1002),
    ('json', '[48,1,{},"p",[' + '[' * 600 + ']' * 600 + ']]', 1002),
    ('json', '{"a":1}', 1002), ('cbor', b'\x81', 1002), ('msgpack', b'\xc1', 1002)])
def test_messages_that_are_none_end_the_session(stack, serializer, wrong, code):
    router, _ = fronted(stack, 'json' if serializer != 'json' else 'cbor')

    async def talk():
        async with w.Peer(router, serializer) as peer:
            await peer.socket.send(wrong)
            assert (await peer.end())[1] == code
    w.run(talk())
    router.wait_idle()


def test_text_that_is_no_utf8_is_1007(stack):
    router, _ = fronted(stack, 'cbor')

    async def talk():
        async with w.Peer(router) as peer:
            await peer.socket.ensure_open()
            await peer.socket.write_frame(True, 1, b'[48,1,{},"\xff"]')
            assert (await peer.end())[1] == 1007
    w.run(talk())


def test_a_worker_without_a_realm_has_all_that_nobody_announces(stack):
    router = stack.router(*w.PATIENT)
    router.wamp_url = f'ws://127.0.0.1:{router.port}/ws'
    w.start_worker(stack, 'realm1')
    stack.test_worker('rest', '--realm', '-')
    router.wait_workers(2)

    async def talk():
        async with w.Peer(router) as named, w.Peer(router, 'cbor', 'other') as unnamed:
            assert named.welcome['realm'] == 'realm1'
            assert unnamed.welcome['authid'] == 'rest'
    w.run(talk())


# Longer than any writer of ours would write them.
@pytest.mark.parametrize('serializer, message', [
    ('json', '[ 48, 1 ,{"z":1, "a":2},"com.example.echo", ["\\u00e9", 1.50] ]'),
    ('cbor', bytes.fromhex('9f1830 190001 bf617a01616102ff 66636f6d2e6578 9ffb3ff8000000000000ffff')),
])
def test_a_message_passes_a_workers_realm_byte_for_byte_when_both_sides_speak_its_serializer(stack, serializer, message):
    router = stack.router(*w.PATIENT)
    router.wamp_url = f'ws://127.0.0.1:{router.port}/ws'
    stack.test_worker('echo', '--realm', 'realm1', '--serializer', serializer)
    router.wait_workers(1)

    async def talk():
        async with w.Peer(router, serializer) as peer:
            assert peer.welcome['authid'] == 'echo'
            await peer.socket.send(message)
            assert await peer.socket.recv() == message
    w.run(talk())


def test_sessions_of_a_workers_realm_hear_that_the_router_stops(stack):
    router = w.serve(stack, options=w.PATIENT)

    async def talk():
        async with w.Peer(router) as one, w.Peer(router, 'cbor') as other:
            router.terminate()
            for peer in (one, other):
                heard, code = await peer.end()
                assert [(message[0], message[2]) for message in heard] == [(6, 'wamp.close.system_shutdown')] and code == 1001
    w.run(talk())
    assert router.wait() == 0


def backend_for(stack, kind):
    """Where a backend listens: its router's options, and the keys of a file that name it."""
    if kind == 'websocket':
        port = z.free_port()
        return {'port': port}, f'url = "ws://127.0.0.1:{port}/ws"'
    path = stack.path('behind.sock')
    return {'options': ('--rawsocket', f'unix:{path}=/ws')}, f'url = "rs://localhost"\nsocket = "{path}"'


def start_backend(stack, number, port=0, options=()):
    """A router of WAMP of its own, with a worker."""
    behind = stack.router(*options, *w.PATIENT, port=port, fabric=stack.ipc(f'behind-{number}'))
    stack.start([z.program('wamp-worker'), 'realm1', '--connect', behind.fabric], name='wamp')
    return behind.wait_workers(1)


@pytest.mark.parametrize('kind', ['websocket', 'rawsocket'])
def test_a_backend_that_comes_again_is_dialled_again(stack, kind):
    where, keys = backend_for(stack, kind)
    behind = start_backend(stack, 0, **where)
    router = w.front(stack, keys, 'cbor')

    async def joins(ends_by=None):
        async with w.Peer(router) as peer:
            assert (await peer.ask(48, {}, 'p'))[4] == 'wamp.error.no_such_procedure'
            if ends_by:
                ends_by()
                assert (await peer.end())[1] == 1001

    async def joins_at_last():
        while True:
            try:
                return await joins()
            except (AssertionError, websockets.ConnectionClosed):  # ABORT: the router avoids it for a moment
                await asyncio.sleep(0.2)
    w.run(joins(behind.kill))
    start_backend(stack, 1, **where)
    w.run(joins_at_last())
    router.wait_idle()


def test_json_with_a_number_that_is_too_large_for_the_other_side(stack):
    """An integer over 64 bits has no form in MessagePack: the call fails, and the session goes on."""
    router, backend = fronted(stack, 'msgpack')

    async def talk():
        async with w.Peer(router) as peer:
            await peer.socket.send(json.dumps([48, 1, {}, 'p', [2**70]]))
            assert (await peer.hear())[:3] == [8, 48, 1]
            await peer.say(48, 2, {}, 'p', [2**60])
            assert await peer.hear() == [50, 2, {}, [2**60]]
            assert len(backend.heard) == 2  # HELLO, and one call
    w.run(talk())
