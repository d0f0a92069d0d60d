"""A worker joins: old workers hand over long streams to it, so many a second, and no message under way is lost."""
import asyncio
import collections
import contextlib

import pytest
import websockets
import zeroway_e2e as z
from websocket_e2e import connect, run, serve

COUNT = 100
RATE = 50


class Client:
    """A client that asks without end, and connects again when it is closed with 1012."""

    def __init__(self, router):
        self.url = f'ws://127.0.0.1:{router.port}/'
        self.closes = []          # codes
        self.asked = self.answered = self.lost = 0
        self.worker = None
        self.is_over = False

    async def run(self, pause):
        while not self.is_over:
            async with websockets.connect(self.url, max_size=None) as socket:
                self.worker = socket.response_headers['X-Worker']
                try:
                    while not self.is_over:
                        await self.ask(socket)
                        await asyncio.sleep(pause)
                except websockets.ConnectionClosed as closed:
                    self.closes.append(closed.rcvd.code if closed.rcvd else 1006)

    async def ask(self, socket):
        text = f'message {self.asked}'
        await socket.send(text)
        self.asked += 1
        assert await socket.recv() == text
        self.answered += 1


async def with_clients(router, change, pause=0.2):
    """Runs the clients, and `change(clients)` once all are connected. Returns them."""
    clients = [Client(router) for _ in range(COUNT)]
    tasks = [asyncio.create_task(client.run(pause)) for client in clients]
    try:
        await until(lambda: all(client.answered for client in clients), tasks)
        await change(clients, tasks)
    finally:
        for client in clients:
            client.is_over = True
        done = await asyncio.gather(*tasks, return_exceptions=True)
    assert not [one for one in done if isinstance(one, BaseException)], done
    return clients


async def until(question, tasks, within=z.PATIENCE):
    for _ in range(int(within * z.SLOW / 0.05)):
        if question():
            return
        assert not [task for task in tasks if task.done()], 'a client has ended'
        await asyncio.sleep(0.05)
    raise AssertionError('not in time')


def split(clients):
    return collections.Counter(client.worker for client in clients)


def echo(stack, name):
    return stack.worker(name, kind='echo-websocket-worker')


@pytest.mark.parametrize('threads', [1, 2])
def test_about_half_of_the_websockets_move_to_a_worker_that_joins(stack, threads):
    router = stack.router('--rebalance', RATE, '--threads', threads, fabric=stack.tcp(threads))
    stack.worker('old', kind='echo-websocket-worker', connect=router.fabric)
    router.wait_workers(threads)

    async def join(clients, tasks):
        assert split(clients) == {'old': COUNT}
        stack.worker('new', kind='echo-websocket-worker', connect=router.fabric)
        await until(lambda: split(clients)['new'] >= COUNT * 0.4, tasks)
        await asyncio.sleep(1)  # more than half would move now, if anything did

    clients = run(with_clients(router, join))
    moved = [client for client in clients if client.closes]
    assert {code for client in clients for code in client.closes} == {1012}
    assert all(len(client.closes) == 1 for client in moved)
    assert COUNT * 0.4 <= len(moved) <= COUNT * 0.55, len(moved)
    assert router.counters()['handed_over'] == len(moved)
    assert COUNT * 0.4 <= split(clients)['new'] <= COUNT * 0.6, split(clients)


def test_off_none_moves(stack):
    router = stack.router()
    echo(stack, 'old')
    router.wait_workers(1)

    async def join(clients, tasks):
        echo(stack, 'new')
        await asyncio.sleep(2)

    clients = run(with_clients(router, join))
    assert split(clients) == {'old': COUNT}
    assert not [client for client in clients if client.closes]
    assert router.counters()['handed_over'] == 0


def test_no_more_move_in_a_second_than_is_asked(stack):
    router = stack.router('--rebalance', 5)
    echo(stack, 'old')
    router.wait_workers(1)

    async def join(clients, tasks):
        echo(stack, 'new')
        await until(lambda: router.counters()['workers'] == 2, tasks)
        before = router.counters()['handed_over']
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(3)
        after = router.counters()['handed_over']
        passed = asyncio.get_running_loop().time() - began
        assert 0 < after - before <= 5 * passed + 2, (after - before, passed)

    run(with_clients(router, join))


def test_messages_under_way_are_not_lost(stack):
    """Each client sends without waiting for answers. The worker gets all that was sent before the client's own Close:
    the close is a handshake. What it echoes reaches the client without a gap, until the Close."""
    router, worker = serve(stack, '--rebalance', RATE)
    count, results = 20, {}

    async def one(path):
        async with connect(router, path) as socket:
            got = 0

            async def read():
                nonlocal got
                with contextlib.suppress(websockets.ConnectionClosed):
                    while True:
                        assert await socket.recv() == f'{got:08}'
                        got += 1

            reading, sent = asyncio.create_task(read()), 0
            with contextlib.suppress(websockets.ConnectionClosed):
                while True:
                    await socket.send(f'{sent:08}')
                    sent += 1
                    await asyncio.sleep(0.005)
            await reading
            results[path] = (socket.close_code, sent, got)

    async def all_of_them():
        tasks = [asyncio.create_task(one(f'/{index}')) for index in range(count)]
        await until(lambda: len(worker.sockets) == count, tasks)
        sockets = {socket.path: socket for socket in worker.sockets.values()}
        echo(stack, 'new')
        while len(results) < count / 2:
            assert not [task for task in tasks if task.done() and task.exception()]
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)  # nobody else is asked
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return sockets

    sockets = run(all_of_them())
    assert len(results) == count / 2
    for path, (code, sent, got) in results.items():
        assert code == 1012 and 0 < got <= sent, (code, sent, got)
        z.eventually(lambda: sockets[path].received == 8 * sent, what=f'{sent} messages of {path}')


def test_sticky_clients_stay(stack):
    router = stack.router('--rebalance', RATE, '--sticky', 'cookie')
    echo(stack, 'old')
    router.wait_workers(1)

    async def join(clients, tasks):
        echo(stack, 'new')
        await asyncio.sleep(2)

    clients = run(with_clients(router, join))
    assert not [client for client in clients if client.closes]
