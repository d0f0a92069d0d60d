"""The commands for operators: what they print, how they end, how they reach a router."""
import json
import os
import re
import subprocess
import threading

import pytest
import sites_e2e as s
import zeroway_e2e as z
from management_e2e import manage_with_token, managed, token_file
from origins import Origin, reply
from scripted_management import ScriptedManagement, worker
from terminal_window import Window
from tls_e2e import Authority

FINE, REFUSED, USAGE, UNREACHABLE, NO_TOKEN, NO_NAME = range(6)


def run(*words, port=None, env=None, within=z.PATIENCE):
    where = ['--manage', f'127.0.0.1:{port}'] if port else []
    return subprocess.run([z.program('router'), *map(str, words), *where], capture_output=True, text=True,
                          timeout=within * z.SLOW, env={**os.environ, 'LC_ALL': 'C.UTF-8', **(env or {})})


def ended(done, code):
    """What a command has printed: its answer, or why there is none."""
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert code == REFUSED or not (done.stdout and done.stderr)
    return done.stdout + done.stderr


def rows(text):
    """The rows of a table without empty cells before the last one, by their columns' titles."""
    head, *lines = text.splitlines()
    return [dict(zip(head.split(), re.split(r' {2,}', line))) for line in lines]


def test_status_is_one_until_somebody_can_answer(stack):
    router, port = managed(stack)
    assert 'not ready: no backend is there' in ended(run('status', port=port), REFUSED)
    stack.worker('worker-1')
    router.wait_workers(1)
    z.eventually(lambda: run('status', port=port).returncode == FINE)
    told = ended(run('status', port=port), FINE)
    assert 'ready' in told and '1, 1 of them get requests' in told
    assert json.loads(ended(run('status', '--json', port=port), FINE))['ready'] is True


def test_workers_and_servers_are_tables(stack):
    origin = stack.closing(Origin(reply(b'hello')))
    port = z.free_port()
    router = s.front(stack, origin, options=('--manage', f'127.0.0.1:{port}'))
    stack.worker('worker-1', '--weight', '3')
    router.wait_workers(1)
    for _ in range(4):
        assert router.get().status == 200
    [server] = rows(ended(run('servers', port=port), FINE))
    assert server['NAME'] == f'127.0.0.1:{origin.port}' and server['POOL'] == 'backend' and server['STATE'] == 'up'
    z.eventually(lambda: rows(run('servers', port=port).stdout)[0]['REQUESTS'] == '4')
    [row] = rows(ended(run('workers', port=port), FINE))
    assert (row['NAME'], row['STATE'], row['WEIGHT']) == ('worker-1', 'ready', '3')
    assert json.loads(run('workers', '--json', port=port).stdout)['workers'][0]['name'] == 'worker-1'


def test_a_drained_worker_gets_nothing_until_it_is_undrained(stack):
    router, port = managed(stack)
    for name in ('worker-1', 'worker-2'):
        stack.worker(name)
    router.wait_workers(2)
    token = ('--token-file', stack.path('token'))
    assert 'worker worker-1 gets no new requests' in ended(run('drain', 'worker-1', *token, port=port), FINE)
    assert {router.get().worker for _ in range(20)} == {'worker-2'}
    assert 'gets requests' in ended(run('undrain', 'worker-1', *token, port=port), FINE)
    assert {router.get().worker for _ in range(20)} == {'worker-1', 'worker-2'}
    assert json.loads(ended(run('drain', 'worker-1', '--json', *token, port=port), FINE))['changed'] == 1


def test_a_server_is_drained_by_its_name(stack):
    origin = stack.closing(Origin(reply(b'hello')))
    port = z.free_port()
    s.front(stack, origin, options=manage_with_token(stack, port))
    token = ('--token-file', stack.path('token'))
    name = f'127.0.0.1:{origin.port}'
    assert f'server {name} gets no new requests' in ended(run('drain', name, *token, port=port), FINE)
    assert rows(run('servers', port=port).stdout)[0]['STATE'] == 'held'
    assert 'no worker is named' in ended(run('undrain', name, '--kind', 'worker', *token, port=port), NO_NAME)
    ended(run('undrain', name, '--kind', 'server', *token, port=port), FINE)
    assert rows(run('servers', port=port).stdout)[0]['STATE'] == 'up'


