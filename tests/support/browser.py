"""Debian's Chromium without a window, controlled by the DevTools protocol through a pair of pipes.

Owner: a test; Stack.closing ends the browser.   Thread: the test's; a second thread reads the browser's answers.
Not here: checks (tests/e2e/test_chromium_*.py).

tools/deps installs Chromium. Without Chromium the tests fail, unless ZEROWAY_NO_CHROMIUM=1 says that they need not run.
"""
import base64
import fcntl
import json
import os
import shutil
import signal
import subprocess
import threading

import pytest
import zeroway_e2e as z


def executable():
    found = shutil.which('chromium')
    if not found and os.environ.get('ZEROWAY_NO_CHROMIUM') == '1':
        pytest.skip('chromium is not installed, and ZEROWAY_NO_CHROMIUM=1 says that this is fine')
    assert found, 'chromium is not installed: tools/deps test installs it, ZEROWAY_NO_CHROMIUM=1 does without'
    return found


def key_hash(certificate):
    """The value for --ignore-certificate-errors-spki-list: the base64 of SHA-256 of the public key."""
    def openssl(*words, say=None):
        return subprocess.run(['openssl', *words], input=say, capture_output=True, check=True).stdout
    key = openssl('x509', '-in', certificate, '-pubkey', '-noout')
    der = openssl('pkey', '-pubin', '-outform', 'DER', say=key)
    return base64.b64encode(openssl('dgst', '-sha256', '-binary', say=der)).decode()


class Browser:
    """One browser with a fresh profile. It trusts `certificate` and connects to no servers of its vendor."""

    def __init__(self, stack, certificate=None):
        self.net_log_path = stack.path('net-log.json')
        argv = [executable(), '--headless', '--remote-debugging-pipe', f'--user-data-dir={stack.path("profile")}',
                f'--log-net-log={self.net_log_path}', '--net-log-capture-mode=Everything', '--no-proxy-server', '--no-sandbox',  # the sandbox cannot run as root or in containers
                '--no-first-run', '--no-default-browser-check', '--disable-background-networking', '--disable-sync',
                '--disable-component-update', '--disable-extensions', '--disable-gpu', '--disable-dev-shm-usage',
                '--disable-features=DialMediaRouteProvider,OptimizationHints', '--hide-scrollbars']
        if certificate:
            argv.append(f'--ignore-certificate-errors-spki-list={key_hash(certificate)}')
        self.condition = threading.Condition()
        self.number = 0
        self.replies = {}
        self.events = []  # (session, method, params) of all events so far
        self.is_over = False
        self._start(argv, stack.path('chromium.log'))
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _start(self, argv, log_path):
        """The browser reads commands from its descriptor 3 and answers on its descriptor 4. It has its own process
        group, so that close() can end all its processes."""
        pairs = [os.pipe(), os.pipe()]
        its = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (pairs[0][0], pairs[1][1])]  # neither is 3 or 4
        for end in (pairs[0][0], pairs[1][1]):
            os.close(end)
        self.commands, self.answers = os.fdopen(pairs[0][1], 'wb', 0), os.fdopen(pairs[1][0], 'rb', 0)
        with open(log_path, 'wb') as log:
            self.child = subprocess.Popen(['bash', '-c', f'exec "$@" 3<&{its[0]} 4>&{its[1]} {its[0]}<&- {its[1]}>&-',
                                           'chromium', *argv], stdin=subprocess.DEVNULL, stdout=log,
                                          stderr=subprocess.STDOUT, pass_fds=its, start_new_session=True)
        for end in its:
            os.close(end)

    def _read(self):
        buffer = b''
        while piece := self.answers.read(1 << 20):
            *whole, buffer = (buffer + piece).split(b'\0')
            with self.condition:
                for told in map(json.loads, whole):
                    if 'id' in told:
                        self.replies[told['id']] = told
                    else:
                        self.events.append((told.get('sessionId'), told['method'], told['params']))
                self.condition.notify_all()
        with self.condition:
            self.is_over = True
            self.condition.notify_all()

    def call(self, method, session=None, within=3 * z.PATIENCE, **params):
        """The result of one DevTools command. Fails with the browser's error."""
        with self.condition:
            self.number += 1
            number = self.number
            self.commands.write(json.dumps({'id': number, 'method': method, 'params': params,
                                            **({'sessionId': session} if session else {})}).encode() + b'\0')
            answered = self.condition.wait_for(lambda: number in self.replies or self.is_over, within * z.SLOW)
            assert answered and number in self.replies, f'{method}: no answer' + ', the browser ended' * self.is_over
            reply = self.replies.pop(number)
        assert 'error' not in reply, f'{method}: {reply["error"]}'
        return reply['result']

    def open(self, url='about:blank', width=1000, height=700):
        """Opens a new window."""
        return Window(self, url, width, height)

    def http2_heads(self):
        """Ends the browser. Returns (the connection's number, field lines) of each HTTP/2 request in its net log."""
        self.close()
        with open(self.net_log_path) as file:
            log = json.load(file)
        kind = log['constants']['logEventTypes']['HTTP2_SESSION_SEND_HEADERS']
        return [(event['source']['id'], event['params']['headers']) for event in log['events'] if event['type'] == kind]

    def close(self):
        if self.child.returncode is not None:
            return
        try:
            self.call('Browser.close')
            self.child.wait(z.PATIENCE * z.SLOW)
        except (AssertionError, OSError, subprocess.TimeoutExpired):
            pass
        try:
            os.killpg(self.child.pid, signal.SIGKILL)  # only the browser's processes are in the group
        except ProcessLookupError:
            pass
        self.child.wait(10)
        self.reader.join(10)
        self.commands.close()
        self.answers.close()


