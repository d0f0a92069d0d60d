"""HTTP/2 as a stranger checks it: frames by hand to a whole router, in cleartext and over TLS.

A case is steps: bytes, a function that makes them for a connection, or an expectation; each on a connection of its own.
The same rules frame by frame and byte by byte: tests/http/h2_conformance_test.cpp, h2_messages_test.cpp,
h2_field_blocks_test.cpp.
"""
import concurrent.futures
import ssl

import pytest
import tls_e2e
from h2_raw import (ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PADDED, PING, PREFACE,
                    PRIORITIZED, PRIORITY, PUSH_PROMISE, RST_STREAM, SETTINGS, WINDOW_UPDATE, RawH2, code_of, data,
                    frame, goaway, ping, priority, priority_fields, rst, settings, window_update)

WHOLE = END_HEADERS | END_STREAM
LARGE = [('x-dummy0', 'x' * 4_000)]


# -- what is sent

def get(stream=1, *more, flags=WHOLE, method='GET', before=b'', behind=b'', first=b'', last=b'', without=(), **changed):
    """HEADERS. `more`: further fields; `first`, `last`: bytes round the block; `before`, `behind`: bytes round all."""
    def make(c):
        fields = [(name, changed.get(name[1:], value)) for name, value in c.fields(method) if name not in without]
        return before + frame(HEADERS, flags, stream, first + c.block([*fields, *more]) + last) + behind
    return make


def post(stream=1, *more, **options):
    return get(stream, *more, **{'method': 'POST', 'flags': END_HEADERS, **options})


def block_of(type, stream, fields, flags):
    return lambda c: frame(type, flags, stream, c.block(fields))


def more(stream=1, flags=END_HEADERS, fields=LARGE):
    return block_of(CONTINUATION, stream, fields, flags)


def trailers(*fields, flags=WHOLE, stream=1):
    return block_of(HEADERS, stream, fields, flags)


# -- what must come back

def connection_error(*codes):
    """GOAWAY with one of the codes, then the end (RFC 9113 §5.4.1)."""
    def expect(c):
        said = [code_of(one) for one in c.read_to_end() if one.type == GOAWAY]
        assert said and said[-1] in codes, c.heard
    return expect


def stream_error(*codes, stream=1):
    """RST_STREAM with one of the codes, and the connection goes on, or a connection error (RFC 9113 §5.4.2)."""
    def expect(c):
        one = until(c, lambda one: one.type in (RST_STREAM, GOAWAY))
        assert code_of(one) in codes, c.heard
        if one.type == GOAWAY:
            assert c.read_to_end() == [], c.heard
        else:
            assert one.stream == stream, c.heard
            is_well(c)
    return expect


def reset(code, stream=1):
    def expect(c):
        one = until(c, lambda one: one.type in (RST_STREAM, GOAWAY))
        assert (one.type, one.stream, code_of(one)) == (RST_STREAM, stream, code), c.heard
        is_well(c)
    return expect


def refused(stream=1):
    """Malformed (RFC 9113 §8.1.1)."""
    return stream_error('PROTOCOL_ERROR', stream=stream)


def until(c, question):
    while one := c.read():
        if question(one):
            return one
    raise AssertionError(f'closed; heard {c.heard}')


def answered(stream=1, status='200'):
    """A whole reply."""
    def expect(c):
        one = until(c, lambda one: one.type in (HEADERS, RST_STREAM, GOAWAY) and one.stream in (0, stream))
        assert one.type == HEADERS and one.flags & END_HEADERS, c.heard
        assert dict(c.decoder.decode(one.payload))[':status'] == status, c.heard
        if not one.flags & END_STREAM:
            until(c, lambda one: one.type in (DATA, HEADERS) and one.stream == stream and one.flags & END_STREAM)
    return expect


def pong(payload=bytes(8)):
    def expect(c):
        one = until(c, lambda one: one.type in (PING, GOAWAY))
        assert (one.type, one.flags & ACK, one.payload) == (PING, ACK, payload), c.heard
    return expect


