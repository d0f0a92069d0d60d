"""The worker in Python behind a real router: what the specification's page alone gives its reader."""
import asyncio
import os
import subprocess
import time

import zeroway_e2e as z
from websocket_e2e import connect, run

PROGRAM = os.path.join(z.ROOT, 'examples', 'hello-py', 'hello.py')


def hello(stack, name, *words, connect=None):
    return stack.worker(name, *words, kind=PROGRAM, connect=connect)


def test_it_says_hello_and_streams_both_ways(stack):
    router = stack.router()
    hello(stack, 'python-1')
    router.wait_workers(1)
    assert router.get('/any/path').text == 'Hello from python-1\n'
    assert router.request('HEAD').body == b''
    body = bytes(range(256)) * 20_000  # 5 MB: more than every window
    with router.connect(30) as connection:
        connection.send(z.Connection.head_bytes('POST', '/echo', [('Transfer-Encoding', 'chunked')]))
        connection.send(z.chunk(b'first'))
        assert connection.read_head().status == 200
        assert connection.take(10) == b'5\r\nfirst\r\n'  # long before the upload's end
        connection.send(z.LAST_CHUNK)
        assert connection.take(5) == z.LAST_CHUNK
        assert connection.request('POST', '/echo', body=body).body == body
        connection.send(z.Connection.head_bytes('POST', '/echo', [('Content-Length', '2'), ('Expect', '100-continue')]))
        assert connection.read_head().status == 100
        connection.send(b'hi')
        assert connection.read_reply('POST').body == b'hi'
    router.wait_idle()


def test_a_wrong_argument_is_told_with_its_range():
    for words, says in ((['--weight', 'x'], "'x' is not a number of 1 … 1000"),
                        (['--capacity', '0'], "'0' is not a number of 1 … 1000000"),
                        (['--connect', 'here'], 'here is neither tcp://HOST:PORT'),
                        (['--connect', 'ipc://' + 'a' * 200], 'File name too long')):
        done = subprocess.run([PROGRAM, 'python-1', *words], capture_output=True, text=True, timeout=20 * z.SLOW)
        assert done.returncode in (1, 2)
        assert says in done.stderr and 'Traceback' not in done.stderr


def test_it_outlives_whoever_reads_its_log(stack):
    reading, writing = os.pipe()
    child = subprocess.Popen([PROGRAM, 'python-1', '--connect', stack.ipc()], stderr=writing)
    try:
        os.close(writing)
        os.close(reading)  # what it says when it is welcomed finds nobody
        router = stack.router().wait_workers(1)
        assert router.get().text == 'Hello from python-1\n'
        child.terminate()
        assert child.wait(z.PATIENCE) == 0
    finally:
        child.kill()
        child.wait()


def test_a_rolling_restart_under_post_load_fails_nothing(stack):
    router = stack.router()
    workers = [hello(stack, f'python-{number}') for number in range(3)]
    router.wait_workers(3)
    with z.Load(router.port, 8, z.post_with_id) as load:
        for number, worker in enumerate(workers):
            load.wait_more(50)
            worker.terminate()
            assert worker.wait() == 0
            hello(stack, f'python-{number}-again')
            load.wait_worker(f'python-{number}-again')
            router.wait_workers(3)
    assert load.failed == []
    assert len(load.by_worker()) == 6


def test_it_finishes_what_it_holds(stack):
    router = stack.router()
    worker = hello(stack, 'python-1')
    router.wait_workers(1)
    with router.connect(20) as connection:
        connection.send(z.Connection.head_bytes('POST', '/echo', [('Content-Length', '6')]) + b'abc')
        assert connection.read_head().status == 200
        assert connection.take(3) == b'abc'
        worker.terminate()
        router.wait_log('python-1 .*is leaving, it holds 1 streams')
        connection.send(b'def')
        assert connection.take(3) == b'def'
    assert worker.wait() == 0


def test_a_second_signal_ends_it_at_once(stack):
    router = stack.router()
    worker = hello(stack, 'python-1')
    router.wait_workers(1)
    with router.connect() as connection:
        connection.send(z.Connection.head_bytes('POST', '/echo', [('Content-Length', '6')]) + b'abc')
        assert connection.read_head().status == 200
        worker.terminate()
        worker.wait_log('leaving with 1 streams')
        worker.terminate()
        assert worker.wait() == 1
        router.wait_idle()


def test_its_websockets_are_closed_one_after_another(stack):
    router = stack.router()
    worker = hello(stack, 'python-1')
    router.wait_workers(1)

    async def talk():
        clients = [await connect(router) for _ in range(20)]
        began = time.monotonic()
        worker.terminate()

        async def end_of(client):
            await client.wait_closed()
            return client.close_code, time.monotonic() - began
        return await asyncio.gather(*map(end_of, clients))
    ends = run(talk())
    assert {code for code, _ in ends} == {1012}
    assert max(at for _, at in ends) > 1  # ten in a second, a little late or not
    assert worker.wait() == 0


def test_two_routers_and_a_capacity(stack):
    fabrics = [stack.ipc('a'), stack.ipc('b')]
    routers = [stack.router(fabric=fabric, name=f'router-{number}') for number, fabric in enumerate(fabrics)]
    hello(stack, 'python-1', '--capacity', 1, '--weight', 2, connect=fabrics)
    for router in routers:
        router.wait_workers(1).wait_log('python-1 .*weight 2, capacity 1,')
        assert router.get().text == 'Hello from python-1\n'
    with routers[0].connect(20) as held, routers[0].connect(20) as waiting:
        held.send(z.Connection.head_bytes('POST', '/echo', [('Content-Length', '1')]))
        assert held.read_head().status == 200
        queued = routers[0].counters()['queued']  # any of the requests before may have waited for a moment too
        waiting.send_request()
        z.eventually(lambda: routers[0].counters()['queued'] == queued + 1)
        held.send(b'x')
        assert waiting.read_reply().status == 200
