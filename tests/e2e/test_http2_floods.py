"""Attacks on one HTTP/2 connection: it is cut, the log says why once, and others are served meanwhile."""
import re
import struct

import h2.errors
import h2.exceptions
import hpack
import pytest
import zeroway_e2e as z
from h2_peer import H2Client

GET = hpack.Encoder()
GET.header_table_size = 0
BLOCK = GET.encode([(':method', 'GET'), (':scheme', 'http'), (':authority', 'a.test'), (':path', '/get')],
                   huffman=False).removeprefix(b'\x20')  # the table keeps its size


def frame(type_, flags, stream, payload=b''):
    return struct.pack('>I', len(payload))[1:] + bytes([type_, flags]) + struct.pack('>I', stream) + payload


def request(stream, flags=5, block=BLOCK):
    return frame(1, flags, stream, block)


# By name: what comes before, the frames again and again, and what the log says.
FLOODS = {
    'rapid reset': (b'', lambda n: request(n) + frame(3, 0, n, b'\0\0\0\x08'), 'begun and reset'),
    'malformed': (b'', lambda n: request(n, block=BLOCK + b'\0\x01X\x01y'), 'begun and reset|max concurrent'),
    'PING': (b'', lambda n: frame(6, 0, 0, bytes(8)), 'PING'),
    'SETTINGS': (b'', lambda n: frame(4, 0, 0), 'SETTINGS'),
    'empty DATA': (request(3, 4), lambda n: frame(0, 0, 3), 'empty'),
    'PRIORITY': (b'', lambda n: frame(2, 0, n, b'\0\0\0\0\x10'), 'PRIORITY'),
    'WINDOW_UPDATE': (b'', lambda n: frame(8, 0, 0, b'\0\0\0\x01'), 'WINDOW_UPDATE'),
    'unknown types': (b'', lambda n: frame(0xbb, 0, 0, b'x'), 'unknown'),
    'CONTINUATION': (request(3, 1), lambda n: frame(9, 0, 3, b'\0\x01x\x01y'), 'CONTINUATION'),
    'HPACK bomb': (b'', lambda n: request(n, block=BLOCK + b'\x40\x01x\x7f\xbd\x1d' + b'y' * 3_900 + b'\xbe' * 12_000),
                   'a head many times'),
}


@pytest.mark.parametrize('name', FLOODS)
def test_the_attacker_is_cut(stack, name):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    before, one, why = FLOODS[name]
    with H2Client(router.port) as good, H2Client(router.port) as bad:
        good.request('/get')
        bad.request('/get')  # stream 1
        try:
            bad.write(before)
            for first in range(5, 8_000, 100):
                bad.write(b''.join(one(stream) for stream in range(first, first + 100, 2)))
        except OSError:
            pass  # it is cut
        try:
            bad.wait_closed()
            assert bad.goaway.error_code in (h2.errors.ErrorCodes.ENHANCE_YOUR_CALM, h2.errors.ErrorCodes.PROTOCOL_ERROR)
        except h2.exceptions.ProtocolError:
            pass  # replies to what the library knows nothing of
        assert good.request('/get').status == 200
    line = router.wait_log(r'client 127\.0\.0\.1: connection closed: [^\n]*').group()
    assert re.search(why, line)
    assert router.log().count('connection closed:') == 1
    router.wait_idle()
