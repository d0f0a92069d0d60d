"""Realms of WAMP that workers announce: `router` and `wamp-worker realm1` are all that it takes."""
import asyncio
import sys
import time

import pytest
import management_e2e as m
import wamp_e2e as w
import zeroway_e2e as z
from test_wamp_clients import SERIALIZERS
from wamp_e2e import SUPPORT, check_client, run_client


async def joined(router, realm='realm1', serializer='json'):
    """A client that has joined."""
    peer = w.Peer(router, serializer, realm)
    return await peer.__aenter__()


def sessions_of(port):
    """How many streams each worker holds, by its name."""
    return {one['name']: one['open'] for one in m.told(port, '/api/v1/workers')['workers']}


def serving(stack, *options):
    router, port = m.managed(stack, *options)
    router.management, router.wamp_url = port, f'ws://127.0.0.1:{router.port}/ws'
    return router


def with_standby(stack):
    """A router, and the first of the two workers of its realm: the other one stands by."""
    router = serving(stack, *w.PATIENT)  # a worker that is killed is known by its connection
    first = w.start_worker(stack, 'realm1', '--name', 'first')
    router.wait_workers(1)
    w.start_worker(stack, 'realm1', '--name', 'second')
    router.wait_workers(2)
    return router, first


def test_one_worker_for_each_realm(stack):
    router = serving(stack)
    w.start_worker(stack, 'realm1')
    w.start_worker(stack, 'realm2')
    router.wait_workers(2)

    async def both():
        one, other = await joined(router, 'realm1', 'cbor'), await joined(router, 'realm2', 'msgpack')
        await one.register('com.here')
        answer = await other.ask(48, {}, 'com.here')
        assert (answer[0], answer[4]) == (8, 'wamp.error.no_such_procedure')
        stranger = w.Peer(router, realm='realm3', joins=False)
        await stranger.__aenter__()
        await stranger.say(1, 'realm3', {'roles': w.ROLES})
        heard, code = await stranger.end()
        assert heard[0][0] == 3 and heard[0][2] == 'wamp.error.no_such_realm'
        assert code == 1000
        for peer in (one, other):
            await peer.socket.close()
    w.run(both())
    router.wait_idle()


def test_an_exclusive_realm_stays_with_its_oldest_worker_until_it_dies(stack):
    router, first = with_standby(stack)

    async def all_at_one():
        peers = [await joined(router) for _ in range(10)]
        assert sessions_of(router.management) == {'first': 10, 'second': 0}
        begin = time.monotonic()
        first.kill()
        for peer in peers:
            heard, code = await peer.end()
            assert (heard, code) == ([], 1001)
        assert time.monotonic() - begin < 5 * z.SLOW  # 1 s is asked; a machine that does much else takes longer
        return [await joined(router) for _ in range(3)]

    async def takes_over():
        peers = await all_at_one()
        z.eventually(lambda: sessions_of(router.management) == {'second': 3}, what='the second one has them')
        for peer in peers:
            await peer.socket.close()
    w.run(takes_over())
    router.wait_idle()


@pytest.mark.parametrize('serializer', SERIALIZERS)
def test_a_shared_realm_is_served_by_all_its_workers_and_one_that_dies_takes_its_sessions_alone(stack, serializer):
    router = serving(stack, *w.PATIENT)
    first, _ = [stack.test_worker(name, '--realm', 'realm1') for name in ('first', 'second')]
    router.wait_workers(2)

    async def talk():
        of = {'first': [], 'second': []}
        while min(map(len, of.values())) < 5:  # a worker that is late with a ping gets fewer
            peer = await joined(router, serializer=serializer)
            of[peer.welcome['authid']].append(peer)
        assert sessions_of(router.management) == {name: len(peers) for name, peers in of.items()}
        first.kill()
        for peer in of['first']:
            assert await peer.end() == ([], 1001)
        for peer in of['second']:  # they go on
            await peer.say(32, 1, {}, 'com.example.topic')
            assert await peer.hear() == [32, 1, {}, 'com.example.topic']
        more = [await joined(router, serializer=serializer) for _ in range(5)]
        assert {peer.welcome['authid'] for peer in more} == {'second'}
        for peer in of['second'] + more:
            await peer.socket.close()
    w.run(talk())
    router.wait_idle()


def test_a_worker_that_leaves_says_goodbye_and_the_next_one_has_the_realm(stack):
    router, first = with_standby(stack)

    async def hands_over():
        peer = await joined(router)
        first.terminate()
        heard, code = await peer.end()
        assert heard[-1][0] == 6
        assert code in (1000, 1001)
        again = await joined(router)
        await again.socket.close()
    w.run(hands_over())
    assert first.wait() == 0


def test_a_thousand_sessions_and_the_base_again(stack):
    router, first = with_standby(stack)
    base = router.descriptors()

    async def thousand():
        peers = []
        for _ in range(20):
            peers += await asyncio.gather(*(joined(router, serializer=SERIALIZERS[number % 3]) for number in range(50)))
        assert m.metric(router.management, 'zeroway_wamp_transports_open') == 1_000
        begin = time.monotonic()
        first.kill()
        told = await asyncio.gather(*(peer.end() for peer in peers))
        took = time.monotonic() - begin
        assert all((heard, code) == ([], 1001) for heard, code in told)
        again = await joined(router)
        await again.socket.close()
        return took
    assert w.run(thousand()) < 5 * z.SLOW  # 1 s is asked; a machine that does much else takes longer
    router.wait_idle()
    z.eventually(lambda: m.metric(router.management, 'zeroway_wamp_transports_open') == 0, what='the gauge is back')
    z.eventually(lambda: router.descriptors() <= base + 4, what='the descriptors are back')


def test_a_path_of_its_own_and_none(stack):
    elsewhere = serving(stack, '--wamp', '/wamp')
    w.start_worker(stack, 'realm1')
    elsewhere.wait_workers(1)
    elsewhere.wamp_url = f'ws://127.0.0.1:{elsewhere.port}/wamp'

    async def joins():
        await (await joined(elsewhere)).socket.close()
    w.run(joins())


@pytest.mark.parametrize('engine', ['loop', 'libzmq'])
def test_autobahn_with_each_engine(stack, engine):
    router = serving(stack, '--fabric-engine', engine)
    w.start_worker(stack, 'realm1', '--engine', engine)
    router.wait_workers(1)
    check_client(run_client([sys.executable, f'{SUPPORT}/wamp_autobahn.py', router.wamp_url, 'realm1', 'cbor'], stack), 'wamp_autobahn.py')
    router.wait_idle()