def is_well(c):
    c.send(ping(b'stillup?'))
    pong(b'stillup?')(c)


def acknowledged(c):
    one = until(c, lambda one: one.type in (SETTINGS, GOAWAY))
    assert (one.type, one.flags, one.payload) == (SETTINGS, ACK, b''), c.heard


def some_data(size=None):
    """DATA on stream 1, of `size` bytes."""
    def expect(c):
        one = until(c, lambda one: one.type in (DATA, RST_STREAM, GOAWAY))
        assert one.type == DATA and size in (None, len(one.payload)), c.heard
    return expect


def pong_or_closed(c):
    while (one := c.read()) and one.type != PING:
        assert one.type != GOAWAY or code_of(one) == 'NO_ERROR', c.heard


NAME, AGENT = b'\x06x-test', b'\x0auser-agent'
VALUE = b'\x06zwtest'
HUFFMAN_NAME, HUFFMAN_VALUE = b'\x85\xf2\xb2\x4a\x84\xff', b'\x84\x9c\x48\xac\xa4'
FRAME_SIZE, PROTOCOL, CLOSED, FLOW = 'FRAME_SIZE_ERROR', 'PROTOCOL_ERROR', 'STREAM_CLOSED', 'FLOW_CONTROL_ERROR'
COMPRESSION = 'COMPRESSION_ERROR'
NO_WINDOW = settings((4, 0))


def over_all_streams(c):
    """One request more than SETTINGS_MAX_CONCURRENT_STREAMS."""
    assert 3 in c.settings
    return b''.join(get(stream)(c) for stream in range(1, 2 * c.settings[3] + 2, 2))


# What every server must take: RFC 9113 in its own order, then RFC 7541.
ACCEPTED = {
    '5.1 idle: PRIORITY': [priority(1), ping(), pong()],
    '5.1 half-closed: WINDOW_UPDATE': [NO_WINDOW, get(), window_update(1, 1), some_data(1)],
    '5.1 half-closed: PRIORITY': [NO_WINDOW, get(), priority(1), window_update(1, 1), some_data(1)],
    '5.1 half-closed: RST_STREAM': [get(), rst(1), ping(), pong()],
    '5.1 closed: PRIORITY': [get(), answered(), priority(1), ping(), pong()],
    '6.1 DATA': [post(), data(1), answered()],
    '6.1 several DATA': [post(), data(1, flags=0), data(1), answered()],
    '6.1 padded DATA': [post(), data(1, b'\x06test' + bytes(6), END_STREAM | PADDED), answered()],
    '6.2 HEADERS': [get(), answered()],
    '6.2 padded HEADERS': [get(flags=WHOLE | PADDED, first=b'\x06', last=bytes(6)), answered()],
    '6.2 HEADERS with a priority': [get(flags=WHOLE | PRIORITIZED, first=priority_fields(0)), answered()],
    '6.2 both': [get(flags=WHOLE | PADDED | PRIORITIZED, first=b'\x06' + priority_fields(0), last=bytes(6)),
                 answered()],
    '6.3 weight 1': [priority(1, weight=0), get(), answered()],
    '6.3 weight 256': [priority(1, weight=255), get(), answered()],
    '6.3 a dependency': [priority(3, 1, weight=0), get(), answered()],
    '6.3 exclusive': [priority(1, exclusive=True), get(), answered()],
    '6.3 PRIORITY of a higher idle stream, then HEADERS': [priority(3), get(), answered()],
    '6.4 RST_STREAM': [post(), rst(1), ping(), pong()],
    '6.5 SETTINGS': [settings((3, 100)), acknowledged],
    '6.7 PING': [ping(), pong()],
    '6.8 GOAWAY': [goaway(0), ping(), pong_or_closed],
    '6.9 WINDOW_UPDATE of the connection': [window_update(0, 1), ping(), pong()],
    '6.9 WINDOW_UPDATE of a stream': [NO_WINDOW, get(), window_update(1, 1), some_data(1)],
    '6.10 CONTINUATION': [get(flags=END_STREAM), more(), answered()],
    '6.10 several CONTINUATION': [get(flags=END_STREAM), more(flags=0), more(), answered()],
    '6.10 empty CONTINUATION': [get(flags=END_STREAM, behind=frame(CONTINUATION, 0, 1) * 2), more(), answered()],
    '8.1 GET': [get(), answered()],
    '8.1 HEAD': [get(method='HEAD'), answered()],
    '8.1 POST': [post(), data(1), answered()],
    '8.1 POST with trailers': [post(1, ('trailer', 'x-test'), behind=data(1, flags=0)), trailers(('x-test', 'ok')),
                               answered()],
    '7541 6.1 an indexed field': [get(last=b'\xba'), answered()],
    **{f'7541 6.2 {kind}, {name}': [get(last=bytes([first]) + field), answered()]
       for kind, first in [('incremental', 0x40), ('without indexing', 0), ('never indexed', 0x10)]
       for name, field in [('a new name', NAME + VALUE), ('a new name in Huffman', HUFFMAN_NAME + HUFFMAN_VALUE),
                           ('a known name', AGENT + VALUE)]},
    **{f'7541 6.2 {kind}, an indexed name': [get(last=index + value), answered()]
       for kind, index in [('incremental', b'\x7a'), ('without indexing', b'\x0f\x2b'), ('never indexed', b'\x1f\x2b')]
       for value in [VALUE]},
    '7541 6.3 a table size': [get(first=b'\x20'), answered()],
    '7541 4.2 two table sizes': [get(first=b'\x20\x3f\xe1\x1f'), answered()],
}

