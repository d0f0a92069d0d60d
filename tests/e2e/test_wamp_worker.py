"""The wamp-worker behind a router: realms, serializers, refusals, timeouts, and what clients see when it goes."""
import asyncio
import subprocess

import pytest
import websockets
from wamp_e2e import Peer, Sleeper, run, serve, start_worker
from zeroway_e2e import SANITIZED, program

SERIALIZERS = ['json', 'msgpack', 'cbor']


@pytest.mark.parametrize('realm', ['realm1', 'com.example.b'])
def test_realms_of_one_worker_do_not_hear_each_other(stack, realm):
    router = serve(stack, 'realm1', 'com.example.b')

    async def talk():
        async with Peer(router, realm=realm) as ann, Peer(router, realm=realm) as bob, Peer(router) as one:
            other = one if realm != 'realm1' else None
            subscription = await bob.subscribe('t')
            if other:
                await other.subscribe('t')
            kind, _, publication = await ann.ask(16, {'acknowledge': True}, 't', [1])
            assert kind == 17 and await bob.hear() == [36, subscription, publication, {}, [1]]
            if other:
                assert (await other.ask(48, {}, 'p'))[0] == 8  # the first that it hears
    run(talk())


@pytest.mark.parametrize('threads', ['1', '2'])
def test_clients_that_come_before_the_first_worker_of_a_realm_join_when_it_is_there(stack, threads):
    router = stack.router('--threads', threads, '--queue-timeout', '30s')
    router.wamp_url = f'ws://127.0.0.1:{router.port}/ws'

    async def talk():
        peers = [asyncio.create_task(Peer(router, serializer).__aenter__()) for serializer in SERIALIZERS]
        await asyncio.sleep(0.2)
        assert not any(peer.done() for peer in peers)
        start_worker(stack, 'realm1')
        for joined in peers:
            peer = await joined
            assert (await peer.ask(48, {}, 'p'))[4] == 'wamp.error.no_such_procedure'
            await peer.socket.close()
    run(talk())
    router.wait_idle()


def test_an_unknown_realm_is_aborted_and_closed(stack):
    router = serve(stack)

    async def talk():
        async with Peer(router, joins=False) as peer:
            await peer.say(1, 'realm2', {'roles': {'caller': {}}})
            assert (await peer.hear())[2] == 'wamp.error.no_such_realm'
            await peer.socket.wait_closed()
            assert peer.socket.close_code == 1000
    run(talk())


@pytest.mark.parametrize('serializer', SERIALIZERS)
def test_a_broken_rule_is_aborted_and_closed_with_1002(stack, serializer):
    router = serve(stack)

    async def talk():
        async with Peer(router, serializer) as peer:
            await peer.say(16, 'no id', {}, 't')
            kind, details, reason = await peer.hear()
            assert (kind, reason) == (3, 'wamp.error.protocol_violation')
            assert details['message'] == 'element 2 of PUBLISH must be an id (an integer from 1 to 2^53)'
            await peer.socket.wait_closed()
            assert (peer.socket.close_code, peer.socket.close_reason) == (1002, details['message'])
        async with Peer(router, serializer) as peer:
            await peer.socket.send(b'[]' if serializer == 'json' else '[]')
            assert (await peer.hear())[2] == 'wamp.error.protocol_violation'
            await peer.socket.wait_closed()
            assert peer.socket.close_code == 1002
    run(talk())
    router.wait_idle()


def test_the_clients_order_of_subprotocols_decides(stack):
    router = serve(stack)

    async def chosen(*offers):
        async with websockets.connect(router.wamp_url, subprotocols=offers) as socket:
            return socket.subprotocol

    async def talk():
        assert await chosen('wamp.2.msgpack', 'wamp.2.json') == 'wamp.2.msgpack'
        assert await chosen('wamp.2.ubjson', 'wamp.2.json.batched', 'wamp.2.cbor', 'wamp.2.json') == 'wamp.2.cbor'
        for offers in (['wamp.2.ubjson'], ['wamp.2.json.batched'], None):
            with pytest.raises(websockets.InvalidStatusCode) as refused:
                async with websockets.connect(router.wamp_url, subprotocols=offers):
                    pass
            assert refused.value.status_code == 400
    run(talk())


