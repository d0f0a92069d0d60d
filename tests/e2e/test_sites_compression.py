"""Replies of servers, workers and folders come compressed as the client likes, and other programs read them."""
import gzip
import itertools
import json
import os
import subprocess

import brotli
import origins as o
import pytest
import sites_e2e as s
import zeroway_e2e as z
from codings import CODINGS, Events, reader_of

PAGE = json.dumps([{'id': number, 'name': f'thing {number * 7919 % 1000}'} for number in range(600)]).encode()
JSON = ('Content-Type', 'application/json')


def get(router, path='/', accept=None, method='GET', more=()):
    accepts = [('Accept-Encoding', accept)] if accept is not None else []
    return router.request(method, path, headers=[*accepts, *more])


def seen(reply):
    return reply.get('content-encoding'), reply.get('vary')


def test_every_coding_is_read_by_other_programs(stack):
    origin = stack.closing(o.Origin(lambda request: o.reply(PAGE, fields=[JSON, ('ETag', '"1"')])))
    router = s.front(stack, origin)
    for coding in CODINGS:
        reply = get(router, accept=coding)
        assert seen(reply) == (coding, 'accept-encoding') and reply.get('etag') == 'W/"1"'
        assert len(reply.body) < len(PAGE) / 3 and reader_of(coding)(reply.body) == PAGE
        bare = get(router, accept=coding, method='HEAD')
        assert seen(bare) == (coding, 'accept-encoding') and bare.get('content-length') is None
    assert get(router, accept='gzip, deflate, br, zstd').get('content-encoding') == 'zstd'
    for plain in (None, '', 'identity', 'gzip;q=0'):
        reply = get(router, accept=plain)
        assert seen(reply) == (None, 'accept-encoding')
        assert reply.body == PAGE and reply.get('etag') == '"1"'
    told = subprocess.run(['curl', '-sS', '--compressed', f'http://127.0.0.1:{router.port}/'], capture_output=True)
    assert told.stdout == PAGE


LEFT = {  # path: the reply, and what the client finds in Content-Encoding and Vary
    '/coded': (o.reply(gzip.compress(PAGE), fields=[JSON, ('Content-Encoding', 'gzip')]), ('gzip', None)),
    '/part': (o.reply(PAGE, 206, [JSON, ('Content-Range', 'bytes 0-9999/20000')]), (None, None)),
    '/no-transform': (o.reply(PAGE, fields=[JSON, ('Cache-Control', 'public, no-transform')]), (None, None)),
    '/image': (o.reply(PAGE, fields=[('Content-Type', 'image/png')]), (None, None)),
    '/grpc': (o.reply(PAGE, fields=[('Content-Type', 'application/grpc+json')]), (None, None)),
    '/empty': (o.reply(b'', fields=[JSON]), (None, None)),
    '/none': (o.head(204, [JSON]), (None, None)),
    '/small': (o.reply(PAGE[:1023], fields=[JSON, ('Vary', 'Cookie')]), (None, 'Cookie, accept-encoding')),
}


def test_what_must_not_be_compressed_comes_as_it_is(stack):
    origin = stack.closing(o.Origin(lambda request: LEFT[request.target][0]))
    router = s.front(stack, origin)
    for path, (sent, expected) in LEFT.items():
        reply = get(router, path, 'gzip, br, zstd')
        assert seen(reply) == expected, path
        assert reply.body == sent.partition(b'\r\n\r\n')[2], path


def test_a_route_has_terms_of_its_own(stack):
    origin = stack.closing(o.Origin(o.reply(PAGE, fields=[JSON])))
    port = z.free_port()
    off = '[sites.proxy.routes.compression]\nenabled = false\n'
    only = '[sites.proxy.routes.compression]\ncodings = ["br", "gzip"]\nmin_size = "1MiB"\n'
    text = (s.site(port, more='[sites.compression]\nlevel = 1') + '[sites.proxy]\nenabled = true\n' + s.pool(origin)
            + s.route('/') + s.route('/off') + off + s.route('/only') + only)
    router = s.serve(stack, text, port)
    assert seen(get(router, '/', 'zstd, gzip')) == ('zstd', 'accept-encoding')
    assert seen(get(router, '/off', 'zstd, gzip')) == (None, None)
    assert seen(get(router, '/only', 'zstd, gzip')) == (None, 'accept-encoding')
    checked = s.check(stack, text.replace('"br", "gzip"', '"deflate"'))
    assert checked.returncode == 1 and 'wants codings: zstd, br, gzip' in checked.stderr


def test_a_weak_tag_is_valid_at_a_server_that_compares_strings(stack):
    """RFC 9110 §8.8.3: the router made the tag weak, so it asks for the strong one."""
    def answer(request):
        tags = [tag.strip() for tag in (request.get('if-none-match') or request.get('if-match') or '').split(',')]
        fields = [JSON, ('ETag', '"1"')]
        if request.method == 'PUT':
            return o.reply(b'', 204 if '"1"' in tags else 412)
        return o.head(304, fields) if '"1"' in tags else o.reply(PAGE, fields=fields)

    router = s.front(stack, stack.closing(o.Origin(answer)))
    tag = get(router, accept='br').get('etag')
    again = get(router, accept='br', more=[('If-None-Match', tag)])
    assert (again.status, again.get('etag'), again.get('vary')) == (304, tag, 'accept-encoding')
    assert get(router, accept='br', more=[('If-None-Match', 'W/"2"')]).status == 200
    assert get(router, method='PUT', more=[('If-Match', tag)]).status == 204
    assert get(router, method='PUT', more=[('If-Match', 'W/"2"')]).status == 412


