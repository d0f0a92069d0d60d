"""The families of the conformance suites for WebSocket servers, strictly, through a router with defaults and its echo worker.

Each case is a client made by hand: what it sends, and all that it may see until the end, of TCP or of the HTTP/2
stream, which is always the router's doing. What was sent before a rule is broken is echoed before the connection is
failed. Over HTTP/2 (RFC 8441) the WebSockets of a test follow each other on one connection, so none harms the next.
RFC 6455, RFC 7692. The long form echoes a thousand messages of each size, compressed, and all of it over TLS too.
"""
import collections
import concurrent.futures
import itertools
import json
import multiprocessing
import random
import time

import pytest
import tls_e2e
from websocket_frames import (BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, ByHand, close_frame, fragments, frame,
                              head_of, masked)
from websocket_roads import Roads
from zeroway_e2e import LONG, MIB, SLOW

BYTES = b'\x00\xff\xfe\xfd\xfc\xfb\x00\xff'
HELLO = b'Hello, world!'
KOSME = b'\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5'  # κόσμε, with a character of three bytes


ROADS = ['http1', 'http2', 'http1-tls', 'http2-tls']
MAIN_ROADS = ROADS if LONG else ROADS[:2]
WITHIN = 1.5 * SLOW  # seconds, for all that waits for nobody's timeout: the shortest of the router's is two seconds
TRIES = 4            # a machine may be slower once


def start(stack, kind, loops=1):
    """The roads to a router of which a worker sends everything back."""
    if kind.endswith('-tls'):
        authority, router = tls_e2e.start(stack, kind='echo-websocket-worker', loops=loops)
        return stack.closing(Roads(router.tls_port, kind, authority.ca))
    router = stack.router('--threads', loops)
    stack.worker('echo', kind='echo-websocket-worker')
    return stack.closing(Roads(router.wait_workers(loops).port, kind))


@pytest.fixture(params=ROADS)
def served(stack, request):
    return start(stack, request.param)


on_main_roads = pytest.mark.parametrize('served', MAIN_ROADS, indirect=True)


def check(misses, name, wanted, attempt):
    """`attempt()`: what was seen, and in how many seconds."""
    for _ in range(TRIES):
        found, seconds = attempt()
        if found != wanted:
            return misses.append(f'{name}: {found} instead of {wanted}')
        if seconds <= WITHIN:
            return None
    return misses.append(f'{name}: took {seconds:.2f} s')


def run_echoes(roads, cases):
    """[(name, what is sent, events wanted, chop)]: then the client closes with 1000, and so does the router."""
    misses = []
    for name, sent, wanted, chop in cases:
        def attempt():
            with ByHand(roads.open()) as client:
                client.send(sent, chop)
                found = [client.receive() for _ in wanted]
                began = time.monotonic()
                client.send(close_frame(1000))
                return found + client.events(), time.monotonic() - began
        check(misses, name, [*wanted, ('close', 1000, b''), ('end',)], attempt)
    assert not misses, '\n'.join(misses)


def run_failures(roads, cases):
    """[(name, what is sent, events wanted, code, chop)]: then the router fails the connection, at once."""
    misses = []
    for name, sent, wanted, code, chop in cases:
        def attempt():
            with ByHand(roads.open()) as client:
                began = time.monotonic()
                client.send(sent, chop)
                try:
                    found = client.events()
                except OSError as error:
                    found = [error]
                found = [event[:2] if not isinstance(event, OSError) else event for event in found]
                return found, time.monotonic() - began
        check(misses, name, [*wanted, ('close', code), ('end',)], attempt)
    assert not misses, '\n'.join(misses)


def test_1_messages_of_all_sizes(served):
    """RFC 6455 §5.2, §5.6."""
    cases = []
    for opcode, name, fill in (TEXT, 'text', b'*'), (BINARY, 'binary', b'\xfe'):
        for size in 0, 125, 126, 127, 128, 65_535, 65_536:
            cases.append((f'{name} {size}', frame(opcode, fill * size), [(name, fill * size)], None))
        cases.append((f'{name} in chops', frame(opcode, fill * 65_536), [(name, fill * 65_536)], 997))
    run_echoes(served, cases)


