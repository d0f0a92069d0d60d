"""A client that breaks a rule after messages: they are answered, then comes the Close (proto/README.md §8).

The router knows by a frame, the worker's end, that nothing more will come: no answer is too late but by seconds.
"""
import os
import socket
import struct
import time

import fabric_peer as f
import pytest
from websocket_e2e import serve
from websocket_frames import TEXT, ByHand, frame
from websocket_roads import Roads
from websocket_worker import END_MESSAGE, FIRST_WINDOW, MESSAGE
import zeroway_e2e as z

BROKEN = frame(3) + frame(TEXT, b'behind it')
HELLO_PY = os.path.join(z.ROOT, 'examples', 'hello-py', 'hello.py')
CLOSED = [('close', 1002), ('end',)]
GUARD = 5  # seconds
both_languages = pytest.mark.parametrize('kind', ['echo-websocket-worker', HELLO_PY])


@pytest.fixture(params=['http1', 'http2'])
def road(request):
    return request.param


def after(router, road, path, *messages, seconds=20):
    """All that comes after these messages and a broken rule."""
    roads = Roads(router.port, road)
    try:
        with ByHand(roads.open(path, seconds=seconds)) as client:
            client.send(b''.join(frame(TEXT, message) for message in messages) + BROKEN)
            return [event[:2] for event in client.events()]
    finally:
        roads.close()


def test_the_worker_answers_when_it_has_heard_the_end(stack, road):
    """In the frames of the page: MESSAGE and the end with 1006 to the worker; MESSAGE and its end back."""
    router, worker = serve(stack)
    assert after(router, road, '/late', b'one', b'two') == [('text', b'one'), ('text', b'two'), *CLOSED]
    assert worker.closings == [('/late', [('close-code', '1006'), ('close-reason', 'a reserved opcode')])]
    router.wait_idle()


def test_a_handler_may_take_its_time(stack, road):
    """Of the SDK: each answer takes a second, the last is begun long after the rule was broken."""
    router = stack.router('--access-log', '-')
    stack.test_worker('slow', '--delay', 1000)
    router.wait_workers(1)
    assert after(router, road, '/', b'one', b'two') == [('text', b'one'), ('text', b'two'), *CLOSED]
    router.wait_idle()
    router.wait_log(r'(?m)"(GET / HTTP/1.1" 101|CONNECT / HTTP/2" 200) .* bad_request$')


@both_languages
def test_a_worker_ends_behind_its_answers(stack, kind):
    """By hand, as the page says it: the answers wait for credit, and END_STREAM waits for them."""
    host = stack.closing(f.FabricHost(stack.ipc()))
    stack.worker('echo', kind=kind)
    worker = host.welcome()
    fields = [(':method', 'CONNECT'), (':protocol', 'websocket'), (':scheme', 'http'), (':authority', 'a'), (':path', '/')]
    host.deal.send(f.frame(f.HEADERS, f.END_HEADERS, 1, f.encode(fields)))
    host.next(f.HEADERS)
    one, two = os.urandom(40_000), os.urandom(60_000)
    host.send(worker, f.frame(MESSAGE, END_MESSAGE, 1, one))
    answers = host.next(MESSAGE).payload
    host.send(worker, f.frame(MESSAGE, END_MESSAGE, 1, two) +
              f.frame(f.HEADERS, f.END_HEADERS | f.END_STREAM, 1, f.encode([('close-code', '1006')])))
    while len(answers) < FIRST_WINDOW:
        answers += host.next(MESSAGE).payload
    host.send(worker, f.frame(f.WINDOW_UPDATE, 0, 1, struct.pack('>I', 1000)) + f.frame(f.PING, 0, 0, bytes(8)))
    answers += host.next(MESSAGE).payload
    host.next(f.PING)
    host.send(worker, f.frame(f.WINDOW_UPDATE, 0, 1, struct.pack('>I', 100_000)))
    answers += host.next(MESSAGE).payload
    end = host.next()
    assert answers == one + two
    assert (end.type in (f.DATA, f.HEADERS), end.flags & f.END_STREAM) == (True, f.END_STREAM)


@both_languages
def test_an_answer_of_many_windows_is_whole(stack, road, kind):
    router = stack.router()
    stack.worker('echo', kind=kind)
    router.wait_workers(1)
    message = b'x' * z.MIB
    assert after(router, road, '/', b'first', message) == [('text', b'first'), ('text', message), *CLOSED]
    router.wait_idle()


def test_a_worker_that_never_ends_is_given_up(stack, road):
    router, worker = serve(stack)
    began = time.monotonic()
    assert after(router, road, '/endless', b'one') == [('text', b'one'), *CLOSED]
    assert GUARD - 1 < time.monotonic() - began < (GUARD + 3) * z.SLOW
    z.eventually(lambda: len(worker.closings) == 2, 5)
    assert worker.closings[0][1][0] == ('close-code', '1006')
    assert worker.closings[1] == ('/endless', 'reset 8')
    router.wait_idle()


def test_a_worker_that_dies_meanwhile(stack, road):
    """The client still hears which rule it broke."""
    router = stack.router()
    worker = stack.test_worker('slow', '--delay', 60_000)
    router.wait_workers(1)
    roads = Roads(router.port, road)
    with ByHand(roads.open()) as client:
        client.send(frame(TEXT, b'one') + BROKEN)
        z.eventually(lambda: router.counters()['bad_requests'] == 1, 5)
        worker.kill()
        assert [event[:2] for event in client.events()] == CLOSED
    roads.close()
    router.wait_idle()


def test_a_client_that_sends_no_more_still_reads(stack):
    router, worker = serve(stack)
    with ByHand(Roads(router.port).open('/late')) as client:
        client.send(frame(TEXT, b'one') + BROKEN)
        client.road.pipe.socket.shutdown(socket.SHUT_WR)
        assert [event[:2] for event in client.events()] == [('text', b'one'), *CLOSED]
    assert [closing[1][0] for closing in worker.closings] == [('close-code', '1006')]
    router.wait_idle()
