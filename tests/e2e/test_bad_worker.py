"""What a worker does wrong hurts its stream or itself, nobody else (Z 20)."""
import os

import fabric_peer as f
import pytest
import zeroway_e2e as z


def ask(router, peer, answer):
    """One request to the only worker, `peer`, which answers with the bytes `answer(stream)`; the client's reply."""
    with router.connect() as connection:
        connection.send_request()
        opening = peer.next(f.HEADERS)
        peer.send(answer(opening.stream))
        return connection.read_reply()


def headers(stream, fields, flags=0):
    return f.frame(f.HEADERS, f.END_HEADERS | flags, stream, f.encode(fields))


def test_unknown_frame_types_are_ignored(stack):
    router = stack.router()
    peer = stack.closing(f.FabricPeer(router.fabric)).join()
    reply = ask(router, peer, lambda stream: f.frame(0x77, 0xff, stream, b'what') + f.frame(0xef, 0, 0, b'')
                + f.reply(stream, b'fine'))
    assert (reply.status, reply.body) == (200, b'fine')
    assert router.counters()['frames_ignored'] >= 2


WRONG_ANSWERS = {
    'a block that is not HPACK': lambda stream: f.frame(f.HEADERS, f.END_HEADERS, stream, b'\xff' * 20),
    'a block that uses a dynamic table': lambda stream: f.frame(f.HEADERS, f.END_HEADERS, stream, b'\x88\xbe'),
    'no status': lambda stream: headers(stream, [('x-a', 'b')], f.END_STREAM),
    'a status of two digits': lambda stream: headers(stream, [(':status', '20')], f.END_STREAM),
    'status 101': lambda stream: headers(stream, [(':status', '101')]),
    'a request instead of a reply': lambda stream: headers(stream, [(':method', 'GET'), (':path', '/')]),
    'a line break in a value': lambda stream: headers(stream, [(':status', '200'), ('x-a', 'b\r\nset-cookie: evil')]),
    'a control character in a value': lambda stream: headers(stream, [(':status', '200'), ('x-a', 'b\x1b[2J')]),
    'a flood of interim heads': lambda stream: headers(stream, [(':status', '103'), ('link', 'l' * 1000)]) * 300,
    'a name in upper case': lambda stream: headers(stream, [(':status', '200'), ('X-A', 'b')]),
    'transfer-encoding': lambda stream: headers(stream, [(':status', '200'), ('transfer-encoding', 'chunked')]),
    'data before the head': lambda stream: f.frame(f.DATA, 0, stream, b'early'),
    'an end before the head': lambda stream: f.frame(f.DATA, f.END_STREAM, stream, b''),
    'a header bomb': lambda stream: headers(stream, [(':status', '200'), *[('x-bomb', 'b' * 1000)] * 100]),
    'a reset': lambda stream: f.frame(f.RST_STREAM, 0, stream, (2).to_bytes(4, 'big')),
}


@pytest.mark.parametrize('case', WRONG_ANSWERS, ids=lambda case: case.replace(' ', '-'))
def test_a_wrong_answer_is_a_502_and_nothing_more(stack, case):
    router = stack.router('--retries', '0')
    stack.closing(peer := f.FabricPeer(router.fabric)).join()
    reply = ask(router, peer, WRONG_ANSWERS[case])
    assert reply.status == 502
    assert 'evil' not in reply.raw_head.decode()
    router.wait_idle()
    assert router.is_running()


def test_more_data_than_credited_ends_that_stream(stack):
    router = stack.router()
    peer = stack.closing(f.FabricPeer(router.fabric)).join()
    with router.connect(receive_buffer=4096) as connection:
        connection.send_request()
        opening = peer.next(f.HEADERS)
        peer.send(headers(opening.stream, [(':status', '200')]))
        for _ in range(200):  # 12.5 MB where 256 KiB are allowed
            peer.send(f.frame(f.DATA, 0, opening.stream, b'z' * 65_000))
        assert connection.read_head().status == 200
        with pytest.raises((z.Broken, ConnectionError)):
            connection.take(200 * 65_000)
    router.wait_idle()
    assert router.is_running()