def ping_cases():
    ten = b''.join(frame(PING, b'payload-%d' % number) for number in range(10))
    pongs = [('pong', b'payload-%d' % number) for number in range(10)]
    return [
        ('empty ping', frame(PING), [('pong', b'')], None),
        ('text ping', frame(PING, HELLO), [('pong', HELLO)], None),
        ('binary ping', frame(PING, BYTES), [('pong', BYTES)], None),
        ('longest ping', frame(PING, b'\xfe' * 125), [('pong', b'\xfe' * 125)], None),
        ('longest ping, byte by byte', frame(PING, b'\xfe' * 125), [('pong', b'\xfe' * 125)], 1),
        ('unasked pong', frame(PONG), [], None),
        ('unasked pong with payload', frame(PONG, b'unsolicited'), [], None),
        ('unasked pong, ping', frame(PONG, b'unsolicited') + frame(PING, b'ping'), [('pong', b'ping')], None),
        ('ten pings', ten, pongs, None), ('ten pings, byte by byte', ten, pongs, 1),
    ]


def test_2_pings(served):
    """RFC 6455 §5.5.2, §5.5.3."""
    run_echoes(served, ping_cases())
    run_failures(served, [('ping of 126', frame(PING, b'\xfe' * 126), [], 1002, None)])


def after_hello(name, bad, chop=None):
    """A message that is echoed, then what breaks a rule, then a ping that nobody answers."""
    return (name, frame(TEXT, HELLO) + bad + frame(PING), [('text', HELLO)], 1002, chop)


def test_3_reserved_bits(served):
    """RFC 6455 §5.2: the message before them is echoed, the ping after them is not answered."""
    run_failures(served, [
        ('rsv 1', frame(TEXT, HELLO, rsv=1), [], 1002, None),
        after_hello('rsv 2', frame(TEXT, HELLO, rsv=2)),
        ('rsv 3, by frames', frame(TEXT, HELLO) + frame(TEXT, HELLO, rsv=3) + frame(PING), [('text', HELLO)], 1002, 19),
        after_hello('rsv 4, byte by byte', frame(TEXT, HELLO, rsv=4), 1),
        ('binary rsv 5', frame(BINARY, BYTES, rsv=5), [], 1002, None),
        ('ping rsv 6', frame(PING, HELLO, rsv=6), [], 1002, None),
        ('close rsv 7', frame(CLOSE, rsv=7), [], 1002, None),
    ])


def test_4_reserved_opcodes(served):
    """RFC 6455 §5.2."""
    cases = []
    for first in 3, 11:
        cases += [(f'opcode {first}', frame(first), [], 1002, None),
                  (f'opcode {first + 1} with payload', frame(first + 1, b'reserved'), [], 1002, None),
                  after_hello(f'opcode {first + 2}', frame(first + 2)),
                  after_hello(f'opcode {first + 3} with payload', frame(first + 3, HELLO)),
                  after_hello(f'opcode {first + 4}, byte by byte', frame(first + 4, HELLO), 1)]
    run_failures(served, cases)


def fragment_cases():
    both, pong = frame(TEXT, b'frag1', fin=False), ('pong', b'ping')
    two, ping = frame(CONTINUATION, b'frag2'), frame(PING, b'ping')
    whole = ('text', b'frag1frag2')
    cases = []
    for chop in None, 1:
        cases += [(f'two fragments, chop {chop}', both + two, [whole], chop),
                  (f'a ping between, chop {chop}', both + ping + two, [pong, whole], chop)]
    five = [b'fragment%d' % number for number in range(1, 6)]
    parts = [frame(TEXT if at == 0 else CONTINUATION, piece, fin=at == 4) for at, piece in enumerate(five)]
    sent = b''.join(parts[:2]) + frame(PING, b'one') + b''.join(parts[2:4]) + frame(PING, b'two') + parts[4]
    return cases + [(f'five fragments and pings, chop {chop}', sent,
                     [('pong', b'one'), ('pong', b'two'), ('text', b''.join(five))], chop) for chop in (None, 1, 17)]