def test_kind_chooses_when_a_worker_and_a_server_have_one_name(stack):
    done = {'status': 'ok', 'changed': 1}
    there = stack.closing(ScriptedManagement({
        '/api/v1/workers': {'workers': [worker('both')]}, '/api/v1/servers': {'servers': [{'name': 'both'}]},
        '/api/v1/workers/both': done, '/api/v1/servers/both': done}))
    for kind, expected in (((), 'workers'), (('--kind', 'worker'), 'workers'), (('--kind', 'server'), 'servers')):
        ended(run('drain', 'both', *kind, port=there.port), FINE)
        assert there.requests[-1:] == [('PATCH', f'/api/v1/{expected}/both', b'{"held":true}')]


def test_a_name_that_nobody_has(stack):
    router, port = managed(stack)
    stack.worker('worker-1')
    router.wait_workers(1)
    told = ended(run('drain', 'worker-2', '--token-file', stack.path('token'), port=port), NO_NAME)
    assert "no worker or server is named 'worker-2'; is worker-1 meant?" in told


def test_a_token_that_is_missing_or_wrong(stack):
    router, port = managed(stack)
    stack.worker('worker-1')
    router.wait_workers(1)
    told = ended(run('drain', 'worker-1', port=port), NO_TOKEN)
    assert 'a change needs the token' in told and '--token-file' in told
    wrong = token_file(stack, 'wrong-token-of-24-bytes-', 'wrong')
    assert 'the token is wrong' in ended(run('drain', 'worker-1', '--token-file', wrong, port=port), NO_TOKEN)
    assert rows(run('workers', port=port).stdout)[0]['STATE'] == 'ready'
    assert '/nowhere' in ended(run('drain', 'worker-1', '--token-file', '/nowhere', port=port), USAGE)


def test_a_router_that_is_not_there():
    port = z.free_port()
    told = ended(run('status', port=port), UNREACHABLE)
    assert f'no router can be reached at 127.0.0.1:{port}' in told and 'refused' in told.lower()
    for command in (('workers',), ('drain', 'x'), ('explain', 'http://h/'), ('reload',), ('events',), ('top', '--once')):
        ended(run(*command, port=port), UNREACHABLE)


def test_a_router_that_does_not_answer_in_time(stack):
    router, port = managed(stack)
    router.freeze()
    told = ended(run('status', '--timeout', '300ms', port=port), UNREACHABLE)
    assert '300 ms' in told


def test_something_else_at_the_port_is_told_apart(stack):
    origin = stack.closing(Origin(reply(b'hello')))
    assert 'is this a router?' in ended(run('workers', port=origin.port), REFUSED)
    assert 'is this a router?' in ended(run('status', port=origin.port), REFUSED)


def test_a_router_that_is_older_than_the_command(stack):
    old = stack.closing(ScriptedManagement())
    for command, path in ((('explain', 'http://h/'), 'explain'), (('requests',), 'requests'), (('events',), 'events')):
        told = ended(run(*command, port=old.port), REFUSED)
        assert f'this router has no /api/v1/{path}: it is older than this command' in told
    assert 'this router has no /api/v1/numbers' in ended(run('top', '--once', '--every', '100ms', port=old.port), FINE)


def test_wrong_words_name_what_fits():
    assert "'--jsn' is no option; is --json meant?" in ended(run('status', '--jsn'), USAGE)
    assert 'wants NAME' in ended(run('drain'), USAGE)
    assert 'is status meant?' in ended(run('statsu'), USAGE)
    assert 'is drain meant?' in ended(run('help', 'drian'), NO_NAME)