FRAMING = {
    '4.1 an unknown type': [frame(0x16, 0, 0, bytes(8)), ping(), pong()],
    '4.1 undefined flags': [ping(flags=0x16), pong()],
    '4.1 the reserved bit': [ping(stream=1 << 31), pong()],
    '4.2 DATA of 2^14 bytes': [post(), data(1, b'x' * 16_384), answered()],
    '4.2 DATA above 2^14 bytes': [post(), data(1, b'x' * 16_385), stream_error(FRAME_SIZE)],
    '4.2 HEADERS above 2^14 bytes': [get(1, *((f'x-dummy{n}', '!' * 4_000) for n in range(5))),
                                     connection_error(FRAME_SIZE)],
    '4.3 a block that cannot be decoded': [frame(HEADERS, WHOLE, 1, b'\x40'), connection_error(COMPRESSION)],
    '4.3 PRIORITY inside a block': [get(flags=END_STREAM, behind=priority(1)), connection_error(PROTOCOL)],
    '4.3 HEADERS of another stream inside a block': [get(flags=END_STREAM), get(3), connection_error(PROTOCOL)],
    '5.1 idle: DATA': [data(1), connection_error(PROTOCOL)],
    '5.1 idle: RST_STREAM': [rst(1), connection_error(PROTOCOL)],
    '5.1 idle: WINDOW_UPDATE': [window_update(1, 100), connection_error(PROTOCOL)],
    '5.1 idle: CONTINUATION': [more(), connection_error(PROTOCOL)],
    '5.1 half-closed: DATA': [get(behind=data(1)), stream_error(CLOSED)],
    '5.1 half-closed: HEADERS': [get(), get(), stream_error(CLOSED)],
    '5.1 half-closed: CONTINUATION': [get(), more(), stream_error(CLOSED, PROTOCOL)],
    '5.1 reset: DATA': [get(flags=END_HEADERS, behind=rst(1) + data(1)), stream_error(CLOSED)],
    '5.1 reset: HEADERS': [get(flags=END_HEADERS, behind=rst(1)), get(), stream_error(CLOSED)],
    '5.1 reset: CONTINUATION': [get(flags=END_HEADERS, behind=rst(1)), more(), stream_error(CLOSED, PROTOCOL)],
    '5.1 closed: DATA': [get(), answered(), data(1), connection_error(CLOSED)],
    '5.1 closed: HEADERS': [get(), answered(), get(), connection_error(CLOSED)],
    '5.1 closed: CONTINUATION': [get(), answered(), more(), connection_error(CLOSED, PROTOCOL)],
    '5.1.1 an even stream id': [get(2), connection_error(PROTOCOL)],
    '5.1.1 a stream id below an earlier one': [get(5), get(3), connection_error(PROTOCOL)],
    # A stream error may be treated as one of the connection (§5.4.1): the limit was acknowledged.
    '5.1.2 one stream too many': [NO_WINDOW, over_all_streams, connection_error(PROTOCOL)],
    # RFC 7540 §5.3.1; RFC 9113 §5.3.2 no longer asks for it.
    '5.3.1 HEADERS that depend on themselves': [get(flags=WHOLE | PRIORITIZED, first=priority_fields(1)), refused()],
    '5.3.1 PRIORITY that depends on itself': [priority(1, 1), refused()],
    '5.4.1 after GOAWAY comes the end': [ping(stream=3), connection_error(PROTOCOL)],
    '5.5 an extension inside a block': [get(flags=END_STREAM, behind=frame(0x16, 0, 0, bytes(8))),
                                        connection_error(PROTOCOL)],
    '6.1 DATA on stream 0': [data(0), connection_error(PROTOCOL)],
    '6.1 DATA on a stream that is not open': [get(behind=data(1)), stream_error(CLOSED)],
    '6.1 too much padding': [post(behind=data(1, b'\x06test', END_STREAM | PADDED)), connection_error(PROTOCOL)],
    '6.2 HEADERS on stream 0': [get(0), connection_error(PROTOCOL)],
    '6.2 too much padding': [get(flags=WHOLE | PADDED, first=b'\xff'), connection_error(PROTOCOL)],
    '6.3 PRIORITY on stream 0': [priority(0), connection_error(PROTOCOL)],
    '6.3 PRIORITY of 4 bytes': [get(behind=frame(PRIORITY, 0, 1, b'\x80\0\0\x01')), stream_error(FRAME_SIZE)],
    '6.4 RST_STREAM on stream 0': [rst(0), connection_error(PROTOCOL)],
    '6.4 RST_STREAM of 3 bytes': [get(flags=END_HEADERS, behind=frame(RST_STREAM, 0, 1, b'\0\0\0')),
                                  connection_error(FRAME_SIZE)],
    '6.5 ACK with a payload': [frame(SETTINGS, ACK, 0, b'\0'), connection_error(FRAME_SIZE)],
    '6.5 SETTINGS on a stream': [frame(SETTINGS, 0, 1, b'\0\x03\0\0\0\x64'), connection_error(PROTOCOL)],
    '6.5 SETTINGS of 3 bytes': [frame(SETTINGS, 0, 0, b'\0\x03\0'), connection_error(FRAME_SIZE)],
    '6.5.2 ENABLE_PUSH 2': [settings((2, 2)), connection_error(PROTOCOL)],
    '6.5.2 INITIAL_WINDOW_SIZE 2^31': [settings((4, 1 << 31)), connection_error(FLOW)],
    '6.5.2 MAX_FRAME_SIZE 2^14-1': [settings((5, 16_383)), connection_error(PROTOCOL)],
    '6.5.2 MAX_FRAME_SIZE 2^24': [settings((5, 1 << 24)), connection_error(PROTOCOL)],
    '6.5.2 an unknown setting': [settings((0xff, 1)), ping(), pong()],
    '6.5.3 values count in their order': [settings((4, 100), (4, 1)), acknowledged, get(), some_data(1)],
    '6.5.3 SETTINGS are acknowledged': [settings((2, 0)), acknowledged],
    '6.6, 8.4 PUSH_PROMISE': [lambda c: frame(PUSH_PROMISE, END_HEADERS, 1, b'\0\0\0\x03' + c.block(c.fields())),
                              connection_error(PROTOCOL)],
    '6.7 PING ACK is not answered': [ping(b'invalid!', ACK), ping(b'anewping'), pong(b'anewping')],
    '6.7 PING on a stream': [ping(stream=1), connection_error(PROTOCOL)],
    '6.7 PING of 6 bytes': [ping(bytes(6)), connection_error(FRAME_SIZE)],
    '6.8 GOAWAY on a stream': [goaway(0, 1), connection_error(PROTOCOL)],
    '6.9 WINDOW_UPDATE of 0': [window_update(0, 0), connection_error(PROTOCOL)],
    '6.9 WINDOW_UPDATE of 0 on a stream': [get(flags=END_HEADERS, behind=window_update(1, 0)), refused()],
    '6.9 WINDOW_UPDATE of 3 bytes': [frame(WINDOW_UPDATE, 0, 0, b'\0\0\x01'), connection_error(FRAME_SIZE)],
    '6.9.1 a window of 1': [settings((4, 1)), acknowledged, get(), some_data(1)],
    '6.9.1 a connection window above 2^31-1': [window_update(0, 0x7fffffff) * 2, connection_error(FLOW)],
    '6.9.1 a stream window above 2^31-1': [get(flags=END_HEADERS, behind=window_update(1, 0x7fffffff) * 2),
                                           reset(FLOW)],
    '6.9.2 INITIAL_WINDOW_SIZE grows windows': [NO_WINDOW, acknowledged, get(), settings((4, 1)), acknowledged,
                                                some_data(1)],
    '6.9.2 a negative window': [settings((4, 3)), acknowledged, get(), some_data(3), settings((4, 2)), acknowledged,
                                window_update(1, 2), some_data(1)],
    '6.10 DATA inside a block': [post(flags=0), more(flags=0), data(1), connection_error(PROTOCOL)],
    '6.10 CONTINUATION on stream 0': [get(flags=END_STREAM), more(0), connection_error(PROTOCOL)],
    '6.10 CONTINUATION after END_HEADERS': [get(), more(), connection_error(PROTOCOL)],
    '6.10 CONTINUATION after the last': [get(flags=END_STREAM), more(), more(), connection_error(PROTOCOL)],
    '6.10 CONTINUATION after DATA': [post(flags=0, behind=data(1)), more(flags=0), more(0), connection_error(PROTOCOL)],
    '7 GOAWAY with an unknown code': [goaway(0xff), ping(), pong_or_closed],
    '7 RST_STREAM with an unknown code': [post(behind=rst(1, 0xff)), ping(), pong()],
    '9218 7.1 PRIORITY_UPDATE': [get(before=frame(0x10, 0, 0, b'\0\0\0\x01u=1')), answered()],
    '9218 7.1 PRIORITY_UPDATE of stream 0': [frame(0x10, 0, 0, b'\0\0\0\0u=1'), connection_error(PROTOCOL)],
    '7541 2.3.3 an index beyond both tables': [get(last=b'\xc6'), connection_error(COMPRESSION)],
    '7541 2.3.3 a name beyond both tables': [get(last=b'\x7f\x10\x01\x61'), connection_error(COMPRESSION)],
    '7541 4.2 a table size at the end': [get(last=b'\x3f\xe1\x1f'), connection_error(COMPRESSION)],
    '7541 5.2 padding above 7 bits': [get(last=b'\0' + HUFFMAN_NAME + b'\x84\x49\x50\x9f\xff'),
                                      connection_error(COMPRESSION)],
    '7541 5.2 padding of zeros': [get(last=b'\0' + HUFFMAN_NAME + b'\x83\x49\x50\x90'), connection_error(COMPRESSION)],
    '7541 5.2 EOS': [get(last=b'\0\x85\xf2\xb2\x4a\x87\xff\xff\xff\xfd\x25\x42\x7f'), connection_error(COMPRESSION)],
    '7541 6.1 index 0': [get(last=b'\x80'), connection_error(COMPRESSION)],
    '7541 6.3 a table size above the setting': [get(first=b'\x3f\xe1\xff\x03'), connection_error(COMPRESSION)],
}