def broken_fragment_cases():
    def part(opcode, payload):
        return frame(opcode, payload, fin=False)
    cases = [
        ('a ping in fragments', part(PING, b'one') + frame(CONTINUATION, b'two'), [], 1002, None),
        ('a pong in fragments', part(PONG, b'one') + frame(CONTINUATION, b'two'), [], 1002, None),
        ('repeated: continuation of nothing, message', (part(CONTINUATION, b'1') + part(TEXT, b'2') + frame(CONTINUATION, b'3')) * 2,
         [], 1002, None),
        ('repeated: last continuation of nothing, message',
         (frame(CONTINUATION, b'1') + part(TEXT, b'2') + frame(CONTINUATION, b'3')) * 2, [], 1002, None),
        ('text within text', part(TEXT, b'one') + frame(TEXT, b'two'), [], 1002, None),
        ('a message, then a continuation of nothing',
         part(TEXT, b'one') + frame(CONTINUATION, b'two') + part(CONTINUATION, b'three') + frame(TEXT, b'four'),
         [('text', b'onetwo')], 1002, None),
    ]
    for chop in None, 30, 1:
        for shape in frame, part:
            cases.append((f'a continuation of nothing, {shape.__name__}, chop {chop}',
                          shape(CONTINUATION, b'non-continuation payload') + frame(TEXT, HELLO), [], 1002, chop))
    return cases


def test_5_fragments(served):
    """RFC 6455 §5.4: pings between fragments are answered before the message has ended."""
    run_failures(served, broken_fragment_cases())
    run_echoes(served, fragment_cases())
    with ByHand(served.open()) as client:  # the first pong does not wait for the message's end
        client.send(frame(TEXT, b'1', fin=False) + frame(PING, b'one'))
        assert client.receive() == ('pong', b'one')
        client.send(frame(CONTINUATION, b'2') + frame(PING, b'two'))
        assert {client.receive(), client.receive()} == {('pong', b'two'), ('text', b'12')}


GOOD_TEXT = [
    b'', b'hello\x24world', b'hello\xc2\xa2world', b'hello\xe2\x82\xacworld', b'hello\xf0\xa4\xad\xa2world', KOSME,
    *(KOSME[:size] for size in (2, 5, 7, 9)), b'\0', b'\xc2\x80', b'\xe0\xa0\x80', b'\xf0\x90\x80\x80', b'\x7f', b'\xdf\xbf',
    b'\xef\xbf\xbf', b'\xf4\x8f\xbf\xbf', b'\xed\x9f\xbf', b'\xee\x80\x80', b'\xef\xbf\xbd', b'\xef\xbf\xbe',
    *(chr(plane << 16 | low).encode() for plane in range(17) for low in (0xfffe, 0xffff)),
    *(chr(code).encode() for code in range(0xfff9, 0x10000)),
]
CUT_OFF = [b'\xc0', b'\xe0\x80', b'\xf0\x80\x80', b'\xf8\x80\x80\x80', b'\xfc\x80\x80\x80\x80',
           b'\xdf', b'\xef\xbf', b'\xf7\xbf\xbf', b'\xfb\xbf\xbf\xbf', b'\xfd\xbf\xbf\xbf\xbf']
BAD_TEXT = [
    *(KOSME[:size] for size in (1, 3, 4, 6, 8, 10)),
    b'\xf8\x88\x80\x80\x80', b'\xfc\x84\x80\x80\x80\x80', b'\xf7\xbf\xbf\xbf', b'\xfb\xbf\xbf\xbf\xbf', b'\xfd\xbf\xbf\xbf\xbf\xbf',
    b'\xf4\x90\x80\x80', b'\x80', b'\xbf', *((b'\x80\xbf' * 3)[:size] for size in range(2, 7)), bytes(range(0x80, 0xbf)),
    *(b''.join(bytes([code, 0x20]) for code in range(*ends))
      for ends in ((0xc0, 0xdf), (0xe0, 0xef), (0xf0, 0xf7), (0xf8, 0xfb), (0xfc, 0xfd))),
    *CUT_OFF, b''.join(CUT_OFF), b'\xfe', b'\xff', b'\xfe\xfe\xff\xff',
    b'\xc0\xaf', b'\xe0\x80\xaf', b'\xf0\x80\x80\xaf', b'\xf8\x80\x80\x80\xaf', b'\xfc\x80\x80\x80\x80\xaf',
    b'\xc1\xbf', b'\xe0\x9f\xbf', b'\xf0\x8f\xbf\xbf', b'\xf8\x87\xbf\xbf\xbf', b'\xfc\x83\xbf\xbf\xbf\xbf',
    b'\xc0\x80', b'\xe0\x80\x80', b'\xf0\x80\x80\x80', b'\xf8\x80\x80\x80\x80', b'\xfc\x80\x80\x80\x80\x80',
    *(chr(code).encode(errors='surrogatepass') for code in (0xd800, 0xdb7f, 0xdb80, 0xdbff, 0xdc00, 0xdf80, 0xdfff)),
    *((chr(high) + chr(low)).encode(errors='surrogatepass') for high in (0xd800, 0xdb7f, 0xdb80, 0xdbff)
      for low in (0xdc00, 0xdfff)),
    KOSME + b'\xed\xa0\x80edited',
]