def test_help_names_every_command_and_each_explains_itself():
    general = ended(run('--help'), FINE)
    for command in ('top', 'status', 'workers', 'servers', 'drain', 'undrain', 'explain', 'requests', 'reload', 'events',
                    'completion', 'help'):
        assert f'\n  {command} ' in general
        assert f'Usage: router {command}' in ended(run(command, '--help'), FINE)
    assert 'no router can be reached' in ended(run('help'), FINE)


def test_a_folder_with_a_commands_name_is_served_by_its_path(stack):
    os.mkdir(stack.path('status'))
    with open(stack.path('status/index.html'), 'w') as file:
        file.write('a page')
    router = stack.router(stack.path('status'))
    assert router.get('/index.html').body == b'a page'


def test_reload_takes_a_good_file_and_tells_the_errors_of_a_wrong_one(stack):
    origin = stack.closing(Origin(reply(b'hello')))
    manage, port = z.free_port(), z.free_port()
    s.serve(stack, s.proxied(port, origin, path='/one'), port, *manage_with_token(stack, manage))
    s.write(stack, s.proxied(port, origin, path='/two'))
    token = ('--token-file', stack.path('token'))
    assert 'was read again' in ended(run('reload', *token, port=manage), FINE)
    s.write(stack, 'nonsense')
    told = ended(run('reload', *token, port=manage), REFUSED)
    assert 'router.toml:1:' in told and 'was read again' not in told
    ended(run('reload', port=manage), NO_TOKEN)


def test_it_is_reached_by_unix_socket_and_by_tls(stack):
    path = stack.path('manage.sock')
    stack.router('--manage', f'unix:{path}', name='by-socket')
    ended(run('status', '--manage', f'unix:{path}'), REFUSED)
    authority = Authority(stack)
    certificate, key = authority.make('localhost', '127.0.0.1')
    manage, port = z.free_port(), z.free_port()
    origin = stack.closing(Origin(reply(b'hello')))
    s.serve(stack, s.proxied(port, origin) + f'''
[management]
listen = "127.0.0.1:{manage}"
[management.ssl]
enabled = true
cert_file = "{certificate}"
key_file = "{key}"
''', port, '--manage', f'127.0.0.1:{manage}')
    where = ('--manage', f'https://localhost:{manage}')
    ended(run('servers', *where, '--ca-file', authority.ca), FINE)
    assert 'certificate' in ended(run('servers', *where), UNREACHABLE)
    assert '/nowhere' in ended(run('servers', *where, '--ca-file', '/nowhere'), USAGE)


def test_any_name_is_shown_harmlessly(stack):
    # As the router writes it: each byte that is no ASCII is a code point of its own.
    name = 'Jörg \x1b[31m\\'.encode().decode('latin-1')
    there = stack.closing(ScriptedManagement({'/api/v1/workers': {'workers': [worker(name)]}}))
    shown = ended(run('workers', port=there.port), FINE)
    assert '\x1b' not in shown and 'Jörg \\x1b[31m\\x5c' in shown
    assert 'J\\xc3\\xb6rg' in run('workers', port=there.port, env={'LC_ALL': 'C'}).stdout
    there.answers['/api/v1/workers/J%C3%B6rg%20%1B%5B31m%5C'] = {'status': 'ok', 'changed': 1}
    ended(run('drain', 'Jörg \x1b[31m\\', port=there.port), FINE)


def test_a_name_that_looks_like_a_path_is_drained(stack):
    router, port = managed(stack)
    name = 'a/../b%41?c#d&e'
    stack.start([z.program('hello-worker'), name, '--connect', router.fabric], name='odd')
    router.wait_workers(1)
    ended(run('drain', name, '--token-file', stack.path('token'), port=port), FINE)
    assert rows(run('workers', port=port).stdout)[0]['STATE'] == 'held'


