"""The management page in Chromium: what it shows, what it changes, and what it costs."""
import json
import time

import axe
import pytest
import sites_e2e as s
import wamp_e2e as wamp
import zeroway_e2e as z
from browser import Browser
from circuits_e2e import Circuits
from management_e2e import TOKEN, ask, manage_with_token, managed, told
from management_stub import ManagementStub, failed_request
from origins import Origin, reply

AS_A_BROWSER = [('Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8')]
WIDTHS = [(360, 780), (1280, 900), (3840, 2160)]
SECTIONS = ['traffic', 'flow', 'members', 'circuits', 'routes', 'requests', 'streams', 'wamp', 'explain', 'events', 'certificates',
            'log', 'facts']


def stubbed(stack, port=None, **terms):
    """A stub with the page that a real router gives."""
    _, manage = managed(stack)
    page = ask(manage, headers=AS_A_BROWSER)
    return stack.closing(ManagementStub(port or z.free_port(), page.body, page.get('content-security-policy'), **terms))


def opened(stack, port, width=1280, height=900):
    window = stack.closing(Browser(stack)).open()
    window.call('Log.enable')
    resize(window, width, height)
    window.go(f'http://127.0.0.1:{port}/')
    window.wait("document.body.dataset.contact === 'good'")
    return window


def resize(window, width, height):
    window.call('Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=1, mobile=width < 500)


def complaints(window):
    """Exceptions, errors of the console and of the network, and violations of the policy."""
    entries = [params['entry'] for params in window.events('Log.entryAdded')]
    calls = [params for params in window.events('Runtime.consoleAPICalled') if params['type'] in ('error', 'warning')]
    return window.errors() + [entry['text'] for entry in entries if entry['level'] in ('error', 'warning')] + calls


def show(window, section):
    window.run(f"document.getElementById('{section}').scrollIntoView({{behavior: 'instant'}})")


def rows(window, table):
    """The texts of the cells, by the titles of their columns, of each row that is shown."""
    return window.run(f"[...document.querySelectorAll('#{table} tbody tr')].map(row => Object.fromEntries("
                      "[...row.cells].map(cell => [cell.dataset.title, cell.innerText.replace(/\\s+/g, ' ').trim()])))")


def wait_row(window, table, within=z.PATIENCE, **cells):
    """The row that has these texts in its columns."""
    def look():
        return next((row for row in rows(window, table) if cells.items() <= row.items()), None)
    return z.eventually(look, within, every=0.1, what=f'{cells} in {table}')


def click(window, label):
    """Clicks the button with this text or label."""
    window.wait(f"(button => button && (button.click(), true))([...document.querySelectorAll('button')].find(button => "
                f"(button.getAttribute('aria-label') ?? button.textContent.trim()) === {json.dumps(label)} && !button.hidden))")


def press(window, key):
    for kind in ('keyDown', 'keyUp'):
        window.call('Input.dispatchKeyEvent', type=kind, key=key, code=key, windowsVirtualKeyCode={'Tab': 9, 'Escape': 27}[key])


def give_token(window, token=TOKEN):
    window.wait("document.querySelector('dialog input[type=password]') !== null")
    window.type('dialog input', token)
    window.press_enter()


def text(window, id):
    return window.run(f"document.getElementById('{id}').textContent")


def wait_text(window, id, part, within=z.PATIENCE):
    return window.wait(f"document.getElementById('{id}').textContent.includes({json.dumps(part)})", within)


def set_hidden(window, is_hidden):
    window.run(f"Object.defineProperty(document, 'hidden', {{value: {json.dumps(is_hidden)}, configurable: true}}); "
               "document.dispatchEvent(new Event('visibilitychange'))")


# --- against a router


def test_browsers_get_the_page_and_programs_the_index(stack):
    _, port = managed(stack)
    page = ask(port, headers=AS_A_BROWSER)
    assert page.status == 200 and page.get('content-type') == 'text/html; charset=utf-8' and page.get('vary') == 'accept'
    policy = page.all('content-security-policy')
    assert len(policy) == 1 and policy[0].startswith("default-src 'none'") and 'unsafe' not in policy[0]
    for accept in ('*/*', 'application/json'):
        index = ask(port, headers=[('Accept', accept)])
        assert '/api/v1/workers' in json.loads(index.body) and index.get('vary') == 'accept'
    head = ask(port, headers=AS_A_BROWSER, method='HEAD')
    assert head.status == 200 and not head.body


def test_a_worker_that_joins_and_is_killed_is_seen(stack):
    router, port = managed(stack)
    stack.worker('worker-1')
    router.wait_workers(1)
    window = opened(stack, port)
    show(window, 'members')
    assert wait_row(window, 'members-table', Name='worker-1')['State'] == '● ready'
    second = stack.worker('worker-2')
    wait_row(window, 'members-table', Name='worker-2', State='● ready')
    second.kill()
    z.eventually(lambda: 'worker-2' not in [row['Name'] for row in rows(window, 'members-table')], 3 * z.PATIENCE, every=0.2)
    assert not complaints(window)


def test_a_worker_is_drained_and_weighed_from_the_page_with_one_token(stack):
    router, port = managed(stack)
    for name in ('worker-1', 'worker-2'):
        stack.worker(name)
    router.wait_workers(2)
    window = opened(stack, port)
    show(window, 'members')
    wait_row(window, 'members-table', Name='worker-1')
    click(window, 'Drain worker-1')
    give_token(window)
    wait_row(window, 'members-table', Name='worker-1', State='■ held')
    assert {router.get().worker for _ in range(20)} == {'worker-2'}
    click(window, 'Undrain worker-1')
    wait_row(window, 'members-table', Name='worker-1', State='● ready')
    click(window, 'Weight of worker-2: 1. Change it')
    window.wait("document.querySelector('dialog input[type=number]') !== null")
    window.type('dialog input', '7')
    window.press_enter()
    z.eventually(lambda: {one['name']: one['weight'] for one in told(port, '/api/v1/workers')['workers']} == {'worker-1': 1, 'worker-2': 7})
    wait_text(window, 'notice-text', '✓ worker-2 has weight 7')
    assert not complaints(window)


def test_a_service_of_a_session_is_drained_and_removed_from_the_page(stack):
    origin = stack.closing(Origin(name='a'))
    circuits = Circuits(stack)
    circuits.put('one', 's1', 'jupyter', [origin], sticky='cookie', idle_timeout='1h')
    circuits.put('two', 's2', 'jupyter', [origin])
    stack.worker('w', '--app', 's3/api')
    circuits.router.wait_workers(1)
    assert circuits.get('/s1/jupyter/').status == 200
    window = opened(stack, circuits.management)
    show(window, 'circuits')
    row = wait_row(window, 'circuits-table', Service='/s1/jupyter')
    assert (row['Put as'], row['Requests'], row['State']) == ('one', '1', '● up'), row
    assert row['Members'] == f'127.0.0.1:{origin.port} (up)'
    assert wait_row(window, 'circuits-table', Service='/s3/api')['Put as'] == 'announced by workers'
    click(window, 'Drain /s1/jupyter')
    give_token(window)
    wait_row(window, 'circuits-table', Service='/s1/jupyter', State='■ draining')
    assert circuits.told('/api/v1/circuits/one')['circuit']['sticky'] == 'cookie'  # all else is as it was
    assert circuits.get('/s1/jupyter/').status == 503
    click(window, 'Undrain /s1/jupyter')
    wait_row(window, 'circuits-table', Service='/s1/jupyter', State='● up')
    assert circuits.get('/s1/jupyter/').status == 200
    click(window, 'Remove /s2/jupyter')
    click(window, 'Remove')
    z.eventually(lambda: len(rows(window, 'circuits-table')) == 2, every=0.1)
    assert [one['path'] for one in circuits.told()['circuits']] == ['/s1/jupyter', '/s3/api']


def test_sessions_of_wamp_are_listed_and_closed_and_their_workers_are_joined_to_their_path(stack):
    port = z.free_port()
    router = wamp.serve(stack, 'realm1', '--name', 'wamp-1', options=manage_with_token(stack, port))
    stack.worker('crew-1', '--group', 'crew')
    router.wait_workers(2)
    window = opened(stack, port)
    show(window, 'members')
    assert wait_row(window, 'members-table', Name='wamp-1')['Kind'] == 'worker of realm realm1'
    assert wait_row(window, 'members-table', Name='crew-1')['Kind'] == 'worker of group crew'
    show(window, 'flow')
    window.run("document.getElementById('flow-details').open = true")
    wait_row(window, 'flow-table', From='Routes: /ws', To='Upstreams: wamp')
    wait_row(window, 'flow-table', From='Upstreams: wamp', To='Workers and servers: wamp-1')
    assert not [row for row in rows(window, 'flow-table') if row['To'].endswith('crew-1')]

    async def talk():
        async with wamp.Peer(router, 'cbor') as peer:
            show(window, 'wamp')
            row = wait_row(window, 'wamp-table', Client='127.0.0.1', Realm='realm1')
            assert (row['Protocol'], row['State'], row['Serializers']) == ('HTTP/1.1', '● joined', 'cbor')
            assert (row['Worker or URL'], row['Messages in'], row['Messages out']) == ('wamp-1', '1', '1')
            click(window, f'Close the session at 127.0.0.1:{router.port}/ws')
            click(window, 'Close stream')
            give_token(window)
            await peer.socket.wait_closed()
    wamp.run(talk())
    z.eventually(lambda: not rows(window, 'wamp-table'), every=0.1)
    assert not complaints(window)


def test_a_wrong_token_is_asked_for_again_and_changes_nothing(stack):
    router, port = managed(stack)
    stack.worker('worker-1')
    router.wait_workers(1)
    window = opened(stack, port)
    show(window, 'members')
    wait_row(window, 'members-table', Name='worker-1')
    click(window, 'Drain worker-1')
    give_token(window, 'a-wrong-token-of-24-byte')
    window.wait("document.querySelector('dialog')?.textContent.includes('refused this token')")
    assert told(port, '/api/v1/workers')['workers'][0]['state'] == 'ready'
    give_token(window)
    wait_row(window, 'members-table', Name='worker-1', State='■ held')


def test_a_name_that_looks_like_markup_is_shown_and_drained(stack):
    router, port = managed(stack)
    name = '<img/src=x/onerror=alert(1)>%2F..&"'
    stack.start([z.program('hello-worker'), name, '--connect', stack.ipc()])
    router.wait_workers(1)
    window = opened(stack, port)
    show(window, 'members')
    wait_row(window, 'members-table', Name=name)
    click(window, f'Drain {name}')
    give_token(window)
    wait_row(window, 'members-table', Name=name, State='■ held')
    assert not window.run("document.querySelector('img')") and not complaints(window)


def test_a_reload_is_confirmed_and_its_failure_is_told(stack):
    origin = stack.closing(Origin(reply(b'hello')))
    manage, port = z.free_port(), z.free_port()
    s.serve(stack, s.proxied(port, origin, path='/one'), port, *manage_with_token(stack, manage))
    window = opened(stack, manage)
    s.write(stack, s.proxied(port, origin, path='/two'))
    click(window, 'Reload the configuration')
    click(window, 'Reload')
    give_token(window)
    wait_text(window, 'notice-text', '✓ The configuration file was read again')
    show(window, 'routes')
    wait_row(window, 'routes-table', Path='/two', Upstream='backend')
    s.write(stack, 'nonsense')
    click(window, 'Reload the configuration')
    click(window, 'Reload')
    wait_text(window, 'notice-text', 'router.toml:1:')
    assert told(manage, '/api/v1/version')['reloads']['done'] == 1


def test_the_way_of_requests_is_drawn_and_listed(stack):
    origin = stack.closing(Origin(reply(b'hello')))
    manage = z.free_port()
    router = s.front(stack, origin, options=('--manage', f'127.0.0.1:{manage}'), path='/api')
    window = opened(stack, manage)
    with z.Load(router.port, 2, make=lambda id: ('GET', '/api', (), None), pace=0.01, named_by='server'):
        show(window, 'flow')
        window.run("document.getElementById('flow-details').open = true")
        wait_row(window, 'flow-table', From='Sites: main', To='Routes: /api')
        link = {'From': 'Upstreams: backend', 'To': f'Workers and servers: 127.0.0.1:{origin.port}'}
        z.eventually(lambda: wait_row(window, 'flow-table', **link)['Requests/s'] not in ('–', '0', 'not counted'),
                     every=0.2, what='a flow to the server')
        wait_row(window, 'flow-table', From=f'Listeners: http://127.0.0.1:{router.port}', To='Sites: main')
    assert window.run("document.querySelectorAll('#flow-picture .flow').length") >= 4
    assert not complaints(window)


def test_the_page_says_since_when_there_is_no_contact_and_finds_the_next_router(stack):
    router, port = managed(stack)
    window = opened(stack, port)
    router.kill()
    wait_text(window, 'contact-text', 'no contact since')
    wait_text(window, 'contact-age', 'for ')
    assert window.run("document.body.dataset.contact") == 'out'
    managed(stack, port=port, fabric=stack.ipc('next'))
    wait_text(window, 'contact-text', 'live', 3 * z.PATIENCE)
    assert text(window, 'contact-age') == ''
    assert not window.errors()


def test_each_part_works_with_a_router(stack):
    origin = stack.closing(Origin(reply(b'hello')))
    manage, port = z.free_port(), z.free_port()
    router = s.serve(stack, s.proxied(port, origin, path='/api'), port, *manage_with_token(stack, manage))
    window = opened(stack, manage)
    stack.httpbin()
    window.wait("document.getElementById('events-list').textContent.includes('worker joined')", 3 * z.PATIENCE)
    for section in SECTIONS:
        assert not window.run(f"document.getElementById('{section}').hidden"), section
    with z.Load(port, 2, make=lambda id: ('GET', '/api', (), None), pace=0.01, named_by='server'):
        window.wait("Number(document.getElementById('fact-requests').textContent.replace(',', '')) > 1")
        window.wait("/p99: now [0-9.]+ m?s/.test(document.querySelector('#chart-latencies svg.chart').getAttribute('aria-label'))")
    assert router.get('/status/500').status == 500
    show(window, 'requests')
    assert wait_row(window, 'failed-table', Status='500')['Worker or server'] == 'bin-1'
    window.type('#explain-url', f'http://zeroway.test:{port}/api/x')
    window.press_enter()
    wait_text(window, 'explain-answer', '✓ Answered by backend. Its route: main/api, to backend.')
    with router.connect(3 * z.PATIENCE) as connection:
        connection.send(b'GET /delay/60 HTTP/1.1\r\nHost: zeroway.test\r\n\r\n')
        show(window, 'streams')
        row = wait_row(window, 'streams-table', Kind='request')
        assert row['Request'].endswith('/delay/60') and row['Worker or server'] == 'bin-1'
        click(window, f'Close {row["Request"]}')
        click(window, 'Close stream')
        give_token(window)
        z.eventually(lambda: not rows(window, 'streams-table'), every=0.1)
    show(window, 'log')
    wait_text(window, 'log-now', 'Now: debug')
    window.type('#log-seconds', '600')
    window.run("document.getElementById('log-form').requestSubmit()")
    wait_text(window, 'log-now', 'Now: debug, for')
    assert not complaints(window)


# --- against a stub


@pytest.mark.parametrize('width, height', WIDTHS)
def test_it_fits_on_phones_and_walls(stack, width, height):
    stub = stubbed(stack)
    window = opened(stack, stub.port, width, height)
    for section in SECTIONS:
        show(window, section)
        assert window.run(f"document.getElementById('{section}').offsetHeight") > 40
        time.sleep(0.3)
    assert window.run('document.documentElement.scrollWidth') <= width
    for scheme in ('light', 'dark'):
        window.call('Emulation.setEmulatedMedia', features=[{'name': 'prefers-color-scheme', 'value': scheme}])
        show(window, 'main')
        time.sleep(1.5)
        window.screenshot(f'/tmp/management-page-{width}-{scheme}.png', width, height, width < 500)
    assert not complaints(window)


@pytest.mark.parametrize('width, height', WIDTHS[:2])
def test_axe_finds_no_violation(stack, width, height):
    stub = stubbed(stack, workers=60)
    with stub.lock:
        stub.workers[0].update(state='silent', fit=False)
        stub.workers[1].update(state='held', fit=False)
        stub.workers[2].update(state='full')
    window = opened(stack, stub.port, width, height)
    window.call('Page.setBypassCSP', enabled=True)  # axe makes markup
    window.go(f'http://127.0.0.1:{stub.port}/')
    window.run("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    for section in SECTIONS:
        show(window, section)
        time.sleep(0.4)
    window.run("document.getElementById('explain-form').requestSubmit()")
    wait_text(window, 'explain-answer', 'Steps')
    show(window, 'requests')
    wait_row(window, 'failed-table', Status='502')
    for scheme in ('light', 'dark'):
        window.call('Emulation.setEmulatedMedia', features=[{'name': 'prefers-color-scheme', 'value': scheme}])
        assert axe.violations(window) == []
    window.run("document.querySelector('#failed-table button.link').click()")
    assert axe.violations(window) == []
    window.run("document.querySelector('dialog').close()")
    click(window, 'Reload the configuration')
    assert axe.violations(window) == []


def test_it_is_used_by_keyboard(stack):
    stub = stubbed(stack)
    window = opened(stack, stub.port)
    focused = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()"
    press(window, 'Tab')
    assert window.run(focused) == 'Skip to the content'
    assert window.run("document.activeElement.getBoundingClientRect().left") >= 0
    press(window, 'Tab')
    assert window.run(focused) == 'Reload the configuration'
    assert window.run("getComputedStyle(document.activeElement).outlineStyle") == 'solid'
    window.press_enter()
    window.wait("document.querySelector('dialog[open]') !== null")
    assert window.run(focused) == 'Cancel'
    press(window, 'Escape')
    window.wait("document.querySelector('dialog') === null")
    assert window.run(focused) == 'Reload the configuration' and not stub.changes
    show(window, 'members')
    wait_row(window, 'members-table', Name='worker-1')
    window.run("document.querySelector('#members-table th button').focus()")
    window.press_enter()
    assert window.run("document.activeElement.parentElement.getAttribute('aria-sort')") == 'descending'
    assert rows(window, 'members-table')[0]['Name'] == 'worker-3'


NAMES = [(b'w\xc3\xb6rker', 'wörker', 'w%C3%B6rker'), (b'\xff\xfe', '\\xff\\xfe', '%FF%FE'), (b'a\0b\nc', '\\x00', 'a%00b%0Ac'),
         (b'a/../b?c#d e', 'a/../b?c#d e', 'a%2F..%2Fb%3Fc%23d%20e'), ('\u202eflow'.encode(), '\\u{202e}', '%E2%80%AEflow'),
         (b'<script>alert(1)</script>', '<script>alert(1)</script>', '%3Cscript%3Ealert%281%29%3C%2Fscript%3E')]


@pytest.mark.parametrize('name, shown, path', NAMES)
def test_names_hold_any_byte(stack, name, shown, path):
    stub = stubbed(stack, workers=1, servers=0)
    stub.workers[0]['name'] = name.decode('latin-1')  # as the API writes it: each byte one character
    window = opened(stack, stub.port)
    show(window, 'members')
    wait_row(window, 'members-table', Kind='worker')
    assert any(shown in row['Name'] for row in rows(window, 'members-table'))
    window.run("[...document.querySelectorAll('#members-table button')].find(one => one.textContent === 'Drain').click()")
    give_token(window)
    wait_row(window, 'members-table', Kind='worker', State='■ held')
    assert stub.changes == [('PATCH', f'/api/v1/workers/{path}', {'held': True})]
    assert not complaints(window)


def test_charts_have_words_and_a_table(stack):
    stub = stubbed(stack)
    window = opened(stack, stub.port)
    window.wait("Number(document.getElementById('fact-requests').textContent.replace(',', '')) > 0")
    for chart, word in (('requests', 'requests: now'), ('latencies', 'p99: now'), ('errors', '5xx: now')):
        window.wait(f"document.querySelector('#chart-{chart} svg.chart').getAttribute('aria-label').includes('{word}')")
        window.wait(f"document.querySelector('#chart-{chart} svg.chart .line').getAttribute('d')?.length > 0")
    window.run("document.getElementById('traffic-table').open = true")
    window.wait("document.querySelectorAll('#traffic-rows tr').length === 1")


def test_latencies_come_from_the_differences_of_the_histogram(stack):
    stub = stubbed(stack)
    window = opened(stack, stub.port)
    assert window.run("typeof percentile") == 'undefined'  # the script is a module: nothing of it is global
    with stub.lock:
        stub.is_over = True  # its totals grow no more, and its feed ends: the next numbers are these
    source = ask(stub.port, headers=AS_A_BROWSER).body.decode()
    function = source[source.index('function percentile'):source.index('class History')]
    cases = [([0.001, 0.01], [0, 0, 0], 0.5, None), ([0.001, 0.01], [10, 0, 0], 0.5, 0.5), ([0.001, 0.01], [0, 10, 0], 0.5, 5.5),
             ([0.001, 0.01], [50, 50, 0], 0.5, 1), ([0.001, 0.01], [0, 0, 4], 0.99, 10)]
    for bounds, counts, share, expected in cases:
        found = window.run(f'(() => {{ {function} return percentile({bounds}, {counts}, {share}); }})()')
        assert found == pytest.approx(expected) if expected is not None else found is None, (bounds, counts, share)


def test_events_go_on_behind_the_last_one_after_a_loss(stack):
    stub = stubbed(stack)
    window = opened(stack, stub.port)
    shown = "[...document.querySelectorAll('#events-list li')].map(item => item.querySelector('strong').textContent)"
    stub.say('worker_joined', 'worker-9', 'worker-9 has joined')
    window.wait(f"{shown}.length === 2")
    stub.close()
    wait_text(window, 'contact-text', 'no contact since')
    again = stack.closing(ManagementStub(stub.port, stub.page, stub.policy, begun=stub.begun, events=stub.events))
    again.say('worker_left', 'worker-9', 'worker-9 has left')
    wait_text(window, 'contact-text', 'live', 2 * z.PATIENCE)
    window.wait(f"{shown}.length === 3")
    assert window.run(shown) == ['worker left', 'worker joined', 'reload']
    window.run("(list => { list.value = 'reload'; list.dispatchEvent(new Event('change')); })(document.getElementById('events-kind'))")
    assert window.run("[...document.querySelectorAll('#events-list li')].filter(item => !item.hidden).length") == 1
    assert not window.errors()


def test_a_router_that_started_again_is_no_negative_rate_and_its_events_come_once(stack):
    stub = stubbed(stack)
    stub.begun -= 1000
    window = opened(stack, stub.port)
    window.wait("document.getElementById('fact-uptime').textContent.startsWith('16 min')")
    with stub.lock:
        stub.begun = time.time()
        stub.total.update(requests=0)
        stub.events.clear()
    stub.say('worker_joined', 'worker-1', 'the first of the new router')
    window.wait("document.querySelector('#events-list li')?.textContent.includes('the first of the new router')")
    window.wait("Number(document.getElementById('fact-requests').textContent.replace(',', '')) >= 0")
    assert window.run("document.querySelectorAll('#events-list li').length") == 2
    assert not complaints(window)


def test_events_that_were_lost_are_told(stack):
    stub = stubbed(stack)
    window = opened(stack, stub.port)
    window.wait("document.querySelectorAll('#events-list li').length === 1")
    stub.close()
    wait_text(window, 'contact-text', 'no contact since')
    # One event only: id 1 is another one.
    again = stack.closing(ManagementStub(stub.port, stub.page, stub.policy, begun=stub.begun + 100, first='of the new router'))
    window.wait("document.querySelectorAll('#events-list li').length === 2", 2 * z.PATIENCE)
    with again.lock:
        again.lose = True
    again.say('change', 'x', 'behind the loss')
    window.wait("document.querySelectorAll('#events-list li').length === 4")
    assert window.run("[...document.querySelectorAll('#events-list strong')].map(kind => kind.textContent)") == [
        'change', 'lost', 'reload', 'reload']
    assert not window.errors()


def test_only_what_is_visible_is_asked_for_and_nothing_while_hidden(stack):
    stub = stubbed(stack)
    window = opened(stack, stub.port, 1280, 500)
    time.sleep(3)
    asked = {path for _, path in stub.asked}
    assert '/api/v1/streams' not in asked and '/api/v1/requests' not in asked
    show(window, 'streams')
    wait_row(window, 'streams-table', Request='GET zeroway.test/open/5')
    with stub.lock:
        stub.asked.clear()
    time.sleep(6)
    counts = [sum(path == '/api/v1/streams' for _, path in stub.asked)]
    assert 2 <= counts[0] <= 4, stub.asked  # every two seconds
    set_hidden(window, True)
    z.eventually(lambda: stub.feeds == 0, what='the end of the event stream')
    time.sleep(0.5)
    with stub.lock:
        stub.asked.clear()
    time.sleep(5)
    assert stub.asked == []
    set_hidden(window, False)
    z.eventually(lambda: stub.feeds == 1, what='an event stream')
    assert not complaints(window)


def test_an_older_router_has_fewer_parts(stack):
    paths = ['/api/v1/events', '/api/v1/numbers', '/api/v1/requests', '/api/v1/explain', '/api/v1/streams', '/api/v1/log']
    stub = stubbed(stack, without=paths)
    window = opened(stack, stub.port)
    gone = {'traffic', 'requests', 'streams', 'explain', 'events', 'log'}
    for section in SECTIONS:
        window.wait(f"document.getElementById('{section}').hidden === {json.dumps(section in gone)}")
        window.wait(f"document.querySelector('nav a[href=\"#{section}\"]').parentElement.hidden === {json.dumps(section in gone)}")
    show(window, 'routes')
    wait_row(window, 'routes-table', Path='/path-1')
    assert not {path for _, path in stub.asked} & set(paths) and not complaints(window)


def test_explain_explains(stack):
    stub = stubbed(stack)
    window = opened(stack, stub.port)
    window.type('#explain-url', 'http://zeroway.test/path-1/x')
    window.press_enter()
    wait_text(window, 'explain-answer', '✓ Answered by backend. Its route: main/path-1, to backend.')
    assert 'worker worker-1: next' in text(window, 'explain-answer')
    window.type('#explain-url', 'http://zeroway.test/nowhere')
    window.press_enter()
    wait_text(window, 'explain-answer', '✕ Answered by error with 404. no_route: no route has /nowhere.')
    assert 'route does not fit /nowhere' in text(window, 'explain-answer')
    assert not complaints(window)


def test_failed_requests_say_where_the_time_went(stack):
    stub = stubbed(stack)
    with stub.lock:
        stub.failed.append(failed_request(59, path='/<b>bold</b>', queue_ms=5, backend_ms=60, total_ms=100,
                                          lost=[{'worker': 'worker-1', 'queue_ms': 5, 'backend_ms': 20, 'reason': 'backend_lost'}]))
    window = opened(stack, stub.port)
    show(window, 'requests')
    row = wait_row(window, 'failed-table', Request='GET zeroway.test/<b>bold</b>')
    assert row['Where the time went'] == 'backend 60 %' and row['Reason'] == 'backend_lost' and row['Attempts'] == '2'
    click(window, 'GET zeroway.test/<b>bold</b>')
    said = window.run("document.querySelector('dialog').innerText")
    for part in ('attempt 1: queue: 5 ms', 'attempt 1: worker-1, lost: 20 ms', 'backend: 60 ms', 'elsewhere (client, checks, writing): 10 ms'):
        assert part in said, said
    assert wait_row(window, 'slow-table', Request='GET zeroway.test/slowest/4')['Reason'] == '–'
    assert not complaints(window)


def test_a_stream_is_closed_and_the_level_of_the_log_is_set(stack):
    stub = stubbed(stack)
    window = opened(stack, stub.port)
    show(window, 'streams')
    wait_row(window, 'streams-table', Request='GET zeroway.test/open/5')
    click(window, 'Close GET zeroway.test/open/5')
    click(window, 'Close stream')
    give_token(window)
    z.eventually(lambda: len(stub.streams) == 5)
    z.eventually(lambda: len(rows(window, 'streams-table')) == 5, every=0.1)
    show(window, 'log')
    wait_text(window, 'log-now', 'Now: info')
    window.run("document.getElementById('log-form').requestSubmit()")
    wait_text(window, 'log-now', 'Now: debug, for 1 min 0 s more')
    assert stub.changes[-1] == ('PATCH', '/api/v1/log', {'level': 'debug', 'seconds': 60})
    show(window, 'members')
    wait_row(window, 'members-table', Name='worker-1')
    click(window, 'Close streams of worker-1')
    click(window, 'Close streams')
    z.eventually(lambda: stub.workers[0]['open'] == 0)
    assert not complaints(window)


def test_a_thousand_workers_are_sorted_searched_and_paged(stack):
    stub = stubbed(stack, workers=1000, routes=1000)
    window = opened(stack, stub.port)
    show(window, 'members')
    z.eventually(lambda: len(rows(window, 'members-table')) == 25, every=0.1)
    header = "[...document.querySelectorAll('#members-table th')].find(header => header.textContent.startsWith('{}'))"
    assert window.run(header.format('Name') + ".getAttribute('aria-sort')") == 'ascending'
    window.run(header.format('Requests/s') + ".querySelector('button').click()")
    assert window.run(header.format('Requests/s') + ".getAttribute('aria-sort')") == 'descending'
    z.eventually(lambda: (lambda rates: rates == sorted(rates, reverse=True) and rates[0] > 0)(
        [float(row['Requests/s'].replace('–', '-1')) for row in rows(window, 'members-table')]), every=0.2)
    click(window, 'Next page of workers and servers')
    assert '26–50 of 1,002' in window.run("document.querySelector('#members-table .count').textContent")
    window.type('#members-table input[type=search]', 'worker-777')
    z.eventually(lambda: [row['Name'] for row in rows(window, 'members-table')] == ['worker-777'], every=0.1)
    assert not complaints(window)


@pytest.mark.parametrize('section', ['traffic', 'flow', 'members', 'routes'])
def test_a_thousand_workers_and_routes_take_little_of_the_main_thread(stack, section):
    stub = stubbed(stack, workers=1000, routes=1000)
    window = opened(stack, stub.port)
    show(window, section)
    window.call('Performance.enable', timeDomain='threadTicks')  # the thread's own time: other programs do not count

    def seconds():
        return {one['name']: one['value'] for one in window.call('Performance.getMetrics')['metrics']}['TaskDuration']

    time.sleep(4)
    before, begun = seconds(), time.monotonic()
    time.sleep(10)
    share = (seconds() - before) / (time.monotonic() - begun)
    print(f'{section}: {1000 * share:.1f} ms of the main thread a second')
    assert share < 0.1
    assert not complaints(window)