@on_main_roads
def test_6_good_text(served):
    """RFC 6455 §5.6, §8.1, in frames cut within characters, too."""
    cases = [(f'text {text.hex()}', frame(TEXT, text), [('text', text)], None) for text in GOOD_TEXT]
    text = 'Hello-µ@ßöäüàá-UTF-8!!'.encode()
    cases += [(f'in fragments of {size}', fragments(TEXT, text, size), [('text', text)], chop)
              for size, chop in ((1, None), (12, None), (13, 1), (len(text), 1))]
    cases += [('κόσμε byte by byte', fragments(TEXT, KOSME, 1), [('text', KOSME)], 1),
              ('empty fragments', frame(TEXT, fin=False) + frame(CONTINUATION, fin=False) + frame(CONTINUATION), [('text', b'')], None),
              ('only the middle has bytes', frame(TEXT, fin=False) + frame(CONTINUATION, b'middle', fin=False) + frame(CONTINUATION),
               [('text', b'middle')], None)]
    run_echoes(served, cases)


@on_main_roads
def test_6_bad_text(served):
    """RFC 6455 §8.1: Close 1007, however it is cut."""
    cases = [(f'text {text.hex()}', frame(TEXT, text), [], 1007, None) for text in BAD_TEXT]
    cases += [(f'text {text.hex()} in fragments of 1', fragments(TEXT, text, 1), [], 1007, None) for text in BAD_TEXT[-1:]]
    run_failures(served, cases)


@on_main_roads
@pytest.mark.parametrize('cut', [(11, 15), (12, 13)])
@pytest.mark.parametrize('in_fragments', [True, False])
def test_6_bad_text_fails_at_its_first_wrong_byte(served, cut, in_fragments):
    """The rest of the message is never sent."""
    text = KOSME + b'\xf4\x90\x80\x80edited'
    first, second = text[:cut[0]], text[cut[0]:cut[1]]
    def attempt():
        with ByHand(served.open()) as client:
            client.send(frame(TEXT, first, fin=False) if in_fragments else head_of(TEXT, len(text)) + masked(text)[:cut[0]])
            client.receive_part(len(first))  # it was taken
            if in_fragments:
                client.send(frame(CONTINUATION, second, fin=False))
            else:
                client.send(masked(text)[cut[0]:cut[1]])
            began = time.monotonic()
            return [event[:2] for event in client.events() if event[0] != 'end'], time.monotonic() - began
    check(misses := [], 'bad text', [('close', 1007)], attempt)
    assert not misses, misses[0]


GOOD_CODES = 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999
BAD_CODES = 0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65_535


def closing_cases():
    """[(name, what is sent, the code of the router's Close)]"""
    bad_text = KOSME + b'\xed\xa0\x80edited'
    return [
        ('two', close_frame(1000) * 2, 1000), ('a ping behind', close_frame(1000) + frame(PING), 1000),
        ('a message behind', close_frame(1000) + frame(TEXT, HELLO), 1000),
        ('between fragments', frame(TEXT, b'one', fin=False) + close_frame(1000) + frame(CONTINUATION, b'two'), 1000),
        ('empty', close_frame(), None), ('one byte', frame(CLOSE, b'a'), 1002),
        ('a reason', close_frame(1000, b'Hello World!'), 1000), ('longest reason', close_frame(1000, b'*' * 123), 1000),
        ('reason too long', close_frame(1000, b'*' * 124), 1002), ('reason that is no text', close_frame(1000, bad_text), 1007),
        *((f'code {code}', close_frame(code), code) for code in GOOD_CODES),
        *((f'code {code}', close_frame(code), 1002) for code in BAD_CODES),
    ]


