"""Chromium's WebSocket: over HTTP/2 where the page came by it, over HTTP/1.1 otherwise, compressed and not."""
import json

import pytest
import tls_e2e as tls
from browser import Browser

TALK = '''
new Promise(done => {
  const url = new URL(%s, location);
  url.protocol = url.protocol.replace('http', 'ws');
  const socket = new WebSocket(url, ['news', 'echo']);
  const noise = new Uint8Array(200000).map((_, at) => at * at >> 3);
  const messages = ['', 'hi', 'Grüße 🎈', 'x'.repeat(70000), new Uint8Array(0), Uint8Array.of(0, 255, 128), noise];
  const same = (one, other) => typeof one === 'string' ? one === other
    : other instanceof ArrayBuffer && one.length === other.byteLength && new Uint8Array(other).every((byte, at) => byte === one[at]);
  let good = 0, at = 0;
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => messages.forEach(message => socket.send(message));
  socket.onmessage = event => {
    if (same(messages[at++], event.data)) ++good;
    if (at === messages.length) socket.close(4321, 'fertig ä');
  };
  socket.onclose = event => done({ good, protocol: socket.protocol, extensions: socket.extensions, code: event.code,
                                   reason: event.reason, clean: event.wasClean });
})'''
CLOSE = '''
new Promise(done => {
  const socket = new WebSocket(location.origin.replace('http', 'ws') + %s);
  socket.onopen = () => socket.send('warum? ä');
  socket.onclose = event => done([event.code, event.reason, event.wasClean]);
})'''


def start(stack, *more):
    """A router, a worker for pages and one for WebSockets, a window on a page. It came by HTTP/2 or by HTTP/1.1."""
    authority = tls.Authority(stack)
    pair = authority.make('localhost')
    router = tls.router_of(stack, *tls.options_of(pair), *more)
    stack.httpbin('bin-1', '--route', '/')  # not /echo, which its handler for POST would claim
    echo = stack.worker('echo-1', '--route', '/echo', '--route', '/close', '--route', '/refuse', kind='echo-websocket-worker')
    router.wait_workers(2)
    return router, echo, stack.closing(Browser(stack, pair[0]))


def talk(window, path='/echo'):
    return window.run(TALK % json.dumps(path))


def close(window, path):
    return window.run(CLOSE % json.dumps(path))


def expected(deflate):
    return {'good': 7, 'protocol': 'echo', 'extensions': 'permessage-deflate' if deflate else '', 'code': 4321,
            'reason': 'fertig ä', 'clean': True}


@pytest.mark.parametrize('deflate', [True, False], ids=['deflate', 'plain'])
def test_over_http2(stack, deflate):
    router, _, browser = start(stack, *([] if deflate else ['--ws-no-deflate']))
    window = browser.open(f'https://localhost:{router.tls_port}/get')
    assert talk(window) == expected(deflate)
    router.wait_idle()
    heads = browser.http2_heads()
    (session, opening), = [(session, head) for session, head in heads if ':protocol: websocket' in head]
    assert {':method: CONNECT', ':scheme: https', ':path: /echo'} <= set(opening)  # RFC 8441 §4
    assert [session] == [its for its, head in heads if ':path: /get' in head]  # on the page's own connection


@pytest.mark.parametrize('deflate', [True, False], ids=['deflate', 'plain'])
def test_over_http1(stack, deflate):
    router, _, browser = start(stack, *([] if deflate else ['--ws-no-deflate']))
    window = browser.open(f'http://localhost:{router.port}/get')
    assert talk(window) == expected(deflate)
    told = window.events('Network.webSocketHandshakeResponseReceived')
    assert [params['response']['status'] for params in told] == [101]
    router.wait_idle()


@pytest.mark.parametrize('scheme', ['https', 'http'])
def test_closes_and_refusals_reach_the_page(stack, scheme):
    router, _, browser = start(stack)
    port = router.tls_port if scheme == 'https' else router.port
    window = browser.open(f'{scheme}://localhost:{port}/get')
    for code in (1000, 1001, 1008, 1011, 3000, 4999):
        assert close(window, f'/close/{code}') == [code, 'warum? ä', True]
    assert close(window, '/refuse/451') == [1006, '', False]
    failures = [params['errorMessage'] for params in window.events('Network.webSocketFrameError')]
    assert [text for text in failures if text.endswith(': 451')] == failures and failures
    router.wait_idle()


def test_a_page_from_elsewhere_is_refused(stack):
    router, _, browser = start(stack, '--ws-origins', 'https://example.org')
    window = browser.open(f'https://localhost:{router.tls_port}/get')
    assert close(window, '/echo') == [1006, '', False]
    failures = [params['errorMessage'] for params in window.events('Network.webSocketFrameError')]
    assert len(failures) == 1 and failures[0].endswith(': 403')


@pytest.mark.parametrize('scheme', ['https', 'http'])
def test_a_killed_worker_is_1011(stack, scheme):
    router, echo, browser = start(stack)
    port = router.tls_port if scheme == 'https' else router.port
    window = browser.open(f'{scheme}://localhost:{port}/get')
    window.run('''new Promise(done => {
      const socket = new WebSocket(location.origin.replace('http', 'ws') + '/echo');
      socket.onopen = done;
      window.ended = null;
      socket.onclose = event => { window.ended = [event.code, event.wasClean]; };
    }).then(() => 1)''')
    assert window.run('window.ended') is None
    echo.kill()
    assert window.wait('window.ended') == [1011, True]