GARBAGE = {
    'random bytes': lambda: os.urandom(1000),
    'a cut frame': lambda: f.frame(f.DATA, 0, 1, b'x' * 100)[:50],
    'a huge length': lambda: b'\xff\xff\xff\x00\x00\x00\x00\x00\x01' + b'x' * 100,
    'an empty message': lambda: b'',
    'five bytes': lambda: b'hello',
    'a ping of three bytes': lambda: f.frame(f.PING, f.ACK, 0, b'abc'),
    'a window update of zero bytes': lambda: f.frame(f.WINDOW_UPDATE, 0, 1, b''),
    'a hello that is not JSON': lambda: f.frame(f.HELLO, 0, 0, b'\xff\xfe{'),
    'a hello without a name': lambda: f.frame(f.HELLO, 0, 0, b'{}'),
    'a hello of weight 0': lambda: f.frame(f.HELLO, 0, 0, b'{"version":1,"name":"x","instance":"x#1","weight":0}'),
    'a big message': lambda: f.frame(f.DATA, 0, 1, b'x' * 65_536) * 100,
}


@pytest.mark.parametrize('said_hello', [True, False], ids=['after-hello', 'stranger'])
def test_garbage_leaves_the_other_workers_and_the_router_alone(stack, said_hello):
    router = stack.router()
    stack.worker('good')
    router.wait_workers(1)
    with z.Load(router.port, 8, z.get_hello) as load:
        for case, make in GARBAGE.items():
            peer = f.FabricPeer(router.fabric, name='evil-peer')
            if said_hello:
                peer.join()
            for _ in range(5):
                peer.send(make())
            peer.close_when_sent()
        load.wait_more(50)
        assert router.is_running()
    assert load.failed == []
    z.eventually(lambda: router.counters()['frames_bad'] > 0)
    router.wait_log('evil-peer')  # it says who it was
    router.wait_idle()


def test_replies_to_streams_of_others_change_nothing(stack):
    router = stack.router()
    victim = stack.closing(f.FabricPeer(router.fabric, name='victim')).join()
    with router.connect() as connection:
        connection.send_request()
        opening = victim.next(f.HEADERS)
        victim.send(f.frame(f.WINDOW_UPDATE, 0, opening.stream, (1000).to_bytes(4, 'big')))
        thief = stack.closing(f.FabricPeer(router.fabric, name='thief')).join()
        before = router.counters()['frames_ignored']
        for stream in range(opening.stream - 3, opening.stream + 4):
            if stream > 0:
                thief.send(f.reply(stream, b'stolen'))
                thief.send(f.frame(f.RST_STREAM, 0, stream, (2).to_bytes(4, 'big')))
        z.eventually(lambda: router.counters()['frames_ignored'] > before)
        victim.send(f.reply(opening.stream, b'mine'))
        reply = connection.read_reply()
    assert (reply.status, reply.body, reply.worker) == (200, b'mine', 'victim')


def test_refused_streams_go_to_another_worker_even_posts(stack):
    router = stack.router()
    refuser = stack.closing(f.FabricPeer(router.fabric, name='refuser')).join()
    with router.connect() as connection:
        connection.send_request('POST', '/', body=b'payload')
        opening = refuser.next(f.HEADERS)
        stack.worker('taker')
        router.wait_workers(2)
        refuser.send(f.frame(f.RST_STREAM, 0, opening.stream, f.REFUSED_STREAM.to_bytes(4, 'big')))
        refuser.send(f.frame(f.GOAWAY, 0, 0, bytes(8)))
        reply = connection.read_reply('POST')
    assert reply.text == 'Hello from taker\n'


def test_a_worker_that_gives_up_is_unknown_and_what_it_held_goes_elsewhere(stack):
    router = stack.router()
    peer = stack.closing(f.FabricPeer(router.fabric)).join()
    with router.connect() as connection:
        connection.send_request()
        opening = peer.next(f.HEADERS)
        peer.send(f.frame(f.WINDOW_UPDATE, 0, opening.stream, bytes(4)))  # it holds the stream
        stack.worker('worker-1')
        router.wait_workers(2)
        peer.send(f.frame(f.GOAWAY, 0, 0, b'\0\0\0\0\0\0\0\2' + b'lost\x1bcount'))
        assert connection.read_reply().worker == 'worker-1'
    router.wait_log(r"peer \S+ is gone: it gave up: code 2, 'lost\\x1bcount'")
    assert router.counters()['workers'] == 1
    peer.hello()
    router.wait_workers(2)