@pytest.mark.parametrize('publisher', SERIALIZERS)
@pytest.mark.parametrize('subscriber', SERIALIZERS)
def test_values_agree_between_serializers(stack, publisher, subscriber):
    router = serve(stack)
    as_json = {b'\0\xff': '\0AP8=', b'': '\0'}

    def bytes_in(serializer, data):
        return as_json[data] if serializer == 'json' else data

    def payload(serializer):
        return [[2**63 - 1, 2**64 - 1, -2**63, 2**53 + 1, 1.0, 0.1, 'é\0', None, True, bytes_in(serializer, b'\0\xff')],
                {'deep': {'deeper': [bytes_in(serializer, b''), {}]}}]

    async def talk():
        async with Peer(router, publisher) as ann, Peer(router, subscriber) as bob:
            subscription = await bob.subscribe('t')
            await ann.say(16, 1, {}, 't', *payload(publisher))
            event = await bob.hear()
            assert event[:2] == [36, subscription] and event[4:] == payload(subscriber)
            assert [type(one) for one in event[4]] == [type(one) for one in payload(subscriber)[0]]
    run(talk())


def test_two_hundred_large_calls_at_once_are_all_answered(stack):
    """Together they are more than may wait for one client: the callers are slowed down, nobody is dropped."""
    router = serve(stack)
    count, size = 200, 200_000

    async def talk():
        async with Peer(router, 'cbor') as callee, Peer(router, 'msgpack') as caller:
            await callee.register('p')

            async def answer():
                for _ in range(count):
                    _, number, _, _, args = await callee.hear()
                    await callee.say(70, number, {}, args)

            async def collect():
                return {request: args[0] for _, request, _, args in [await caller.hear() for _ in range(count)]}
            answering, collecting = asyncio.create_task(answer()), asyncio.create_task(collect())
            for number in range(1, count + 1):
                await caller.say(48, number, {}, 'p', [bytes([number]) * size])
            await answering
            assert await collecting == {number: bytes([number]) * size for number in range(1, count + 1)}
    run(talk())


def test_a_call_with_a_timeout_ends_although_nobody_speaks(stack):
    router = serve(stack)

    async def talk():
        async with Peer(router) as callee, Peer(router, 'cbor') as caller:
            await callee.register('p')
            answer = await caller.ask(48, {'timeout': 100}, 'p')
            assert answer == [8, 48, 1, {}, 'wamp.error.timeout', ['the call was not answered in time']]
            assert (await callee.hear())[0] == 68
            assert await callee.hear() == [69, 1, {'mode': 'killnowait'}]
    run(talk())


def test_kill_waits_for_the_callee(stack):
    router = serve(stack)

    async def talk():
        async with Peer(router) as callee, Peer(router) as caller:
            registration = await callee.register('p')
            await caller.say(48, 1, {}, 'p')
            assert await callee.hear() == [68, 1, registration, {}]
            await caller.say(49, 1, {'mode': 'kill'})
            assert await callee.hear() == [69, 1, {'mode': 'kill'}]
            await callee.say(8, 68, 1, {}, 'com.example.stopped', ['half done'])
            assert await caller.hear() == [8, 48, 1, {}, 'com.example.stopped', ['half done']]
    run(talk())