def test_7_closing(served):
    """RFC 6455 §5.5.1, §7.1, §7.4: answered at once, nothing behind it counts, and the router ends the road."""
    misses = []
    for name, sent, code in closing_cases():
        def attempt():
            with ByHand(served.open()) as client:
                began = time.monotonic()
                client.send(sent)
                return [event[:2] for event in client.events()], time.monotonic() - began
        check(misses, name, [('close', code), ('end',)], attempt)
    assert not misses, '\n'.join(misses)
    run_echoes(served, [('a message before', frame(TEXT, HELLO), [('text', HELLO)], None)])


@on_main_roads
def test_7_a_large_message_before_the_close(served):
    """Whether it is echoed first is left open; the closing is clean, and the ping behind it unanswered."""
    with ByHand(served.open()) as client:
        client.send(frame(TEXT, b'BAsd7&jh23' * 26_214) + frame(TEXT, HELLO) + close_frame(1000) + frame(PING))
        events = client.events()
        assert events[-2:] == [('close', 1000, b''), ('end',)]
        assert all(event[0] == 'text' for event in events[:-2])


# --- sizes and speed: messages come back whole and in order, and the closing is clean


def echo(roads, opcode, messages, extensions=None, **how):
    """Once over. The WebSocket that was closed, for what it counted."""
    with ByHand(roads.open(extensions=extensions, seconds=60)) as client:
        assert bool(client.deflate) == bool(extensions)
        client.echo(opcode, messages, **how)
        client.send(close_frame(1000))
        assert client.events() == [('close', 1000, b''), ('end',)]
        return client


