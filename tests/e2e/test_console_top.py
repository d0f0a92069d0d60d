"""`router top` in a real terminal: what is on the screen, and what its keys do."""
import re

import pytest
import zeroway_e2e as z
from management_e2e import TOKEN, managed
from scripted_management import ScriptedManagement, numbers, worker
from terminal_window import Window

def top(stack, port, *options, env=None, **size):
    return Window(stack, [z.program('router'), 'top', '--manage', f'127.0.0.1:{port}', '--every', '200ms', *options],
                  env=env, **size)


def two_workers(stack):
    router, port = managed(stack)
    for name in ('worker-1', 'worker-2'):
        stack.worker(name)
    router.wait_workers(2)
    return router, port


def state_of(window, name):
    found = re.search(rf'(?m)^{name} +(?:worker +)?(\S+)', window.screen())
    return found and found.group(1)


def test_members_have_their_state_and_their_rates(stack):
    router, port = two_workers(stack)
    window = top(stack, port)
    window.shows(f'router 127.0.0.1:{port}', 'NAME', 'worker-1', 'worker-2', '? help')
    with z.Load(router.port, 2):
        for name in ('worker-1', 'worker-2'):
            z.eventually(lambda: re.search(rf'(?m)^{name} .* [1-9]\d*(\.\d)? ', window.screen()), what=f'a rate of {name}')
    window.press('q')
    window.shows('ended 0')


def test_a_drain_is_confirmed_and_an_undrain_brings_it_back(stack):
    router, port = two_workers(stack)
    window = top(stack, port, '--token-file', stack.path('token'))
    window.shows('worker-2')
    window.press('End', 'd')
    window.shows('drain worker worker-2? y/n')
    window.press('n')
    window.shows('nothing was changed')
    window.press('d', 'y')
    window.shows('worker worker-2 drains')
    z.eventually(lambda: state_of(window, 'worker-2') == 'held')
    assert {router.get().worker for _ in range(20)} == {'worker-1'}
    window.press('u', 'y')
    window.shows('worker worker-2 gets requests')
    z.eventually(lambda: state_of(window, 'worker-2') == 'ready')


def test_the_token_is_asked_for_and_never_shown(stack):
    _, port = two_workers(stack)
    window = top(stack, port)
    window.shows('worker-1')
    window.press('d', 'y')
    window.shows('token: _')
    window.type('a-wrong-token')
    window.shows('token: *************_')
    window.press('Enter')
    window.shows('the token is wrong')
    window.press('d', 'y')
    window.shows('token: _')
    window.type(TOKEN)
    window.press('Enter')
    window.shows('worker worker-1 drains')
    assert TOKEN not in window.screen()
    window.press('u', 'y')  # it is known now
    window.shows('worker worker-1 gets requests')


def test_enter_shows_all_facts(stack):
    _, port = two_workers(stack)
    window = top(stack, port)
    window.shows('worker-1')
    window.press('Enter')
    window.shows('FACTS', 'instance', 'serves', 'everything', 'Esc back')
    window.press('Escape')
    window.shows('NAME')


def test_a_router_that_goes_away_and_comes_back(stack):
    router, port = two_workers(stack)
    window = top(stack, port)
    window.shows('worker-1')
    router.kill()
    window.shows('NO ANSWER for', 'since', 'worker-1')
    z.eventually(lambda: re.search(r'NO ANSWER for [2-9]s', window.screen()), what='the time goes on')
    managed(stack, port=port)
    window.shows_not('NO ANSWER')
    window.shows('worker-1', 'worker-2')


def test_it_follows_the_size_of_the_terminal(stack):
    _, port = two_workers(stack)
    window = top(stack, port, columns=120, rows=30)
    window.shows('worker-1', 'ADDRESS')
    window.resize(40, 10)
    window.shows_not('ADDRESS')
    window.shows('NAME', 'REQ/S', 'worker-1', '? help')
    lines = window.lines()
    assert len(lines) <= 10 and all(len(line) <= 40 for line in lines)
    window.resize(120, 30)
    window.shows('ADDRESS')


def test_it_begins_in_a_small_terminal(stack):
    _, port = two_workers(stack)
    window = top(stack, port, columns=40, rows=10)
    window.shows('worker-1', 'worker-2', '? help')
    window.press('?')
    window.shows('KEYS', 'members, routes')
    window.press('x')
    window.shows('worker-1')


