"""The chat: its page, two windows in one room, others in another."""
import asyncio
import json

import pytest
import websockets
from zeroway_e2e import SLOW


@pytest.fixture
def router(stack):
    router = stack.router()
    stack.worker('chat-1', kind='chat-worker')
    router.wait_workers(1)
    return router


def run(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, 20 * SLOW))


def connect(router, room, name):
    return websockets.connect(f'ws://127.0.0.1:{router.port}/rooms/{room}?name={name}')


async def told(client):
    return json.loads(await client.recv())


def test_the_page_needs_nothing_from_elsewhere(router):
    reply = router.get('/')
    assert reply.status == 200 and reply.get('content-type') == 'text/html; charset=utf-8'
    assert b'new WebSocket(' in reply.body
    assert b'src=' not in reply.body and b'//' not in reply.body


def test_two_windows_talk_and_a_third_in_another_room_hears_nothing(router):
    async def talk():
        async with connect(router, 'a', 'Ann') as ann, connect(router, 'b', 'Cid') as cid:
            assert await told(ann) == {'people': ['Ann']}
            assert await told(cid) == {'people': ['Cid']}
            await ann.send('anybody?')
            assert await told(ann) == {'name': 'Ann', 'text': 'anybody?'}
            async with connect(router, 'a', 'B%C3%B6b') as bob:
                assert await told(bob) == {'name': 'Ann', 'text': 'anybody?'}  # what was said before
                assert await told(bob) == await told(ann) == {'people': ['Ann', 'Böb']}
                await bob.send('<b>"hi"</b>')
                assert await told(ann) == await told(bob) == {'name': 'Böb', 'text': '<b>"hi"</b>'}
            assert await told(ann) == {'people': ['Ann']}
            await cid.send('alone')
            assert await told(cid) == {'name': 'Cid', 'text': 'alone'}
    run(talk())
    router.wait_idle()


def test_without_a_name_nobody_enters(router):
    async def talk():
        async with connect(router, 'a', ''):
            pass
    with pytest.raises(websockets.InvalidStatusCode) as refused:
        run(talk())
    assert refused.value.status_code == 400


def test_too_long_a_message_is_1009_for_its_sender_only(router):
    async def talk():
        async with connect(router, 'a', 'Ann') as ann, connect(router, 'a', 'Bob') as bob:
            await bob.send('x' * 5000)
            await bob.wait_closed()
            assert bob.close_code == 1009
            seen = [await told(ann) for _ in range(3)]
            assert seen[-1] == {'people': ['Ann']}
    run(talk())