class Window:
    """One page. Its network events are in `events()`."""

    def __init__(self, browser, url, width, height):
        self.browser = browser
        target = browser.call('Target.createTarget', url='about:blank', newWindow=True, width=width, height=height)
        self.target = target['targetId']
        self.session = browser.call('Target.attachToTarget', targetId=self.target, flatten=True)['sessionId']
        for domain in ('Page', 'Runtime', 'Network'):
            self.call(f'{domain}.enable')
        if url != 'about:blank':
            self.go(url)

    def call(self, method, **params):
        return self.browser.call(method, self.session, **params)

    def go(self, url):
        """Loads a page, and waits until it is loaded."""
        seen = len(self.events('Page.loadEventFired'))
        told = self.call('Page.navigate', url=url)
        assert 'errorText' not in told, f'{url}: {told["errorText"]}'
        z.eventually(lambda: len(self.events('Page.loadEventFired')) > seen, 2 * z.PATIENCE, what=f'{url} loaded')

    def events(self, method):
        with self.browser.condition:
            return [params for session, name, params in self.browser.events if (session, name) == (self.session, method)]

    def run(self, script):
        """The value of a JavaScript expression in the page. Waits for a promise."""
        told = self.call('Runtime.evaluate', expression=script, awaitPromise=True, returnByValue=True, userGesture=True)
        assert 'exceptionDetails' not in told, told['exceptionDetails']
        return told['result'].get('value')

    def wait(self, script, within=z.PATIENCE):
        """Waits until the expression is true. Returns its value."""
        return z.eventually(lambda: self.run(script), within, every=0.05, what=script)

    def type(self, selector, text):
        """Types as a user does: focuses the field, then inserts the text."""
        self.run(f'(field => {{ field.focus(); field.select(); }})(document.querySelector({json.dumps(selector)}))')
        self.call('Input.insertText', text=text)

    def press_enter(self):
        for kind in ('keyDown', 'keyUp'):
            self.call('Input.dispatchKeyEvent', type=kind, key='Enter', code='Enter', windowsVirtualKeyCode=13, text='\r')

    def errors(self):
        """The exceptions of the page that no code caught."""
        return [params['exceptionDetails'] for params in self.events('Runtime.exceptionThrown')]

    def screenshot(self, path, width, height, is_phone=False):
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=1, mobile=is_phone)
        data = base64.b64decode(self.call('Page.captureScreenshot', format='png')['data'])
        with open(path, 'wb') as file:
            file.write(data)