MESSAGES = {
    '8.1 HEADERS again without END_STREAM': [post(behind=data(1, flags=0)),
                                             trailers(('x-test', 'ok'), flags=END_HEADERS), refused()],
    '8.1 DATA behind trailers': [post(behind=data(1, flags=0)), trailers(('x-test', 'ok')), data(1),
                                 stream_error(CLOSED)],
    '8.1 HEADERS behind trailers': [post(behind=data(1, flags=0)), trailers(('x-test', 'ok')),
                                    trailers(('x-test', 'ok')), stream_error(CLOSED)],
    '8.2.1 upper case': [get(1, ('X-TEST', 'ok')), refused()],
    '8.3 an unknown pseudo-field': [get(1, (':test', 'ok')), refused()],
    '8.3 a pseudo-field of replies': [get(1, (':status', '200')), refused()],
    '8.3 a pseudo-field in trailers': [post(behind=data(1, flags=0)), trailers((':method', 'GET')), refused()],
    '8.3 a pseudo-field in trailers that do not end': [
        post(behind=data(1, flags=0)), trailers((':method', 'POST'), flags=END_HEADERS), refused()],
    '8.3 pseudo-fields behind a field': [
        lambda c: frame(HEADERS, WHOLE, 1, c.block([('x-test', 'ok'), *c.fields()])), refused()],
    '8.3 a pseudo-field behind a field': [
        lambda c: frame(HEADERS, WHOLE, 1, c.block([*c.fields()[:3], ('x-test', 'ok'), c.fields()[3]])), refused()],
    '8.2.2 connection': [get(1, ('connection', 'keep-alive')), refused()],
    '8.2.2 te': [get(1, ('trailers', 'test'), ('te', 'trailers, deflate;q=0.5')), refused()],
    '8.3.1 an empty :path': [get(path=''), refused()],
    **{f'8.3.1 no {name}': [get(without=[name]), refused()] for name in (':method', ':scheme', ':path')},
    **{f'8.3.1 {name} twice': [lambda c, place=place: get(1, c.fields()[place])(c), refused()]
       for place, name in enumerate((':method', ':scheme', ':path', ':authority'))},
    '8.1.1 more than content-length': [post(1, ('content-length', '1'), behind=data(1)), refused()],
    '8.1.1 more than content-length, in two': [post(1, ('content-length', '1'), behind=data(1, flags=0) + data(1)),
                                               refused()],
    '8.1.1 content-length without content': [post(1, ('content-length', '1'), flags=WHOLE), refused()],
    '8441 4 extended CONNECT without :scheme': [get(1, (':protocol', 'websocket'), method='CONNECT',
                                                    without=[':scheme'], flags=END_HEADERS), refused()],
}


