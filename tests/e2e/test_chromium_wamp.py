"""The page of the wamp-worker in Chromium: two windows talk by publish and subscribe, and call each other."""
import os
import shutil

from browser import Browser
from wamp_e2e import npm_folder, start_worker
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