@pytest.mark.parametrize('kind', ['text/event-stream', 'application/x-ndjson'])
def test_each_event_comes_before_the_next_one_is_sent(stack, kind):
    events = Events(kind)
    router = s.front(stack, stack.closing(o.Origin(events)))
    for coding in CODINGS:
        with router.connect() as client:
            client.send_request('GET', '/', [('Accept-Encoding', coding)])
            assert client.read_head().get('content-encoding') == coding
            decode = reader_of(coding)
            for number in range(10):
                event = b'data: {"token": %d}\n\n' % number
                events.say(event)
                got = b''
                while len(got) < len(event):
                    size = int(client.take_until(b'\r\n'), 16)
                    got += decode(client.take(size))
                    client.take(2)
                assert got == event
            events.say(None)
            size = int(client.take_until(b'\r\n'), 16)
            assert decode(client.take(size + 2)[:-2]) == b''
            assert client.take(5) == z.LAST_CHUNK


def test_files_beside_each_other_win_and_other_files_are_compressed_on_the_way(stack):
    for name, data in {'a.json': PAGE, 'a.json.br': brotli.compress(PAGE), 'b.json': PAGE}.items():
        with open(stack.path(name), 'wb') as file:
            file.write(data)
    port = z.free_port()
    router = s.serve(stack, s.site(port, more='static_dir = "."\nfabric = false'), port)
    beside = get(router, '/a.json', 'br;q=0.5, zstd')  # identity is liked least: the file that is there wins
    assert beside.get('content-encoding') == 'br' and beside.body == brotli.compress(PAGE)
    assert not beside.get('etag').startswith('W/')
    coded = get(router, '/b.json', 'br;q=0.5, zstd')
    assert seen(coded) == ('zstd', 'accept-encoding') and reader_of('zstd')(coded.body) == PAGE
    assert get(router, '/b.json', 'zstd', more=[('If-None-Match', coded.get('etag'))]).status == 304
    part = get(router, '/b.json', 'zstd', more=[('Range', 'bytes=0-9')])
    assert (part.status, part.body, part.get('content-encoding')) == (206, PAGE[:10], None)
    stale = get(router, '/b.json', 'zstd', more=[('Range', 'bytes=0-9'), ('If-Range', coded.get('etag'))])
    assert stale.status == 200 and reader_of('zstd')(stale.body) == PAGE


def test_workers_answer_compressed_with_their_trailers(stack):
    port = z.free_port()
    router = s.serve(stack, s.site(port), port)
    stack.httpbin(connect=router.fabric)
    router.wait_workers(1)
    reply = get(router, '/anything/x?' + 'a' * 2_000, 'br', more=[('Content-Type', 'text/plain')])
    assert reply.get('content-encoding') == 'br'
    assert json.loads(brotli.decompress(reply.body))['method'] == 'GET'


def test_a_reply_that_is_cut_off_never_looks_whole(stack):
    script = o.then_close(o.head(200, [JSON, ('Content-Length', 100_000)]) + PAGE[:5_000])
    router = s.front(stack, stack.closing(o.Origin(script)), in_proxy=s.NEVER_OUT)
    with router.connect() as client, pytest.raises((z.Broken, ConnectionError)):
        client.request('GET', '/', [('Accept-Encoding', 'gzip')])


def test_clients_that_read_nothing_cost_a_bounded_memory(stack):
    """Each has an endless reply: what waits is bounded in front of the coder and behind it."""
    noise, sent = os.urandom(1 << 20).hex().encode(), []  # nothing comes again within a coder's window
    pieces = [z.chunk(noise[at:at + 65_536]) for at in range(0, len(noise), 65_536)]

    def endless(request):
        request.connection.send(o.head(200, [JSON, ('Transfer-Encoding', 'chunked')]))
        for piece in itertools.cycle(pieces):
            request.connection.send(piece)
            sent.append(len(piece))

    router = s.front(stack, stack.closing(o.Origin(endless)))
    clients = [z.Connection(router.port, receive_buffer=4_096) for _ in range(6)]
    before = router.rss()
    for number, client in enumerate(clients):
        client.send_request('GET', '/', [('Accept-Encoding', CODINGS[number % 3])])
    for client in clients:
        assert client.read_head().get('content-encoding') in CODINGS
    z.settled(lambda: len(sent), what='the origin, which is not read any more')
    assert z.SANITIZED or router.rss() - before < 6 * 4 * z.MIB  # coder, windows, and what the kernel does not take
    for client in clients:
        client.abort()
    router.wait_idle()