def run(open_one, steps):
    with open_one() as c:
        c.handshake()
        for step in steps:
            if isinstance(step, bytes):
                c.send(step)
            elif (made := step(c)) is not None:
                c.send(made)


def failures(open_one, cases):
    """What went wrong, by case; eight connections at once."""
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        running = {name: pool.submit(run, open_one, steps) for name, steps in cases.items()}
        return {name: str(one.exception()) for name, one in running.items() if one.exception()}


@pytest.fixture(params=['cleartext', 'tls'])
def open_one(request, stack):
    if request.param == 'cleartext':
        router = stack.router()
        stack.worker('hello')
        router.wait_workers(1)
        return lambda: RawH2(router.port)
    authority, router = tls_e2e.start(stack, kind='hello-worker')
    context = ssl.create_default_context(cafile=authority.ca)
    context.set_alpn_protocols(['h2'])
    return lambda: RawH2(router.tls_port, lambda plain: context.wrap_socket(plain, server_hostname='localhost'))


@pytest.mark.parametrize('cases', [ACCEPTED, FRAMING, MESSAGES], ids=['accepted', 'framing', 'messages'])
def test_conformance(open_one, cases):
    assert failures(open_one, cases) == {}


def test_the_preface(open_one):
    """RFC 9113 §3.4: settings come first; what is no preface ends the connection."""
    with open_one() as c:
        c.send(PREFACE + settings((4, 65_535)))
        first = c.read()
        assert (first.type, first.flags & ACK, first.stream) == (SETTINGS, 0, 0)
    with open_one() as c:
        c.send(b'INVALID CONNECTION PREFACE\r\n\r\n')
        c.read_to_end()
