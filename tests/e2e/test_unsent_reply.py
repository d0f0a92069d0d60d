"""A reply of which no byte has left when its worker is lost: its client is served by another one (Z 6)."""
import fabric_peer as f
import h2_peer
import pytest
import zeroway_e2e as z

GONE = f.frame(f.GOAWAY, 0, 0, bytes(4) + (2).to_bytes(4, 'big'))  # the router takes it for dead: all in one turn


def begun(stream, body=b''):
    head = f.encode([(':status', '203'), ('content-length', '1000'), ('x-of', 'the first')])
    return f.frame(f.HEADERS, f.END_HEADERS, stream, head) + (f.frame(f.DATA, 0, stream, body) if body else b'')


@pytest.fixture
def two(stack):
    """A router, a worker that has no other beside it yet, and the way to one more."""
    log = stack.path('access.log')
    router = stack.router('--access-log', log)
    first = stack.closing(f.FabricPeer(router.fabric, 'first')).join()

    def second():
        peer = stack.closing(f.FabricPeer(router.fabric, 'second')).join()
        router.wait_workers(2)
        return peer
    return router, first, second, log


def lose(two, body=b'', answer=b'whole'):
    """The first worker begins a reply and is lost in the same breath; the other one answers."""
    router, first, second, _ = two
    stream = first.next(f.HEADERS).stream
    other = second()
    first.send(begun(stream, body) + GONE)
    if answer:
        other.send(f.reply(other.next(f.HEADERS).stream, answer))


def check_counts(two, **expected):
    router = two[0]
    router.wait_idle()
    counters = router.counters()
    seen = {name: counters[name] for name in ('retries', 'replies_2xx', 'replies_5xx')}
    assert seen == {'retries': 0, 'replies_2xx': 0, 'replies_5xx': 0, **expected}


@pytest.mark.parametrize('body', [b'', b'begun'], ids=['head', 'head-and-body'])
def test_http1(two, body):
    router, _, _, log = two
    with router.connect() as connection:
        connection.send_request()
        lose(two, body)
        reply = connection.read_reply()
        assert (reply.status, reply.body, reply.worker, reply.get('x-of')) == (200, b'whole', 'second', None)
        assert connection.is_open
    check_counts(two, retries=1, replies_2xx=1)
    line = z.eventually(lambda: open(log).read(), what='a line in the access log').split()
    assert (line[8:10], line[12], line[-2]) == (['200', '5'], 'second', '1')  # status, bytes, worker, retries


@pytest.mark.parametrize('body', [b'', b'begun'], ids=['head', 'head-and-body'])
def test_http2(two, body):
    router = two[0]
    with h2_peer.H2Client(router.port) as client:
        stream = client.open()
        lose(two, body)
        reply = client.wait(stream)
        assert (reply.reset, reply.status, bytes(reply.body)) == (None, 200, b'whole')
        fields = dict(reply.fields)
        assert fields['x-worker'] == 'second' and 'x-of' not in fields
    check_counts(two, retries=1, replies_2xx=1)


def test_a_put_is_sent_again_with_its_body(two):
    router, first, second, _ = two
    with router.connect() as connection:
        connection.send_request('PUT', body=b'b' * 1000)
        stream = first.next(f.HEADERS).stream
        other = second()
        first.send(begun(stream) + GONE)
        opening = other.next(f.HEADERS)
        got = b''
        while len(got) < 1000:
            got += other.next(f.DATA).payload
        other.send(f.reply(opening.stream, b'whole'))
        assert connection.read_reply().body == b'whole'
    assert got == b'b' * 1000
    check_counts(two, retries=1, replies_2xx=1)


@pytest.mark.parametrize('protocol', ['http1', 'http2'])
def test_what_may_not_be_tried_again_is_a_502(two, protocol):
    router = two[0]
    if protocol == 'http1':
        with router.connect() as connection:
            connection.send_request('POST', body=b'x')
            lose(two, b'begun', answer=None)
            reply = connection.read_reply()
            assert reply.status == 502 and b'went away before it answered' in reply.body
    else:
        with h2_peer.H2Client(router.port) as client:
            stream = client.open(method='POST', end=False)
            client.send(stream, b'x', end=True)
            lose(two, b'begun', answer=None)
            reply = client.wait(stream)
            assert reply.status == 502 and b'went away before it answered' in bytes(reply.body)
    check_counts(two, replies_5xx=1)


def test_what_has_left_stays(two):
    """The head is with the client: the rest never comes."""
    router, first, second, _ = two
    with router.connect() as connection:
        connection.send_request()
        stream = first.next(f.HEADERS).stream
        second()
        first.send(begun(stream))
        assert connection.read_head().status == 203
        first.send(GONE)
        with pytest.raises((z.Broken, ConnectionError)):
            connection.take(1000)
    check_counts(two, replies_2xx=1)
