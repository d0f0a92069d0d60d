"""WAMP in Chromium: the page of the wamp-worker, and sessions of AutobahnJS over HTTP/2."""
import os
import shutil

import pytest

import sites_e2e as s
import tls_e2e as tls
from browser import Browser
from test_wamp_clients import SERIALIZERS
from wamp_e2e import OTHER, PATIENT, SUPPORT, backend_route, check_client, npm_folder, serve as serve_behind, start_worker
import zeroway_e2e as z

EXAMPLE = os.path.join(z.ROOT, 'examples', 'wamp-worker')
STATE = "document.getElementById('state').textContent"
LOG = "[...document.querySelectorAll('#log p')].map(p => p.textContent)"


class Person:
    def __init__(self, browser, url, name):
        self.window = browser.open(url)
        self.window.type('#name', name)
        self.window.press_enter()
        self.sees(f'Joined as {name}')

    def sees(self, state):
        self.window.wait(f'{STATE} === "{state}"', 3 * z.PATIENCE)

    def say(self, text):
        self.window.type('#text', text)
        self.window.press_enter()

    def ask(self, whom, a, b):
        self.window.type('#a', str(a))
        self.window.type('#b', str(b))
        self.window.type('#whom', whom)
        self.window.press_enter()

    def has(self, *lines):
        """Exactly these."""
        self.window.wait(f'{LOG}.length >= {len(lines)}')
        assert self.window.run(LOG) == list(lines)


def serve(stack):
    """The example's own file, at a free port, with the client of npm beside its page."""
    folder = stack.path('example')
    shutil.copytree(EXAMPLE, folder)
    shutil.copy(os.path.join(npm_folder('autobahn-browser'), 'autobahn-browser', 'autobahn.min.js'), os.path.join(folder, 'page'))
    path = os.path.join(folder, 'site.toml')
    port = z.free_port()
    with open(path) as file:
        text = file.read()
    assert 'port = 8080' in text
    with open(path, 'w') as file:
        file.write(text.replace('port = 8080', f'port = {port}'))
    router = stack.start([z.program('router'), '-sv', '-c', path, '--fabric', stack.ipc(), '--manage', 'off'])
    return router, f'http://localhost:{port}/'


def test_two_windows_talk_and_call_each_other(stack):
    router, url = serve(stack)
    worker = start_worker(stack, 'realm1')
    router.wait_log('(?i)wamp-worker')
    browser = stack.closing(Browser(stack))
    ann, bob = Person(browser, url, 'Ann'), Person(browser, url, 'Bob')
    ann.say('anybody?')
    ann.has('me: anybody?')
    bob.has('Ann: anybody?')
    bob.say('<b>me</b> 🎈')
    ann.has('me: anybody?', 'Bob: <b>me</b> 🎈')
    ann.ask('Bob', 20, 22)
    bob.has('Ann: anybody?', 'me: <b>me</b> 🎈', 'added 20 and 22 for Ann')
    ann.has('me: anybody?', 'Bob: <b>me</b> 🎈', 'Bob says: the sum is 42')
    ann.ask('Cid', 1, 2)
    ann.window.wait(f'{LOG}.at(-1) === "Cid does not answer: wamp.error.no_such_procedure"')
    # The worker goes and comes; the windows join again by themselves.
    worker.kill()
    for person in (ann, bob):
        person.window.wait(f'{STATE}.startsWith("Not connected: ")')
    start_worker(stack, 'realm1')
    ann.sees('Joined as Ann')
    bob.sees('Joined as Bob')
    bob.say('back')
    ann.window.wait(f'{LOG}.at(-1) === "Bob: back"')
    assert not ann.window.errors() and not bob.window.errors()


OF_WORKERS = 'routes = [{ path = "/ws", wamp = true }]'


def serve_secure(stack, routes=OF_WORKERS):
    """A router with TLS at a free port, with the page of AutobahnJS and WAMP at /ws; and a browser that trusts it."""
    folder = stack.path('page')
    os.mkdir(folder)
    for source in (os.path.join(npm_folder('autobahn-browser'), 'autobahn-browser', 'autobahn.min.js'),
                   os.path.join(SUPPORT, 'wamp_things.js'), os.path.join(SUPPORT, 'wamp_autobahn.html')):
        shutil.copy(source, folder)
    certificate, key = tls.Authority(stack).make('localhost')
    port = z.free_port()
    router = s.serve(stack, f"""[[sites]]
name = "main"
hostname = "localhost"
listen = ["127.0.0.1:{port}"]
static_dir = "{folder}"
[sites.ssl]
enabled = true
cert_file = "{certificate}"
key_file = "{key}"
[sites.proxy]
enabled = true
{routes}
""", port, '--access-log', '-', *PATIENT)
    return router, stack.closing(Browser(stack, certificate))


def what_autobahn_says(router, browser, serializer):
    window = browser.open(f'https://localhost:{router.port}/wamp_autobahn.html?{serializer}')
    window.wait('told.at(-1) === "done"', 4 * z.PATIENCE)
    assert not window.errors()
    return '\n'.join(window.run('told.slice(0, -1)'))


def openings_on_the_page_s_connection(browser):
    """The heads of the WebSockets that were opened, all of them on the HTTP/2 connection that the page came by."""
    heads = browser.http2_heads()
    openings = [(session, head) for session, head in heads if ':protocol: websocket' in head]
    page, = {session for session, head in heads if any(line.startswith(':path: /wamp_autobahn.html') for line in head)}
    assert {session for session, _ in openings} == {page}
    return [set(head) for _, head in openings]


@pytest.mark.parametrize('serializer', SERIALIZERS)
def test_autobahn_over_http2(stack, serializer):
    router, browser = serve_secure(stack)
    start_worker(stack, 'realm1')
    router.wait_workers(1)
    check_client(what_autobahn_says(router, browser, serializer), 'wamp_things.js')
    router.wait_idle()
    router.wait_log(r'"CONNECT /ws HTTP/2" 200 ')
    openings = openings_on_the_page_s_connection(browser)
    assert len(openings) >= 4
    assert all({':method: CONNECT', ':path: /ws', f'sec-websocket-protocol: wamp.2.{serializer}'} <= head for head in openings)


@pytest.mark.parametrize('serializer', SERIALIZERS)
def test_autobahn_over_http2_to_a_backend_that_the_router_dials(stack, serializer):
    behind = serve_behind(stack, options=PATIENT)
    router, browser = serve_secure(stack, backend_route(f'url = "{behind.wamp_url}"', OTHER[serializer]))
    check_client(what_autobahn_says(router, browser, serializer), 'wamp_things.js')
    router.wait_idle()
    behind.wait_idle()
    assert len(openings_on_the_page_s_connection(browser)) >= 4
