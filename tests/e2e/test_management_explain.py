"""What `explain` says of a request is what the request then meets: each case asks for both."""
import json
import os
import urllib.parse

import pytest
import sites_e2e as s
import zeroway_e2e as z
from management_e2e import TOKEN, ask, managed
from origins import Origin, reply

USERS = 'ann:$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n'

REDIRECT = ('[[sites.proxy.routes]]\npath = "/old"\n[sites.proxy.routes.redirect]\npattern = "^/old/(.*)$"\n'
            'to = "/new/$1"\nstatus = 302\n')


def file_of(port, origins, folder, users):
    """app.test: routes, files and workers. closed.test: nothing but routes with rules. files.test: a folder."""
    app = (s.site(port, host='app.test', name='app', more=f'hostnames = ["*.app.test"]\nstatic_dir = "{folder}"')
           + '[sites.proxy]\nenabled = true\n' + s.pool(origins['one'], name='one') + s.pool(origins['two'], name='two')
           + s.pool('http://127.0.0.1:1', name='gone')
           + s.route('/api', to='one') + s.route('/api/v2', to='two') + s.route('/api/v2/write', to='two', more='methods = ["POST"]')
           + s.route('/both', to='one', more='methods = ["GET"]') + s.route('/both', to='two', more='methods = ["PUT"]')
           + s.route('/strict', to='one', more='encoded_slashes = "refuse"') + s.route('/socket', to='one', more='websocket = true')
           + s.route('/near', to='one', more='deny = ["127.0.0.0/8"]') + s.route('/nobody', to='gone') + REDIRECT)
    closed = (s.site(port, host='closed.test', name='closed', more='fabric = false\nbuiltin_health = false')
              + f'[sites.basic_auth]\nfile = "{users}"\n[sites.proxy]\nenabled = true\n' + s.pool(origins['one'], name='three')
              + s.route('/', to='three') + s.route('/open', to='three', more='login = "off"'))
    only = s.site(port, host='only.test', name='only', more='fabric = false') + (
        '[sites.proxy]\nenabled = true\n' + s.pool(origins['two'], name='four') + s.route('/a', to='four')
        + s.route('/b/', to='four'))
    return app + closed + only


class Explained:
    def __init__(self, stack):
        self.origins = {name: stack.closing(Origin(self.answer(name))) for name in ('one', 'two')}
        folder = stack.path('files')
        os.makedirs(folder)
        for name in ('index.html', 'page.html'):
            with open(os.path.join(folder, name), 'w') as file:
                file.write('a file')
        with open(stack.path('users'), 'w') as file:
            file.write(USERS)
        self.port, self.manage = z.free_port(), z.free_port()
        self.router = s.serve(stack, file_of(self.port, self.origins, folder, stack.path('users')), self.port,
                              '--manage', f'127.0.0.1:{self.manage}', '--queue-timeout', '300ms')
        stack.worker('claimant', '--route', '/work', '--route', '/api/v2/deep/er')
        self.router.wait_workers(1)

    @staticmethod
    def answer(name):
        return lambda request: reply(name.encode(), fields=[('X-Origin', name)])

    def explain(self, method, host, path, **more):
        query = {'method': method, 'url': f'http://{host}:{self.port}{path}', **more}
        answer = ask(self.manage, '/api/v1/explain?' + urllib.parse.urlencode(query))
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def request(self, method, host, path):
        fields = [('Host', f'{host}:{self.port}'), ('Content-Length', '0')]
        with self.router.connect() as connection:
            connection.send(connection.head_bytes(method, path, fields, host=None))
            return connection.read_reply(method)


@pytest.fixture(scope='module')
def explained():
    stack = z.Stack()
    try:
        yield Explained(stack)
    finally:
        stack.close()


CASES = [
    ('GET', 'app.test', '/api', 'one'),
    ('GET', 'app.test', '/api/', 'one'),
    ('GET', 'app.test', '/api/x?q=1', 'one'),
    ('POST', 'app.test', '/api/x', 'one'),
    ('GET', 'app.test', '/api/v2', 'two'),
    ('GET', 'app.test', '/api/v2x', 'one'),
    ('GET', 'app.test', '/api/v2/x/y', 'two'),
    ('POST', 'app.test', '/api/v2/write', 'two'),
    ('GET', 'app.test', '/api/v2/write', 405),
    ('DELETE', 'app.test', '/api/v2/write/x', 405),
    ('GET', 'app.test', '/api/v2/deep/er', 'claimant'),
    ('GET', 'app.test', '/api/v2/deep', 'two'),
    ('GET', 'app.test', '/api/%76%32/x', 'two'),
    ('GET', 'app.test', '/api/../api/v2/./x', 'two'),
    ('GET', 'app.test', '/../x', 400),
    ('GET', 'app.test', '/x%00', 400),
    ('GET', 'app.test', '/both', 'one'),
    ('HEAD', 'app.test', '/both', 'one'),
    ('PUT', 'app.test', '/both', 'two'),
    ('PATCH', 'app.test', '/both', 405),
    ('GET', 'app.test', '/strict/a', 'one'),
    ('GET', 'app.test', '/strict/a%2Fb', 400),
    ('GET', 'app.test', '/strict/a%5cb', 400),
    ('GET', 'app.test', '/near', 403),
    ('GET', 'app.test', '/old/x', 302),
    ('POST', 'app.test', '/old/x/y', 302),
    ('GET', 'app.test', '/old', 404),
    ('GET', 'app.test', '/work', 'claimant'),
    ('GET', 'app.test', '/work/x', 'claimant'),
    ('GET', 'app.test', '/page.html', 'files'),
    ('GET', 'app.test', '/', 'files'),
    ('GET', 'app.test', '/api/health/live', 200),
    ('GET', 'app.test', '/api/health', 200),
    ('GET', 'sub.app.test', '/api', 'one'),
    ('GET', 'elsewhere.test', '/api', 'one'),
    ('GET', 'closed.test', '/', 401),
    ('GET', 'closed.test', '/nowhere', 401),
    ('GET', 'closed.test', '/open', 'one'),
    ('PUT', 'closed.test', '/open/x', 'one'),
    ('GET', 'only.test', '/a', 'two'),
    ('GET', 'only.test', '/ab', 404),
    ('GET', 'only.test', '/b', 'two'),
    ('GET', 'only.test', '/b/c', 'two'),
    ('GET', 'only.test', '/', 404),
]


