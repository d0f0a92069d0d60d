"""Chromium shows what workers serve: a page over HTTP/2, and server-sent events that outlive their worker."""
import tls_e2e as tls
from browser import Browser

PROTOCOL = "performance.getEntriesByType('navigation')[0].nextHopProtocol"
EVENTS = "[...document.querySelectorAll('#events li')].map(item => item.innerText.replace(/\\s+/, ': '))"
STATE = "document.getElementById('state').textContent"


def start(stack):
    authority = tls.Authority(stack)
    pair = authority.make('localhost')
    router = tls.router_of(stack, *tls.options_of(pair), '--queue-timeout', '60s')  # a 503 would end its asking for good
    worker = stack.httpbin()
    router.wait_workers(1)
    return router, worker, stack.closing(Browser(stack, pair[0]))


def expected(count):
    return [f'{number}: event {number}' for number in range(count)]


def test_pages_come_by_http2_over_tls_and_by_http1_without(stack):
    router, _, browser = start(stack)
    window = browser.open(f'https://localhost:{router.tls_port}/sse-page?count=1')
    assert window.run(PROTOCOL) == 'h2' and window.run('isSecureContext')
    assert window.run("fetch('/anything/x', {method: 'PUT', body: 'put'}).then(reply => reply.json()).then(it => it.data)") == 'put'
    window.go(f'http://localhost:{router.port}/sse-page?count=1')
    assert window.run(PROTOCOL) == 'http/1.1'
    assert not window.errors()
    assert [head[0] for _, head in browser.http2_heads() if ':path: /anything/x' in head] == [':method: PUT']


def test_the_page_of_events_shows_each_once_and_ends(stack):
    router, _, browser = start(stack)
    window = browser.open(f'https://localhost:{router.tls_port}/sse-page?count=5&interval=50&retry=100')
    window.wait(f"{STATE} === 'over'")
    assert window.run(EVENTS) == expected(5)
    assert not window.errors()
    router.wait_idle()


def test_the_page_of_events_goes_on_where_a_killed_worker_ended(stack):
    router, worker, browser = start(stack)
    window = browser.open(f'https://localhost:{router.tls_port}/sse-page?count=200&interval=50&retry=100')
    window.wait(f'{EVENTS}.length >= 3')
    worker.kill()
    window.wait(f"{STATE} === 'asking again'")
    seen = len(window.run(EVENTS))
    assert 3 <= seen < 200  # it was killed long before the end
    stack.httpbin('bin-2')
    window.wait(f"{STATE} === 'over'", 60)
    assert window.run(EVENTS) == expected(200)