EXPLANATION = {
    'request': {'method': 'POST', 'url': 'http://h/p?a=1&b', 'client': '10.0.0.1'},
    'outcome': {'answer': 'backend', 'status': None, 'reason': '', 'detail': ''},
    'steps': [{'step': 'route', 'what': '/p', 'matched': True, 'why': 'the longest path'}],
    'route': {'site': 'main', 'path': '/p', 'backend': 'origin'},
    'members': [{'kind': 'server', 'name': '10.0.0.7:80', 'next': True, 'fit': True, 'why': 'its turn'}]}


def test_explain_asks_for_the_request_and_tells_the_steps(stack):
    there = stack.closing(ScriptedManagement({'/api/v1/explain': EXPLANATION}))
    words = ('explain', 'http://h/p?a=1&b', '--method', 'POST', '--client', '10.0.0.1')
    told = ended(run(*words, port=there.port), FINE)
    assert there.requests[-1][1] == '/api/v1/explain?method=POST&url=http:%2F%2Fh%2Fp%3Fa%3D1%26b&client=10.0.0.1'
    for text in ('/p of site main to origin', 'the longest path', '10.0.0.7:80', 'its turn'):
        assert text in told
    no_route = {'answer': 'error', 'status': 404, 'reason': 'no_route'}
    there.answers['/api/v1/explain'] = {**EXPLANATION, 'outcome': no_route}
    assert 'an error, status 404, no_route' in ended(run('explain', 'http://h/', port=there.port), REFUSED)


def test_requests_asks_for_what_is_wanted(stack):
    one = {'time': '2026-11-30T12:00:00.123Z', 'method': 'GET', 'host': 'h', 'path': '/p', 'status': 502,
           'reason': 'backend_lost', 'worker': 'w1', 'total_ms': 12.5, 'ended_by': 'backend', 'lost': []}
    there = stack.closing(ScriptedManagement({'/api/v1/requests': {'failed': [one], 'slow': [one]}}))
    for words, query in (((), 'failed=20&slow=10'), (('--failed', 3), 'failed=3&slow=0'), (('--slow', 3), 'failed=0&slow=3')):
        told = ended(run('requests', *words, port=there.port), FINE)
        assert there.requests[-1][1] == '/api/v1/requests?' + query
    assert 'failed, the newest first' in told and 'backend_lost' in told and '12.5' in told


def test_events_are_lines_until_the_stream_ends(stack):
    event = {'id': 17, 'at': 1_780_000_000.1, 'kind': 'worker_joined', 'subject': 'w', 'text': 'worker w\u001b joined'}
    stream = f': hello\n\nevent: numbers\ndata: {{}}\n\nid: 17\nevent: worker_joined\ndata: {json.dumps(event)}\n\n'.encode()
    there = stack.closing(ScriptedManagement({'/api/v1/events': stream}))
    done = run('events', '--after', 16, port=there.port)
    assert done.returncode == UNREACHABLE and 'ended the stream' in done.stderr
    assert done.stdout == '2026-05-28 20:26:40 UTC  worker_joined  worker w\\x1b joined\n'
    assert there.requests[-1][1] == '/api/v1/events?after=16'
    assert json.loads(run('events', '--json', port=there.port).stdout) == event


def test_a_stream_may_last_as_long_as_it_is_not_silent(stack):
    over = threading.Event()

    def trickle(send):
        for _ in range(8):
            send(b'event: numbers\ndata: {}\n\n')
            over.wait(0.1)

    def fall_silent(send):
        send(b'data: {"kind":"change","text":"a line"}\n\n')
        over.wait(z.PATIENCE)

    there = stack.closing(ScriptedManagement({'/api/v1/events': trickle}))
    assert 'ended the stream' in ended(run('events', '--timeout', '500ms', port=there.port), UNREACHABLE)
    there.answers['/api/v1/events'] = fall_silent
    done = run('events', '--timeout', '500ms', port=there.port)
    over.set()
    assert done.returncode == UNREACHABLE and 'a line' in done.stdout and '500 ms' in done.stderr