def test_the_head_has_rates_and_percentiles(stack):
    there = stack.closing(ScriptedManagement({'/api/v1/numbers': numbers()}))
    window = top(stack, there.port)
    window.shows('up 1h02m', 'ready', 'open 3', 'conns 5', 'workers 2', '0 req/s', 'p50 -')
    total = [1_000]

    def grow():
        total[0] += 1_000
        there.answers['/api/v1/numbers'] = numbers(total[0], errors=total[0] // 10)
        return re.search(r'[1-9]\d+ req/s +[1-9]\d+(\.\d)? errors/s', window.screen()) and 'p50 0.50ms' in window.screen()
    z.eventually(grow, every=0.1, what='rates')
    there.answers['/api/v1/numbers'] = numbers(total[0], draining=True)
    window.shows('draining')


def test_pages_filter_and_sorting(stack):
    route = {'site': 'main', 'answer': 'backend', 'backend': 'origin', 'web_sockets': False,
             'traffic': {'requests': 5, 'open': 0, 'replies': {'5xx': 1}}}
    failed = {'time': '2026-11-30T12:00:00Z', 'method': 'GET', 'host': 'h', 'path': '/failed', 'status': 502,
              'reason': 'backend_lost', 'worker': 'w1', 'total_ms': 1.5, 'lost': [{'worker': 'w0'}]}
    event = b'event: change\ndata: {"id":1,"at":1780000000,"kind":"change","subject":"w","text":"w is held"}\n\n'
    there = stack.closing(ScriptedManagement({
        '/api/v1/numbers': numbers(),
        '/api/v1/workers': {'workers': [worker('apple', weight=1), worker('banana', weight=9), worker('cherry', weight=5)]},
        '/api/v1/routes': {'routes': [{**route, 'path': '/api'}, {**route, 'path': '/static'}]},
        '/api/v1/requests': {'failed': [failed], 'slow': []}, '/api/v1/events': event}))
    window = top(stack, there.port)
    window.shows('apple', 'banana', 'cherry')
    window.type('/an')
    window.shows('filter: an_')
    window.press('Enter')
    window.shows_not('apple')
    window.press('Escape')
    window.shows('apple')

    def order():
        return re.findall(r'(?m)^(apple|banana|cherry)', window.screen())
    window.press('r')
    z.eventually(lambda: order() == ['cherry', 'banana', 'apple'])
    window.press('2')
    window.shows('/api', '/static', 'origin')
    window.press('3')
    window.shows('/failed', 'backend_lost')
    window.press('Enter')
    window.shows('FACTS of failed requests', 'lost 1', 'w0')
    window.press('Escape', '4')
    window.shows('w is held')
    window.press('1')
    window.shows('cherry')


def test_a_thousand_workers(stack):
    many = [worker(f'worker-{number}') for number in range(1_000)]
    there = stack.closing(ScriptedManagement({'/api/v1/numbers': numbers(), '/api/v1/workers': {'workers': many}}))
    window = top(stack, there.port)
    window.shows('worker-0 ')
    window.press('End')
    window.shows('worker-999')
    window.press('PageUp', 'PageUp')
    window.shows_not('worker-999')
    window.type('/worker-777')
    window.press('Enter', 'Enter')
    window.shows('FACTS', 'worker-777')


def test_a_hostile_name_does_nothing_to_the_terminal(stack):
    many = [worker('evil\x1b]0;title\x07\x1b[2J'), worker('good')]
    there = stack.closing(ScriptedManagement({'/api/v1/workers': {'workers': many}}))
    window = top(stack, there.port)
    window.shows(r'evil\x1b]0;title\x07\x1b[2J', 'good', '? help')


def test_a_router_without_a_page_says_so(stack):
    there = stack.closing(ScriptedManagement({'/api/v1/workers': {'workers': [worker('w')]}}))
    window = top(stack, there.port)
    window.shows('this router has no /api/v1/numbers', 'w ')
    window.press('3')
    window.shows('this router has no /api/v1/requests')
    window.press('4')
    window.shows('this router has no /api/v1/events')


@pytest.mark.parametrize('key', ['C-c', 'q'])
def test_the_terminal_is_given_back(stack, key):
    _, port = managed(stack)
    window = top(stack, port)
    window.shows('? help')
    window.press(key)
    window.shows('ended 0')
    window.shows_not('? help')


def test_a_terminal_that_nobody_knows(stack):
    _, port = managed(stack)
    # ncurses keeps 1.6 KB when it does not know the terminal.
    no_leaks = 'ASAN_OPTIONS=detect_leaks=0'
    window = Window(stack, ['env', 'TERM=no-such-terminal', no_leaks, z.program('router'), 'top', '--manage', f'127.0.0.1:{port}'])
    window.shows('TERM=no-such-terminal is no terminal that is known here', 'ended 2')


def test_it_uses_no_colour_when_asked(stack):
    there = stack.closing(ScriptedManagement({'/api/v1/workers': {'workers': [worker('w', fit=False, state='silent')]}}))
    for env, has_colour in (({}, True), ({'NO_COLOR': '1'}, False)):
        window = top(stack, there.port, env=env)
        window.shows('silent')
        drawn = window._tmux('capture-pane', '-p', '-e')
        assert ('\x1b[31m' in drawn or '\x1b[1m\x1b[31m' in drawn or ';31m' in drawn) == has_colour, drawn
