"""Three servers are killed, stopped and started again, one after the other, under the load of 64 connections.

GETs never fail. POSTs fail at most when that server has them, by 502 or 504 in time, and none is done twice. Each
server gets requests again as soon as it is well.
"""
import collections
import time

import origin_fleet as o
import pytest
import zeroway_e2e as z
from origin_server import H2, HTTP1

READ = 2.0 * z.SLOW  # seconds of a server's silence; more than a busy machine takes for a reply
GETS, POSTS = 48, 16
PACE = 0.1
TRIALS = 3           # requests that find out, while a server hangs, that it still does


class Event:
    """Something that happens to one server."""

    def __init__(self, kind, origin):
        self.kind, self.origin = kind, origin
        self.begin, self.end = time.monotonic(), None

    def __repr__(self):
        return f'{self.kind} {self.origin.name}'


def cause_of(outcome, happened):
    """The last event that began before the request ended, unless the request began after the event's end."""
    begun = [event for event in happened if event.begin < outcome.start + outcome.seconds]
    assert begun and outcome.start < begun[-1].end, (outcome, happened)
    return begun[-1]


def wait_served(load, origin):
    """Waits for an answer of the server."""
    since = time.monotonic()
    z.eventually(lambda: load.by_worker(since)[origin.name] > 0, 2 * z.PATIENCE, what=f'an answer by {origin.name}')


def kill(load, origin):
    origin.kill()
    load.wait_more(2 * GETS)
    origin.start()


def stop(load, origin):
    origin.freeze()
    begun = time.monotonic()
    load.wait_more(2 * GETS)  # the others serve
    z.eventually(lambda: time.monotonic() > begun + 2.5 * READ, every=0.1, what='the time of two time-outs')
    origin.thaw()


def restart(load, origin):
    origin.kill()
    origin.start()


EVENTS = {'kill': kill, 'stop': stop, 'restart': restart}


def rounds():
    """One event for each server; in the long form for a minute."""
    yield from enumerate(EVENTS)
    if z.LONG:
        kinds, number, end = list(EVENTS), 0, time.monotonic() + 60
        while time.monotonic() < end:
            number += 1
            yield number, kinds[number // 3 % 3]


@pytest.mark.parametrize('language', [HTTP1, H2], ids=['h1', 'h2c'])
def test_gets_never_fail_and_posts_fail_only_in_its_hands(stack, language):
    ids = stack.path('ids')
    origins = o.started(stack, 3, language=language, ids=ids, delay=0.02)
    router = o.with_origins(stack, *origins, timeout={'connect': f'{READ}s', 'read': f'{READ}s', 'write': f'{READ}s'},
                            health={'fall': 1, 'back_off': '250ms'})
    happened = []
    with z.Load(router.port, GETS, z.get_hello, pace=PACE, named_by='x-origin') as gets, \
            z.Load(router.port, POSTS, z.post_with_id, pace=PACE) as posts:
        for origin in origins:
            wait_served(gets, origin)
        for number, kind in rounds():
            event = Event(kind, origins[number % 3])
            happened.append(event)
            EVENTS[kind](gets, event.origin)
            wait_served(gets, event.origin)
            event.end = time.monotonic()
    print({repr(event): round(event.end - event.begin, 1) for event in happened}, gets.done(), posts.done(),
          'failed posts:', len(posts.failed))
    assert gets.failed == []
    for outcome in posts.failed:
        assert outcome.status in (502, 504), outcome
        assert outcome.seconds < 2 * READ + z.SLOW, outcome
    for event, count in collections.Counter(cause_of(outcome, happened) for outcome in posts.failed).items():
        assert count <= POSTS + TRIALS, (event, count)
    with open(ids) as file:
        lines = [line.split() for line in file]
    done = collections.Counter(id for id, _, method in lines if method == 'POST')
    assert [id for id, count in done.items() if count > 1] == []
    assert [outcome for outcome in posts.outcomes if outcome.status == 200 and outcome.id not in done] == []
    router.wait_idle()
    for origin in origins:
        assert origin.faults() == []


def test_a_server_that_hangs_is_out_until_it_answers_again(stack):
    """And while it is out, nobody waits for it."""
    origins = o.started(stack, 2)
    router = o.with_origins(stack, *origins, timeout={'read': f'{READ}s'},
                            health={'fall': 1, 'back_off': f'{min(60, 20 * z.SLOW)}s'})
    origins[0].freeze()
    assert [router.get().status for _ in range(2)] == [200, 200]  # one of them waits for READ, and goes to the other
    begun = time.monotonic()
    assert {router.get().get('x-origin') for _ in range(20)} == {'origin-2'}
    assert time.monotonic() - begun < READ
    origins[0].thaw()


def test_a_post_to_a_server_that_hangs_is_504_in_time(stack):
    origin, = o.started(stack, 1)
    router = o.with_origins(stack, origin, timeout={'read': f'{READ}s'})
    origin.freeze()
    begun = time.monotonic()
    reply = router.request('POST', '/', body=b'x')
    assert reply.status == 504
    assert READ * 0.9 < time.monotonic() - begun < READ + 2 * z.SLOW
    origin.thaw()
    assert router.request('POST', '/', body=b'x').status == 200


def test_a_get_to_the_only_server_that_hangs_is_504(stack):
    origin, = o.started(stack, 1)
    router = o.with_origins(stack, origin, timeout={'read': f'{READ}s'})
    origin.freeze()
    begun = time.monotonic()
    assert router.get().status == 504
    assert time.monotonic() - begun < 4 * READ
    origin.thaw()


def test_a_server_that_is_killed_in_a_reply_cuts_that_reply(stack):
    """It must not look whole."""
    origin, = o.started(stack, 1)
    router = o.with_origins(stack, origin)
    with router.connect() as client:
        client.send_request('GET', f'/stream-bytes/{64 * z.MIB}?rate={z.MIB}')
        head = client.read_head()
        assert head.status == 200 and head.get('transfer-encoding') == 'chunked'
        client.take(1000)
        origin.kill()
        received = bytearray()
        while True:
            try:
                if not client.fill():
                    break
            except ConnectionError:
                break
            received += client.buffer
            client.buffer.clear()
        assert not received.endswith(b'0\r\n\r\n')
    router.wait_idle()


@pytest.mark.parametrize('language', [HTTP1, H2], ids=['h1', 'h2c'])
def test_all_servers_dead_is_503_and_the_first_one_back_serves(stack, language):
    origins = o.started(stack, 3, language=language)
    router = o.with_origins(stack, *origins, health={'fall': 1, 'back_off': '250ms'})
    assert router.get().status == 200
    for origin in origins:
        origin.kill()
    z.eventually(lambda: router.get().status == 503, what='503')
    for _ in range(20):
        assert router.get().status in (502, 503)
    origins[1].start()
    z.eventually(lambda: router.get().status == 200, what='an answer of the one that is back')
    assert router.get().get('x-origin') == 'origin-2'