@on_main_roads
@pytest.mark.parametrize('opcode, fill', [(TEXT, b'BAsd7&jh23'), (BINARY, b'\x00\xfe\x00\xfe\x00')])
def test_9_large_messages(served, opcode, fill):
    """RFC 6455 §5.4: up to 16 MiB with default options, whole, in small frames, and in small chops."""
    for size in [64 << 10, 256 << 10, MIB, 4 * MIB, 8 * MIB, 16 * MIB] if LONG else [64 << 10, MIB, 16 * MIB]:
        echo(served, opcode, [(fill * (size // len(fill) + 1))[:size]])
    large = (fill * (4 * MIB))[:4 * MIB if LONG else MIB]
    for size in [64, 256, 1024, 4096, 16_384, 65_536, 262_144, MIB, 4 * MIB] if LONG else [64, 4096, 262_144]:
        echo(served, opcode, [large], fragment=size)
    for chop in [64, 128, 256, 512, 1024, 2048] if LONG else [64, 1024]:
        echo(served, opcode, [large[:MIB if LONG else MIB // 4]], chop=chop)


@on_main_roads
@pytest.mark.parametrize('opcode, fill', [(TEXT, b'*'), (BINARY, b'\xfe')])
def test_9_one_after_the_other(served, opcode, fill):
    """Each is sent when the one before it is back."""
    for size in 0, 16, 64, 256, 1024, 4096:
        echo(served, opcode, [fill * size] * (1000 if LONG else 200), ahead=0)


@on_main_roads
def test_10_fragments_of_1300(served):
    echo(served, TEXT, [b'*' * 65_536], fragment=1300)


SIZES = [(16, 0), (64, 0), (256, 0), (1024, 0), (4096, 0), (8192, 0), (16_384, 0), (32_768, 0), (65_536, 0), (131_072, 0),
         (8192, 256), (16_384, 256), (32_768, 256), (65_536, 256), (131_072, 256), (131_072, 1024), (131_072, 4096),
         (131_072, 32_768)]


def words():
    chance = random.Random(1)
    return ' '.join(chance.choice(['Zeroway', 'Tor', 'Brücke', 'ging', 'kam', 'über', 'die', 'der', 'und', str(number)])
                    for number in range(40_000))


def page():
    return '<html>' + ''.join(f'<tr><td id="{number}">{number * 7919 % 1009}</td><td>row</td></tr>\n' for number in range(8000))


def objects():
    return json.dumps([{'id': number, 'name': f'device {number * 31 % 977}', 'on': number % 3 == 0} for number in range(8000)])


def picture():
    return bytes((x * y // 97 + (x ^ y) % 5) & 255 for y in range(512) for x in range(512))


DATA = {'words': (BINARY, lambda: words().encode()), 'picture': (BINARY, picture),
        'random': (BINARY, lambda: random.Random(2).randbytes(400_000)),
        'objects': (TEXT, lambda: objects().encode()), 'page': (TEXT, lambda: page().encode())}
Case = collections.namedtuple('Case', 'roads data opcode offer size fragment count')


def agreed_on(offer):
    """What the router answers to an offer: its first part, less what only says that the client would agree."""
    asked = [part.strip() for part in offer.split(',')[0].split(';')[1:]]
    return dict((part.split('=') + [''])[:2] for part in asked if part != 'client_max_window_bits')


def run_case(case):
    """Seconds that it took."""
    text, size, began = case.data, case.size, time.monotonic()
    different = [text[at:at + size] for at in range(0, min(case.count * size, len(text)), size)]
    messages = itertools.islice(itertools.cycle(different), case.count)
    client = echo(case.roads, case.opcode, messages, case.offer, fragment=case.fragment)
    case.roads.close()
    assert client.deflate.terms == agreed_on(case.offer)
    assert client.packed == case.count
    return time.monotonic() - began


def echo_compressed(stack, kind, data, offer, count):
    """All sizes, two at once when there are many messages."""
    roads = start(stack, kind, 2 if count > 100 else 1)
    opcode, make = DATA[data]
    text = (make() * 3)[:8 * 65_536]  # the largest size goes into it four times
    cases = [Case(roads, text, opcode, offer, size, fragment, count) for size, fragment in SIZES]
    if count <= 100:
        return [run_case(case) for case in cases]
    began = time.monotonic()
    with concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context('fork')) as clients:
        took = list(clients.map(run_case, sorted(cases, key=lambda case: -case.size)))
    print(f'\n{kind}, {data}, {offer}: {len(took)} cases of {count} messages in {time.monotonic() - began:.1f} s, '
          f'the slowest {max(took):.1f} s')


def counts(most):
    return [1000 if LONG and road in ('http1', 'http2') else most for road in MAIN_ROADS]


LIKED = 'permessage-deflate; client_no_context_takeover; client_max_window_bits'
OFFERS = [
    LIKED, f'{LIKED}; server_no_context_takeover', f'{LIKED}; server_max_window_bits=9', f'{LIKED}; server_max_window_bits=8',
    f'{LIKED}; server_max_window_bits=15', f'{LIKED}; server_no_context_takeover; server_max_window_bits=9',
    f'{LIKED}; server_no_context_takeover; server_max_window_bits=8',
    f'{LIKED}; server_no_context_takeover; server_max_window_bits=15',
    f'{LIKED}; server_no_context_takeover; server_max_window_bits=8, {LIKED}; server_no_context_takeover, {LIKED}',
    'permessage-deflate', 'permessage-deflate; client_max_window_bits=10; server_max_window_bits=10',
]


@pytest.mark.parametrize('road, count', zip(MAIN_ROADS, counts(4)))
@pytest.mark.parametrize('data', DATA)
def test_12_compression(stack, data, road, count):
    """RFC 7692, as a client offers it that accepts all parameters."""
    echo_compressed(stack, road, data, LIKED, count)


@pytest.mark.parametrize('road, count', zip(MAIN_ROADS, counts(2)))
@pytest.mark.parametrize('offer', OFFERS)
def test_13_compression_as_offered(stack, offer, road, count):
    """RFC 7692 §7.1: what the client wants of the server is kept and said, and nothing unasked is in the answer."""
    echo_compressed(stack, road, 'objects', offer, count)
