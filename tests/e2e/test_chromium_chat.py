"""The chat in Chromium: windows and rooms, and what a person sees while its worker is restarted."""
import pytest
import tls_e2e as tls
from browser import Browser

IS_IN = "!document.getElementById('text').disabled"
STATE = "document.getElementById('state').textContent"
SAID = "[...document.querySelectorAll('#said p')].map(p => p.innerText.trim().replace('\\n', ': '))"
# Every state that the page has shown since, whether somebody looked in time or not.
WATCH = '''window.shown = [];
new MutationObserver(() => shown.push(document.getElementById('state').textContent))
  .observe(document.getElementById('state'), {childList: true});'''


class Person:
    def __init__(self, browser, url, name, room):
        self.window = browser.open(url)
        self.window.type('#name', name)
        self.enter(room)

    def enter(self, room):
        self.window.type('#room', room)
        self.window.press_enter()
        self.window.wait(f'{STATE}.startsWith("In {room}: ")')

    def say(self, text):
        self.window.type('#text', text)
        self.window.press_enter()

    def hears(self, *lines):
        """Exactly these, in this order; one's own have no name."""
        self.window.wait(f'{SAID}.length >= {len(lines)}')
        assert self.window.run(SAID) == list(lines)

    def sees(self, state):
        self.window.wait(f'{STATE} === "{state}"')


def start(stack, *options):
    authority = tls.Authority(stack)
    pair = authority.make('localhost')
    router = tls.router_of(stack, *tls.options_of(pair))
    worker = stack.worker('chat-1', *options, kind='chat-worker')
    router.wait_workers(1)
    return router, worker, stack.closing(Browser(stack, pair[0])), f'https://localhost:{router.tls_port}/'


def test_two_windows_chat_and_other_rooms_hear_nothing(stack):
    router, _, browser, url = start(stack)
    ann, bob = (Person(browser, url, name, 'lobby') for name in ('Ann', 'Böb'))
    cid = Person(browser, url, 'Cid', 'Küche/2')
    ann.sees('In lobby: Ann, Böb')
    cid.sees('In Küche/2: Cid')
    ann.say('anybody?')
    bob.hears('Ann: anybody?')
    bob.say('<b>me</b> 🎈')
    ann.hears('anybody?', 'Böb: <b>me</b> 🎈')
    cid.say('alone')
    cid.hears('alone')
    cid.enter('lobby')  # and sees what was said
    cid.hears('Ann: anybody?', 'Böb: <b>me</b> 🎈')
    ann.sees('In lobby: Ann, Böb, Cid')
    cid.say('now with you')
    for person in (ann, bob):
        person.window.wait(f'{SAID}.includes("Cid: now with you")')
        assert len(person.window.run(SAID)) == 3
    assert not any(person.window.errors() for person in (ann, bob, cid))
    assert sum(':protocol: websocket' in head for _, head in browser.http2_heads()) == 4
    router.wait_idle()


@pytest.mark.parametrize('how, code', [('restarted', '1012: the worker is leaving'), ('killed', '1011')])
def test_a_person_sees_that_the_worker_went_and_is_back_by_itself(stack, how, code):
    router, worker, browser, url = start(stack, '--drain-timeout', '2s')
    ann, bob = (Person(browser, url, name, 'lobby') for name in ('Ann', 'Bob'))
    ann.say('before')
    bob.hears('Ann: before')
    for person in (ann, bob):
        person.window.run(WATCH)
    bob.window.type('#text', 'half a sent')
    if how == 'restarted':
        worker.terminate()
        assert worker.wait() == 0
    else:
        worker.kill()
    gone = f'The room is gone ({code}). Trying again …'
    for person in (ann, bob):
        person.window.wait(f'shown.includes("{gone}")')
        assert not person.window.run(IS_IN)
    bob.hears('Ann: before')  # what was said stays on the page
    stack.worker('chat-2', kind='chat-worker')
    for person in (ann, bob):
        person.window.wait(f'{IS_IN} && {STATE}.includes("Ann") && {STATE}.includes("Bob")')
    assert bob.window.run("document.getElementById('text').value") == 'half a sent'
    ann.say('after')
    bob.window.wait(f'{SAID}.at(-1) === "Ann: after"')
    assert bob.window.run(SAID) == ['Ann: before', 'Ann: after']
    assert not ann.window.errors() and not bob.window.errors()
