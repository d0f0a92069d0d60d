"""HTTP/2 in cleartext, by clients that were not written here: curl, nghttp, h2load, python3-h2."""
import hashlib
import json
import os
import re
import subprocess

import h2.errors
import pytest
import zeroway_e2e as z
from h2_peer import H2Client

H2 = '--http2-prior-knowledge'


@pytest.fixture
def router(stack):
    router = stack.router('--access-log', stack.path('access'))
    stack.httpbin()
    return router.wait_workers(1)


def curl(router, path, *args, data=None):
    result = subprocess.run(['curl', '-sS', *args, f'http://127.0.0.1:{router.port}{path}'], input=data,
                            capture_output=True, timeout=60 * z.SLOW)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout


def test_one_port_speaks_both(router, stack):
    assert curl(router, '/status/204', H2, '-w', '%{http_version} %{http_code}') == b'2 204'
    assert curl(router, '/status/204', '-w', '%{http_version} %{http_code}') == b'1.1 204'
    lines = z.eventually(lambda: open(stack.path('access')).read().splitlines()[1:] and open(stack.path('access')).read())
    assert '"GET /status/204 HTTP/2" 204' in lines and '"GET /status/204 HTTP/1.1" 204' in lines


def test_worker_and_client_see_the_same_in_both(router):
    for args in (['-H', 'X-Many: a', '-H', 'X-Many: b', '-b', 'a=1; b=2'], ['-X', 'PATCH', '-d', 'text'],
                 ['-H', 'Accept-Language: tlh', '-H', 'Empty;']):
        old, new = (curl(router, '/anything/x?y=z', *args, *version) for version in ([], [H2]))
        assert json.loads(old) == json.loads(new)
    for path in ('/bytes/100000?seed=7', '/stream/5', '/response-headers?x=y', '/status/404'):
        old, new = (curl(router, path, '-D-', *version).split(b'\r\n\r\n', 1) for version in ([], [H2]))
        assert old[1] == new[1]
        fields = [sorted(line.lower() for line in head.split(b'\r\n')[1:]
                         if not line.lower().startswith((b'date', b'transfer-encoding'))) for head, _ in (old, new)]
        assert fields[0] == fields[1]


def test_uploads_expect_and_echo(router):
    body = os.urandom(5_000_000)
    said = json.loads(curl(router, '/upload', H2, '--data-binary', '@-', data=body))
    assert said == {'bytes': len(body), 'sha256': hashlib.sha256(body).hexdigest()}
    assert curl(router, '/echo', H2, '--data-binary', '@-', '-H', 'Expect: 100-continue', data=body) == body


def test_an_early_reply_reaches_curl(router):
    body = os.urandom(5_000_000)
    assert curl(router, '/nowhere', H2, '--data-binary', '@-', '-o', '/dev/null', '-w', '%{http_code}', data=body) == b'404'


def test_h2load_loses_nothing(router):
    out = subprocess.run(['h2load', '-n', '20000', '-c', '10', '-m', '100', f'http://127.0.0.1:{router.port}/get'],
                         capture_output=True, timeout=120).stdout.decode()
    assert re.search(r'20000 succeeded, 0 failed, 0 errored, 0 timeout', out), out
    router.wait_idle()


def test_nghttp_downloads_many_at_once(router):
    urls = [f'http://127.0.0.1:{router.port}/bytes/300000?seed={seed}' for seed in range(20)]
    out = subprocess.run(['nghttp', *urls], capture_output=True, timeout=60).stdout
    assert len(out) == 20 * 300_000


def test_trailers_interim_head_and_reset(router):
    with H2Client(router.port) as client:
        reply = client.request('/trailers', 'POST', body=b'hello', trailers=[('x-sum', '1')])
        assert json.loads(reply.body)['trailers'] == {'x-sum': '1'}
        assert dict(reply.trailers)['x-trailer'] == 'the end'
        reply = client.request('/early-hints')
        assert [head[':status'] for head in reply.interim] == ['103'] and reply.status == 200
        reply = client.request('/bytes/1000', 'HEAD')
        assert (reply.field('content-length'), bytes(reply.body)) == ('1000', b'')
        assert client.request('/abort').reset == h2.errors.ErrorCodes.INTERNAL_ERROR
        assert client.request('/get').status == 200


def test_an_early_reply_then_no_error(router):
    with H2Client(router.port) as client:
        stream = client.open('/nowhere', 'POST', end=False)
        reply = client.wait(stream)
        assert (reply.status, reply.has_ended) == (404, True)
        client.wait_for(lambda: reply.reset is not None)
        assert reply.reset == h2.errors.ErrorCodes.NO_ERROR
        assert client.request('/get').status == 200


def test_a_client_that_cancels_tells_the_worker(router):
    with H2Client(router.port) as client:
        stream = client.open('/drip?duration=600&numbytes=600')
        client.wait(stream, lambda reply: reply.fields)
        client.h2.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
        client.flush()
        router.wait_idle()
        assert router.counters()['cancelled'] == 1
        assert client.request('/get').status == 200


def test_refusals_are_replies(router):
    with H2Client(router.port) as client:
        assert client.request(fields=[('x', 'y' * 15_000)] * 5).status == 431
        assert client.request('/' + 'x' * 20_000).status == 414
        stream = client.open(end=False, pseudo=[(':method', 'CONNECT'), (':authority', 'a.test:443')])
        assert client.wait(stream).status == 501
        assert client.request('/get').status == 200


def test_draining_finishes_what_is_open(router):
    with H2Client(router.port) as client, H2Client(router.port) as idle:
        idle.request('/get')
        stream = client.open('/drip?duration=1&numbytes=10')
        client.wait(stream, lambda reply: reply.fields)
        router.terminate()
        client.wait_for(lambda: client.goaways == 2)
        assert client.goaway.error_code == h2.errors.ErrorCodes.NO_ERROR
        assert client.wait(stream).has_ended and len(client.streams[stream].body) == 10
        assert client.wait_closed().last_stream_id == stream
        assert idle.wait_closed().error_code == h2.errors.ErrorCodes.NO_ERROR
    assert router.wait() == 0