def test_a_subscriber_that_does_not_read_is_dropped_and_others_hear_everything(stack):
    # On a busy machine the router itself would close the sleeper first.
    router = serve(stack, options=['--send-timeout', '10m', '--ws-ping-interval', '0'])
    text = 'x' * (1 << 20)
    sleeper = stack.closing(Sleeper(router, 't'))

    async def talk():
        async with Peer(router) as ann, Peer(router, 'cbor') as bob:
            await bob.subscribe('t')
            for number in range(60):
                await ann.ask(16, {'acknowledge': True}, 't', [number, text])
                assert (await bob.hear())[4] == [number, text]
    run(talk())
    # The 16 MiB that may wait, for the worker a few times while it writes.
    assert SANITIZED or router.wamp_worker.peak_rss() < 150 << 20
    told, reason = sleeper.rest(), b'this client does not keep up'
    assert told.endswith(b'\x88' + bytes([2 + len(reason)]) + (1013).to_bytes(2, 'big') + reason)
    assert len(told) < 40 << 20
    sleeper.close()
    router.wait_idle()


def test_a_caller_hears_that_the_callee_is_gone_without_goodbye(stack):
    router = serve(stack)

    async def talk():
        async with Peer(router) as caller:
            async with Peer(router) as callee:
                await callee.register('p')
                await caller.say(48, 1, {}, 'p')
                await callee.hear()
                callee.socket.transport.abort()
                assert await caller.hear() == [8, 48, 1, {}, 'wamp.error.canceled', ['the callee has left']]
            assert (await caller.ask(48, {}, 'p'))[4] == 'wamp.error.no_such_procedure'
    run(talk())


@pytest.mark.parametrize('how, code', [('restarted', 1001), ('killed', 1001)])
def test_clients_are_told_when_the_worker_goes_and_join_again(stack, how, code):
    router = serve(stack)

    async def talk():
        peers = [await Peer(router).__aenter__() for _ in range(5)]
        if how == 'restarted':
            router.wamp_worker.terminate()
        else:
            router.wamp_worker.kill()
        for peer in peers:
            if how == 'restarted':
                assert await peer.hear() == [6, {}, 'wamp.close.system_shutdown']
            await peer.socket.wait_closed()
            assert peer.socket.close_code == code
    run(talk())
    router.wait_workers(0)
    start_worker(stack, 'realm1')
    router.wait_workers(1)

    async def again():
        async with Peer(router) as peer:
            assert peer.welcome['realm'] == 'realm1'
    run(again())


def test_a_client_that_says_no_hello_is_closed(stack):
    router = serve(stack)

    async def talk():
        async with Peer(router) as joined, Peer(router, joins=False) as silent:
            kind, details, reason = await silent.hear()
            assert (kind, reason) == (3, 'wamp.error.protocol_violation'), details
            await silent.socket.wait_closed()
            assert silent.socket.close_code == 1002
            assert (await joined.ask(48, {}, 'p'))[4] == 'wamp.error.no_such_procedure'
    run(talk())


def test_five_hundred_sessions_leave_nothing_behind(stack):
    router = serve(stack)

    async def talk():
        peers = await asyncio.gather(*[Peer(router, SERIALIZERS[i % 3]).__aenter__() for i in range(500)])
        await asyncio.gather(*[peer.subscribe('t') for peer in peers])
        await peers[0].say(16, 9, {}, 't', ['all'])
        events = await asyncio.gather(*[peer.hear() for peer in peers[1:]])
        assert all(event[4] == ['all'] for event in events)
        for peer in peers[::2]:
            peer.socket.transport.abort()
        await asyncio.gather(*[peer.__aexit__() for peer in peers[1::2]])
    run(talk())
    router.wait_idle()


def test_mistakes_on_the_command_line_are_named():
    def says(*words):
        done = subprocess.run([program('wamp-worker'), *words], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr
    assert says() == (2, 'wamp-worker: no realm is named: wamp-worker realm1\n')
    assert says('realm1', '--path', '/{') [0] == 2
    assert says('a b') == (2, 'wamp-worker: realm a b: must be a name like realm1 or com.example.shop, without spaces or #\n')
    code, manual = says('--help')
    assert code == 0 and 'Usage: wamp-worker REALM…' in manual and '--path PATH' in manual and '--connect ENDPOINT' in manual
    assert says('--version')[0] == 0
