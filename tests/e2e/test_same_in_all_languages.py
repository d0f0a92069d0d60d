"""One script of requests over HTTP/1.1 and HTTP/2, each in cleartext and over TLS: worker and clients see the same.

What differs by right, and nothing else may:
- at the worker, over TLS: `:scheme` and `x-forwarded-proto` are https, and `forwarded` says proto=https;
- at the client: `connection`, `keep-alive` and `transfer-encoding` exist in HTTP/1.1 only; `date` is the clock's;
  HTTP/1.1 says `content-length` last, and says 0 where HTTP/2 ends the stream with the head.
"""
import pytest
import tls_e2e
import zeroway_e2e as z
from h2_peer import H2Client
from recording_worker import RecordingWorker
from request_script import SCRIPT, Http1, Http2, at_the_client, h2_over_tls


def at_the_worker(seen, scheme):
    if seen is None:
        return None
    fields = []
    for name, value in seen.fields:
        if name in (':scheme', 'x-forwarded-proto'):
            assert value == scheme
            value = '*'
        elif name == 'forwarded':
            assert value.endswith(f';proto={scheme}')
            value = value.removesuffix(scheme)
        fields.append((name, value))
    return seen._replace(fields=fields)


@pytest.fixture(scope='module')
def seen_by():
    """What each language's client and worker saw, by case."""
    stack = z.Stack()
    try:
        authority = tls_e2e.Authority(stack)
        # The scripted worker does not come back: on a busy machine it may be late with its answers to pings.
        router = tls_e2e.router_of(stack, *tls_e2e.options_of(authority.make('localhost', '127.0.0.1')),
                                   '--heartbeat-timeout', '60s')
        worker = stack.closing(RecordingWorker(router.fabric, {name: answer for name, (_, answer) in SCRIPT.items()}))
        router.wait_workers(1)
        languages = {
            'http/1.1': lambda: Http1(router.connect),
            'h2c': lambda: Http2(H2Client(router.port)),
            'http/1.1 over TLS': lambda: Http1(lambda: tls_e2e.Client(router, authority)),
            'h2 over TLS': lambda: h2_over_tls(router, authority),
        }
        found = {}
        for language, make in languages.items():
            worker.seen.clear()
            client = make()
            scheme = 'https' if 'TLS' in language else 'http'
            found[language] = {}
            for name, (ask, answer) in SCRIPT.items():
                got = client.ask(name, ask)
                found[language][name] = (at_the_client(got, answer), at_the_worker(worker.seen.get(name), scheme))
            client.close()
        router.wait_idle()
        yield found
    finally:
        stack.close()


@pytest.mark.parametrize('language', ['h2c', 'http/1.1 over TLS', 'h2 over TLS'])
@pytest.mark.parametrize('name', SCRIPT)
def test_worker_and_client_see_the_same(seen_by, language, name):
    old_client, old_worker = seen_by['http/1.1'][name]
    client, worker = seen_by[language][name]
    assert client == old_client
    assert worker == old_worker


@pytest.mark.parametrize('name', SCRIPT)
def test_the_script_is_what_was_meant(seen_by, name):
    """Sameness would also be nothing at all: what arrives is what was sent."""
    ask, answer = SCRIPT[name]
    client, worker = seen_by['http/1.1'][name]
    if answer is None:
        assert client.status in (414, 417, 431) and worker is None
        return
    assert worker.body == (ask.body or b'')
    assert worker.trailers == list(ask.trailers)
    fields = dict(worker.fields)
    assert (fields[':method'], fields[':path'], fields[':authority']) == (ask.method, ask.path, 'zeroway.test')
    for name_ in {name_ for name_, _ in ask.fields}:
        assert [value for field, value in worker.fields if field == name_] == [v for n, v in ask.fields if n == name_]
    assert client.status == answer.status
    assert client.body == (b'' if ask.method == 'HEAD' else answer.body)
    assert client.trailers == list(answer.trailers)
    assert sorted(one for one in client.fields if one[0] != 'x-worker') == sorted(answer.fields)
    assert [status for status, _ in client.interim] == [100] * ask.expects + [status for status, _ in answer.interim]
