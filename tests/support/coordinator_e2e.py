"""The example's coordinator as a process, and how a test asks it.

Owner: a test.   Thread: the test's.
Not here: checks (tests/e2e/test_coordinator*.py).
"""
import http.client
import json
import os
import signal
import sys

import zeroway_e2e as z

EXAMPLE = os.path.join(z.ROOT, 'examples', 'coordinator')
SECRET = 'a-secret-of-36-bytes-01234567890123'

sys.path.insert(0, EXAMPLE)  # its modules are tested, too
import scheduler  # noqa: E402


def secret_file(stack, text=SECRET, name='secret'):
    with open(stack.path(name), 'w') as file:
        file.write(text + '\n')
    return stack.path(name)


class Coordinator:
    """A coordinator with a state of its own. Its kernels end with the test, whatever became of the coordinator."""

    def __init__(self, stack, *options, state='state', port=None, secret=SECRET):
        self.stack, self.options, self.state = stack, options, stack.path(state)
        self.port = port or z.free_port()
        self.secret = secret
        self.kernels = {}  # pid -> when it began
        self.process = None
        stack.closing(self)
        self.start()

    def start(self):
        argv = ['/usr/bin/python3', os.path.join(EXAMPLE, 'coordinator.py'), '--listen', f'127.0.0.1:{self.port}',
                '--secret-file', secret_file(self.stack, self.secret), '--state', self.state, *map(str, self.options)]
        self.process = self.stack.start(argv, name='coordinator')
        self.process.wait_log('serving http://')

    def request(self, method, path, body=None, token=None, headers=()):
        """The status and the JSON of a reply."""
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=z.PATIENCE * z.SLOW)
        fields = dict(headers)
        if token:
            fields['X-BackendAI-Token'] = token
        if body is not None:
            fields.setdefault('Content-Type', 'application/json')
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, fields)
            answer = connection.getresponse()
            text = answer.read()
            is_json = answer.getheader('content-type') == 'application/json'
            return answer.status, json.loads(text) if is_json else text.decode()
        finally:
            connection.close()

    def sessions(self):
        status, told = self.request('GET', '/api/sessions')
        assert status == 200
        found = {session['id']: session for session in told['sessions']}
        for session in found.values():
            self.remember(session)
        return found

    def remember(self, session):
        for kernel in self.kernels_of(session):
            began = scheduler.began_at(kernel['pid']) if kernel['pid'] else 0
            if began:
                self.kernels.setdefault(kernel['pid'], began)

    @staticmethod
    def kernels_of(session):
        return [kernel for service in session['services'] for kernel in service['kernels']]

    def begin(self, name, *services, **more):
        """Starts a session and waits until it runs. Returns it."""
        status, told = self.request('PUT', f'/api/sessions/{name}', {'services': list(services or ['files']), **more})
        assert status == 201, told
        return self.wait_running(name)

    def wait_running(self, name):
        def look():
            session = self.sessions().get(name)
            assert session and session['state'] != 'failed', session
            return session if session['state'] == 'running' else None
        return z.eventually(look, what=f'session {name} running')

    def end(self, name):
        """Stops a session and waits until its kernels have ended."""
        status, told = self.request('DELETE', f'/api/sessions/{name}')
        assert status == 202, told
        z.eventually(lambda: name not in self.sessions(), what=f'the end of session {name}')

    def running(self):
        """The pids of all kernels that the test has seen, and that still run."""
        return [pid for pid, began in self.kernels.items() if scheduler.began_at(pid) == began]

    def close(self):
        try:
            self.sessions()
        except OSError:
            pass  # it has ended
        self.process.end()
        for pid in self.running():
            os.kill(pid, signal.SIGKILL)
