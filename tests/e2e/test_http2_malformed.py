"""Malformed requests by python3-h2: each ends its stream and nothing else (RFC 9113 §8.1.1), and no worker hears of it."""
import h2.errors
import pytest
import zeroway_e2e as z
from h2_peer import H2Client

OK = {':method': 'GET', ':scheme': 'http', ':authority': 'zeroway.test', ':path': '/get'}


def head(*more, first=(), without=(), **changed):
    """A good head with changes: `without` pseudo-fields, others with `changed` values, fields before them and after."""
    pseudo = {**OK, **{':' + name: value for name, value in changed.items()}}
    return [*first, *((name, value) for name, value in pseudo.items() if name not in without), *more]


CASES = {
    '8.2.1 a name with upper case': head(('X-Upper', 'a')),
    '8.2.1 a name with a space': head(('x y', 'a')),
    '8.2.1 a name with a control character': head(('x\x01y', 'a')),
    '8.2.1 a name with a byte above 0x7e': head(('x\x7f', 'a')),
    '8.2.1 a name with a colon': head(('x:y', 'a')),
    '8.2.1 an empty name': head(('', 'a')),
    '8.2.1 a value with NUL': head(('x', 'a\0b')),
    '8.2.1 a value with CR': head(('x', 'a\rb')),
    '8.2.1 a value with LF': head(('x', 'a\nb')),
    '8.2.2 connection': head(('connection', 'keep-alive')),
    '8.2.2 keep-alive': head(('keep-alive', 'timeout=5')),
    '8.2.2 proxy-connection': head(('proxy-connection', 'close')),
    '8.2.2 transfer-encoding': head(('transfer-encoding', 'chunked')),
    '8.2.2 upgrade': head(('upgrade', 'h2c')),
    '8.2.2 te other than trailers': head(('te', 'gzip')),
    '8.3 a pseudo-field after a field': [('x', 'a'), *head()],
    '8.3 an unknown pseudo-field': head((':x', 'a')),
    '8.3 a pseudo-field of replies': head((':status', '200')),
    '8.3 a pseudo-field twice': head((':path', '/get'), first=[]),
    '8.3.1 no method': head(without=[':method']),
    '8.3.1 no scheme': head(without=[':scheme']),
    '8.3.1 no path': head(without=[':path']),
    '8.3.1 an empty path': head(path=''),
    '8.3.1 a path without its slash': head(path='get'),
    '8.3.1 a fragment behind the path': head(path='/get#x'),
    '8.3.1 two hosts that differ': head(('host', 'other.test')),
    '8.5 CONNECT with a path': head(method='CONNECT'),
    'RFC 8441 4 :protocol without CONNECT': head((':protocol', 'websocket')),
}


@pytest.fixture
def router(stack):
    router = stack.router()
    stack.httpbin()
    return router.wait_workers(1)


def is_refused(reply):
    return reply.reset == h2.errors.ErrorCodes.PROTOCOL_ERROR or reply.status == 400


def test_a_malformed_head_ends_its_stream_only(router):
    with H2Client(router.port) as client:
        before = router.counters()['dealt'] + router.counters()['steered']
        wrong = []
        for name, fields in CASES.items():
            reply = client.wait(client.open(pseudo=fields))
            if not is_refused(reply):
                wrong.append((name, reply.status, reply.reset))
        assert wrong == []
        assert router.counters()['dealt'] + router.counters()['steered'] == before
        assert client.request('/get').status == 200
        assert client.goaways == 0


@pytest.mark.parametrize('said, sent', [(5, 4), (5, 6), (0, 1), (5, 0)])
def test_a_body_that_is_not_content_length_long(router, said, sent):
    """RFC 9113 §8.1.1."""
    with H2Client(router.port) as client:
        reply = client.request('/echo', 'POST', [('content-length', str(said))], body=b'x' * sent)
        assert is_refused(reply) or reply.reset is not None, reply.status
        assert client.request('/get').status == 200
    router.wait_idle()


@pytest.mark.parametrize('trailers', [[(':status', '200')], [(':path', '/')], [('X-Upper', 'a')], [('connection', 'close')]])
def test_malformed_trailers(router, trailers):
    """RFC 9113 §8.1: no pseudo-fields in them."""
    with H2Client(router.port) as client:
        reply = client.request('/upload', 'POST', body=b'x', trailers=trailers)
        assert is_refused(reply), (reply.status, reply.reset)
        assert client.request('/get').status == 200
    router.wait_idle()