def test_top_once_prints_a_screen_without_a_terminal(stack):
    router, port = managed(stack)
    stack.worker('worker-1')
    router.wait_workers(1)
    told = ended(run('top', '--once', '--every', '200ms', port=port), FINE)
    assert f'router 127.0.0.1:{port}' in told and 'worker-1' in told and '\x1b' not in told
    assert '--once' in ended(run('top', port=port), USAGE)


# --- Completion, by a real bash


def completed(stack, line):
    """What bash would offer behind `line`."""
    script = stack.path('completion.bash')
    with open(script, 'w') as file:
        file.write(ended(run('completion', 'bash'), FINE))
    ask = '''source "$1"; COMP_LINE=$2 COMP_POINT=${#2}; _router; printf '%s\\n' "${COMPREPLY[@]}"'''
    done = subprocess.run(['bash', '--norc', '-c', ask, 'bash', script, line], capture_output=True, text=True,
                          timeout=z.PATIENCE * z.SLOW, cwd=stack.folder)
    assert done.stderr == '', done.stderr
    return done.stdout.split('\n')[:-1]


def test_bash_offers_commands_options_and_values(stack):
    os.mkdir(stack.path('pages'))
    assert completed(stack, 'router st') == ['status']
    assert {'top', 'drain', 'completion', 'pages'} <= set(completed(stack, 'router '))
    assert completed(stack, 'router drain --ki') == ['--kind']
    assert completed(stack, 'router drain --kind ') == ['worker', 'server']
    assert completed(stack, 'router completion z') == ['zsh']
    assert completed(stack, 'router help undr') == ['undrain']
    assert completed(stack, 'router --fabric-eng') == ['--fabric-engine']
    assert completed(stack, 'router --fabric-engine l') == ['loop', 'libzmq']
    assert completed(stack, 'router -c comp') == ['completion.bash']
    assert completed(stack, 'router status --token-file comp') == ['completion.bash']
    assert completed(stack, 'router --port ') == ['']
    assert completed(stack, 'router status --kind ') == ['']


def test_bash_offers_the_names_that_the_router_tells(stack):
    there = stack.closing(ScriptedManagement({
        '/api/v1/workers': {'workers': [worker('worker-1'), worker('odd name')]},
        '/api/v1/servers': {'servers': [{'name': '10.0.0.7:80', 'pool': 'p', 'state': 'up', 'fit': True}]}}))
    line = f'{z.program("router")} drain --manage 127.0.0.1:{there.port} '
    assert completed(stack, line) == ['worker-1', 'odd\\ name', '10.0.0.7:80']
    assert completed(stack, line + 'wor') == ['worker-1']
    assert completed(stack, line + '10.0.0.7:8') == ['80']  # bash replaces what is behind the colon


@pytest.mark.parametrize('shell', ['bash', 'zsh'])
def test_tab_completes_in_a_terminal(stack, shell):
    script = stack.path('_router')
    with open(script, 'w') as file:
        file.write(ended(run('completion', shell), FINE))
    begin = {'bash': (['bash', '--norc', '--noprofile'], f'source {script}'),
             'zsh': (['zsh', '-f'], f'fpath=({stack.folder} $fpath); autoload -U compinit; compinit -u -D')}
    argv, load = begin[shell]
    window = Window(stack, argv, env={'PS1': '> '})
    window.shows('>')
    window.type(f'{load}; echo loaded $((1 + 1))')
    window.press('Enter')
    window.shows('loaded 2')
    window.type('router expl')
    window.press('Tab')
    window.shows('> router explain')
    window.type('--meth')
    window.press('Tab')
    window.shows('> router explain --method')


@pytest.mark.parametrize('shell', ['bash', 'zsh'])
def test_a_script_is_good_for_its_shell(stack, shell):
    script = stack.path('script')
    with open(script, 'w') as file:
        file.write(ended(run('completion', shell), FINE))
    done = subprocess.run([shell, '-n', script], capture_output=True, text=True, timeout=z.PATIENCE * z.SLOW)
    assert done.returncode == 0 and done.stderr == ''