def who_answered(answer):
    if answer.get('x-origin'):
        return answer.get('x-origin')
    if answer.worker:
        return answer.worker
    return 'files' if answer.body == b'a file' else answer.status


def who_is_said(told, origins):
    outcome = told['outcome']
    if outcome['answer'] == 'health':
        return 200
    if outcome['answer'] in ('redirect', 'error'):
        return outcome['status']
    if outcome['answer'] == 'files':
        return 'files'
    [name] = [member['name'] for member in told['members'] if member['next']]
    return next((known for known, origin in origins.items() if origin.url.endswith(name)), name)


@pytest.mark.parametrize('method, host, path, expected', CASES, ids=[' '.join(map(str, case)) for case in CASES])
def test_what_is_explained_is_what_happens(explained, method, host, path, expected):
    told = explained.explain(method, host, path)
    answer = explained.request(method, host, path)
    assert who_answered(answer) == expected, answer
    assert who_is_said(told, explained.origins) == expected, json.dumps(told, indent=1)
    assert told['steps'], told
    if told['outcome']['answer'] == 'error':
        assert told['outcome']['reason'] and told['outcome']['detail'], told
        assert not told['steps'][-1]['matched'], told


def test_a_server_that_is_out_is_told_as_such(explained):
    def is_out():
        """It is tried again after a second: asked for quickly, and again."""
        assert explained.request('GET', 'app.test', '/nobody').status == 503
        told = explained.explain('GET', 'app.test', '/nobody')
        return told if told['outcome']['answer'] == 'error' else None

    told = z.eventually(is_out)
    assert told['outcome']['status'] == 503 and told['outcome']['reason'] == 'no_backend', told
    [member] = told['members']
    assert not member['next'] and member['why'].startswith('it is out'), told


def test_another_client_may_be_told_something_else(explained):
    assert explained.explain('GET', 'app.test', '/near', client='192.0.2.7')['outcome']['answer'] == 'backend'
    assert explained.explain('GET', 'app.test', '/near', client='127.9.9.9')['outcome']['status'] == 403


def test_a_web_socket_goes_where_one_is_served(explained):
    def outcome(path):
        url = f'ws://app.test:{explained.port}{path}'
        return json.loads(ask(explained.manage, '/api/v1/explain?url=' + urllib.parse.quote(url)).body)['outcome']
    assert outcome('/socket')['answer'] == 'backend'
    assert outcome('/api')['reason'] == 'no_web_socket'


def test_without_workers_requests_wait_for_one(stack):
    port = z.free_port()
    router = stack.router('--manage', f'127.0.0.1:{port}', '--queue-timeout', '300ms')
    told = json.loads(ask(port, f'/api/v1/explain?url=http://x:{router.port}/a').body)
    answer = router.get('/a')
    assert answer.status == told['outcome']['status'] == 503, told
    assert told['outcome']['reason'] == 'no_backend'
    stack.worker('worker-1')
    router.wait_workers(1)
    told = json.loads(ask(port, f'/api/v1/explain?url=http://x:{router.port}/a').body)
    assert [member['name'] for member in told['members'] if member['next']] == [router.get('/a').worker] == ['worker-1']


def test_a_worker_that_is_held_is_not_next(stack):
    router, port = managed(stack, '--threads', 2)
    for name in ('worker-1', 'worker-2'):
        stack.worker(name)
    router.wait_workers(4)
    assert ask(port, '/api/v1/workers/worker-1', 'PATCH', token=TOKEN, body=b'{"held":true}').status == 200
    told = json.loads(ask(port, f'/api/v1/explain?url=http://x:{router.port}/').body)
    by_name = {member['name']: member for member in told['members']}
    assert by_name['worker-2']['next'] and not by_name['worker-1']['next'], told
    assert by_name['worker-1']['why'] == 'it is held'
    assert {router.get().worker for _ in range(20)} == {'worker-2'}
